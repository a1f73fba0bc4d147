"""Results of many audits in, tables of all of them out, on disk: a temporary SQLite database.

What one audit says is read, put into the tables and forgotten, so that memory does not grow with
the number of dumps; sorting and counting are the database's work. The file has no name that stays.
"""

import sqlite3
import tempfile
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from analyzer.fleets.audit_order import AuditOrder, AuditOutcome
from analyzer.fleets.digest_rows import (
    dump_record,
    finding_rows_of,
    guids_of,
    listener_rows_of,
    setting_rows_of,
)
from analyzer.results.fleet_document import dump_line, dump_of
from analyzer.results.fleet_records import DumpRecord
from analyzer.results.results_digest import AuditDigest

_TABLES = """
CREATE TABLE dump (
  number INTEGER PRIMARY KEY, label TEXT, client TEXT, date TEXT, failed INTEGER, line BLOB,
  forest TEXT DEFAULT '', counted INTEGER DEFAULT 0);
CREATE TABLE guid (guid TEXT, dump INTEGER);
CREATE TABLE finding (
  dump INTEGER, severity TEXT, kind TEXT, rule TEXT, title TEXT, organization TEXT, server TEXT,
  listener TEXT, dn TEXT, attribute TEXT, found TEXT, usual TEXT, status TEXT, assumed INTEGER);
CREATE TABLE check_title (rule TEXT PRIMARY KEY, title TEXT);
CREATE TABLE listener (
  dump INTEGER, rank INTEGER, kind TEXT, organization TEXT, server TEXT, name TEXT, version TEXT,
  verdict TEXT, confidence TEXT, covered TEXT, size REAL, covers TEXT, authenticated INTEGER,
  anonymous INTEGER, dn TEXT);
CREATE TABLE setting (dump INTEGER, kind TEXT, attribute TEXT, text TEXT, listeners INTEGER);
"""
_SPEED = "PRAGMA journal_mode=OFF; PRAGMA synchronous=OFF; PRAGMA cache_size=-16384;"


class Tables:
    """The tables of a fleet."""

    def __init__(self, database: sqlite3.Connection) -> None:
        """Take an open and empty database."""
        self._database = database
        database.executescript(_SPEED + _TABLES)
        # One transaction that never ends: nobody reads the file after this process.
        database.execute("BEGIN")

    def add(self, order: AuditOrder, outcome: AuditOutcome, audit: AuditDigest | None) -> None:
        """Add one dump; `audit` is None where it failed."""
        number = self._next()
        record = dump_record(order, outcome, audit)
        self._database.execute(
            "INSERT INTO dump (number, label, client, date, failed, line)"
            " VALUES (?, ?, ?, ?, ?, ?)",
            (
                number,
                _stored(record.label),
                _stored(record.client),
                record.date,
                audit is None,
                dump_line(record),
            ),
        )
        if audit is None:
            return
        self._insert("guid", [(guid, number) for guid in guids_of(audit)])
        self._insert("finding", list(finding_rows_of(number, audit)))
        self._insert("listener", list(listener_rows_of(number, audit)))
        self._insert("setting", list(setting_rows_of(number, audit)))
        self._database.executemany(
            "INSERT OR IGNORE INTO check_title VALUES (?, ?)",
            ((check.rule, _stored(check.title)) for check in audit.checks),
        )

    def place(self, places: Iterable[tuple[int, str, bool]]) -> None:
        """Say of dumps, by number, which forest they are of and whether they count for it."""
        self._database.executemany(
            "UPDATE dump SET forest = ?, counted = ? WHERE number = ?",
            ((forest, counted, number) for number, forest, counted in places),
        )

    def dumps(self, where: str = "1", order: str = "number") -> Iterator[DumpRecord]:
        """Yield the dumps; `where` and `order` are words of this package alone."""
        query = f"SELECT line, forest, counted FROM dump WHERE {where} ORDER BY {order}"
        for line, forest, counted in self._database.execute(query):
            yield dump_of(line, forest=forest, counted=bool(counted))

    def rows(self, query: str, *values: object) -> Iterator[tuple[object, ...]]:
        """Yield what the database answers."""
        yield from self._database.execute(query, values)

    def number(self, query: str) -> int:
        """Return the one number that the database answers."""
        return int(self._database.execute(query).fetchone()[0])

    def _next(self) -> int:
        return 1 + self.number("SELECT COALESCE(MAX(number), 0) FROM dump")

    def _insert(self, table: str, rows: Sequence[Sequence[object]]) -> None:
        if rows:
            marks = ", ".join("?" * len(rows[0]))
            self._database.executemany(
                f"INSERT INTO {table} VALUES ({marks})",
                ([_stored(cell) for cell in row] for row in rows),
            )


@contextmanager
def open_tables() -> Iterator[Tables]:
    """Open tables that end with this block."""
    with tempfile.TemporaryDirectory(prefix="exchange-analyzer-") as folder:
        database = sqlite3.connect(Path(folder) / "fleet.sqlite", isolation_level=None)
        try:
            yield Tables(database)
        finally:
            database.close()


def _stored(cell: object) -> object:
    """Return a cell as the database takes it: it knows no halves of characters."""
    if isinstance(cell, str) and not cell.isascii():
        return cell.encode("utf-8", "replace").decode()
    return cell
