"""The tables of a fleet in, the sections with a row for each dump out: overview and history."""

from collections.abc import Mapping

from analyzer.fleets.digest_rows import VERDICTS
from analyzer.fleets.fleet_tables import Tables
from analyzer.report.phrases import count
from analyzer.report.section import (
    Cell,
    Column,
    ColumnGroup,
    ColumnKind,
    FileLink,
    Row,
    Section,
)
from analyzer.report.tones import TONES
from analyzer.report.wording import SEVERITY, VERDICT
from analyzer.results.fleet_records import DumpRecord, ForestRecord

OVERVIEW = "overview"
CLIENT = "Client"
CHANGE = "Since the baseline"
_STATUS = {"done": "Done", "failed": "Failed"}
_HISTORY = "history"
_SEVERAL = "SELECT forest FROM dump WHERE failed = 0 GROUP BY forest HAVING COUNT(*) > 1"


def overview(tables: Tables, link_to: str) -> Section:
    """Return one row a dump; `link_to` is the file of each that is linked."""
    number = tables.number("SELECT COUNT(*) FROM dump")
    severities = tuple(Column(word, 9, ColumnKind.NUMBER) for word in SEVERITY.values())
    return Section(
        key=OVERVIEW,
        title="Overview",
        intro=(
            f"{count(number, 'dump')} in the order in which they were named; of several dumps of"
            " one forest the newest counts in all sums."
        ),
        columns=(
            Column(CLIENT, 20, filter=True),
            Column("Dump", 28),
            Column("Status", 9, ColumnKind.WORD, tones=TONES),
            Column("Forest", 8),
            Column("Counts", 8, filter=True),
            Column("Partition", 34),
            Column("Directory of", 17, ColumnKind.TIME),
            Column("Servers by version", 22),
            Column("Virtual servers", 9, ColumnKind.NUMBER),
            Column("Receive connectors", 11, ColumnKind.NUMBER),
            Column("Worst verdict", 20, ColumnKind.WORD, tones=TONES),
            *(Column(VERDICT[verdict], 11, ColumnKind.NUMBER) for verdict in VERDICTS),
            *severities,
            Column("Of which stricter", 9, ColumnKind.NUMBER),
            Column("Waived", 8, ColumnKind.NUMBER),
            Column(CHANGE, 24),
            Column("Not evaluable", 10, ColumnKind.NUMBER),
            Column("Unreadable", 10, ColumnKind.NUMBER),
            Column("Read from", 44, group=ColumnGroup.DETAIL),
            Column("SHA-256", 66, group=ColumnGroup.DETAIL),
        ),
        rows=lambda: (_overview_row(record, link_to) for record in tables.dumps()),
        count=number,
        table="tblOverview",
        anchors=[str(label) for (label,) in tables.rows("SELECT label FROM dump ORDER BY number")],
        frozen=2,
        wide=True,
        in_print_set=True,
    )


def _overview_row(record: DumpRecord, link_to: str) -> Row:
    done = record.status == "done"
    return (
        record.client,
        _linked(record, link_to),
        _STATUS[record.status],
        record.forest,
        ("Yes" if record.counted else "No") if done else "",
        record.naming_context,
        record.date,
        _servers(record.servers),
        record.virtual_servers if done else None,
        record.receive_connectors if done else None,
        VERDICT.get(record.worst, ""),
        *(record.relay.get(verdict) for verdict in VERDICTS),
        *(record.findings.get(severity) for severity in SEVERITY),
        record.stricter if done else None,
        record.waived if done else None,
        _changes(record.changes),
        record.not_evaluable if done else None,
        record.unreadable if done else None,
        record.path,
        record.sha256,
    )


def _servers(servers: Mapping[str, int]) -> str:
    return ", ".join(f"{number} x {version}" for version, number in sorted(servers.items()))


def _changes(changes: Mapping[str, int]) -> str:
    """Return what changed in words; what is unchanged goes without saying."""
    told = ("new", "changed", "resolved", "not_comparable")
    parts = [f"{changes[key]:,} {key.replace('_', ' ')}" for key in told if changes.get(key)]
    return ", ".join(parts) or ("nothing" if changes else "")


def history(tables: Tables, forests: list[ForestRecord], link_to: str) -> tuple[Section, ...]:
    """Return the dumps of forests that have several; nothing where none has."""
    several = {forest.id for forest in forests if len(forest.dumps) > 1}
    if not several:
        return ()
    number = sum(len(forest.dumps) for forest in forests if forest.id in several)
    return (
        Section(
            key=_HISTORY,
            title="History",
            intro=(
                f"{count(len(several), 'forest')} of which there are several dumps, recognised by"
                " the objectGUIDs of its objects; the oldest directory first."
            ),
            columns=(
                Column("Forest", 8),
                Column("Partition", 34),
                Column("Directory of", 17, ColumnKind.TIME),
                Column("Dump", 28),
                Column("Counts", 8, filter=True),
                Column("Worst verdict", 20, ColumnKind.WORD, tones=TONES),
                *(Column(VERDICT[verdict], 11, ColumnKind.NUMBER) for verdict in VERDICTS),
                *(Column(word, 9, ColumnKind.NUMBER) for word in SEVERITY.values()),
            ),
            rows=lambda: (
                (
                    record.forest,
                    record.naming_context,
                    record.date,
                    _linked(record, link_to),
                    "Yes" if record.counted else "No",
                    VERDICT.get(record.worst, ""),
                    *(record.relay.get(verdict) for verdict in VERDICTS),
                    *(record.findings.get(severity) for severity in SEVERITY),
                )
                for record in tables.dumps(f"forest IN ({_SEVERAL})", "forest, date, label")
            ),
            count=number,
            table="tblHistory",
            in_print_set=True,
        ),
    )


def _linked(record: DumpRecord, link_to: str) -> Cell:
    if record.status != "done":
        return record.label
    return FileLink(record.label, f"{record.label}/{link_to}")
