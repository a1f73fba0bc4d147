"""A table for the screen, and sizes and places as a person reads them."""

from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

from analyzer.dump.entry import Source
from analyzer.visible_text import one_line


class Table(NamedTuple):
    """Headers and rows of text that is safe to print."""

    headers: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]


def make_table(headers: Sequence[str], rows: Iterable[Sequence[object]]) -> Table:
    """Return a table; cells lose line breaks, and control characters show as escapes."""
    return Table(tuple(headers), tuple(tuple(one_line(str(cell)) for cell in row) for row in rows))


def plain_lines(table: Table) -> Iterator[str]:
    """Yield a table as lines of aligned columns, uncut, for programs."""
    rows = (table.headers, *table.rows)
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    for row in rows:
        cells = (f"{cell:<{width}}" for cell, width in zip(row, widths, strict=True))
        yield "  ".join(cells).rstrip()


def size_in_words(size: int) -> str:
    """Return a number of bytes as `812 bytes`, `48.2 MB` or `1.3 GB`."""
    for limit, unit in ((1 << 30, "GB"), (1 << 20, "MB"), (1 << 10, "KB")):
        if size >= limit:
            return f"{size / limit:.1f} {unit}"
    return f"{size} bytes"


def place_of(source: Source) -> str:
    """Return `file:line`, or the file alone where there is no line."""
    return source.file if source.line is None else f"{source.file}:{source.line}"
