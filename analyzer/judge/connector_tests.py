"""The conditions on receive connectors: a function for each name in the catalogue."""

from collections.abc import Callable, Mapping

from analyzer.catalogue.rule import Clause
from analyzer.directory.networks import ALL_ADDRESSES, count
from analyzer.directory.principals import EXTERNALLY_SECURED
from analyzer.directory.values import State
from analyzer.judge.check_verdict import (
    FAILED,
    PASSED,
    CheckVerdict,
    failed,
    list_names,
    not_applicable,
    not_evaluable,
)
from analyzer.judge.mail_flow import ListeningConnector
from analyzer.judge.subject import Subject
from analyzer.judge.surroundings import addresses_of
from analyzer.judge.value_tests import unusable
from analyzer.relay.receive_settings import RANGES, ReceiveConnector
from analyzer.relay.verdict import Confidence

_ConnectorTest = Callable[[Clause, Subject], CheckVerdict]

_DISABLED = not_applicable("the connector is disabled")
_NO_DESCRIPTOR = not_evaluable(
    "the dump holds no security descriptor of the connector (nTSecurityDescriptor); "
    "export it, rights stand nowhere else"
)
_LEGACY = "ExchangeLegacyServers"


def _anonymous_relay_scoped(_: Clause, subject: Subject) -> CheckVerdict:
    """GL-05: fail where hosts that do not log on may relay and any address may connect."""
    facts = _facts(subject)
    if facts.enabled is False:
        return _DISABLED
    if facts.anonymous_may_relay is None:
        return _NO_DESCRIPTOR
    return _unless_scoped(subject, facts) if facts.anonymous_may_relay else PASSED


def _externally_secured_scoped(_: Clause, subject: Subject) -> CheckVerdict:
    """GL-06: fail where every host is trusted like a server and any address may connect."""
    facts = _facts(subject)
    if facts.enabled is False:
        return _DISABLED
    permissions = facts.permissions
    may_not_relay = (
        permissions is not None
        and not permissions.is_unrestricted
        and EXTERNALLY_SECURED not in permissions.relaying
    )
    if facts.externally_secured is False or may_not_relay:
        return PASSED
    verdict = _unless_scoped(subject, facts)
    if facts.externally_secured is None and verdict is not PASSED:
        return not_evaluable("whether the connector is externally secured is not known")
    return verdict


def _anonymous_relay_on_own_connector(_: Clause, subject: Subject) -> CheckVerdict:
    """MS-01: fail a connector of the installation that lets hosts relay without a logon."""
    facts = _facts(subject)
    if not subject.owner.connector:
        return not_applicable("the rule speaks of the connectors of the installation only")
    if facts.enabled is False:
        return _DISABLED
    if facts.anonymous_may_relay is None:
        return _NO_DESCRIPTOR
    return _for_its_reasons(subject) if facts.anonymous_may_relay else PASSED


def _permission_groups_are(clause: Clause, subject: Subject) -> CheckVerdict:
    """Compare the groups; the one whose SIDs few dumps tell may be missing."""
    groups = _facts(subject).permission_groups
    if groups is None:
        return _NO_DESCRIPTOR
    wanted = set(str(clause.argument).split(", "))
    if set(groups) - {_LEGACY} == wanted - {_LEGACY} and (
        _LEGACY in wanted or _LEGACY not in groups
    ):
        return PASSED
    return failed(f"Permission groups: {', '.join(groups) or 'none'}.")


def _lacks_permission_group(clause: Clause, subject: Subject) -> CheckVerdict:
    groups = _facts(subject).permission_groups
    if groups is None:
        return _NO_DESCRIPTOR
    return FAILED if clause.argument in groups else PASSED


def _covers_all_ipv4(clause: Clause, subject: Subject) -> CheckVerdict:
    if verdict := unusable(clause, subject.object.settings[clause.attribute]):
        return verdict
    return PASSED if count(_facts(subject).ranges.ipv4) == ALL_ADDRESSES else FAILED


def _names_own_server(clause: Clause, subject: Subject) -> CheckVerdict:
    """Compare a name with those of the server: its DNS name and its NetBIOS name."""
    setting = subject.object.settings[clause.attribute]
    if verdict := unusable(clause, setting):
        return verdict
    name = str(setting.value).strip().casefold()
    if name in ("", (subject.object.server or "").casefold()):
        return PASSED
    server = subject.around.servers.get(subject.object.names.server_dn)
    if server is None:
        return not_evaluable("the server object is not in the dump; add it to the export")
    own = [*addresses_of(server, "ncacn_ip_tcp:"), *addresses_of(server, "netbios:")]
    if name in own:
        return PASSED
    if not own:
        return not_evaluable("the server object has no name (networkAddress) in this dump")
    return failed(f"The server object names itself {own[0]}.")


def _not_hidden_by_others(_: Clause, subject: Subject) -> CheckVerdict:
    """Fail a connector none of whose addresses it is the most specific one for."""
    listening = _listening(subject)
    if verdict := _cannot_compare(subject, listening):
        return verdict
    listeners = subject.around.mail_flow.listeners[subject.object.names.server_dn]
    served = list(listening.served())
    if not served:
        return not_applicable("no remote address is of the family of a local one")
    if not all(listeners.by_endpoint[endpoint].hides(remote) for endpoint, remote in served):
        return _or_unknown(listeners.unknown, PASSED)
    hiders = {
        hider.connector.name or ""
        for endpoint, remote in served
        for hider in listeners.by_endpoint[endpoint].hiders(remote)
        if hider is not listening
    }
    return failed(f"Taken by: {list_names(hiders)}.")


def _shares_no_ranges(_: Clause, subject: Subject) -> CheckVerdict:
    """Fail a connector one of whose ranges another one of the same binding has, too."""
    listening = _listening(subject)
    if verdict := _cannot_compare(subject, listening):
        return verdict
    listeners = subject.around.mail_flow.listeners[subject.object.names.server_dn]
    others = {
        other.connector.name or ""
        for served in set(listening.served())
        for other in listeners.by_range[served]
        if other is not listening
    }
    if others:
        return failed(f"Shared with: {list_names(others)}.")
    return _or_unknown(listeners.unknown, PASSED)


CONNECTOR_TESTS: Mapping[str, _ConnectorTest] = {
    "anonymous_relay_scoped": _anonymous_relay_scoped,
    "externally_secured_scoped": _externally_secured_scoped,
    "anonymous_relay_on_own_connector": _anonymous_relay_on_own_connector,
    "permission_groups_are": _permission_groups_are,
    "lacks_permission_group": _lacks_permission_group,
    "covers_all_ipv4": _covers_all_ipv4,
    "names_own_server": _names_own_server,
    "not_hidden_by_others": _not_hidden_by_others,
    "shares_no_ranges": _shares_no_ranges,
}
"""By name in the catalogue."""


def _listening(subject: Subject) -> ListeningConnector:
    return subject.around.mail_flow.receive_connectors[subject.object.names.normalised]


def _facts(subject: Subject) -> ReceiveConnector:
    return _listening(subject).facts


def _unless_scoped(subject: Subject, facts: ReceiveConnector) -> CheckVerdict:
    """Fail a connector that any address may connect to; no value is any address (contract)."""
    setting = subject.object.settings[RANGES]
    if setting.state not in (State.SET, State.NOT_SET):
        return not_evaluable(f"which addresses may connect is not known ({setting.text})")
    return _for_its_reasons(subject) if facts.ranges.is_everything else PASSED


def _for_its_reasons(subject: Subject) -> CheckVerdict:
    relay = subject.relay
    if relay is None:
        return FAILED
    return failed(" ".join(relay.reasons), assumed=relay.confidence is Confidence.ASSUMED)


def _cannot_compare(subject: Subject, listening: ListeningConnector) -> CheckVerdict | None:
    """Return why a connector cannot be compared with the others of its server."""
    if listening.facts.enabled is False:
        return _DISABLED
    if not subject.object.names.server_dn:
        return not_evaluable("the connector stands outside the server tree")
    if not listening.is_known:
        return not_evaluable("its bindings or its remote addresses are not known")
    return None


def _or_unknown(unknown: object, verdict: CheckVerdict) -> CheckVerdict:
    """Return a verdict unless connectors that are not known could change it."""
    if unknown:
        return not_evaluable("what other connectors of the server listen on is not known")
    return verdict
