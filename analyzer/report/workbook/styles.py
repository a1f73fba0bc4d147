"""Cell formats of the workbook, each made once and then used by its number."""

from collections.abc import Mapping
from functools import cache

from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.styles import Alignment, Border, Font, PatternFill, Protection, Side
from openpyxl.styles.differential import DifferentialStyle
from openpyxl.worksheet._write_only import WriteOnlyWorksheet

from analyzer.report.tones import LINK_INK, PALETTE
from analyzer.report.workbook.cells import Style

FONT = "Calibri"
SIZE = 10

_LINE = Side(style="thin", color="D5D9E0")
_BOX = Border(left=_LINE, right=_LINE, top=_LINE, bottom=_LINE)
_UNDER = Border(bottom=Side(style="thin", color="8A93A3"))
_TOP_WRAP = Alignment(vertical="top", wrap_text=True)
_REVIEWER_PAPER = PatternFill("solid", fgColor="F7F4FC")

Styles = Mapping[str, Style]


def make_styles(workbook: Workbook, sheet: WriteOnlyWorksheet) -> Styles:
    """Register every cell format with the workbook and return their numbers by name."""
    # The Normal style's font decides what a column width of one character means.
    normal = workbook._named_styles["Normal"]
    normal.font = Font(name=FONT, size=SIZE)
    normal.bind(workbook)
    head, review = PALETTE["header"], PALETTE["reviewer"]
    # Whoever protects a sheet later leaves the reviewer's columns open.
    open_cell = Protection(locked=False)

    def style(**parts: object) -> Style:
        numbers = []
        for quoted in (False, True):
            cell = WriteOnlyCell(sheet)
            cell.font = Font(name=FONT, size=SIZE)
            for name, part in parts.items():
                setattr(cell, name, part)
            if quoted:
                cell.quotePrefix = True
            numbers.append(cell.style_id)
        return Style(*numbers)

    def ink(color: str, **more: object) -> Font:
        return Font(name=FONT, size=SIZE, color=color, **more)

    def paper(color: str) -> PatternFill:
        return PatternFill("solid", fgColor=color)

    return {
        "title": style(font=Font(name=FONT, size=15, bold=True, color=head[1])),
        "headline": style(font=Font(name=FONT, size=11, bold=True)),
        "intro": style(),
        "note": style(font=ink("555555", italic=True)),
        "link": style(font=ink(LINK_INK, underline="single")),
        "label-link": style(font=ink(LINK_INK, underline="single", bold=True)),
        "block": style(font=Font(name=FONT, size=11, bold=True, color=head[1]), border=_UNDER),
        "line": style(border=_UNDER),
        "label": style(font=ink("333333", bold=True)),
        "value": style(alignment=Alignment(horizontal="left")),
        "head": style(
            font=ink(head[0], bold=True), fill=paper(head[1]), border=_BOX, alignment=_TOP_WRAP
        ),
        "head-flat": style(font=ink(head[0], bold=True), fill=paper(head[1])),
        "reviewer-head": style(
            font=ink(review[0], bold=True), fill=paper(review[1]), border=_BOX, alignment=_TOP_WRAP
        ),
        "text": style(border=_BOX, alignment=_TOP_WRAP),
        "word": style(
            border=_BOX, alignment=Alignment(horizontal="center", vertical="top", wrap_text=True)
        ),
        "number": style(
            border=_BOX,
            number_format="#,##0",
            alignment=Alignment(horizontal="right", vertical="top", indent=1),
        ),
        "time": style(
            border=_BOX,
            number_format="yyyy-mm-dd hh:mm",
            alignment=Alignment(horizontal="left", vertical="top", wrap_text=True),
        ),
        "text-link": style(
            font=ink(LINK_INK, underline="single"), border=_BOX, alignment=_TOP_WRAP
        ),
        "edit": style(border=_BOX, alignment=_TOP_WRAP, fill=_REVIEWER_PAPER, protection=open_cell),
        "edit-date": style(
            border=_BOX,
            alignment=Alignment(horizontal="left", vertical="top"),
            fill=_REVIEWER_PAPER,
            number_format="yyyy-mm-dd",
            protection=open_cell,
        ),
        "live": style(font=ink("333333", italic=True), number_format="#,##0"),
    }


@cache
def tone_style(tone: str, *, bold: bool = False) -> DifferentialStyle:
    """Return the colours of a tone, for a conditional format."""
    front, back = PALETTE[tone]
    return DifferentialStyle(
        font=Font(color=front, bold=bold or None), fill=PatternFill(bgColor=back, fill_type="solid")
    )


@cache
def grey_style() -> DifferentialStyle:
    """Return the look of a row that is set aside."""
    return DifferentialStyle(font=Font(color="6B6B6B", italic=True))
