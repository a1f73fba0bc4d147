"""A stream of CSV in, its tally or all its entries out."""

import csv
import re
import sys
from collections.abc import Iterator

from analyzer.dump.csv_reader import (
    CsvFormat,
    Line,
    Row,
    backslashes_doubled,
    class_of,
    dn_of,
    entry_of,
    group_rows,
    split_row,
)
from analyzer.dump.damage import joined
from analyzer.dump.encoding import is_utf8_text
from analyzer.dump.entry import Entry, Unreadable
from analyzer.dump.scan import CsvScan, Survey
from analyzer.dump.tally import SAMPLE, Tally, is_wanted

_NEXT_LINE = re.compile(rb"\n(?!\Z)")


def tally_csv(
    chunks: Iterator[bytes], csv_format: CsvFormat, tally: Tally, scan: CsvScan | None
) -> bool:
    """Count the rows of a stream and keep the wanted entries.

    Returns whether backslashes are doubled in the cells of this file.

    Args:
        chunks: UTF-8 or 8-bit text, from the first byte of the file on.
        csv_format: how its rows are to be read.
        tally: takes the counts, the entries and the damage.
        scan: marks the rows that have to be read; None marks all.
    """
    csv.field_size_limit(sys.maxsize)
    tally.names.update(name.lower() for name in csv_format.names)
    tally.exported.update(tally.wanted.attributes & tally.names)
    tally.sampled = 1
    tally.without_class = int("objectclass" not in tally.names)
    kept: list[tuple[Row, list[str], str]] = []
    for row in joined(group_rows(_Lines(chunks, csv_format, tally, scan), csv_format)):
        if isinstance(row, Unreadable):
            tally.report(row)
            continue
        if not row.ended:
            tally.notes["the file does not end with a line end; it may be cut"] = [row.last_line]
        if len(row.data) > csv_format.max_row:
            tally.entries += 1
            reason = f"a row of more than {csv_format.max_row} bytes"
            tally.report(Unreadable(csv_format.file, row.line, row.last_line, reason))
        elif row.data.strip(b' \t\r"\x00' + csv_format.delimiter):
            found = _read(row, csv_format, tally)
            if found is None:
                continue
            cells, dn = found
            if is_wanted(dn, class_of(row, cells, csv_format), tally.wanted):
                kept.append((row, cells, dn))
    # The last cell of a cut file may end inside a pair of backslashes.
    whole = (cells if row.ended else cells[:-1] for row, cells, _ in kept)
    doubled = backslashes_doubled(whole, csv_format)
    for row, cells, dn in kept:
        tally.kept.append(entry_of(row, cells, dn, csv_format, doubled=doubled))
    return doubled


def all_csv(chunks: Iterator[bytes], csv_format: CsvFormat, *, doubled: bool) -> Iterator[Entry]:
    """Yield every readable entry of a stream."""
    csv.field_size_limit(sys.maxsize)
    for row in group_rows(_Lines(chunks, csv_format, None, None), csv_format):
        if isinstance(row, Unreadable) or not row.data.strip(b' \t\r"' + csv_format.delimiter):
            continue
        if len(row.data) > csv_format.max_row:
            continue
        cells, reason = split_row(row, csv_format)
        dn, no_dn = dn_of(cells, csv_format) if not reason else ("", reason)
        if not no_dn and not _is_cut_in_dn(row, cells, csv_format):
            yield entry_of(row, cells, dn, csv_format, doubled=doubled)


def _read(row: Row, csv_format: CsvFormat, tally: Tally) -> tuple[list[str], str] | None:
    cells, reason = split_row(row, csv_format)
    if not reason:
        dn, reason = dn_of(cells, csv_format)
    if reason:
        tally.entries += reason != "a row without DN"
        tally.report(Unreadable(csv_format.file, row.line, row.last_line, reason))
        return None
    tally.entries += 1
    if len(tally.first_dns) < SAMPLE:
        tally.first_dns.append(dn)
    if not row.ended and len(cells) < csv_format.width:
        reason = "the file is cut: it ends inside this row"
        tally.report(Unreadable(csv_format.file, row.line, row.last_line, reason))
        if _is_cut_in_dn(row, cells, csv_format):
            return None
    return cells, dn


def _is_cut_in_dn(row: Row, cells: list[str], csv_format: CsvFormat) -> bool:
    return not row.ended and len(cells) == csv_format.layout.dn_column + 1 < csv_format.width


class _Lines:
    """The physical lines after the header, without the rows that a scan shows to be ordinary."""

    def __init__(
        self,
        chunks: Iterator[bytes],
        csv_format: CsvFormat,
        tally: Tally | None,
        scan: CsvScan | None,
    ) -> None:
        self.inside = False
        self._chunks, self._format, self._tally, self._scan = chunks, csv_format, tally, scan

    def __iter__(self) -> Iterator[Line]:
        survey = self._scan.survey if self._scan else _all_lines
        before, header = 0, self._format.layout.header_lines
        for text in _whole_lines(_limited(self._chunks, self._format.max_row)):
            if self._tally is not None:
                self._tally.utf8 = self._tally.utf8 and is_utf8_text(text)
            found = survey(text)
            for number, start in self._picked(text, found, max(0, header - before)):
                end = _end_of_line(text, start)
                yield Line(text[start:end], before + number + 1, end < len(text))
            before += found.lines

    def _picked(self, text: bytes, found: Survey, skipped: int) -> Iterator[tuple[int, int]]:
        """Yield the lines that have to be read, behind the skipped ones; count the others."""
        line = place = 0
        for stop, start in (*found.chosen, (found.lines, len(text))):
            while line < stop and (line < skipped or self._needs_all()):
                if line >= skipped:
                    yield line, place
                line, place = line + 1, _end_of_line(text, place) + 1
            if line < stop and self._tally is not None:
                self._tally.entries += stop - line
            if line <= stop < found.lines:
                if stop >= skipped:
                    yield stop, start
                line, place = stop + 1, _end_of_line(text, start) + 1

    def _needs_all(self) -> bool:
        return self.inside or self._tally is None or len(self._tally.first_dns) < SAMPLE


def _all_lines(text: bytes) -> Survey:
    starts = [0, *(match.end() for match in _NEXT_LINE.finditer(text))]
    return Survey(len(starts), enumerate(starts))


def _end_of_line(text: bytes, start: int) -> int:
    end = text.find(b"\n", start)
    return len(text) if end < 0 else end


def _limited(chunks: Iterator[bytes], limit: int) -> Iterator[bytes]:
    """Pass text on, but of a line above the limit no more than shows that it is above."""
    length = 0
    for chunk in chunks:
        end = chunk.find(b"\n")
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
        yield b"".join((*waiting, memoryview(chunk)[:end]))
        waiting = [chunk[end:]] if end < len(chunk) else []
    if any(waiting):
        yield b"".join(waiting)
