"""A table for the screen, and the same as lines: aligned, wrapped at words, a block a row."""

import textwrap
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


def longest_words(table: TextTable) -> list[int]:
    """Return for each column how long its longest word is, which no line shall break."""
    rows = (table.headers, *table.rows)
    columns = zip(*rows, strict=True)
    return [
        max(len(word) for cell in column for word in (cell.split() or [""])) for column in columns
    ]


def without_empty_columns(table: TextTable) -> TextTable:
    """Return a table without the columns that have nothing in any row."""
    kept = [at for at in range(len(table.headers)) if any(row[at] for row in table.rows)]
    return TextTable(
        tuple(table.headers[at] for at in kept),
        tuple(tuple(row[at] for at in kept) for row in table.rows),
    )


def stacked_lines(table: TextTable, width: int) -> Iterator[str]:
    """Yield a table that is too wide as a block a row: header and cell on a line of their own."""
    label = max(map(len, table.headers)) + 2
    for row in table.rows:
        first, *others = zip(table.headers, row, strict=True)
        yield ""
        yield from wrapped(first[1], width)
        for header, cell in others:
            if cell:
                yield from wrapped(f"  {header:<{label}}{cell}", width, label + 2)


def wrapped(line: str, width: int, indent: int = 2) -> list[str]:
    """Return a line in pieces that fit, broken at blanks only; a longer word stands by itself."""
    if len(line) <= width:
        return [line]
    return textwrap.wrap(
        line,
        width,
        subsequent_indent=" " * indent,
        break_long_words=False,
        break_on_hyphens=False,
    )
