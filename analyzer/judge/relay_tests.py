"""The conditions on the verdict who may relay: a function for each name in the catalogue."""

from collections.abc import Callable, Mapping

from msgspec.structs import replace

from analyzer.catalogue.rule import Clause, Outcome
from analyzer.directory.address_list import Mode
from analyzer.judge.check_verdict import (
    FAILED,
    PASSED,
    CheckVerdict,
    failed,
    not_applicable,
    not_evaluable,
)
from analyzer.judge.subject import Subject
from analyzer.judge.value_tests import unusable
from analyzer.relay.verdict import Confidence, Exposure, Relay, RelayVerdict

_RelayTest = Callable[[Clause, Subject, Relay], CheckVerdict]

_UNKNOWN = "this dump cannot tell who may relay (see RL-08)"


def _relay_not_open(_: Clause, __: Subject, relay: Relay) -> CheckVerdict:
    if relay.verdict is RelayVerdict.UNKNOWN:
        return not_evaluable(_UNKNOWN)
    return _for_its_reasons(relay) if relay.verdict is RelayVerdict.OPEN else _if_certain(relay)


def _relay_known(_: Clause, __: Subject, relay: Relay) -> CheckVerdict:
    if relay.verdict is RelayVerdict.UNKNOWN:
        return _for_its_reasons(relay)
    return _if_certain(relay)


def _public_relay_at_most(clause: Clause, _: Subject, relay: Relay) -> CheckVerdict:
    listed = _listed(relay)
    if isinstance(listed, CheckVerdict):
        return listed
    most = clause.argument if isinstance(clause.argument, int) else 0
    if listed.public_addresses <= most and not listed.has_wide_public_network:
        return _if_certain(relay)
    return _too_public(listed)


def _relay_only_private(_: Clause, __: Subject, relay: Relay) -> CheckVerdict:
    listed = _listed(relay)
    if isinstance(listed, CheckVerdict):
        return listed
    return _too_public(listed) if listed.public_addresses else _if_certain(relay)


def _relay_logon_protected(clause: Clause, subject: Subject, relay: Relay) -> CheckVerdict:
    """Fail basic authentication without TLS, unless logging on lets nobody relay."""
    may_log_on = relay.authenticated_may_relay
    # Even where logging on by itself lets nobody relay, hosts that the list lets in may have to.
    by_logon = relay.verdict in (RelayVerdict.AUTHENTICATED, RelayVerdict.OPEN)
    by_logon = by_logon or (relay.verdict is RelayVerdict.LISTED and relay.logon_first)
    if relay.basic is False or relay.tls_required:
        return PASSED
    if may_log_on is False and relay.verdict is RelayVerdict.UNKNOWN:
        return not_evaluable(_UNKNOWN)
    setting = subject.object.settings[clause.attribute]
    if may_log_on is False and not by_logon:
        # Hosts on the list may have to log on, if anonymous access turns out to be off.
        why = unusable(clause, setting) if relay.verdict is RelayVerdict.LISTED else None
        if why is not None and why.outcome is Outcome.NOT_EVALUABLE:
            return why
        return _if_certain(relay)
    if relay.tls_required is None:
        return not_evaluable("whether TLS is required is not known (msExchAccessSSLFlags)")
    if may_log_on is None and relay.verdict is RelayVerdict.UNKNOWN:
        return not_evaluable(_UNKNOWN)
    verdict = unusable(clause, setting) or FAILED
    return replace(verdict, assumed=may_log_on is None or relay.basic is None)


def _relay_logged(clause: Clause, subject: Subject, relay: Relay) -> CheckVerdict:
    """Fail a listener through which somebody may relay and which writes no protocol log."""
    if relay.verdict is RelayVerdict.CLOSED and not relay.doubt:
        return PASSED
    setting = subject.object.settings[clause.attribute]
    verdict = unusable(clause, setting) or (FAILED if setting.value == 0 else PASSED)
    nobody_known = relay.verdict is RelayVerdict.UNKNOWN and not relay.authenticated_may_relay
    if verdict is FAILED and nobody_known:
        return not_evaluable(_UNKNOWN)
    if verdict is FAILED and relay.verdict is RelayVerdict.CLOSED:
        return not_evaluable(relay.doubt)
    return replace(verdict, assumed=relay.confidence is Confidence.ASSUMED)


RELAY_TESTS: Mapping[str, _RelayTest] = {
    "relay_not_open": _relay_not_open,
    "relay_known": _relay_known,
    "public_relay_at_most": _public_relay_at_most,
    "relay_only_private": _relay_only_private,
    "relay_logon_protected": _relay_logon_protected,
    "relay_logged": _relay_logged,
}
"""By name in the catalogue."""


def _listed(relay: Relay) -> Exposure | CheckVerdict:
    """Return how far a list of hosts that may relay reaches, or why there is none to look at."""
    lets_others_through = relay.exposure is not None and relay.exposure.addresses
    if (
        relay.mode is Mode.ALL_EXCEPT
        and relay.verdict is not RelayVerdict.LISTED
        and (lets_others_through)
    ):
        return not_applicable("the list names exceptions, not hosts that may relay (see RL-01)")
    return not_evaluable(_UNKNOWN) if relay.exposure is None else relay.exposure


def _if_certain(relay: Relay) -> CheckVerdict:
    """Pass unless more hosts may relay than the verdict says."""
    return not_evaluable(relay.doubt) if relay.doubt else PASSED


def _too_public(listed: Exposure) -> CheckVerdict:
    return failed(f"{listed.public_addresses:,} public addresses may relay.")


def _for_its_reasons(relay: Relay) -> CheckVerdict:
    return failed(" ".join(relay.reasons), assumed=relay.confidence is Confidence.ASSUMED)
