"""Results in, what the summary, the servers and the headline count out."""

from collections import Counter
from collections.abc import Iterable

from analyzer.report.wording import CHECK_STATE, NO_SERVER, SEVERITY, VERDICT_RANK
from analyzer.results.records import FindingRecord, Listener, Results, ServerRecord

ServerKey = tuple[str | None, str | None]
"""Organisation and server, the name in lower case."""

# So far apart that fewer of a higher severity come before many of a lower one.
_WEIGHT = {"critical": 1_000_000, "high": 10_000, "medium": 100, "low": 10, "info": 0}


def server_key(organization: str | None, server: str | None) -> ServerKey:
    """Return what tells one server from another."""
    return organization, server.lower() if server else None


def severity_counts(findings: Iterable[FindingRecord]) -> dict[str, int]:
    """Count findings per severity, every severity present."""
    counts: Counter[str] = Counter(finding.severity for finding in findings)
    return {severity: counts[severity] for severity in SEVERITY}


def check_states(results: Results) -> dict[str, int]:
    """Count the objects per state over all checks, every state present."""
    return {state: sum(getattr(check, state) for check in results.checks) for state in CHECK_STATE}


def open_findings(results: Results) -> list[FindingRecord]:
    """Return the findings that are neither waived nor resolved."""
    return [finding for finding in results.findings if finding.status == "open"]


def findings_by_server(results: Results) -> dict[ServerKey, list[FindingRecord]]:
    """Group the open findings by server; those of no server are under None."""
    groups: dict[ServerKey, list[FindingRecord]] = {}
    for finding in open_findings(results):
        key = server_key(finding.organization, finding.server)
        groups.setdefault(key, []).append(finding)
    return groups


def servers_of(results: Results) -> tuple[ServerRecord, ...]:
    """Return the servers, those that only a listener names included."""
    known = {server_key(server.organization, server.name) for server in results.servers}
    named: dict[ServerKey, list[Listener]] = {}
    for listener in results.listeners:
        key = server_key(listener.organization, listener.server)
        if key not in known:
            named.setdefault(key, []).append(listener)
    return results.servers + tuple(_known_by_name(group) for group in named.values())


def worst_verdict(listeners: Iterable[Listener]) -> str | None:
    """Return the most exposed relay verdict of some listeners, None if there is none."""
    verdicts = {listener.relay.verdict for listener in listeners if listener.relay is not None}
    return min(verdicts, key=VERDICT_RANK.index) if verdicts else None


def weight(findings: Iterable[FindingRecord]) -> int:
    """Return how much attention some findings want; a higher severity outweighs many lower ones."""
    return sum(_WEIGHT[finding.severity] for finding in findings)


def open_differences(results: Results) -> set[tuple[str, str]]:
    """Return object DN and attribute in lower case of every setting that differs from default."""
    return {
        (finding.dn, finding.attribute.lower())
        for finding in results.findings
        if finding.kind == "non-default" and finding.status != "resolved"
    }


def _known_by_name(listeners: list[Listener]) -> ServerRecord:
    """Describe a server by what its listeners say of it: its own object is not in the dump."""
    first = listeners[0]
    return ServerRecord(
        dn="",
        organization=first.organization,
        administrative_group=first.administrative_group,
        name=first.server or NO_SERVER,
        exchange_version=first.exchange_version,
        version_text="",
        roles="",
        in_dump=False,
        virtual_servers=len(listeners),
        connectors=0,
        when_changed="",
    )
