"""Chunks of CSV text in, its physical lines out; rows that a scan passes over are counted."""

from collections import deque
from collections.abc import Iterator
from typing import NamedTuple

from analyzer.dump.code_pages import ForeignWords
from analyzer.dump.csv.csv_layout import CsvFormat
from analyzer.dump.csv.row_scan import CsvScan, PassedRows
from analyzer.dump.encoding import is_utf8


class CsvLine(NamedTuple):
    """One physical line of a CSV file."""

    data: bytes
    """Without its line end."""
    number: int
    ended: bool
    """False for a last line without line end."""


class PhysicalLines:
    """The lines after the header, handed out one by one on request."""

    def __init__(
        self, chunks: Iterator[bytes], csv_format: CsvFormat, scan: CsvScan | None
    ) -> None:
        """Read from the first byte of the file on; without a scan no line is passed over."""
        self.passed_over = 0
        """Rows that were not handed out."""
        self.utf8 = True
        """Whether all text so far is UTF-8, lines above the limit aside."""
        self.foreign = ForeignWords()
        self._max_row = csv_format.max_row
        self._texts = _whole_lines(_limited(chunks, csv_format.max_row))
        self._header, self._scan = csv_format.layout.header_lines, scan
        # The text that is gone through, and the line that comes next: its number and place in it.
        self._text, self._at, self._number = b"", 0, 1
        self._runs: deque[PassedRows] = deque()

    def next(self, *, passing: bool) -> CsvLine | None:
        """Return the next line, with `passing` the next one that has to be read; None at the end.

        Whoever asks knows whether a row begins here: inside a row of several lines none may be
        passed over, because its quotes, not those of the line, tell what it is.
        """
        while self._at < len(self._text) or self._go_on():
            # The first lines are those of the header, whatever the scan makes of them.
            if passing and self._header < self._number and (run := self._run_here()):
                self.passed_over += run.rows
                self._number, self._at = self._number + run.lines, run.end
                continue
            line = self._take()
            if line.number > self._header:
                return line
        return None

    def _run_here(self) -> PassedRows | None:
        """Return the rows from here on that may be passed over; None for none."""
        while self._runs and self._runs[0].start < self._at:
            self._runs.popleft()
        return self._runs[0] if self._runs and self._runs[0].start == self._at else None

    def _go_on(self) -> bool:
        """Go on to the next text; return False when there is none."""
        text = next(self._texts, b"")
        self._text, self._at = text, 0
        self._judge(text)
        if self._scan is not None:
            self._runs = deque(self._scan.passed(text))
        return bool(text)

    def _judge(self, text: bytes) -> None:
        """Look whether a text is UTF-8; how much of a line above the limit is here is chance."""
        if is_utf8(text):
            return
        alien = [line for line in text.split(b"\n") if not is_utf8(line)]
        kept = b"\n".join(line for line in alien if len(line) <= self._max_row)
        if kept:
            self.utf8 = False
            self.foreign.look_at(kept)

    def _take(self) -> CsvLine:
        start, number = self._at, self._number
        end = self._text.find(b"\n", start)
        ended = end >= 0
        end = end if ended else len(self._text)
        self._at, self._number = end + 1, number + 1
        return CsvLine(self._text[start:end], number, ended)


def _limited(chunks: Iterator[bytes], limit: int) -> Iterator[bytes]:
    """Pass text on, but of a line above the limit no more than shows that it is above."""
    length = 0
    for chunk in chunks:
        end = chunk.find(b"\n")
        # One byte above the limit is enough to show it; a line of gigabytes takes no memory.
        allowed = max(0, limit + 1 - length)
        if end < 0:
            yield chunk[:allowed]
            length = min(limit + 1, length + len(chunk))
            continue
        yield chunk if end <= allowed else chunk[:allowed] + chunk[end:]
        length = len(chunk) - chunk.rfind(b"\n") - 1


def _whole_lines(chunks: Iterator[bytes]) -> Iterator[bytes]:
    """Yield text in pieces that end with a line end, the last piece aside."""
    waiting: list[bytes] = []
    for chunk in chunks:
        end = chunk.rfind(b"\n") + 1
        if not end:
            waiting.append(chunk)
            continue
        # A memoryview, so that the chunk is copied once and not twice.
        yield b"".join((*waiting, memoryview(chunk)[:end]))
        waiting = [chunk[end:]] if end < len(chunk) else []
    if any(waiting):
        yield b"".join(waiting)
