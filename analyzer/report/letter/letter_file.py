"""The words of a letter in, a Word document out, in styles that its readers know and can change."""

import io
import zipfile
from datetime import UTC, datetime
from typing import BinaryIO

from docx import Document
from docx.document import Document as DocumentFile
from docx.enum.table import WD_TABLE_ALIGNMENT
from docx.enum.text import WD_ALIGN_PARAGRAPH, WD_TAB_ALIGNMENT
from docx.image.exceptions import InvalidImageStreamError, UnrecognizedImageError
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Length, Mm, Pt, RGBColor
from docx.table import Table, _Cell
from docx.text.paragraph import Paragraph

from analyzer.errors import ReadError
from analyzer.report.moments import moment
from analyzer.report.paper import Paper, read_logo
from analyzer.report.section import ColumnKind, plain
from analyzer.report.summary import Imprint, Letter, LetterPart, Report, SummaryBlock
from analyzer.report.tones import PALETTE
from analyzer.report.zip_members import zip_member
from analyzer.visible_text import one_line, shorten

FONT = "Calibri"
_SIZES = {"a4": (Mm(210), Mm(297)), "letter": (Mm(215.9), Mm(279.4))}
_SIDE, _TOP, _BOTTOM = Mm(20), Mm(17), Mm(15)
_LOGO_WIDTH, _LOGO_HEIGHT = Mm(55), Mm(18)
LONGEST, LONGEST_CELL = 2_000, 200
"""Characters of a paragraph and of a cell: names of a dump may be long and many, two pages few."""
_LONGEST_NAME = 200


def write_letter(report: Report, paper: Paper, stream: BinaryIO) -> None:
    """Write the letter; equal reports and letterheads give equal bytes.

    Raises:
        ReadError: the logo cannot be read.
    """
    letter = report.letter()
    document = Document()
    _set_styles(document)
    _set_page(document, paper, report.imprint)
    _set_properties(document, letter, paper, report.imprint)
    if paper.logo is not None:
        _place_logo(document, paper)
    document.add_paragraph(_text(letter.title), "Title")
    _add_pairs(document, letter.facts)
    for part in letter.parts:
        _add_part(document, part)
    _add_sign_off(document, letter.sign_off)
    packed = io.BytesIO()
    document.save(packed)
    _pack_again(packed, stream)


def _set_styles(document: DocumentFile) -> None:
    """Make the built-in styles look like the firm's other papers."""
    head = RGBColor.from_string(PALETTE["header"][1])
    for name, size, before, after in (
        ("Normal", 10, 0, 4),
        ("Title", 19, 0, 6),
        ("Heading 1", 12.5, 9, 3),
        ("List Number", 10, 0, 2),
        ("Header", 9, 0, 0),
        ("Footer", 8.5, 0, 0),
        ("Caption", 9.5, 4, 2),
    ):
        style = document.styles[name]
        style.font.name, style.font.size = FONT, Pt(size)
        # The theme of the template names other fonts, and wins where it is asked.
        fonts = style.element.get_or_add_rPr().get_or_add_rFonts()
        for attribute in ("asciiTheme", "hAnsiTheme", "eastAsiaTheme", "cstheme"):
            fonts.attrib.pop(qn(f"w:{attribute}"), None)
        fonts.set(qn("w:eastAsia"), FONT)
        style.paragraph_format.space_before = Pt(before)
        style.paragraph_format.space_after = Pt(after)
        if name in ("Header", "Footer"):
            style.paragraph_format.tab_stops.clear_all()
        if name in ("Title", "Heading 1", "Caption"):
            style.font.color.rgb = head
    for border in document.styles["Title"].element.pPr.findall(qn("w:pBdr")):
        border.getparent().remove(border)


def _set_page(document: DocumentFile, paper: Paper, imprint: Imprint) -> None:
    """Set the paper, and put marking, client and report ID on every page."""
    section = document.sections[0]
    section.page_width, section.page_height = _SIZES[paper.paper]
    section.left_margin = section.right_margin = _SIDE
    section.top_margin, section.bottom_margin = _TOP, _BOTTOM
    section.header_distance = section.footer_distance = Mm(9)
    width = _width(document)
    for paragraph, left, right in (
        (section.header.paragraphs[0], paper.marking, paper.client),
        (section.footer.paragraphs[0], f"Report {imprint.report_id}", ""),
    ):
        paragraph.paragraph_format.tab_stops.add_tab_stop(width, WD_TAB_ALIGNMENT.RIGHT)
        paragraph.add_run(shorten(left, _LONGEST_NAME)).bold = True
        paragraph.add_run("\t" + shorten(right, _LONGEST_NAME))
    _add_page_number(section.footer.paragraphs[0])


def _width(document: DocumentFile) -> Length:
    """Return the width between the margins."""
    return Length((document.sections[0].page_width or 0) - 2 * _SIDE)


def _add_page_number(paragraph: Paragraph) -> None:
    for before, field in (("Page ", "PAGE"), (" of ", "NUMPAGES")):
        paragraph.add_run(before)
        element = OxmlElement("w:fldSimple")
        element.set(qn("w:instr"), field)
        paragraph._p.append(element)


def _set_properties(document: DocumentFile, letter: Letter, paper: Paper, imprint: Imprint) -> None:
    made = moment(imprint.made) or datetime(2000, 1, 1, tzinfo=UTC)
    core = document.core_properties
    core.title, core.subject = shorten(letter.title, _LONGEST_NAME), imprint.subject
    core.author = core.last_modified_by = shorten(
        paper.prepared_by or imprint.program, _LONGEST_NAME
    )
    core.comments = f"Report {imprint.report_id}, results {imprint.results_sha256}"
    core.keywords, core.category, core.language = "Exchange, SMTP, relay, audit", "Audit", "en"
    core.created = core.modified = made.replace(tzinfo=None)
    core.revision = 1


def _place_logo(document: DocumentFile, paper: Paper) -> None:
    assert paper.logo is not None
    logo = read_logo(paper.logo)
    scale = min(_LOGO_WIDTH / logo.width, _LOGO_HEIGHT / logo.height)
    run = document.add_paragraph().add_run()
    try:
        picture = run.add_picture(
            io.BytesIO(logo.data), int(logo.width * scale), int(logo.height * scale)
        )
    except (UnrecognizedImageError, InvalidImageStreamError) as error:
        raise ReadError(str(paper.logo), "the logo has no header that Word reads") from error
    described = picture._inline.docPr
    described.set("descr", f"Logo of {shorten(paper.client, _LONGEST_NAME) or 'the firm'}")


def _add_part(document: DocumentFile, part: LetterPart) -> None:
    document.add_paragraph(_text(part.heading), "Heading 1")
    for text in part.paragraphs:
        document.add_paragraph(_text(text, LONGEST))
    for step in part.steps:
        document.add_paragraph(_text(step, 240), "List Number")
    for block in part.blocks:
        if block.title != part.heading:
            document.add_paragraph(
                _text(block.title), "Caption"
            ).paragraph_format.keep_with_next = True
        _add_block(document, block)


def _add_block(document: DocumentFile, block: SummaryBlock) -> None:
    """Add a table; one of label and value needs no head."""
    if not any(column.kind is not ColumnKind.TEXT for column in block.columns):
        _add_pairs(document, block)
        return
    rows = block.rows or ((block.empty, *(None,) * (len(block.columns) - 1)),)
    table = _table(document, len(rows) + 1, len(block.columns))
    for cell, column in zip(table.rows[0].cells, block.columns, strict=True):
        _fill(cell, column.header, PALETTE["header"], bold=True)
    repeat = OxmlElement("w:tblHeader")
    table.rows[0]._tr.get_or_add_trPr().append(repeat)
    for line, row in zip(table.rows[1:], rows, strict=True):
        for cell, column, value in zip(line.cells, block.columns, row, strict=True):
            text = f"{value:,}" if isinstance(value, int) else plain(value)
            tone = column.tones.get(text)
            _fill(cell, text, PALETTE[tone] if tone else None, bold=bool(tone))
            if column.kind is ColumnKind.NUMBER:
                cell.paragraphs[0].alignment = WD_ALIGN_PARAGRAPH.RIGHT
    if block.columns[-1].kind is ColumnKind.TEXT:
        is_word = block.columns[0].kind is ColumnKind.WORD
        _give_room(table, _width(document), first=Mm(38) if is_word else Mm(20))
    if block.note:
        document.add_paragraph(_text(block.note)).paragraph_format.space_before = Pt(2)


def _add_pairs(document: DocumentFile, block: SummaryBlock) -> None:
    table = _table(document, len(block.rows), 2)
    for line, (label, value) in zip(table.rows, block.rows, strict=True):
        _fill(line.cells[0], plain(label), None, bold=True)
        _fill(line.cells[1], plain(value), None)
    _give_room(table, _width(document), first=Mm(45))


def _add_sign_off(document: DocumentFile, block: SummaryBlock) -> None:
    document.add_paragraph(_text(block.title), "Heading 1")
    table = _table(document, len(block.rows) + 1, len(block.columns))
    for cell, column in zip(table.rows[0].cells, block.columns, strict=True):
        _fill(cell, column.header, None, bold=True)
    for line, row in zip(table.rows[1:], block.rows, strict=True):
        line.height = Mm(6)
        for cell, value in zip(line.cells, row, strict=True):
            _fill(cell, plain(value), None)


def _table(document: DocumentFile, rows: int, columns: int) -> Table:
    table: Table = document.add_table(rows, columns, "Table Grid")
    table.alignment = WD_TABLE_ALIGNMENT.LEFT
    return table


def _fill(cell: _Cell, text: str, colours: tuple[str, str] | None, *, bold: bool = False) -> None:
    paragraph = cell.paragraphs[0]
    paragraph.paragraph_format.space_after = Pt(0)
    run = paragraph.add_run(_text(text))
    run.bold, run.font.size = bold, Pt(9)
    if colours is not None:
        ink, fill = colours
        run.font.color.rgb = RGBColor.from_string(ink)
        shade = OxmlElement("w:shd")
        for name, value in (("val", "clear"), ("color", "auto"), ("fill", fill)):
            shade.set(qn(f"w:{name}"), value)
        cell._tc.get_or_add_tcPr().append(shade)


def _give_room(table: Table, width: int, *, first: int) -> None:
    """Make the columns narrow but for the last, which holds prose."""
    table.autofit = False
    between = len(table.columns) - 2
    widths = [first, *[Mm(18)] * between, width - first - between * Mm(18)]
    for column, room in zip(table.columns, widths, strict=True):
        column.width = room
        for cell in column.cells:
            cell.width = room


def _text(text: str, length: int = LONGEST_CELL) -> str:
    """Return text as one visible line; python-docx makes breaks of control characters."""
    return shorten(one_line(text), length)


def _pack_again(packed: BinaryIO, stream: BinaryIO) -> None:
    with zipfile.ZipFile(packed) as source, zipfile.ZipFile(stream, "w") as target:
        for name in source.namelist():
            target.writestr(zip_member(name), source.read(name))
