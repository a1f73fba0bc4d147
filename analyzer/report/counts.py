"""Results in, the counts that the summary, the servers and the headline share."""

from collections import Counter
from collections.abc import Iterable

from analyzer.report.wording import CHECK_STATE, NO_SERVER, SEVERITY, VERDICT_RANK
from analyzer.results.records import FindingRecord, Results, ServerRecord, VirtualServerRecord

ServerKey = tuple[str | None, str | None]
"""Organisation and server, the name in lower case."""

_WEIGHT = {"critical": 1_000_000, "high": 10_000, "medium": 100, "low": 10, "info": 0}


def server_key(organization: str | None, server: str | None) -> ServerKey:
    """Return what tells one server from another."""
    return organization, server.lower() if server else None


def severity_counts(findings: Iterable[FindingRecord]) -> dict[str, int]:
    """Count findings per severity, every severity present."""
    found: Counter[str] = Counter(item.severity for item in findings)
    return {severity: found[severity] for severity in SEVERITY}


def check_states(results: Results) -> dict[str, int]:
    """Count the objects per state over all checks, every state present."""
    return {state: sum(getattr(item, state) for item in results.checks) for state in CHECK_STATE}


def open_findings(results: Results) -> list[FindingRecord]:
    """Return the findings that are neither waived nor resolved."""
    return [item for item in results.findings if item.status == "open"]


def findings_by_server(results: Results) -> dict[ServerKey, list[FindingRecord]]:
    """Group the open findings by server; those of no server are under None."""
    groups: dict[ServerKey, list[FindingRecord]] = {}
    for item in open_findings(results):
        groups.setdefault(server_key(item.organization, item.server), []).append(item)
    return groups


def servers_of(results: Results) -> tuple[ServerRecord, ...]:
    """Return the servers, those that only a virtual server names included."""
    known = {server_key(item.organization, item.name) for item in results.servers}
    named: dict[ServerKey, list[VirtualServerRecord]] = {}
    for item in results.virtual_servers:
        key = server_key(item.organization, item.server)
        if key not in known:
            named.setdefault(key, []).append(item)
    return results.servers + tuple(_named(group) for group in named.values())


def worst_verdict(servers: Iterable[VirtualServerRecord]) -> str | None:
    """Return the most exposed relay verdict of some virtual servers, None if there is none."""
    verdicts = {item.relay.verdict for item in servers if item.relay is not None}
    return min(verdicts, key=VERDICT_RANK.index) if verdicts else None


def weight(findings: Iterable[FindingRecord]) -> int:
    """Return how much attention some findings want; a higher severity outweighs many lower ones."""
    return sum(_WEIGHT[item.severity] for item in findings)


def _named(group: list[VirtualServerRecord]) -> ServerRecord:
    first = group[0]
    return ServerRecord(
        dn="",
        organization=first.organization,
        administrative_group=first.administrative_group,
        name=first.server or NO_SERVER,
        exchange_version=first.exchange_version,
        version_text="",
        roles="",
        in_dump=False,
        virtual_servers=len(group),
        connectors=0,
        when_changed="",
    )
