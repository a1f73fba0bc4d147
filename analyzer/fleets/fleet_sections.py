"""The tables of a fleet in, the sections of its workbook and its page out."""

from collections.abc import Iterator

from msgspec.structs import replace

from analyzer.directory import kinds
from analyzer.fleets.dump_sections import CHANGE, CLIENT, OVERVIEW, history, overview
from analyzer.fleets.fleet_tables import Tables
from analyzer.fleets.odd_settings import OddSetting
from analyzer.report.phrases import capital, count, yes_no
from analyzer.report.section import (
    Column,
    ColumnGroup,
    ColumnKind,
    Link,
    Row,
    Section,
)
from analyzer.report.tones import TONES
from analyzer.report.wording import ASSUMED, COVERS, FINDING_KIND, NO_SERVER, SEVERITY, VERDICT
from analyzer.results.fleet_records import ForestRecord, RuleInFleet

_KINDS = {kind.key: capital(kind.singular) for kind in kinds.KINDS}
_FEW = 5
_OF_DUMP = "JOIN dump ON dump.number = listener.dump AND dump.counted"
_EXPOSURE = f"""
SELECT dump.client, dump.label, listener.organization, listener.server, listener.name,
  listener.kind, listener.version, listener.verdict, listener.confidence, listener.covered,
  listener.covers, listener.authenticated, listener.anonymous
FROM listener {_OF_DUMP}
ORDER BY rank, confidence = 'assumed', COALESCE(size, 1e40) DESC, dump,
  listener.server, listener.name"""


def sections_of(
    tables: Tables,
    forests: list[ForestRecord],
    rules: list[RuleInFleet],
    odd: list[OddSetting],
    link_to: str,
) -> tuple[Section, ...]:
    """Return every table; `link_to` is the name of the file of each dump that is linked."""
    sections: tuple[Section, ...] = (
        overview(tables, link_to),
        _exposure(tables),
        _by_rule(rules, len(forests)),
        _odd_ones_out(odd),
        *history(tables, forests, link_to),
        _failures(tables),
    )
    if not tables.number("SELECT COUNT(*) FROM dump WHERE client <> ''"):
        sections = tuple(_without(section, CLIENT) for section in sections)
    if not any(record.changes for record in tables.dumps()):
        sections = tuple(_without(section, CHANGE) for section in sections)
    return sections


def _without(section: Section, header: str) -> Section:
    """Return a section without a column that would be empty."""
    if header not in [column.header for column in section.columns]:
        return section
    at = section.position(header)
    return replace(
        section,
        columns=section.columns[:at] + section.columns[at + 1 :],
        rows=lambda: (row[:at] + row[at + 1 :] for row in section.rows()),
        frozen=section.frozen - (at < section.frozen),
    )


def _exposure(tables: Tables) -> Section:
    number = tables.number(f"SELECT COUNT(*) FROM listener {_OF_DUMP}")
    return Section(
        key="relay-exposure",
        title="Relay exposure",
        intro=(
            f"{count(number, 'listener')} of all forests, the most exposed first; each forest by"
            " the dump that counts, without what replication or an upgrade left behind."
        ),
        columns=(
            Column(CLIENT, 20, filter=True),
            Column("Dump", 28),
            Column("Organisation", 22),
            Column("Server", 14),
            Column("Listener", 30),
            Column("Kind", 22, filter=True),
            Column("Version", 8, filter=True),
            Column("Verdict", 22, ColumnKind.WORD, tones=TONES),
            Column("Addresses covered", 16, ColumnKind.NUMBER),
            Column("Ranges reach", 13, filter=True),
            Column("Authenticated may relay", 14),
            Column("Anonymous allowed", 11),
        ),
        rows=lambda: _exposure_rows(tables),
        count=number,
        table="tblFleetRelay",
        frozen=2,
        in_print_set=True,
    )


def _exposure_rows(tables: Tables) -> Iterator[Row]:
    for client, label, organization, server, name, kind, *rest in tables.rows(_EXPOSURE):
        version, verdict, confidence, covered, covers, authenticated, anonymous = rest
        yield (
            str(client),
            Link(str(label), OVERVIEW, str(label)),
            _text(organization),
            _text(server) or NO_SERVER,
            _text(name),
            _KINDS.get(str(kind), str(kind)),
            _text(version),
            VERDICT[str(verdict)] + (ASSUMED if confidence == "assumed" else ""),
            int(str(covered)) if covered is not None else "Unknown",
            COVERS.get(str(covers), "Unknown"),
            yes_no(None if authenticated is None else bool(authenticated)),
            yes_no(None if anonymous is None else bool(anonymous)),
        )


def _text(cell: object) -> str:
    return "" if cell is None else str(cell)


def _by_rule(rules: list[RuleInFleet], forests: int) -> Section:
    return Section(
        key="findings-by-rule",
        title="Findings by rule",
        intro=(
            f"{count(len(rules), 'rule')} with open findings in {count(forests, 'forest')}, those"
            " of most forests first."
        ),
        columns=(
            Column("Rule", 10),
            Column("Severity", 10, ColumnKind.WORD, tones=TONES),
            Column("Kind", 20, filter=True),
            Column("Forests", 9, ColumnKind.NUMBER),
            Column("Of all, per cent", 9, ColumnKind.NUMBER),
            Column("Findings", 9, ColumnKind.NUMBER),
            Column("What the rule looks at", 90),
        ),
        rows=lambda: (
            (
                rule.rule,
                SEVERITY[rule.severity],
                FINDING_KIND[rule.kind],
                rule.forests,
                round(100 * rule.forests / max(forests, 1)),
                rule.findings,
                rule.title,
            )
            for rule in rules
        ),
        count=len(rules),
        table="tblFleetRules",
        empty="No findings",
        in_print_set=True,
    )


def _odd_ones_out(odd: list[OddSetting]) -> Section:
    return Section(
        key="odd-ones-out",
        title="Odd ones out",
        intro=(
            f"{count(len(odd), 'setting')} that at least three quarters of the forests have alike,"
            " and some have not."
        ),
        columns=(
            Column("Setting", 40),
            Column("Of", 22, filter=True),
            Column("Usual value", 30),
            Column("Forests with it", 10, ColumnKind.NUMBER),
            Column("Dump", 28),
            Column(CLIENT, 20, filter=True),
            Column("Value here", 40),
            Column("Listeners", 9, ColumnKind.NUMBER),
        ),
        rows=lambda: (_odd_row(setting) for setting in odd),
        count=len(odd),
        table="tblOddOnesOut",
        in_print_set=True,
    )


def _odd_row(setting: OddSetting) -> Row:
    return (
        setting.attribute,
        _KINDS.get(setting.kind, setting.kind),
        setting.usual or "(none)",
        setting.forests,
        Link(setting.label, OVERVIEW, setting.label),
        setting.client,
        setting.value or "(none)",
        setting.listeners,
    )


def _failures(tables: Tables) -> Section:
    number = tables.number("SELECT COUNT(*) FROM dump WHERE failed")
    return Section(
        key="failures",
        title="Failures",
        intro=f"{count(number, 'dump')} that could not be audited, each with its reason.",
        columns=(
            Column(CLIENT, 20, filter=True),
            Column("Dump", 28),
            Column("Reason", 90),
            Column("Read from", 60),
            Column("SHA-256", 66, group=ColumnGroup.DETAIL),
        ),
        rows=lambda: (
            (record.client, record.label, record.reason, record.path, record.sha256)
            for record in tables.dumps("failed")
        ),
        count=number,
        table="tblFailures",
        empty="None: every dump was audited",
        in_print_set=True,
    )
