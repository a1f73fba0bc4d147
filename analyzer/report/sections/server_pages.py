"""Results in, the report server by server out: what there is to know of each on one spot."""

from collections.abc import Container, Iterator, Mapping, Sequence

from analyzer.report.counts import (
    ServerKey,
    accepted_relay,
    findings_by_server,
    open_differences,
    server_key,
    servers_of,
    severity_counts,
    weight,
)
from analyzer.report.phrases import (
    capital,
    count,
    line_or_byte,
    noun_of,
    rules_by_attribute,
    setting_label,
    setting_text,
    verdict_in_words,
)
from analyzer.report.section import Cell, ColumnKind, Link, Row
from analyzer.report.summary import BlockColumn, ServerPage, ServerPages, SummaryBlock
from analyzer.report.tones import TONES
from analyzer.report.wording import ACCEPTED, FINDING_KIND, NO_SERVER, SEVERITY
from analyzer.results.records import (
    EvidenceRecord,
    FindingRecord,
    Listener,
    Results,
    RuleRecord,
    ServerRecord,
)
from analyzer.visible_text import one_line

KEY = "server-pages"

_FINDINGS = (
    BlockColumn("Finding ID"),
    BlockColumn("Severity", ColumnKind.WORD, TONES),
    BlockColumn("Kind"),
    BlockColumn("Virtual server / connector"),
    BlockColumn("Finding"),
    BlockColumn("Found"),
    BlockColumn("Default"),
    BlockColumn("Rule"),
)
_DIFFERENCES = tuple(map(BlockColumn, ("Virtual server", "Setting", "Value", "Attribute")))
_EVIDENCE = (
    *map(BlockColumn, ("Evidence ID", "Attribute", "Raw value", "File")),
    BlockColumn("Line from", ColumnKind.NUMBER),
    BlockColumn("Line to", ColumnKind.NUMBER),
)


def link_to(organization: str | None, server: str | None) -> Cell:
    """Return the name of a server with a link to what is said of it in one spot."""
    if not server:
        return NO_SERVER
    return Link(server, KEY, anchor_of(server_key(organization, server)))


def anchor_of(key: ServerKey) -> str:
    """Return what a link names to lead to a server."""
    organization, server = key
    return f"{organization or ''}/{server or ''}"


def server_pages(results: Results, most: int) -> ServerPages:
    """Return each server with its listeners, settings that differ, findings and evidence.

    Of more than `most` servers, those are left out whose findings weigh least.
    """
    findings = findings_by_server(results)
    servers = servers_of(results)
    intro = f"{count(len(servers), 'server')}, each with all that the report says of it."
    if len(servers) > most:
        weights = [weight(findings.get(_key(server), ())) for server in servers]
        heaviest = sorted(range(len(servers)), key=lambda at: -weights[at])[:most]
        servers = tuple(servers[at] for at in sorted(heaviest))
        intro += (
            f" Here are the {most:,} with the gravest findings; the workbook has those of all on"
            " Servers and Findings."
        )
    return ServerPages(
        KEY,
        "Server by server",
        intro,
        tuple(anchor_of(_key(server)) for server in servers),
        lambda: _pages(results, servers, findings),
    )


def _key(server: ServerRecord) -> ServerKey:
    return server_key(server.organization, server.name)


def _pages(
    results: Results,
    servers: Sequence[ServerRecord],
    findings: Mapping[ServerKey, Sequence[FindingRecord]],
) -> Iterator[ServerPage]:
    listeners: dict[ServerKey, list[Listener]] = {}
    for listener in results.listeners:
        key = server_key(listener.organization, listener.server)
        listeners.setdefault(key, []).append(listener)
    labels = rules_by_attribute(results)
    differences = open_differences(results)
    evidence = {record.id: record for record in results.evidence}
    accepted = accepted_relay(results)
    for server in servers:
        key = _key(server)
        own = findings.get(key, ())
        yield _page(server, listeners.get(key, ()), own, labels, differences, evidence, accepted)


def _page(
    server: ServerRecord,
    listeners: Sequence[Listener],
    findings: Sequence[FindingRecord],
    labels: Mapping[str, RuleRecord],
    differences: set[tuple[str, str]],
    evidence: Mapping[str, EvidenceRecord],
    accepted: Container[str],
) -> ServerPage:
    noun = noun_of(listeners)
    return ServerPage(
        anchor_of(_key(server)),
        one_line(server.name) or NO_SERVER,
        _in_short(server, listeners, findings),
        (
            SummaryBlock(
                f"Who may relay, by {noun}",
                (
                    BlockColumn(capital(noun)),
                    BlockColumn("Relay verdict", ColumnKind.WORD, TONES),
                    BlockColumn("Reasoning"),
                ),
                tuple(_listener(listener, accepted) for listener in listeners),
            ),
            SummaryBlock(
                "Findings",
                _FINDINGS,
                tuple(map(_finding, findings)),
                empty="No findings",
            ),
            SummaryBlock(
                "Settings that differ from default",
                _DIFFERENCES,
                tuple(_differing(listeners, labels, differences)),
            ),
            SummaryBlock("Evidence", _EVIDENCE, tuple(_evidence(findings, evidence))),
        ),
    )


def _in_short(
    server: ServerRecord, listeners: Sequence[Listener], findings: Sequence[FindingRecord]
) -> str:
    version = (
        f"Exchange {server.exchange_version}" if server.exchange_version else "version unknown"
    )
    numbers = [
        f"{number:,} {SEVERITY[severity].lower()}"
        for severity, number in severity_counts(findings).items()
        if number
    ]
    told = f" ({', '.join(numbers)})" if numbers else ""
    return (
        f"{version}, {count(len(listeners), noun_of(listeners))},"
        f" {count(len(findings), 'open finding')}{told}"
    )


def _listener(listener: Listener, accepted: Container[str]) -> Row:
    relay = listener.relay
    name = listener.name or str(listener.number or "")
    name += ACCEPTED if listener.dn in accepted else ""
    if relay is None:
        return name, "", ""
    return name, verdict_in_words(relay), "\n".join(relay.reasons)


def _finding(finding: FindingRecord) -> Row:
    return (
        Link(finding.id, "findings", finding.id),
        SEVERITY[finding.severity],
        FINDING_KIND[finding.kind],
        finding.virtual_server,
        finding.title,
        finding.found_text,
        finding.default_text,
        Link(finding.rule, "rules", finding.rule),
    )


def _differing(
    listeners: Sequence[Listener],
    labels: Mapping[str, RuleRecord],
    differences: set[tuple[str, str]],
) -> Iterator[Row]:
    for listener in listeners:
        for attribute, setting in listener.settings.items():
            if (listener.dn, attribute.lower()) in differences:
                label = setting_label(labels, attribute)
                yield listener.name, label, setting_text(setting), attribute


def _evidence(
    findings: Sequence[FindingRecord], evidence: Mapping[str, EvidenceRecord]
) -> Iterator[Row]:
    for evidence_id in dict.fromkeys(finding.evidence_id for finding in findings):
        record = evidence.get(evidence_id or "")
        if record is None:
            continue
        line: Cell = line_or_byte(record.line, record.offset)
        yield (
            Link(record.id, "evidence", record.id),
            record.attribute,
            record.raw,
            record.file,
            line,
            record.last_line,
        )
