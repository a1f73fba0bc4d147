"""Results of many audits in, tables of all of them out, on disk: a temporary SQLite database.

What one audit says is read, put into the tables and forgotten, so that memory does not grow with
the number of dumps; sorting and counting are the database's work. The file has no name that stays.
"""

import sqlite3
import tempfile
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

from analyzer.directory import kinds
from analyzer.fleets.audit_order import AuditOrder, AuditOutcome
from analyzer.relay.verdict import RelayVerdict
from analyzer.results.fleet_document import dump_line, dump_of
from analyzer.results.fleet_records import DumpRecord
from analyzer.results.results_digest import AuditDigest, DigestListener

VERDICTS = tuple(verdict.value for verdict in RelayVerdict)
"""Most exposed first."""
CHANGES = ("new", "changed", "unchanged", "not_comparable")
_UNKNOWN = "unknown"
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
_VALUE_STATES = {"set", "not_set"}
_LONGEST_VALUE = 500


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
        record = _record(order, outcome, audit)
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
        self._insert("guid", [(guid, number) for guid in _guids(audit)])
        self._insert("finding", list(_finding_rows(number, audit)))
        self._insert("listener", list(_listener_rows(number, audit)))
        self._insert("setting", list(_setting_rows(number, audit)))
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


class _Severities(NamedTuple):
    """How many findings there are of which severity, and of which sort."""

    open: dict[str, int]
    stricter: int
    waived: int


def _record(order: AuditOrder, outcome: AuditOutcome, audit: AuditDigest | None) -> DumpRecord:
    if audit is None:
        return DumpRecord(
            label=order.label,
            client=order.client,
            path=order.path,
            sha256=outcome.sha256,
            status="failed",
            reason=outcome.reason,
            results="",
            bytes=order.size,
        )
    used = [each for each in _listeners(audit) if not each.left_by and each.relay is not None]
    verdicts = Counter(each.relay.verdict for each in used if each.relay is not None)
    findings = _severities(audit)
    changes = [server.when_changed for server in audit.servers]
    changes += [evidence.when_changed for evidence in audit.evidence]
    return DumpRecord(
        label=order.label,
        client=order.client,
        path=order.path,
        sha256=audit.inputs[0].sha256,
        status="done",
        reason="",
        results=f"{order.label}/results.json",
        bytes=sum(source.bytes for source in audit.inputs),
        naming_context=next(filter(None, (each.naming_context for each in audit.inputs)), ""),
        organizations=_organizations(audit),
        date=max(filter(None, changes), default=""),
        servers=dict(Counter(each.exchange_version or _UNKNOWN for each in audit.servers)),
        virtual_servers=len(audit.virtual_servers),
        receive_connectors=len(audit.receive_connectors),
        relay={verdict: verdicts[verdict] for verdict in VERDICTS},
        left_behind=sum(bool(each.left_by) for each in _listeners(audit)),
        assumed=sum(each.relay.confidence == "assumed" for each in used if each.relay is not None),
        worst=next((verdict for verdict in VERDICTS if verdicts[verdict]), ""),
        findings=findings.open,
        stricter=findings.stricter,
        waived=findings.waived,
        changes=_changes(audit),
        not_evaluable=sum(check.not_evaluable for check in audit.checks),
        unreadable=len(audit.unreadable),
    )


def _severities(audit: AuditDigest) -> _Severities:
    still = [finding for finding in audit.findings if finding.status == "open"]
    counts = Counter(finding.severity for finding in still)
    severities = ("critical", "high", "medium", "low", "info")
    return _Severities(
        {severity: counts[severity] for severity in severities},
        sum(finding.kind == "stricter" for finding in still),
        sum(finding.status == "waived" for finding in audit.findings),
    )


def _changes(audit: AuditDigest) -> dict[str, int]:
    """Count what became of the findings since the baseline; nothing where there is none."""
    if audit.baseline is None:
        return {}
    counts = Counter(each.change for each in audit.findings if each.status == "open")
    numbers = {change: counts[change] for change in CHANGES}
    return {**numbers, "resolved": len(audit.resolved)}


def _listeners(audit: AuditDigest) -> tuple[DigestListener, ...]:
    return audit.virtual_servers + audit.receive_connectors


def _organizations(audit: AuditDigest) -> tuple[str, ...]:
    named = [listener.organization for listener in _listeners(audit)]
    named += [server.organization for server in audit.servers]
    return tuple(dict.fromkeys(name for name in named if name))


def _guids(audit: AuditDigest) -> set[str]:
    """Return the objectGUIDs by which a forest is recognised, whatever its names."""
    others = (*audit.send_connectors, *audit.accepted_domains, *audit.evidence)
    guids = [listener.guid for listener in _listeners(audit)] + [other.guid for other in others]
    return {guid for guid in guids if guid}


def _finding_rows(number: int, audit: AuditDigest) -> Iterator[Sequence[object]]:
    for each in audit.findings:
        yield (
            number,
            each.severity,
            each.kind,
            each.rule,
            each.title,
            each.organization,
            each.server,
            each.virtual_server,
            each.dn,
            each.attribute,
            each.found_text,
            each.default_text,
            each.status,
            each.assumed,
        )


def _listener_rows(number: int, audit: AuditDigest) -> Iterator[Sequence[object]]:
    for kind, listeners in _by_kind(audit):
        for each in listeners:
            if each.relay is not None and not each.left_by:
                relay = each.relay
                covered = relay.addresses_covered
                yield (
                    number,
                    VERDICTS.index(relay.verdict),
                    kind,
                    each.organization,
                    each.server,
                    each.name,
                    each.exchange_version,
                    relay.verdict,
                    relay.confidence,
                    # Of IPv6 there are more addresses than a whole number of SQLite counts.
                    None if covered is None else str(covered),
                    None if covered is None else float(covered),
                    relay.covers,
                    relay.authenticated_may_relay,
                    relay.anonymous,
                    each.dn,
                )


def _setting_rows(number: int, audit: AuditDigest) -> Iterator[Sequence[object]]:
    """Yield how many listeners of a dump have which value of which setting."""
    for kind, listeners in _by_kind(audit):
        values = Counter(
            (name, setting.text[:_LONGEST_VALUE])
            for each in listeners
            if not each.left_by
            for name, setting in each.settings.items()
            if setting.state in _VALUE_STATES
        )
        for (name, text), times in values.items():
            yield number, kind, name, text, times


def _by_kind(audit: AuditDigest) -> Iterator[tuple[str, tuple[DigestListener, ...]]]:
    yield kinds.VIRTUAL_SERVER.key, audit.virtual_servers
    yield kinds.RECEIVE_CONNECTOR.key, audit.receive_connectors


def _stored(cell: object) -> object:
    """Return a cell as the database takes it: it knows no halves of characters."""
    if isinstance(cell, str) and not cell.isascii():
        return cell.encode("utf-8", "replace").decode()
    return cell
