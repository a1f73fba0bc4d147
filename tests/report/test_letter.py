"""The letter, read back by python-docx and as the XML it is."""

import io
import zipfile
from pathlib import Path

import docx
import pytest
from docx.document import Document
from report_builder import HOSTILE, empty, hostile, realistic
from test_workbook import png

from analyzer.errors import ReadError
from analyzer.report.compose import compose_report
from analyzer.report.letter.letter_file import LONGEST, LONGEST_CELL, write_letter
from analyzer.report.paper import Paper
from analyzer.report.section import plain
from analyzer.results.records import Results
from analyzer.visible_text import shorten

PAPER = Paper(client="Contoso & Söhne AG", prepared_by="A. Auditor", marking="CONFIDENTIAL <1>")


def letter_of(results: Results, paper: Paper = PAPER) -> bytes:
    stream = io.BytesIO()
    write_letter(compose_report(results, paper), paper, stream)
    return stream.getvalue()


def opened(results: Results, paper: Paper = PAPER) -> Document:
    return docx.Document(io.BytesIO(letter_of(results, paper)))


def texts(document: Document) -> list[str]:
    cells = [cell.text for table in document.tables for row in table.rows for cell in row.cells]
    return [paragraph.text for paragraph in document.paragraphs] + cells


@pytest.mark.parametrize("results", [realistic(), hostile(), empty()])
def test_the_letter_says_what_the_first_page_says(results: Results) -> None:
    summary = compose_report(results, PAPER).summary
    written = texts(opened(results))
    assert shorten(summary.headline, LONGEST) in written
    for block in (summary.verdicts, summary.quality, summary.rules):
        for row in block.rows:
            for cell in row:
                number = (
                    f"{cell:,}" if isinstance(cell, int) else shorten(plain(cell), LONGEST_CELL)
                )
                assert number in written
    severities = {str(row[0]): f"{row[1]:,}" for row in summary.severities.rows}
    table = next(
        table
        for table in opened(results).tables
        if table.rows[0].cells[0].text == next(iter(severities))
    )
    head, numbers = ([cell.text for cell in row.cells] for row in table.rows)
    assert dict(zip(head, numbers, strict=True)) == severities


def test_the_styles_are_those_that_word_users_know() -> None:
    document = opened(realistic())
    used = {paragraph.style.name for paragraph in document.paragraphs}
    assert used == {"Normal", "Title", "Heading 1", "List Number", "Caption"}
    assert {table.style.name for table in document.tables} == {"Table Grid"}


def test_marking_client_and_report_id_are_on_every_page() -> None:
    section = opened(realistic()).sections[0]
    assert section.header.paragraphs[0].text == "CONFIDENTIAL <1>\tContoso & Söhne AG"
    assert section.footer.paragraphs[0].text.startswith("Report 7F3A-91C2-00AB")
    assert section.page_width.mm == pytest.approx(210, abs=0.1)
    letter = opened(realistic(), Paper(paper="letter")).sections[0]
    assert letter.page_width.mm == pytest.approx(215.9, abs=0.1)


def test_equal_reports_give_equal_bytes() -> None:
    assert letter_of(realistic()) == letter_of(realistic())


def test_text_of_a_dump_is_text() -> None:
    with zipfile.ZipFile(io.BytesIO(letter_of(hostile()))) as package:
        parts = {name: package.read(name).decode("utf-8", "replace") for name in package.namelist()}
    document = parts["word/document.xml"]
    for field in ("w:instrText", "w:hyperlink", "w:object", "w:altChunk"):
        assert field not in document
    assert not any('TargetMode="External"' in text for text in parts.values())
    assert not any("\u202e" in text or "\u200b" in text for text in parts.values())


@pytest.mark.parametrize("text", HOSTILE)
def test_the_letterhead_is_guarded_like_any_other_text(text: str) -> None:
    document = opened(empty(), Paper(client=text, marking=text, prepared_by=text))
    assert shorten(text, 200) in document.sections[0].header.paragraphs[0].text


def test_the_logo_stands_at_the_top_with_a_description(tmp_path: Path) -> None:
    logo = tmp_path / "logo.png"
    logo.write_bytes(png(400, 100))
    document = opened(realistic(), Paper(client="Contoso", logo=logo))
    (shape,) = document.inline_shapes
    assert shape.width / shape.height == pytest.approx(4, abs=0.01)
    assert shape._inline.docPr.get("descr") == "Logo of Contoso"


def test_a_logo_that_word_does_not_read_is_refused(tmp_path: Path) -> None:
    logo = tmp_path / "logo.jpg"
    # A frame header without the JFIF or Exif segment that comes first in every file of today.
    logo.write_bytes(b"\xff\xd8\xff\xc0\x00\x0b\x08\x00\x10\x00\x10\x01\x01\x11\x00\xff\xd9")
    with pytest.raises(ReadError, match="logo"):
        opened(realistic(), Paper(logo=logo))
