"""The rows of a section in, those of its sheet out: text, numbers, times, links, heights."""

from collections.abc import Iterator, Sequence
from functools import lru_cache
from typing import NamedTuple

from analyzer.report.moments import moment
from analyzer.report.section import (
    Cell,
    Column,
    ColumnGroup,
    ColumnKind,
    FileLink,
    Link,
    Links,
    Row,
    Section,
    Url,
    plain,
)
from analyzer.report.workbook.cells import CellValue, Style, content
from analyzer.report.workbook.print_setup import letter
from analyzer.report.workbook.row_heights import height_of, lines_of
from analyzer.report.workbook.sheet_parts import FIRST_ROW, Addresses, address
from analyzer.report.workbook.sheet_stream import MOST_LINKS, StreamedSheet
from analyzer.report.workbook.styles import Styles

_SHORT = 1_000
"""Characters of a text up to which it is worth keeping: many rows say the same."""
_STYLES = {
    ColumnKind.NUMBER: "number",
    ColumnKind.TIME: "time",
    ColumnKind.WORD: "word",
    ColumnKind.TEXT: "text",
    ColumnKind.MARKED: "text",
}


class _Lead(NamedTuple):
    """Where a cell leads, and what it says when it is pointed at."""

    target: str | Url | FileLink
    tip: str


def linked_rows(first: Sequence[Row], count: int, addresses: Addresses) -> int:
    """Return how many of so many rows can have their links, by what the first ones have.

    A sheet holds a certain number of links, whatever it holds of cells.
    """
    numbers = (sum(_lead(cell, addresses) is not None for cell in row) for row in first)
    links = max(numbers, default=0)
    # One is the way back.
    return count if links * count < MOST_LINKS else (MOST_LINKS - 1) // links


def write_rows(
    sheet: StreamedSheet,
    section: Section,
    rows: Iterator[Row],
    styles: Styles,
    addresses: Addresses,
    last_linked: int,
) -> None:
    """Write rows; those below the row `last_linked` without links."""
    columns = [
        (
            letter(at),
            column.kind is ColumnKind.TIME or column.date,
            _style(column, styles),
            0 if column.group is ColumnGroup.DETAIL else column.width,
        )
        for at, column in enumerate(section.columns, start=1)
    ]
    link_style = styles["text-link"]
    for number, row in enumerate(rows, start=FIRST_ROW):
        cells = []
        lines = 1
        for (column, is_time, style, width), value in zip(columns, row, strict=True):
            if isinstance(value, str):
                text = value
            elif value is None or isinstance(value, int):
                cells.append(f'<c r="{column}{number}" {content(value, style)}')
                continue
            else:
                text = plain(value)
                lead = _lead(value, addresses) if number <= last_linked else None
                if lead is not None and sheet.add_link(f"{column}{number}", *lead):
                    style = link_style
            if len(text) <= _SHORT and not is_time:
                high, xml = _short_cell(text, style, width)
            else:
                high = lines_of(text, width) if width else 1
                xml = content(_time(text) if is_time else text, style, plain(row[0]))
            if high > lines:
                lines = high
            cells.append(f'<c r="{column}{number}" {xml}')
        sheet.add_row(number, "".join(cells), height_of(lines))


@lru_cache(maxsize=4096)
def _short_cell(text: str, style: Style, width: int) -> tuple[int, str]:
    """Return how many lines text takes in a column, and its cell behind the address."""
    return lines_of(text, width) if width else 1, content(text, style)


def _style(column: Column, styles: Styles) -> Style:
    """Return the format of a column's cells; what people fill in looks alike for all kinds."""
    if column.group is ColumnGroup.REVIEWER:
        return styles["edit-date" if column.date else "edit"]
    return styles[_STYLES[column.kind]]


def _time(text: str) -> CellValue:
    """Return a time that sorts by its date; text that is none, or too early, stays text."""
    time = moment(text)
    # A spreadsheet's calendar begins in 1900.
    return time if time is not None and time.year > 1900 else text


def _lead(value: Cell, addresses: Addresses) -> _Lead | None:
    """Return where a cell leads, None where it is no link or its target is missing."""
    if isinstance(value, Url):
        return _Lead(value, "Open the source")
    if isinstance(value, FileLink):
        return _Lead(value, "Open the report of this dump")
    # A cell is one link: where it names several rows, it would lead to the first of them only.
    if isinstance(value, Links):
        return _lead(value.links[0], addresses) if len(value.links) == 1 else None
    if not isinstance(value, Link) or "\n" in value.text:
        return None
    target = address(addresses, value)
    if target is None:
        return None
    return _Lead(target, f"Go to {addresses[value.section].parts[0].section.title}")
