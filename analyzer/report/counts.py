"""Results in, what every part of the report counts out: one place, so that the numbers agree."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from ipaddress import IPv4Network, IPv6Network, collapse_addresses, ip_network

from analyzer.directory import kinds
from analyzer.directory.networks import Network
from analyzer.report.wording import CHECK_STATE, NO_SERVER, SEVERITY, VERDICT_RANK
from analyzer.results.object_keys import ObjectKey, ObjectKeys
from analyzer.results.records import FindingRecord, Listener, RelayRecord, Results, ServerRecord

ServerKey = tuple[str | None, str | None]
"""Organisation and server, the name in lower case."""

STRICTER = "stricter"

# So far apart that fewer of a higher severity come before many of a lower one.
_WEIGHT = {"critical": 1_000_000, "high": 10_000, "medium": 100, "low": 10, "info": 0}


def server_key(organization: str | None, server: str | None) -> ServerKey:
    """Return what tells one server from another."""
    return organization, server.lower() if server else None


def severity_counts(findings: Iterable[FindingRecord]) -> dict[str, int]:
    """Count findings per severity, every severity present.

    What is stricter than the default is none of them: hardening is not to look like weakness.
    """
    counts: Counter[str] = Counter(
        finding.severity for finding in findings if finding.kind != STRICTER
    )
    return {severity: counts[severity] for severity in SEVERITY}


def count_stricter(findings: Iterable[FindingRecord]) -> int:
    """Count the findings on settings that are stricter than their defaults."""
    return sum(finding.kind == STRICTER for finding in findings)


def count_assumed(findings: Iterable[FindingRecord]) -> int:
    """Count the findings that hold only if what the dump does not show is at its worst."""
    return sum(finding.assumed for finding in findings)


def in_use(results: Results) -> tuple[Listener, ...]:
    """Return the listeners that count: not what replication or an upgrade left behind."""
    return tuple(listener for listener in results.listeners if not listener.left_by)


def left_behind(results: Results) -> tuple[Listener, ...]:
    """Return the listeners that replication or an upgrade left behind; no service reads them."""
    return tuple(listener for listener in results.listeners if listener.left_by)


def is_assumed(listener: Listener) -> bool:
    """Tell whether who may relay through it is assumed, the dump not showing all that decides."""
    return listener.relay is not None and listener.relay.confidence == "assumed"


def listed_networks(listeners: Iterable[Listener]) -> list[Network]:
    """Return the networks on the relay lists, none of which overlaps with another."""
    version_4: list[IPv4Network] = []
    version_6: list[IPv6Network] = []
    for listener in listeners:
        for text in listener.relay.addresses if listener.relay is not None else ():
            # A list may hold text that is no network; who looks at it finds it on Relay ranges.
            with suppress(ValueError):
                network = ip_network(text, strict=False)
                if isinstance(network, IPv4Network):
                    version_4.append(network)
                else:
                    version_6.append(network)
    return [*collapse_addresses(version_4), *collapse_addresses(version_6)]


def was_audited(results: Results) -> bool:
    """Tell whether any check on any object gave an answer."""
    return any(check.failed or check.passed for check in results.checks)


def check_states(results: Results) -> dict[str, int]:
    """Count the objects per state over all checks, every state present."""
    return {state: sum(getattr(check, state) for check in results.checks) for state in CHECK_STATE}


def open_findings(results: Results) -> list[FindingRecord]:
    """Return the findings that are neither waived nor resolved."""
    return [finding for finding in results.findings if finding.status == "open"]


def waived_findings(results: Results) -> list[FindingRecord]:
    """Return the findings that a waiver accepts."""
    return [finding for finding in results.findings if finding.status == "waived"]


class AcceptedListeners:
    """The listeners of which it is accepted who may relay."""

    def __init__(self, results: Results) -> None:
        """Take the results."""
        self._waivers = accepted_relay(results)
        self._keys = ObjectKeys(results) if self._waivers else None

    def has(self, listener: Listener) -> bool:
        """Tell whether it is accepted of a listener."""
        return bool(self.waivers_of(listener))

    def __bool__(self) -> bool:
        """Tell whether there are any."""
        return bool(self._waivers)

    def waivers_of(self, listener: Listener) -> Sequence[str]:
        """Return the waivers by which it is accepted."""
        return () if self._keys is None else self._waivers.get(self._keys.of_record(listener), ())


def accepted_relay(results: Results) -> Mapping[ObjectKey, tuple[str, ...]]:
    """Return the waivers by which it is accepted who may relay, by the key of the listener.

    All findings on it have to be waived; what is open on one of them is not accepted.
    """
    on_relay = {rule.id for rule in results.rules if rule.on_relay}
    findings = [
        finding
        for finding in results.findings
        if not on_relay.isdisjoint((finding.rule, *finding.covers))
    ]
    if not any(finding.status == "waived" for finding in findings):
        return {}
    keys = ObjectKeys(results)
    waivers: dict[ObjectKey, list[str]] = {}
    still_open: set[ObjectKey] = set()
    for finding in findings:
        for key, is_certain in keys.held_by(finding):
            if finding.status != "waived":
                still_open.add(key)
            elif is_certain:
                waivers.setdefault(key, []).append(finding.waiver)
    return {key: tuple(dict.fromkeys(ids)) for key, ids in waivers.items() if key not in still_open}


def switched_off(results: Results) -> list[str]:
    """Return the rules that the client's profile has make no checks."""
    return [change.rule for change in results.profile if change.off]


def day_of(results: Results) -> str:
    """Return the day on which waivers and ages are judged, ISO 8601."""
    return results.run.as_of or results.run.started[:10]


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


def worst_relay(listeners: Iterable[Listener]) -> RelayRecord | None:
    """Return the most exposed relay of some listeners, rather a decided one; None if none is."""
    relays = [
        listener.relay
        for listener in listeners
        if listener.relay is not None and not listener.left_by
    ]
    return min(
        relays,
        key=lambda relay: (VERDICT_RANK.index(relay.verdict), relay.confidence == "assumed"),
        default=None,
    )


def weight(findings: Iterable[FindingRecord]) -> int:
    """Return how much attention some findings want; a higher severity outweighs many lower ones."""
    return sum(_WEIGHT[finding.severity] for finding in findings if finding.kind != STRICTER)


def open_differences(results: Results, keys: ObjectKeys) -> set[tuple[ObjectKey, str]]:
    """Return object and attribute in lower case of every setting that differs from default."""
    return {
        (key, attribute.lower())
        for finding in results.findings
        if finding.differing and finding.status != "resolved"
        for key in (keys.of_finding(finding),)
        for attribute in finding.differing
    }


def differing_findings(findings: Iterable[FindingRecord]) -> list[FindingRecord]:
    """Return the findings that tell of settings that differ from default."""
    return [finding for finding in findings if finding.differing and finding.status != "resolved"]


def count_differences(findings: Iterable[FindingRecord]) -> int:
    """Count the settings of which some findings say that they differ; one finding tells each."""
    return sum(len(finding.differing) for finding in differing_findings(findings))


def count_stricter_differences(findings: Iterable[FindingRecord]) -> int:
    """Count those of `count_differences` that are stricter than the default."""
    return count_differences(finding for finding in findings if finding.kind == STRICTER)


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
        virtual_servers=sum(
            listener.kind_of_object is kinds.VIRTUAL_SERVER and not listener.left_by
            for listener in listeners
        ),
        connectors=0,
        when_changed="",
    )
