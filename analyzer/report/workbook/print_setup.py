"""The letterhead in, the print set-up of a sheet out: paper, margins, header and footer."""

import math
from functools import cache

from openpyxl.utils import get_column_letter
from openpyxl.worksheet.properties import PageSetupProperties

from analyzer.report.paper import Paper
from analyzer.report.workbook.sheet_stream import StreamedSheet
from analyzer.visible_text import shorten

_PAPER_SIZE = {"a4": 9, "letter": 1}
_SIDES = {"a4": (595.0, 842.0), "letter": (612.0, 792.0)}
"""Short and long side of the paper in points."""
_HEADER_ROOM = 100
"""Header and footer hold 255 characters each, codes included (ECMA-376 part 1, 18.3.1)."""
_SIDE, _TOP, _BOTTOM, _EDGE = 0.4, 0.7, 0.6, 0.3
"""Margins in inches; the last is that of header and footer."""
_NARROW, _POINTS_OF_A_CHARACTER = 5.05, 5.25
"""Width of a digit of the workbook's font: its own, and 7 pixels, to which programs round up."""
_TOLERANCE = 0.015
"""Part of a page by which programs differ in what they fit on it."""
SMALLEST_SCALE = 0.8
"""The workbook's font of 10 points is printed at 8 or more."""
_WELL_FILLED = 0.6
"""Part of a last page below which it is worth to do without it."""

letter = cache(get_column_letter)
"""The name of a column, by its number from 1."""


def set_up_page(
    sheet: StreamedSheet, paper: Paper, report_id: str, *, portrait: bool = False
) -> None:
    """Set paper, margins, header and footer; one page wide, as many high as it takes."""
    sheet.sheet_properties.pageSetUpPr = PageSetupProperties(fitToPage=True)
    sheet.page_setup.orientation = "portrait" if portrait else "landscape"
    sheet.page_setup.paperSize = _PAPER_SIZE[paper.paper]
    sheet.page_setup.fitToWidth = 1
    sheet.page_setup.fitToHeight = 0
    sheet.page_margins.left = sheet.page_margins.right = _SIDE
    sheet.page_margins.top, sheet.page_margins.bottom = _TOP, _BOTTOM
    sheet.page_margins.header = sheet.page_margins.footer = _EDGE
    sheet.oddHeader.left.text = _literal(paper.marking)
    sheet.oddHeader.right.text = _literal(paper.client)
    sheet.oddFooter.left.text = "&F, &A"
    sheet.oddFooter.center.text = "Page &P of &N"
    sheet.oddFooter.right.text = _literal(f"Report {report_id}" if report_id else "")
    sheet.sheet_view.showGridLines = False


def print_nothing(sheet: StreamedSheet, row: int) -> None:
    """Keep a sheet off paper: what is to be printed of it is a row that is hidden."""
    sheet.print_area = f"A{row}:A{row}"


def characters_across(paper: Paper, *, portrait: bool) -> int:
    """Return how many characters fit beside each other in the smallest print."""
    return int(_room(paper, portrait=portrait)[0] / SMALLEST_SCALE / _POINTS_OF_A_CHARACTER)


def pages_high(paper: Paper, characters: float, height: float, *, portrait: bool) -> int:
    """Return on how many pages a sheet is to be squeezed, 0 for as many as it takes.

    A last page with little on it is saved where print that can be read makes room for it.
    """
    across, down = _room(paper, portrait=portrait)
    scale = min(across / (characters * _NARROW), 1.0)
    pages = height * scale / down
    fewer = math.floor(pages + _TOLERANCE)
    fits = height * SMALLEST_SCALE / down <= fewer * (1 - _TOLERANCE)
    if fewer and fits and pages - fewer < _WELL_FILLED:
        return fewer
    return 0


def _room(paper: Paper, *, portrait: bool) -> tuple[float, float]:
    """Return width and height between the margins, in points."""
    short, long = _SIDES[paper.paper]
    across, down = (short, long) if portrait else (long, short)
    return across - 144 * _SIDE, down - 72 * (_TOP + _BOTTOM)


def _literal(text: str) -> str | None:
    # An ampersand begins a code, and digits after one a font size.
    line = shorten(text, _HEADER_ROOM).replace("&", "&&")
    return line or None
