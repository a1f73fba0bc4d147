"""One SMTP virtual server in, the verdict who may relay through it out, with its reasons.

The relay list decides, then anonymous access and the relay for hosts that log on. Where evidence is
missing the worst reading counts, and the verdict says that it is assumed. Sources: the Salt
documentation of win_smtp_server and TechNet cc780293 for absent and empty lists, ms524685 for grant
and deny lists, ms524513 and ms524954 for the flags, Analyzer article 90819727 for RelayForAuth.
"""

from dataclasses import dataclass
from typing import NamedTuple

from analyzer.directory.address_list import AddressList, Mode
from analyzer.directory.networks import (
    ALL_ADDRESSES,
    Span,
    complement,
    count,
    describe_cover,
    merge,
    to_spans,
)
from analyzer.directory.values import Setting, State
from analyzer.inventory import DirectoryObject
from analyzer.relay.words import (
    about_accounts,
    about_connection,
    connection_control,
    except_sentence,
    join_networks,
    state_in_words,
)
from analyzer.results.records import RelayRecord

LIST = "msExchSmtpRelayIpList"
FOR_AUTH = "msExchSmtpRelayForAuth"
AUTHENTICATION = "msExchAuthenticationFlags"
SECURE = "msExchAccessSSLFlags"
CONNECTION = "msExchIPSecurity"
ACCOUNTS = "msExchSubmitRelaySD"

EVIDENCE = (LIST, FOR_AUTH, AUTHENTICATION, SECURE)
"""Attributes the verdict rests on."""

_ANONYMOUS_BIT = 1
_BASIC_BIT = 2
_TLS_BIT = 8


class _Reading(NamedTuple):
    """What the relay list and the settings beside it come to."""

    verdict: str
    assumed: bool
    reasons: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class _Access:
    """Who may log on, and how; None where the dump does not tell."""

    anonymous: bool | None
    basic: bool | None
    tls_required: bool | None
    may_relay: bool | None
    flags_reason: str
    """Why the flags are not known; empty when they are."""
    for_auth_reason: str


def judge_relay(virtual_server: DirectoryObject) -> RelayRecord:
    """Return who may relay through an SMTP virtual server; never raises."""
    settings = virtual_server.settings
    access = _access(virtual_server)
    setting = settings[LIST]
    listed = setting.decoded if isinstance(setting.decoded, AddressList) else None
    if listed is not None:
        reading = _by_list(listed, access)
    elif setting.state is State.NOT_SET:
        reading = _without_list(access, is_csv=virtual_server.input.format == "csv")
    else:
        reading = _Reading("unknown", False, (_why_unknown(setting),))
    covered = _covered(setting, listed)
    connection = connection_control(settings[CONNECTION])
    return RelayRecord(
        verdict=reading.verdict,
        confidence="assumed" if reading.assumed else "decided",
        authenticated_may_relay=access.may_relay,
        mode=str(listed.mode) if listed else None,
        addresses=tuple(map(str, listed.networks)) if listed else (),
        reasons=(
            *reading.reasons,
            *_about_logon(reading.verdict, access),
            *about_connection(connection),
            *about_accounts(settings[ACCOUNTS]),
        ),
        anonymous=access.anonymous,
        basic=access.basic,
        tls_required=access.tls_required,
        addresses_covered=None if covered is None else count(covered),
        covers="" if covered is None else describe_cover(covered),
        connection_control=connection,
    )


def _access(virtual_server: DirectoryObject) -> _Access:
    settings = virtual_server.settings
    flags, for_auth = settings[AUTHENTICATION], settings[FOR_AUTH]
    bits = flags.value if isinstance(flags.value, int) else None
    return _Access(
        anonymous=None if bits is None else bool(bits & _ANONYMOUS_BIT),
        basic=None if bits is None else bool(bits & _BASIC_BIT),
        tls_required=_tls_required(settings[SECURE]),
        may_relay=for_auth.value if isinstance(for_auth.value, bool) else None,
        flags_reason=state_in_words(flags) if bits is None else "",
        for_auth_reason=state_in_words(for_auth),
    )


def _tls_required(secure: Setting) -> bool | None:
    if secure.state is State.NOT_SET:
        # Without a value no bit can demand anything; the stored default is 0 (KB 321757).
        return False
    return bool(secure.value & _TLS_BIT) if isinstance(secure.value, int) else None


def _by_list(listed: AddressList, access: _Access) -> _Reading:
    notes = (f"Assumed: {LIST} is a {listed.assumption}.",) if listed.assumption else ()
    spans = to_spans(listed.networks)
    if listed.mode is Mode.ALL_EXCEPT:
        return _everybody(except_sentence(listed), notes, access)
    if count(spans) == ALL_ADDRESSES:
        sentence = f"{LIST} grants relaying to networks that together are all of IPv4 (ms524685)."
        return _everybody(sentence, notes, access)
    if spans:
        sentence = (
            f"{LIST} holds 'only the list below': {join_networks(listed)} may relay "
            "without logging on (ms524685)."
        )
        return _Reading("listed", bool(notes), (sentence, *notes, _for_auth_sentence(access)))
    sentence = f"{LIST} holds 'only the list below' and grants relaying to no host."
    return _by_logon_alone(sentence, notes, access)


def _without_list(access: _Access, *, is_csv: bool) -> _Reading:
    notes = (
        (
            "Assumed: a CSV file cannot tell a list without a value from an empty one, "
            "which would let everybody relay (Salt documentation of win_smtp_server).",
        )
        if is_csv
        else ()
    )
    sentence = (
        f"{LIST} is not set, which means 'only the list below' with nothing on it "
        "(TechNet cc780293, Salt documentation of win_smtp_server)."
    )
    return _by_logon_alone(sentence, notes, access)


def _everybody(sentence: str, notes: tuple[str, ...], access: _Access) -> _Reading:
    if access.anonymous is False:
        logon = f"{AUTHENTICATION} does not allow anonymous access, so hosts have to log on first."
        return _Reading("authenticated", bool(notes), (sentence, *notes, logon))
    if access.anonymous:
        logon = f"{AUTHENTICATION} allows anonymous access (bit 1, ms524513)."
        return _Reading("open", bool(notes), (sentence, *notes, logon))
    logon = (
        f"Assumed: anonymous access, because {access.flags_reason}; "
        "an installation stores 7, which allows it (KB 321757)."
    )
    return _Reading("open", True, (sentence, *notes, logon))


def _by_logon_alone(sentence: str, notes: tuple[str, ...], access: _Access) -> _Reading:
    if access.may_relay is None:
        logon = (
            f"Assumed: hosts that log on may relay, because {access.for_auth_reason}; "
            "TRUE is the default (Analyzer article 90819727)."
        )
        return _Reading("authenticated", True, (sentence, *notes, logon))
    reasons = (sentence, *notes, _for_auth_sentence(access))
    return _Reading("authenticated" if access.may_relay else "closed", bool(notes), reasons)


def _for_auth_sentence(access: _Access) -> str:
    if access.may_relay is None:
        return (
            f"Whether hosts that log on may relay as well is not known: {access.for_auth_reason}."
        )
    if access.may_relay:
        return f"{FOR_AUTH} is TRUE: every host that logs on may relay, whatever the list says."
    return f"{FOR_AUTH} is FALSE: logging on does not help a host that is not on the list."


def _about_logon(verdict: str, access: _Access) -> tuple[str, ...]:
    relays = verdict in ("authenticated", "open") or access.may_relay is not False
    if not (relays and access.basic) or access.tls_required:
        return ()
    tls = (
        "without TLS being required"
        if access.tls_required is False
        else "and whether TLS is required is not known"
    )
    return (
        f"Basic authentication is offered {tls} ({AUTHENTICATION} bit 2, {SECURE} bit 8): "
        "guessed or overheard passwords are the classic way by which spammers relay (aa996733).",
    )


def _covered(setting: Setting, listed: AddressList | None) -> list[Span] | None:
    if listed is None:
        return [] if setting.state is State.NOT_SET else None
    spans = to_spans(listed.networks)
    if listed.mode is Mode.ONLY_LISTED:
        return spans
    return merge([*complement(spans), *to_spans(listed.also_granted)])


def _why_unknown(setting: Setting) -> str:
    return (
        f"Not known: {state_in_words(setting)}. Export the attribute with ldifde (without -n) "
        "or read the relay restrictions on the server."
    )
