"""The letterhead in, the print set-up of a sheet out: paper, margins, header and footer."""

from functools import cache

from openpyxl.utils import get_column_letter
from openpyxl.worksheet.properties import PageSetupProperties

from analyzer.report.paper import Paper
from analyzer.report.workbook.sheet_stream import StreamedSheet
from analyzer.visible_text import shorten

_PAPER_SIZE = {"a4": 9, "letter": 1}
_HEADER_ROOM = 100
"""Header and footer hold 255 characters each, codes included (ECMA-376 part 1, 18.3.1)."""

letter = cache(get_column_letter)
"""The name of a column, by its number from 1."""


def set_up_page(
    sheet: StreamedSheet,
    paper: Paper,
    report_id: str,
    *,
    portrait: bool = False,
    pages_high: int = 0,
) -> None:
    """Set paper, margins, header and footer; `pages_high` 0 means as many as it takes."""
    sheet.sheet_properties.pageSetUpPr = PageSetupProperties(fitToPage=True)
    sheet.page_setup.orientation = "portrait" if portrait else "landscape"
    sheet.page_setup.paperSize = _PAPER_SIZE[paper.paper]
    sheet.page_setup.fitToWidth = 1
    sheet.page_setup.fitToHeight = pages_high
    sheet.page_margins.left = sheet.page_margins.right = 0.4
    sheet.page_margins.top, sheet.page_margins.bottom = 0.7, 0.6
    sheet.page_margins.header = sheet.page_margins.footer = 0.3
    sheet.oddHeader.left.text = _literal(paper.marking)
    sheet.oddHeader.right.text = _literal(paper.client)
    sheet.oddFooter.left.text = "&F, &A"
    sheet.oddFooter.center.text = "Page &P of &N"
    sheet.oddFooter.right.text = _literal(f"Report {report_id}" if report_id else "")
    sheet.sheet_view.showGridLines = False


def _literal(text: str) -> str | None:
    # An ampersand begins a code, and digits after one a font size.
    line = shorten(text, _HEADER_ROOM).replace("&", "&&")
    return line or None
