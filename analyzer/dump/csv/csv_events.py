"""CSV in, events out: rows are grouped, the ordinary are passed over, the others become entries."""

import csv
import sys
from collections.abc import Iterable, Iterator
from typing import NamedTuple

from msgspec.structs import replace

from analyzer.dump.csv.csv_layout import CsvFormat
from analyzer.dump.csv.csv_rows import LONGEST_ABOUT, CsvRow, Rows
from analyzer.dump.csv.physical_lines import PhysicalLines
from analyzer.dump.csv.row_cells import (
    NO_DN,
    Escapes,
    class_of,
    dn_of,
    entry_of,
    escapes_of,
    split_row,
)
from analyzer.dump.csv.row_scan import CsvScan
from analyzer.dump.entry import Unreadable
from analyzer.dump.events import End, Event, PassedOver
from analyzer.dump.fault_runs import joined
from analyzer.dump.opened import Opened
from analyzer.dump.read_options import MAX_ATTRIBUTES, MAX_COLUMNS, Plan
from analyzer.dump.secret_lines import is_secret
from analyzer.dump.tally import check_wanted
from analyzer.dump.wanted import is_auxiliary, is_wanted, without_unnamed


class _ReadRow(NamedTuple):
    """A row that becomes an entry once it is known how its file writes values."""

    row: CsvRow
    cells: list[str]
    dn: str
    wanted: bool
    counted: bool
    """Whether it is wanted for more than what it names."""


def read_csv(source: Opened, plan: Plan) -> Iterator[Event]:
    """Yield what stands in CSV; unless every entry is handed over, the entries come last.

    How values are written shows only when all wanted rows were seen. Those are few enough
    to be held until then; every row of a file is not, so that the file is read twice for that.
    """
    csv.field_size_limit(sys.maxsize)
    reader = _CsvReader(source, plan)
    if not plan.everything:
        held: list[_ReadRow] = []
        counted = 0
        for result in reader.results():
            if isinstance(result, _ReadRow):
                held.append(result)
                counted += result.counted
                check_wanted(source.path, counted)
            else:
                yield result
        yield from reader.events(held, reader.escapes(held))
        yield reader.end()
        return
    escapes = Escapes()
    if source.again is not None:
        escapes = reader.escapes(reader.results())
        with source.again() as second:
            reader = _CsvReader(second, plan)
            yield from reader.events(reader.results(), escapes)
    else:
        yield from reader.events(reader.results(), escapes)
    yield reader.end()


def _plain(key: str) -> str:
    """Return the name of a column without options, or its OID."""
    return key.partition(";")[0].strip().lower().removeprefix("oid.")


_Result = _ReadRow | Unreadable | PassedOver


class _CsvReader:
    """Goes through one file once, from its first byte on."""

    def __init__(self, source: Opened, plan: Plan) -> None:
        detected = source.detected
        assert detected.csv is not None
        self._plan = plan
        self._format = CsvFormat(
            detected.csv,
            detected.dialect,
            source.path,
            plan.to_utf8,
            plan.max_record,
            plan.wanted.octets,
        )
        self._wanted = without_unnamed(plan.wanted, frozenset(self._format.keys))
        # The scan judges by classes and places only: the header has told the attributes.
        scan = None
        if plan.scanning:
            scan = CsvScan(self._wanted, self._format, any_byte=plan.any_byte)
        self._lines = PhysicalLines(source.text(), self._format, scan)
        self._unended_line: int | None = None
        known = plan.wanted.known
        # Cells are kept for the evidence too, but for those of a table that no tool exports.
        if plan.everything or self._format.width <= MAX_COLUMNS:
            known = None
        self._kept = [
            known is None or _plain(key) in known or is_secret(name)
            for key, name in zip(self._format.keys, self._format.names, strict=True)
        ]

    def results(self) -> Iterator[_Result]:
        """Yield the rows that matter and what cannot be read, at last how many were passed over."""
        rows, readable, passed_over = Rows(self._lines, self._format), 0, 0

        def next_row() -> CsvRow | Unreadable | None:
            return rows.next(passing=readable >= self._plan.sample)

        told: Iterator[CsvRow | Unreadable] = iter(next_row, None)
        for row in joined(told):
            if isinstance(row, Unreadable):
                yield row
                continue
            if not row.ended:
                self._unended_line = row.last_line
            for result in self._read(row):
                if isinstance(result, Unreadable):
                    yield result
                    continue
                readable += 1
                if self._plan.everything or result.wanted or readable <= self._plan.sample:
                    yield result
                else:
                    passed_over += 1
        if passed_over := passed_over + self._lines.passed_over:
            yield PassedOver(passed_over)

    def _read(self, row: CsvRow) -> Iterator[_ReadRow | Unreadable]:
        """Yield the cells of a row, and what is wrong with it; nothing for an empty one."""
        csv_format = self._format
        if len(row.data) > csv_format.max_row:
            yield self._unreadable(row, f"a row of more than {csv_format.max_row} bytes")
            return
        if not row.data.strip(b' \t\r"\x00' + csv_format.delimiter):
            return
        cells, reason = split_row(row, csv_format)
        if len(cells) > MAX_ATTRIBUTES and len(cells) - cells.count("") > MAX_ATTRIBUTES:
            reason = f"a row of more than {MAX_ATTRIBUTES} attributes"
        if not reason:
            dn, reason = dn_of(cells, csv_format)
        if reason:
            # Nothing that could be read of it names an object, but its text may.
            about = row.data[:LONGEST_ABOUT].decode("utf-8", "replace")
            unreadable = self._unreadable(row, reason, record=reason != NO_DN)
            yield replace(unreadable, dn=about)
            return
        if not row.ended and len(cells) < csv_format.width:
            # A DN at the very end may be cut, and a shorter DN is one too.
            in_dn = len(cells) == csv_format.layout.dn_column + 1
            yield self._unreadable(row, "the file is cut: it ends inside this row", record=in_dn)
            if in_dn:
                return
        classes = class_of(row, cells, csv_format)
        wanted = is_wanted(dn, classes, self._wanted)
        counted = wanted and not is_auxiliary(dn, classes, self._wanted)
        yield _ReadRow(row, self._kept_of(cells), dn, wanted, counted)

    def _kept_of(self, cells: list[str]) -> list[str]:
        """Return cells, those that nobody looks at empty; a backslash tells how all are written."""
        if all(self._kept):
            return cells
        width = min(len(cells), len(self._kept))
        return [
            cell if kept or "\\" in cell else ""
            for cell, kept in zip(cells, self._kept[:width], strict=True)
        ]

    def _unreadable(self, row: CsvRow, reason: str, *, record: bool = True) -> Unreadable:
        return Unreadable(self._format.file, row.line, row.last_line, reason, record=record)

    def escapes(self, results: Iterable[_Result]) -> Escapes:
        """Decide by the wanted rows; the last cell of a cut file may end inside a pair."""
        wanted = (read for read in results if isinstance(read, _ReadRow) and read.wanted)
        whole = (read.cells if read.row.ended else read.cells[:-1] for read in wanted)
        return escapes_of(whole, self._format)

    def events(self, results: Iterable[_Result], escapes: Escapes) -> Iterator[Event]:
        """Yield what was read, rows as entries."""
        for result in results:
            if isinstance(result, _ReadRow):
                yield entry_of(result.row, result.cells, result.dn, self._format, escapes)
            else:
                yield result

    def end(self) -> End:
        """Return what was learnt; the header names all attributes that were exported."""
        return End(
            utf8=self._lines.utf8,
            foreign=self._lines.foreign.words,
            unended_line=self._unended_line,
            columns=frozenset(name.lower() for name in self._format.names),
        )
