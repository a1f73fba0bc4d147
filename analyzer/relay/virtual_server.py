"""One SMTP virtual server in, the verdict who may relay through it out, with its reasons.

Three steps: the evidence, converted once; what the relay list says; and what that comes to with
anonymous access and the relay for hosts that log on. Where evidence is missing the worst reading
counts, and the verdict says that it is assumed. Sources: the Salt documentation of win_smtp_server
for absent and empty lists (TechNet cc780293 says no more than that none is the default), ms524685
for grant and deny lists, ms524513 and ms524954 for the flags, Analyzer article 90819727 for
RelayForAuth.
"""

from collections.abc import Iterator, Mapping
from typing import Literal, NamedTuple

from msgspec import Struct

from analyzer.directory import kinds
from analyzer.directory.address_list import AddressList, Mode
from analyzer.directory.attributes import AUTHENTICATION
from analyzer.directory.editions import is_later_than_2003
from analyzer.directory.networks import (
    ALL_ADDRESSES,
    Span,
    complement,
    count,
    merge,
    to_spans,
)
from analyzer.directory.values import Setting, State
from analyzer.inventory import DirectoryObject
from analyzer.relay import words
from analyzer.relay.exposure import measure
from analyzer.relay.forest import Forest
from analyzer.relay.verdict import Confidence, Exposure, Relay, RelayVerdict

_LIST = "msExchSmtpRelayIpList"
_FOR_AUTH = "msExchSmtpRelayForAuth"
_AUTHENTICATION = "msExchAuthenticationFlags"
_SECURE = "msExchAccessSSLFlags"
_CONNECTION = "msExchIPSecurity"
_ACCOUNTS = "msExchSubmitRelaySD"

# Python 3.11 takes ten times as long for a member of an enumeration as for a name.
_NOT_SET, _NOT_EXPORTED = State.NOT_SET, State.NOT_EXPORTED
_OPEN, _AUTHENTICATED = RelayVerdict.OPEN, RelayVerdict.AUTHENTICATED
EVIDENCE = (_LIST, _FOR_AUTH, _AUTHENTICATION, _SECURE)
"""Attributes the verdict rests on."""

# The bits that IIS documents for AuthFlags (ms524513) and AccessSSLFlags (ms524954).
_ANONYMOUS_BIT = 1
_BASIC_BIT = 2
_LOGON_BITS = 2 | 4  # digest and Passport are for the web only
_TLS_BIT = 8
_DOCUMENTED_BITS = sum(AUTHENTICATION)


class _Evidence(Struct, frozen=True):
    """What the verdict rests on; None where the dump does not tell."""

    settings: Mapping[str, Setting]
    listed: AddressList | None
    anonymous: bool | None
    basic: bool | None
    tls_required: bool | None
    offers_logon: bool | None
    undocumented: int
    """Bits of the flags for authentication that nobody has explained."""
    relay_for_auth: bool | None
    changes: tuple[str, ...]
    """What change records of the dump do to the object."""


_Admits = Literal["everybody", "some", "nobody", "unknown"]
"""Whom the relay list lets relay by address; everybody with or without exceptions."""


class _ListReading(NamedTuple):
    """What the relay list says, by itself."""

    admits: _Admits
    sentence: str
    assumption: str = ""
    """Why the reading is not the only one; empty when it is proved."""
    doubt: str = ""
    """Why the list may let more hosts relay than it seems to; then it is not the worst reading."""


class _Decision(NamedTuple):
    """What the list comes to with the settings beside it."""

    verdict: RelayVerdict
    reason: str = ""
    assumed: bool = False
    doubt: str = ""
    """As in the reading of the list."""


def judge_virtual_server(virtual_server: DirectoryObject, _: Forest) -> Relay:
    """Return who may relay through an SMTP virtual server; never raises."""
    evidence = _collect(virtual_server)
    reading = _read_list(evidence)
    decision = _decide(reading, evidence)
    listed = evidence.listed
    connection_control = words.who_may_connect(evidence.settings[_CONNECTION])
    reasons = (
        reading.sentence,
        reading.assumption,
        decision.reason,
        *map(words.changed, evidence.changes),
        *_caveats(decision.verdict, evidence, connection_control),
    )
    assumed = decision.assumed or reading.assumption or evidence.changes
    return Relay(
        verdict=decision.verdict,
        confidence=Confidence.ASSUMED if assumed else Confidence.DECIDED,
        reasons=tuple(filter(None, reasons)),
        authenticated_may_relay=evidence.relay_for_auth,
        mode=listed.mode if listed else None,
        networks=listed.networks if listed else (),
        also_granted=listed.also_granted if listed else (),
        exposure=_exposure(evidence),
        anonymous=evidence.anonymous,
        logon_first=evidence.anonymous is False,
        basic=evidence.basic,
        tls_required=evidence.tls_required,
        connection_control=connection_control,
        doubt=reading.doubt or decision.doubt,
    )


def is_leftover(virtual_server: DirectoryObject) -> bool:
    """Tell whether the server is of 2007 or later: it takes mail by its receive connectors alone.

    The object of the version before stays in the directory after an upgrade of the organisation.
    """
    return is_later_than_2003(virtual_server.exchange_version)


def left_by(directory_object: DirectoryObject) -> str:
    """Return what left an object behind that is not in use, as `Names.left_by` or `upgrade`."""
    if directory_object.kind is kinds.VIRTUAL_SERVER and is_leftover(directory_object):
        return directory_object.names.left_by or "upgrade"
    return directory_object.names.left_by


def _collect(virtual_server: DirectoryObject) -> _Evidence:
    settings = virtual_server.settings
    listed, for_auth = settings[_LIST].decoded, settings[_FOR_AUTH].value
    flags = settings[_AUTHENTICATION].value
    return _Evidence(
        settings=settings,
        listed=listed if isinstance(listed, AddressList) else None,
        anonymous=_bit(settings[_AUTHENTICATION], _ANONYMOUS_BIT),
        basic=_bit(settings[_AUTHENTICATION], _BASIC_BIT),
        # Without a value no bit can demand anything; the stored default is 0 (KB 321757).
        tls_required=_bit(settings[_SECURE], _TLS_BIT, not_set=False),
        offers_logon=_bit(settings[_AUTHENTICATION], _LOGON_BITS),
        undocumented=flags & 0xFFFFFFFF & ~_DOCUMENTED_BITS if isinstance(flags, int) else 0,
        relay_for_auth=for_auth if isinstance(for_auth, bool) else None,
        changes=tuple(change.text for change in virtual_server.changes),
    )


def _bit(flags: Setting, bit: int, *, not_set: bool | None = None) -> bool | None:
    """Return whether a bit is set, or one of several; None where the dump does not tell."""
    if flags.state is _NOT_SET:
        return not_set
    return bool(flags.value & bit) if isinstance(flags.value, int) else None


def _read_list(evidence: _Evidence) -> _ListReading:
    """Read the relay list; without a value it is one without entries, if the format can tell."""
    relay_list, listed = evidence.settings[_LIST], evidence.listed
    if listed is not None:
        return _read_entries(listed, anonymous=evidence.anonymous)
    if relay_list.state is not _NOT_SET:
        return _ListReading("unknown", words.list_not_known(relay_list))
    if not relay_list.doubt:
        return _ListReading("nobody", words.NO_LIST)
    assumption = words.no_list_in_doubt(relay_list.doubt)
    doubt = words.in_doubt(relay_list)
    return _ListReading("nobody", words.NO_LIST, assumption, doubt)


def _read_entries(listed: AddressList, *, anonymous: bool | None) -> _ListReading:
    """Tell whom the entries let relay; what the list's own layout leaves open is assumed."""
    assumption = words.list_assumption(listed.assumption) if listed.assumption else ""
    # In pieces or whole: networks that together are all of IPv4 restrict nobody as a grant list and
    # everybody as a list of exceptions; the stored form of nobody is an entry that counts for none.
    addresses = count(_admitted(listed))
    if listed.mode is Mode.ALL_EXCEPT and complement(to_spans(listed.networks)):
        return _ListReading("everybody", words.grants_all_but(listed), assumption)
    if addresses == ALL_ADDRESSES:
        return _ListReading("everybody", words.GRANTS_EVERYBODY, assumption)
    if addresses:
        sentence = words.grants_some(listed, anonymous=anonymous)
        return _ListReading("some", sentence, assumption)
    if listed.mode is Mode.ALL_EXCEPT:
        sentence = words.excepts_everybody(listed)
        return _ListReading("nobody", sentence, assumption or words.EXCEPTS_EVERYBODY)
    return _ListReading("nobody", words.GRANTS_NOBODY, assumption)


def _admitted(listed: AddressList) -> list[Span]:
    """Return the addresses that a list lets relay."""
    spans = to_spans(listed.networks)
    if listed.mode is Mode.ONLY_LISTED:
        return spans
    # Of a value with both lists only one is in force; a granted host may relay by either.
    return merge([*complement(spans), *to_spans(listed.also_granted)])


def _decide(reading: _ListReading, evidence: _Evidence) -> _Decision:
    """Weigh the list with who may log on: the verdicts, one case each."""
    flags, for_auth = evidence.settings[_AUTHENTICATION], evidence.settings[_FOR_AUTH]
    match reading.admits, evidence.anonymous, evidence.relay_for_auth:
        # Whoever may connect may relay, unless the server asks for a logon first (ms524513).
        case "everybody", True, _:
            return _Decision(RelayVerdict.OPEN, words.ANONYMOUS_ALLOWED)
        case "everybody", False, _ if evidence.undocumented:
            reason = words.anonymous_in_doubt(evidence.undocumented)
            return _Decision(RelayVerdict.AUTHENTICATED, reason, assumed=True, doubt=reason)
        case "everybody", False, _:
            return _Decision(RelayVerdict.AUTHENTICATED, words.ANONYMOUS_OFF)
        case "everybody", None, _:
            return _Decision(RelayVerdict.OPEN, words.anonymous_assumed(flags), assumed=True)
        # Listed hosts relay without logging on; that others may by logging on is told beside it.
        case "some", _, True:
            return _Decision(RelayVerdict.LISTED, words.LOGON_RELAYS)
        case "some", _, False:
            return _Decision(RelayVerdict.LISTED, words.LOGON_DOES_NOT_RELAY)
        case "some", _, None:
            return _Decision(RelayVerdict.LISTED, words.logon_not_known(for_auth))
        # Logging on is the only way left.
        case "nobody", _, True:
            return _Decision(RelayVerdict.AUTHENTICATED, words.LOGON_RELAYS)
        case "nobody", _, False:
            return _Decision(RelayVerdict.CLOSED, words.LOGON_DOES_NOT_RELAY)
        case "nobody", _, None:
            reason = words.logon_assumed(for_auth)
            return _Decision(RelayVerdict.AUTHENTICATED, reason, assumed=True)
        case _:
            return _Decision(RelayVerdict.UNKNOWN)


def _caveats(verdict: RelayVerdict, evidence: _Evidence, connection_control: str) -> Iterator[str]:
    """Yield what a reader has to know beside the verdict, and what does not change it."""
    logon_relays = evidence.relay_for_auth is not False
    by_logon = verdict in (_AUTHENTICATED, _OPEN) or logon_relays
    if evidence.offers_logon is False and (verdict is _AUTHENTICATED or logon_relays):
        yield words.OFFERS_NO_LOGON
    if by_logon and evidence.basic and not evidence.tls_required:
        yield words.basic_in_the_clear(tls_required=evidence.tls_required)
    if connection_control:
        yield words.narrowed_by(connection_control)
    if evidence.settings[_ACCOUNTS].state not in (_NOT_SET, _NOT_EXPORTED):
        yield words.ACCOUNT_GRANTS


def _exposure(evidence: _Evidence) -> Exposure | None:
    """Measure who may relay by address; None where the list cannot be read."""
    listed = evidence.listed
    if listed is None:
        return measure([]) if evidence.settings[_LIST].state is _NOT_SET else None
    return measure(_admitted(listed))
