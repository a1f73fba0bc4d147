"""Cells put anywhere on a small sheet, then written row by row."""

import textwrap
from collections.abc import Sequence

from analyzer.report.section import ColumnKind, Link, plain
from analyzer.report.summary import SummaryBlock
from analyzer.report.workbook.cells import CellValue, cell
from analyzer.report.workbook.print_setup import letter
from analyzer.report.workbook.row_heights import height_of, lines_of
from analyzer.report.workbook.sheet_parts import Addresses, address
from analyzer.report.workbook.sheet_stream import (
    DEFAULT_HEIGHT,
    HEADING_HEIGHT,
    TITLE_HEIGHT,
    StreamedSheet,
)
from analyzer.report.workbook.styles import Styles

_STYLES = {ColumnKind.TEXT: "text", ColumnKind.NUMBER: "number", ColumnKind.WORD: "word"}
"""The kinds of column that a summary has."""
_TALL = {"title": TITLE_HEIGHT, "headline": HEADING_HEIGHT, "block": HEADING_HEIGHT}
_GAP = 7.0
"""Points of a row with nothing in it, between blocks."""


class Grid:
    """A sheet that is laid out block by block; rows and columns count from 1."""

    def __init__(self, sheet: StreamedSheet, styles: Styles, addresses: Addresses) -> None:
        """Start empty."""
        self._sheet, self._styles, self._addresses = sheet, styles, addresses
        self._rows: dict[int, dict[int, str]] = {}
        self._lines: dict[int, int] = {}
        self._heights: dict[int, float] = {}

    def put(self, row: int, column: int, value: CellValue, style: str) -> None:
        """Put a value; a link whose target is in the workbook becomes one."""
        reference = f"{letter(column)}{row}"
        if isinstance(value, Link):
            target = address(self._addresses, value)
            links = {"label": "label-link"}
            style = links.get(style, "link") if target else style
            if target:
                self._sheet.add_link(reference, target, f"Go to {value.text}")
        if style in _TALL:
            self._heights[row] = _TALL[style]
        self._rows.setdefault(row, {})[column] = cell(reference, value, self._styles[style])

    def heading(self, row: int, columns: Sequence[int], text: str) -> None:
        """Put the heading of a block, underlined across its columns."""
        self.put(row, columns[0], text, "block")
        for column in columns[1:]:
            self.put(row, column, None, "line")

    def pairs(self, row: int, column: int, columns: Sequence[int], block: SummaryBlock) -> int:
        """Put a block of label and value; return the row below it."""
        self.heading(row, columns, block.title)
        for label, value in block.rows:
            row += 1
            self.put(row, column, label, "label")
            # Left empty the cell still counts as text to the next one's overflow.
            if plain(value):
                self.put(row, column + 1, value, "value")
        return row + 1

    def table(self, row: int, columns: Sequence[int], block: SummaryBlock) -> int:
        """Put a block with headers; return the row below it and its note."""
        self.heading(row, columns, block.title)
        row += 1
        for column, shape in zip(columns, block.columns, strict=True):
            self.put(row, column, shape.header, "head")
            width = self._sheet.column_dimensions[letter(column)].width
            lines = lines_of(shape.header, width, bold=True)
            self._lines[row] = max(lines, self._lines.get(row, 1))
        for cells in block.rows or ((block.empty, *(None,) * (len(block.columns) - 1)),):
            row += 1
            for column, shape, value in zip(columns, block.columns, cells, strict=True):
                self.put(row, column, value, _STYLES[shape.kind])
        width = sum(self._sheet.column_dimensions[letter(column)].width for column in columns)
        for line in textwrap.wrap(block.note, max(int(width), 20)):
            row += 1
            self.put(row, columns[0], line, "note")
        return row + 1

    def write(self) -> None:
        """Write all rows, from the first to the last."""
        for row in range(1, max(self._rows) + 1):
            cells = self._rows.get(row, {})
            height = self._height(row)
            self._sheet.add_row(row, "".join(cells[column] for column in sorted(cells)), height)

    def height_of_rows(self, last: int) -> float:
        """Return the height in points of the rows down to that one."""
        return sum(self._height(row) or DEFAULT_HEIGHT for row in range(1, last + 1))

    def _height(self, row: int) -> float:
        if row not in self._rows:
            return _GAP
        return self._heights.get(row) or height_of(self._lines.get(row, 1))

    def last_row(self) -> int:
        """Return the number of the last row with anything in it."""
        return max(self._rows)
