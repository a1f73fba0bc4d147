"""Cells put anywhere on a small sheet, then written row by row."""

from collections.abc import Sequence

from analyzer.report.section import Block, Link, Row, plain
from analyzer.report.workbook.cells import Value, cell
from analyzer.report.workbook.layout import height_of, letter, lines_of
from analyzer.report.workbook.sheet import Places, address
from analyzer.report.workbook.sheet_stream import StreamedSheet
from analyzer.report.workbook.styles import Styles


class Grid:
    """A sheet that is laid out block by block; rows and columns count from 1."""

    def __init__(self, sheet: StreamedSheet, styles: Styles, places: Places) -> None:
        """Start empty."""
        self._sheet, self._styles, self._places = sheet, styles, places
        self._rows: dict[int, dict[int, str]] = {}
        self._lines: dict[int, int] = {}

    def put(self, row: int, column: int, value: Value, style: str) -> None:
        """Put a value; a link whose target is in the workbook becomes one."""
        reference = f"{letter(column)}{row}"
        if isinstance(value, Link):
            target = address(self._places, value)
            style = "link" if target else style
            if target:
                self._sheet.add_link(reference, target, f"Go to {value.text}")
        self._rows.setdefault(row, {})[column] = cell(reference, value, self._styles[style])

    def heading(self, row: int, columns: Sequence[int], text: str) -> None:
        """Put the heading of a block, underlined across its columns."""
        self.put(row, columns[0], text, "block")
        for column in columns[1:]:
            self.put(row, column, None, "line")

    def pairs(self, row: int, column: int, columns: Sequence[int], block: Block) -> int:
        """Put a block of label and value; return the row below it."""
        self.heading(row, columns, block.title)
        for label, value in block.rows:
            row += 1
            self.put(row, column, label, "label")
            # Left empty the cell still counts as text to the next one's overflow.
            if plain(value):
                self.put(row, column + 1, value, "value")
        return row + 1

    def table(self, row: int, columns: Sequence[int], block: Block, kinds: str) -> int:
        """Put a block with headers; `kinds` holds t(ext), n(umber), w(ord), f(ree text) a column.

        Returns the row below it and its note.
        """
        self.heading(row, columns, block.title)
        row += 1
        for column, header in zip(columns, block.headers, strict=True):
            self.put(row, column, header, "head")
            width = self._sheet.column_dimensions[letter(column)].width
            lines = lines_of(header, int(width), bold=True)
            self._lines[row] = max(lines, self._lines.get(row, 1))
        for cells in block.rows:
            row += 1
            self._row(row, columns, cells, kinds)
        if block.note:
            row += 1
            self.put(row, columns[0], block.note, "note")
        return row + 1

    def write(self) -> None:
        """Write all rows, from the first to the last."""
        for row in range(1, max(self._rows) + 1):
            cells = self._rows.get(row, {})
            height = height_of(self._lines.get(row, 1))
            self._sheet.add_row(row, "".join(cells[column] for column in sorted(cells)), height)

    def last_row(self) -> int:
        """Return the number of the last row with anything in it."""
        return max(self._rows)

    def _row(self, row: int, columns: Sequence[int], cells: Row, kinds: str) -> None:
        styles = {"t": "text", "n": "number", "w": "word", "f": "value"}
        for column, value, kind in zip(columns, cells, kinds, strict=True):
            self.put(row, column, value, styles[kind])
