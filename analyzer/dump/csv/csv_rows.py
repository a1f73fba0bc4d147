"""Physical lines in, rows of the file's width out.

A row ends at the first line end where the quotes before it are balanced. Where that gives no row of
the right width, its first line is given up and the next one tried, so that a stray quote costs a
line and not the rest of the file.
"""

from collections import deque
from typing import NamedTuple

from analyzer.dump.csv.csv_layout import CsvFormat
from analyzer.dump.csv.physical_lines import CsvLine, PhysicalLines
from analyzer.dump.entry import Unreadable

MAX_LINES = 1 << 17
"""Most physical lines of one row; they are kept one by one until the row ends."""
LONGEST_ABOUT = 8_192
"""Bytes of an unreadable row that are looked at for the name of an object."""
_MAX_QUOTES = 1 << 20
_NO_PARTNER = "a quote without its partner"


class CsvRow(NamedTuple):
    """One row: its text and the physical lines it stands on."""

    data: bytes
    line: int
    last_line: int
    ended: bool


class Rows:
    """Groups physical lines into rows; reports the lines that fit no row."""

    def __init__(self, lines: PhysicalLines, csv_format: CsvFormat) -> None:
        """Begin at the first line after the header."""
        self._lines, self._format = lines, csv_format
        self._given_back: deque[CsvLine] = deque()

    def next(self, *, passing: bool) -> CsvRow | Unreadable | None:
        """Return the next row, or a line that fits none; None at the end.

        With `passing` it is the next one that has to be read.
        """
        first = self._next_line(passing=passing)
        if first is None:
            return None
        # Of a line above the limit only the start may be here, which tells nothing of its quotes.
        if len(first.data) > self._format.max_row or not first.data.count(b'"') & 1:
            return CsvRow(first.data, first.number, first.number, first.ended)
        group, closed, ends = self._until_quotes_balance(first)
        data = b"\n".join(line.data for line in group)
        # Lines of the right width are a row, however odd. In others a stray quote has eaten the
        # rows behind it: they are given back and begin anew.
        if closed and cell_count(data, self._format) == self._format.width:
            return CsvRow(data, first.number, group[-1].number, group[-1].ended)
        reason = "the file is cut: it ends inside this row" if ends else _NO_PARTNER
        self._given_back.extendleft(reversed(group[1:]))
        about = first.data[:LONGEST_ABOUT].decode("utf-8", "replace")
        return Unreadable(self._format.file, first.number, first.number, reason, dn=about)

    def _until_quotes_balance(self, first: CsvLine) -> tuple[list[CsvLine], bool, bool]:
        """Return the lines up to the next odd quote, whether it is there, whether the file ends.

        No line may be passed over in between, however ordinary it looks: it is inside a cell.
        """
        group, size, limit = [first], len(first.data), self._format.max_row
        while size <= limit and len(group) < MAX_LINES:
            line = self._next_line(passing=False)
            if line is None:
                return group, False, len(group) == 1 or not group[-1].ended
            group.append(line)
            size += len(line.data) + 1
            if len(line.data) <= limit and line.data.count(b'"') & 1:
                return group, True, False
        return group, False, False

    def _next_line(self, *, passing: bool) -> CsvLine | None:
        if self._given_back:
            return self._given_back.popleft()
        return self._lines.next(passing=passing)


def cell_count(data: bytes, csv_format: CsvFormat) -> int | None:
    """Return the number of cells of a row; None where its quotes are not those of RFC 4180."""
    delimiter = csv_format.delimiter
    if b'"' not in data:
        return data.count(delimiter) + 1
    if data.count(b'"') > _MAX_QUOTES:
        return None
    # Every other piece stands outside quotes. An empty one lies between the two quotes that
    # stand for one; any other has to begin and to end with a delimiter (RFC 4180, 2.5 to 2.7).
    outside = data.rstrip(b"\r").split(b'"')[::2]
    count = 1
    for i, text in enumerate(outside):
        if not text:
            continue
        if (i and not text.startswith(delimiter)) or (
            i < len(outside) - 1 and not text.endswith(delimiter)
        ):
            return None
        count += text.count(delimiter)
    return count
