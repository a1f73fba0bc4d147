"""The pages that are printed of the sample: at most eight of A4, at 8 points or more.

Counted from what the workbook says: print areas, widths of columns, heights of rows and margins. A
program that prints sets the scale by them and breaks pages between rows.
"""

import io
import re
from pathlib import Path
from typing import NamedTuple

import openpyxl
import pytest
from openpyxl.utils import get_column_letter, range_boundaries
from openpyxl.worksheet.worksheet import Worksheet
from rendered import workbook_of

import analyzer
from analyzer.report.paper import Paper

SAMPLE = Path(__file__).parents[2] / "samples" / "contoso-2003.ldf"
A4 = (595.28, 841.89)
POINTS_OF_A_CHARACTER = 5.25  # 7 pixels at 96 to the inch (ECMA-376 part 1, 18.3.1.13)
DEFAULT_ROW = 12.75
FONT = 10.0


class Print(NamedTuple):
    """One sheet on paper."""

    pages: int
    points: float
    """Size of its print."""
    last_page: float
    """How much of the last page is filled."""


@pytest.fixture(scope="module")
def prints() -> dict[str, Print]:
    workbook = openpyxl.load_workbook(
        io.BytesIO(workbook_of(analyzer.audit(analyzer.read_dump(SAMPLE)), Paper()))
    )
    visible = [sheet for sheet in workbook.worksheets if sheet.sheet_state == "visible"]
    printed = {sheet.title: printed_of(sheet) for sheet in visible}
    return {title: each for title, each in printed.items() if each is not None}


def printed_of(sheet: Worksheet) -> Print | None:
    """Return how a sheet comes out; None for one whose print area is a hidden row."""
    area = re.sub(r".*!|\$", "", str(sheet.print_area))
    first_column, first, last_column, last = range_boundaries(area)
    heights = [
        sheet.row_dimensions[row].height or DEFAULT_ROW
        for row in range(first, last + 1)
        if not sheet.row_dimensions[row].hidden
    ]
    if not heights:
        return None
    columns = [get_column_letter(at) for at in range(first_column, last_column + 1)]
    shown = [sheet.column_dimensions[name] for name in columns]
    width = sum(column.width for column in shown if not column.hidden) * POINTS_OF_A_CHARACTER
    short, long = A4
    across, down = (short, long) if sheet.page_setup.orientation == "portrait" else (long, short)
    across -= 72 * (sheet.page_margins.left + sheet.page_margins.right)
    down -= 72 * (sheet.page_margins.top + sheet.page_margins.bottom)
    scale = min(1.0, across / width)
    if sheet.page_setup.fitToHeight:
        while pages_of(heights, scale, down, sheet)[0] > sheet.page_setup.fitToHeight:
            scale -= 0.001
    pages, used = pages_of(heights, scale, down, sheet)
    return Print(pages, FONT * scale, used / down)


def pages_of(
    heights: list[float], scale: float, down: float, sheet: Worksheet
) -> tuple[int, float]:
    """Return the number of pages, and how much of the last one is used."""
    # Behind the first page the head of the table is repeated.
    titled = re.search(r"(\d+)$", str(sheet.print_title_rows or ""))
    head = (sheet.row_dimensions[int(titled[1])].height or DEFAULT_ROW) if titled else 0.0
    pages, used = 1, 0.0
    for height in heights:
        if used + height * scale > down:
            pages, used = pages + 1, head * scale
        used += height * scale
    return pages, used


def test_the_sample_is_printed_on_eight_pages_that_can_be_read(prints: dict[str, Print]) -> None:
    assert list(prints) == [
        "Summary", "Relay exposure", "Findings by rule", "Action plan", "Scope & method",
        "Checks in short",
    ]  # fmt: skip
    assert sum(each.pages for each in prints.values()) <= 8
    assert min(each.points for each in prints.values()) >= 8


def test_no_page_of_the_sample_is_nearly_empty(prints: dict[str, Print]) -> None:
    assert min(each.last_page for each in prints.values()) >= 0.5
