"""Results in, the report server by server out: what there is to know of each on one spot."""

from collections.abc import Container, Iterable, Iterator, Mapping, Sequence

from msgspec.structs import replace

from analyzer.report.counts import (
    AcceptedListeners,
    ServerKey,
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
from analyzer.results.object_keys import ObjectKey, ObjectKeys
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
    servers = _one_each(servers_of(results))
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


def _one_each(servers: Iterable[ServerRecord]) -> tuple[ServerRecord, ...]:
    """Return one server for all of a DN: what stands on one does not tell on which of them."""
    found: dict[tuple[ServerKey, str], ServerRecord] = {}
    for server in servers:
        key = _key(server), server.dn
        first = found.setdefault(key, server)
        if first.exchange_version != server.exchange_version:
            found[key] = replace(first, exchange_version=None)
    return tuple(found.values())


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
    keys = ObjectKeys(results)
    differences = open_differences(results, keys)
    evidence = {record.id: record for record in results.evidence}
    accepted = AcceptedListeners(results)
    for server in servers:
        key = _key(server)
        own = findings.get(key, ())
        on_it = listeners.get(key, ())
        differing = tuple(_differing(on_it, labels, keys, differences))
        yield _page(server, on_it, own, differing, evidence, accepted)


def _page(
    server: ServerRecord,
    listeners: Sequence[Listener],
    findings: Sequence[FindingRecord],
    differing: tuple[Row, ...],
    evidence: Mapping[str, EvidenceRecord],
    accepted: AcceptedListeners,
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
                differing,
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


def _listener(listener: Listener, accepted: AcceptedListeners) -> Row:
    relay = listener.relay
    name = listener.name or str(listener.number or "")
    name += ACCEPTED if accepted.has(listener) else ""
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
    keys: ObjectKeys,
    differences: Container[tuple[ObjectKey, str]],
) -> Iterator[Row]:
    for listener in listeners:
        own = keys.of_record(listener)
        for attribute, setting in listener.settings.items():
            if (own, attribute.lower()) in differences:
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
