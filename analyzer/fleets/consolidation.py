"""Finished audits in, the outputs on all of them out, from their results files alone."""

import hashlib
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from typing import NamedTuple

from msgspec.structs import replace

from analyzer.catalogue.rule import FindingKind, Severity
from analyzer.errors import ReadError
from analyzer.fleets.audit_order import AuditOrder, AuditOutcome
from analyzer.fleets.digest_rows import VERDICTS
from analyzer.fleets.fleet_parquet import has_parquet, write_parquet
from analyzer.fleets.fleet_sections import sections_of
from analyzer.fleets.fleet_tables import Tables
from analyzer.fleets.histories import recognise_forests
from analyzer.fleets.odd_settings import odd_settings
from analyzer.fleets.one_audit import RESULTS, hash_if_any
from analyzer.fleets.stores import OutputFolder
from analyzer.report.paper import Paper
from analyzer.report.phrases import count
from analyzer.report.section import Section
from analyzer.report.summary import Imprint
from analyzer.results.document import input_manifest_sha256
from analyzer.results.fleet_document import iter_fleet_json
from analyzer.results.fleet_records import FleetTotals, ForestRecord, RuleInFleet
from analyzer.results.records import ToolRecord
from analyzer.results.results_digest import AuditDigest, read_digest

_TITLE = "Fleet of directory dumps"
_SEVERITIES = tuple(severity.value for severity in Severity)
"""The gravest first."""
_RULES = """
SELECT finding.rule, check_title.title, finding.severity, finding.kind, finding.dump, COUNT(*)
FROM finding JOIN dump ON dump.number = finding.dump AND dump.counted
LEFT JOIN check_title ON check_title.rule = finding.rule
WHERE status = 'open'
GROUP BY finding.rule, finding.severity, finding.kind, finding.dump
ORDER BY finding.rule"""


class Consolidated(NamedTuple):
    """What the outputs say in short."""

    totals: FleetTotals
    outputs: tuple[str, ...]
    """Names of the files in the folder."""
    left_out: str
    """Why an output was left out; empty when none was."""


def collect(
    tables: Tables,
    orders: Iterable[AuditOrder],
    outcomes: Mapping[str, AuditOutcome],
    folder: OutputFolder,
) -> list[ForestRecord]:
    """Put the results of all orders into the tables, and return the forests they are of."""
    for order in orders:
        outcome = outcomes.get(order.label) or AuditOutcome(order.label, "it was not audited")
        audit = None
        if not outcome.reason:
            try:
                audit = _digest(order, folder)
            except ReadError as error:
                outcome = replace(outcome, reason=error.reason)
        elif not (outcome.sha256 or order.refused):
            # Whoever hung or was lost told no hash.
            outcome = replace(outcome, sha256=hash_if_any(order))
        tables.add(order, outcome, audit)
    return recognise_forests(tables)


def write_outputs(
    tables: Tables,
    forests: list[ForestRecord],
    folder: OutputFolder,
    *,
    tool: ToolRecord,
    started: str,
    arguments: tuple[str, ...],
    link_to: str,
    paper: Paper,
) -> Consolidated:
    """Write `fleet.json`, `.xlsx`, `.html` and, where pyarrow is installed, `.parquet`.

    `link_to` is the file of each dump that page and workbook link to.

    Raises:
        OutputError: one cannot be written.
    """
    rules = list(_rules(tables))
    totals = _totals(tables, forests)
    sections = sections_of(tables, forests, rules, odd_settings(tables), link_to)
    digest = hashlib.sha256()

    def document() -> Iterator[bytes]:
        for piece in iter_fleet_json(
            tool, started, arguments, totals, tables.dumps(), forests, rules
        ):
            digest.update(piece)
            yield piece

    folder.write("fleet.json", lambda stream: stream.writelines(document()))
    imprint = _imprint(tables, tool, started, totals, digest.hexdigest())
    _write_tables(folder, sections, _headline(totals), imprint, paper)
    outputs = ["fleet.json", "fleet.xlsx", "fleet.html"]
    if not has_parquet():
        left_out = 'fleet.parquet needs pyarrow: install "exchange-analyzer[fleet]"'
        return Consolidated(totals, tuple(outputs), left_out)
    outputs += write_parquet(tables, folder)
    return Consolidated(totals, tuple(outputs), "")


def _write_tables(
    folder: OutputFolder,
    sections: tuple[Section, ...],
    headline: str,
    imprint: Imprint,
    paper: Paper,
) -> None:
    # openpyxl and jinja2 take longer to load than a small dump takes to audit.
    from analyzer.report.page.html_page import write_table_page
    from analyzer.report.workbook.table_workbook import write_tables

    folder.write(
        "fleet.xlsx", lambda stream: write_tables(_TITLE, sections, imprint, paper, stream)
    )
    folder.write(
        "fleet.html",
        lambda stream: write_table_page(_TITLE, headline, sections, imprint, paper, stream),
    )


def _digest(order: AuditOrder, folder: OutputFolder) -> AuditDigest:
    data = folder.read(f"{order.label}/{RESULTS}")
    if data is None:
        raise ReadError(order.label, "its results cannot be read")
    return read_digest(data, AuditDigest, order.label)


def _rules(tables: Tables) -> Iterator[RuleInFleet]:
    """Yield the rules with open findings, most forests first."""
    titles: dict[str, str] = {}
    findings: Counter[str] = Counter()
    severities: dict[str, list[str]] = {}
    kinds: dict[str, str] = {}
    forests: dict[str, set[object]] = {}
    for rule, title, severity, kind, dump, number in tables.rows(_RULES):
        name = str(rule)
        titles[name] = str(title or name)
        findings[name] += int(str(number))
        severities.setdefault(name, []).append(str(severity))
        kinds.setdefault(name, str(kind))
        forests.setdefault(name, set()).add(dump)
    for name in sorted(findings, key=lambda name: (-len(forests[name]), name)):
        yield RuleInFleet(
            rule=name,
            title=titles[name],
            severity=Severity(min(severities[name], key=_SEVERITIES.index)),
            kind=FindingKind(kinds[name]),
            forests=len(forests[name]),
            findings=findings[name],
        )


def _totals(tables: Tables, forests: list[ForestRecord]) -> FleetTotals:
    servers: Counter[str] = Counter()
    relay: Counter[str] = Counter(dict.fromkeys(VERDICTS, 0))
    findings: Counter[str] = Counter(dict.fromkeys(_SEVERITIES, 0))
    changes: Counter[str] = Counter()
    open_forests = 0
    for record in tables.dumps("counted"):
        servers.update(record.servers)
        relay.update(record.relay)
        findings.update(record.findings)
        changes.update(record.changes)
        open_forests += record.relay.get("open", 0) > 0
    failed = tables.number("SELECT COUNT(*) FROM dump WHERE failed")
    number = tables.number("SELECT COUNT(*) FROM dump")
    return FleetTotals(
        dumps=number,
        done=number - failed,
        failed=failed,
        forests=len(forests),
        servers=dict(servers),
        relay=dict(relay),
        findings=dict(findings),
        changes=dict(changes),
        open_forests=open_forests,
    )


def _headline(totals: FleetTotals) -> str:
    """Return the one sentence that a reader takes away."""
    words = (
        f"{totals.open_forests:,} of {count(totals.forests, 'forest')}"
        f" {'has' if totals.open_forests == 1 else 'have'} a listener through which anybody who"
        " can connect may relay"
    )
    if totals.failed:
        words += f"; {count(totals.failed, 'dump')} of {totals.dumps:,} could not be audited"
    return f"{words}."


class _HashedDump(NamedTuple):
    path: str
    sha256: str


def _imprint(
    tables: Tables, tool: ToolRecord, started: str, totals: FleetTotals, sha256: str
) -> Imprint:
    inputs = (_HashedDump(record.path, record.sha256) for record in tables.dumps())
    return Imprint(
        report_id=sha256[:12].upper(),
        made=started,
        program=tool.name,
        program_version=tool.version,
        rule_set_version=tool.catalogue_version,
        rule_set_sha256=tool.catalogue_sha256,
        inputs=totals.dumps,
        inputs_sha256=input_manifest_sha256(inputs),
        results_sha256=sha256,
        subject="Exchange listeners of many forests, relay and access",
    )
