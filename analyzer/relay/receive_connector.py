"""One receive connector in, the verdict who may relay through it out, with its reasons.

Who may relay is a right of principals on the connector, narrowed by the remote addresses that may
connect. The cases stand in the order of the results contract, and the first that fits decides.
Where evidence is missing the worst reading counts, and the verdict says that it is assumed.
Sources: Microsoft, "Receive connectors" and "Allow anonymous relay on Exchange servers"; Exchange
Analyzer article ff356850.
"""

from collections.abc import Callable, Iterator, Mapping
from typing import NamedTuple

from msgspec import Struct

from analyzer.directory.address_list import Mode
from analyzer.directory.extended_rights import ACCEPT_ANY_RECIPIENT
from analyzer.directory.networks import Address
from analyzer.directory.principals import ANONYMOUS, EVERYONE, EXTERNALLY_SECURED
from analyzer.directory.security_descriptor import AceKind
from analyzer.directory.values import Setting, State
from analyzer.inventory import DirectoryObject
from analyzer.relay import receive_settings as names
from analyzer.relay import receive_words as words
from analyzer.relay.exposure import measure
from analyzer.relay.forest import Forest
from analyzer.relay.receive_permissions import Permissions
from analyzer.relay.receive_settings import ReceiveConnector, read_receive_connector
from analyzer.relay.verdict import (
    Answer,
    Confidence,
    Exposure,
    HostAnswer,
    Relay,
    RelayGrant,
    RelayVerdict,
)
from analyzer.relay.words import changed

EVIDENCE = (names.DESCRIPTOR, names.RANGES, names.FLAGS, names.ENABLED)
"""Attributes the verdict rests on."""

_RESTRICTIONS = "msExchSmtpReceiveProtocolRestrictions"
_TLS_REQUIRED_BIT = 8
_SPECIAL = frozenset({ANONYMOUS, EVERYONE, EXTERNALLY_SECURED})
"""Who has a case of its own; all other principals have to log on."""
_BY_ADDRESS = (RelayVerdict.OPEN, RelayVerdict.LISTED)


class _ConnectorCase(Struct, frozen=True):
    """One connector under judgement."""

    settings: Mapping[str, Setting]
    connector: ReceiveConnector
    forest: Forest
    changes: tuple[str, ...]
    """Records of the dump that change it."""


class _RightsDecision(NamedTuple):
    """The verdict of the case that fits."""

    verdict: RelayVerdict
    reasons: tuple[str, ...]
    assumption: str = ""
    """Why it is the worst reading and not the only one; empty when it is proved."""


def judge_receive_connector(connector: DirectoryObject, forest: Forest) -> Relay:
    """Return who may relay through a receive connector; never raises."""
    case = _ConnectorCase(
        connector.settings,
        read_receive_connector(connector, forest),
        forest,
        tuple(change.text for change in connector.changes),
    )
    facts = case.connector
    decision = _decide(case)
    assumptions = tuple(_assumptions(case, decision))
    by_address = decision.verdict in _BY_ADDRESS
    return Relay(
        verdict=decision.verdict,
        confidence=Confidence.ASSUMED if assumptions else Confidence.DECIDED,
        reasons=(*decision.reasons, *assumptions),
        authenticated_may_relay=facts.authenticated_may_relay,
        mode=Mode.ONLY_LISTED if by_address else None,
        networks=facts.ranges.networks if by_address else (),
        exposure=_exposure(case, decision.verdict),
        anonymous=_lets_anonymous_submit(facts.permissions),
        basic=facts.offers_basic,
        tls_required=_tls_required(case),
        anonymous_may_relay=facts.anonymous_may_relay,
        externally_secured=facts.externally_secured,
        grants=tuple(_grants(facts.permissions, forest)),
    )


def answer_by_rights(address: Address, relay: Relay) -> HostAnswer:
    """Return whether a host that connects to a receive connector may relay."""
    why = relay.reasons[0]
    match relay.verdict:
        case RelayVerdict.OPEN | RelayVerdict.LISTED:
            if any(address in network for network in relay.networks):
                return HostAnswer(Answer.YES, why, relay)
            return HostAnswer(Answer.NO, words.outside_ranges(address), relay)
        case RelayVerdict.UNKNOWN:
            return HostAnswer(Answer.CANNOT_TELL, why, relay)
        case RelayVerdict.AUTHENTICATED:
            return HostAnswer(Answer.AFTER_LOGON, why, relay)
        case RelayVerdict.CLOSED:
            return HostAnswer(Answer.NO, why, relay)


def _decide(case: _ConnectorCase) -> _RightsDecision:
    facts = case.connector
    # Before all evidence: what is switched off takes no session, whoever would be allowed to.
    if facts.enabled is False:
        return _RightsDecision(RelayVerdict.CLOSED, (words.DISABLED,))
    if facts.permissions is not None:
        return _decide_by_rights(case, facts.permissions)
    # Without rights only the flag speaks: it means that the shell gave the right to -23 as well.
    why = words.no_descriptor(case.settings[names.DESCRIPTOR])
    if facts.externally_secured:
        reasons = (words.trusted(facts.ranges), why)
        return _by_address(case, reasons, words.EXTERNAL_WITHOUT_DESCRIPTOR)
    return _RightsDecision(RelayVerdict.UNKNOWN, (why,))


def _decide_by_rights(case: _ConnectorCase, permissions: Permissions) -> _RightsDecision:
    facts, relaying = case.connector, permissions.relaying
    anybody = words.anybody(facts.ranges)
    # Flags that are not known count as set here, the worse of the two readings.
    if EXTERNALLY_SECURED in relaying and facts.externally_secured is not False:
        reasons = (words.trusted(facts.ranges), *_holders(case, EXTERNALLY_SECURED))
        return _by_address(case, reasons, _unless_known(case, words.external_assumed))
    if ANONYMOUS in relaying:
        # A session also needs the right to submit; that it is missing while relaying is granted is
        # what setup never does, so a damaged or hidden entry is as likely as a closed door.
        may_submit = ANONYMOUS in permissions.submitting
        reasons = (anybody, *_holders(case, ANONYMOUS))
        return _by_address(case, reasons, "" if may_submit else words.SUBMIT_MISSING)
    # Whether a session without logon carries Everyone is not documented for transport.
    if EVERYONE in relaying:
        return _by_address(case, (anybody, *_holders(case, EVERYONE)), words.EVERYONE_ASSUMED)
    if permissions.is_unrestricted:
        return _by_address(case, (anybody, words.NO_LIST), words.NO_LIST_ASSUMED)
    return _decide_by_logon(case, permissions)


def _decide_by_logon(case: _ConnectorCase, permissions: Permissions) -> _RightsDecision:
    """Return the verdict where nobody relays by his address alone."""
    others = [sid for sid in permissions.relaying if sid not in _SPECIAL]
    has_external = EXTERNALLY_SECURED in permissions.relaying
    external = (words.NOT_EXTERNALLY_SECURED,) if has_external else ()
    if not others:
        why = words.ONLY_EXTERNALLY_SECURED if has_external else words.NOBODY
        return _RightsDecision(RelayVerdict.CLOSED, (why,))
    if case.connector.offers_logon is False:
        return _RightsDecision(RelayVerdict.CLOSED, (words.NO_LOGON_OFFERED, *external))
    grants = [permissions.relaying[sid] for sid in others]
    # Full control that comes down from the organisation holds every right, this one too, on every
    # connector of the forest. It counts, and is told apart, so that nobody hunts for it.
    only_administrators = all(grant.entry.inherited and not grant.is_specific for grant in grants)
    principals = (words.with_sid(case.forest.name_of(sid), sid) for sid in others)
    reasons = (
        words.after_logon(principals),
        *((words.ONLY_ADMINISTRATORS,) if only_administrators else ()),
        *_holders(case, *others),
        *external,
    )
    return _RightsDecision(
        RelayVerdict.AUTHENTICATED, reasons, _unless_known(case, words.logon_assumed)
    )


def _by_address(case: _ConnectorCase, reasons: tuple[str, ...], assumption: str) -> _RightsDecision:
    ranges = case.connector.ranges
    verdict = RelayVerdict.OPEN if ranges.is_everything else RelayVerdict.LISTED
    shown = (words.ranges_in_words(ranges),) if case.connector.ranges_known else ()
    return _RightsDecision(verdict, (*reasons, *shown), assumption)


def _holders(case: _ConnectorCase, *sids: str) -> Iterator[str]:
    """Say by which entries principals may relay."""
    permissions = case.connector.permissions
    for sid in sids:
        if permissions is not None:
            yield words.grant_in_words(permissions.relaying[sid], case.forest.name_of(sid))


def _unless_known(case: _ConnectorCase, sentence: Callable[[Setting], str]) -> str:
    """Return why the flags are taken for what they may be; empty when the dump tells them."""
    return sentence(case.settings[names.FLAGS]) if case.connector.flags is None else ""


def _assumptions(case: _ConnectorCase, decision: _RightsDecision) -> Iterator[str]:
    """Yield all that the verdict takes for granted."""
    facts, settings = case.connector, case.settings
    if decision.assumption:
        yield decision.assumption
    if facts.enabled is None:
        yield words.enabled_assumed(settings[names.ENABLED])
    # Of those who have to log on, or of nobody, the address makes no difference.
    if decision.verdict in _BY_ADDRESS and not facts.ranges_known:
        yield words.ranges_assumed(settings[names.RANGES])
    by_logon = decision.verdict is RelayVerdict.AUTHENTICATED
    if by_logon and settings[names.FLAGS].state is State.NOT_SET:
        yield words.FLAGS_DEFAULT
    yield from map(changed, case.changes)


def _exposure(case: _ConnectorCase, verdict: RelayVerdict) -> Exposure | None:
    """Measure who may relay by address; None where nobody can tell."""
    if verdict is RelayVerdict.UNKNOWN:
        return None
    ranges = case.connector.ranges
    return measure(ranges.ipv4, ranges.ipv6) if verdict in _BY_ADDRESS else measure(())


def _lets_anonymous_submit(permissions: Permissions | None) -> bool | None:
    if permissions is None:
        return None
    return permissions.is_unrestricted or not permissions.submitting.isdisjoint(
        (ANONYMOUS, EVERYONE)
    )


def _tls_required(case: _ConnectorCase) -> bool | None:
    """Tell whether passwords are taken behind TLS only, by either of two settings."""
    restrictions, flags = case.settings[_RESTRICTIONS], case.connector.flags
    if flags is not None and flags & names.BASIC_NEEDS_TLS_BIT:
        return True
    # Always written by the setup; the documented default is that nothing is required.
    value = 0 if restrictions.state is State.NOT_SET else restrictions.value
    if isinstance(value, int) and value & _TLS_REQUIRED_BIT:
        return True
    return None if flags is None or not isinstance(value, int) else False


def _grants(permissions: Permissions | None, forest: Forest) -> Iterator[RelayGrant]:
    for number, entry in permissions.grants if permissions else ():
        yield RelayGrant(
            sid=entry.trustee,
            name=forest.name_of(entry.trustee),
            right=ACCEPT_ANY_RECIPIENT,
            effect="deny" if entry.kind is AceKind.DENY else "allow",
            inherited=entry.inherited,
            number=number,
        )
