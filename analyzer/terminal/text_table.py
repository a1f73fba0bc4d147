"""A table for the screen, and the same as plain lines."""

from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

from analyzer.visible_text import one_line


class TextTable(NamedTuple):
    """Headers and rows of text, each cell on one line."""

    headers: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]


def make_table(headers: Sequence[str], rows: Iterable[Sequence[object]]) -> TextTable:
    """Return a table; cells lose line breaks, and control characters show as escapes."""
    cells = tuple(tuple(one_line(str(cell)) for cell in row) for row in rows)
    return TextTable(tuple(headers), cells)


def plain_lines(table: TextTable) -> Iterator[str]:
    """Yield a table as lines of aligned columns, uncut, for programs."""
    rows = (table.headers, *table.rows)
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    for row in rows:
        cells = (f"{cell:<{width}}" for cell, width in zip(row, widths, strict=True))
        yield "  ".join(cells).rstrip()
