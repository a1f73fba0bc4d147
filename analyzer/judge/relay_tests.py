"""The conditions on the verdict who may relay."""

from collections.abc import Callable, Mapping
from typing import NamedTuple

from analyzer.catalogue.rule import Clause
from analyzer.directory.address_list import AddressList, Mode
from analyzer.directory.networks import count, holds_wide_network, public_part, to_spans
from analyzer.judge.subject import FAILED, PASSED, Subject, Verdict, not_applicable, not_evaluable
from analyzer.judge.value_tests import unusable
from analyzer.results.records import RelayRecord

RelayTest = Callable[[Clause, Subject, RelayRecord], Verdict]

_UNKNOWN = "this dump cannot tell who may relay (see RL-08)"


class _Public(NamedTuple):
    """The public part of a list of hosts that may relay."""

    addresses: int
    has_wide_network: bool


def _relay_not_open(_: Clause, __: Subject, relay: RelayRecord) -> Verdict:
    if relay.verdict == "unknown":
        return not_evaluable(_UNKNOWN)
    return _failed(relay) if relay.verdict == "open" else PASSED


def _relay_known(_: Clause, __: Subject, relay: RelayRecord) -> Verdict:
    return _failed(relay) if relay.verdict == "unknown" else PASSED


def _public_relay_at_most(clause: Clause, subject: Subject, relay: RelayRecord) -> Verdict:
    public = _public(subject, relay)
    if isinstance(public, Verdict):
        return public
    most = clause.argument if isinstance(clause.argument, int) else 0
    if public.addresses <= most and not public.has_wide_network:
        return PASSED
    return FAILED._replace(detail=f"{public.addresses:,} public addresses may relay.")


def _relay_only_private(_: Clause, subject: Subject, relay: RelayRecord) -> Verdict:
    public = _public(subject, relay)
    if isinstance(public, Verdict):
        return public
    if not public.addresses:
        return PASSED
    return FAILED._replace(detail=f"{public.addresses:,} public addresses may relay.")


def _relay_logon_protected(clause: Clause, subject: Subject, relay: RelayRecord) -> Verdict:
    may_log_on = relay.authenticated_may_relay
    if may_log_on is False and relay.verdict not in ("authenticated", "open"):
        return PASSED
    if relay.basic is False or relay.tls_required:
        return PASSED
    if relay.tls_required is None:
        return not_evaluable("whether TLS is required is not known (msExchAccessSSLFlags)")
    if may_log_on is None and relay.verdict == "unknown":
        return not_evaluable(_UNKNOWN)
    verdict = unusable(clause, subject.item.settings[clause.attribute]) or FAILED
    return verdict._replace(assumed=may_log_on is None or relay.basic is None)


def _relay_logged(clause: Clause, subject: Subject, relay: RelayRecord) -> Verdict:
    if relay.verdict == "closed":
        return PASSED
    setting = subject.item.settings[clause.attribute]
    verdict = unusable(clause, setting) or (FAILED if setting.value == 0 else PASSED)
    if verdict is FAILED and relay.verdict == "unknown" and not relay.authenticated_may_relay:
        return not_evaluable(_UNKNOWN)
    return verdict._replace(assumed=relay.confidence == "assumed")


RELAY_TESTS: Mapping[str, RelayTest] = {
    "relay_not_open": _relay_not_open,
    "relay_known": _relay_known,
    "public_relay_at_most": _public_relay_at_most,
    "relay_only_private": _relay_only_private,
    "relay_logon_protected": _relay_logon_protected,
    "relay_logged": _relay_logged,
}
"""By name in the catalogue."""


def _public(subject: Subject, relay: RelayRecord) -> _Public | Verdict:
    listed = subject.item.settings["msExchSmtpRelayIpList"].decoded
    if not isinstance(listed, AddressList):
        return not_evaluable(_UNKNOWN) if relay.verdict == "unknown" else PASSED
    if listed.mode is Mode.ALL_EXCEPT:
        return not_applicable("the list names exceptions, not hosts that may relay (see RL-01)")
    spans = public_part(to_spans(listed.networks))
    return _Public(count(spans), holds_wide_network(spans))


def _failed(relay: RelayRecord) -> Verdict:
    return FAILED._replace(detail=" ".join(relay.reasons), assumed=relay.confidence == "assumed")
