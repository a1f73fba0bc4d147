"""The sentences that explain the verdict on a receive connector.

The first sentence is for who decides, the ones behind it for who checks. What begins with
`Assumed:` is a reading that the dump does not prove.
"""

from collections.abc import Iterable

from analyzer.directory.extended_rights import ACCEPT_ANY_RECIPIENT, SUBMIT
from analyzer.directory.networks import Address
from analyzer.directory.remote_ranges import RemoteRanges
from analyzer.directory.values import Setting
from analyzer.relay.receive_permissions import Grant
from analyzer.relay.words import state_in_words

_SHOWN = 10
"""How many networks or principals a sentence names."""

DISABLED = "The connector is disabled (msExchSmtpReceiveEnabled is FALSE): it takes no mail at all."
NOBODY = (
    f"Nobody may send to foreign domains: no principal holds {ACCEPT_ANY_RECIPIENT} on the "
    "connector."
)
NO_LOGON_OFFERED = (
    f"Nobody may send to foreign domains: those who hold {ACCEPT_ANY_RECIPIENT} would have to log "
    "on, and the connector offers no way to (msExchSMTPReceiveInboundSecurityFlag, bits 2, 4, 16)."
)
ONLY_EXTERNALLY_SECURED = (
    f"Nobody may send to foreign domains: only externally secured servers hold "
    f"{ACCEPT_ANY_RECIPIENT}, and no host is taken for one "
    "(msExchSMTPReceiveInboundSecurityFlag, bit 32)."
)
NOT_EXTERNALLY_SECURED = (
    "Externally secured servers hold the right too, but hosts are not taken for such "
    "(msExchSMTPReceiveInboundSecurityFlag, bit 32)."
)
NO_LIST = "The descriptor has no access list (DACL), which leaves everybody every right."
NO_LIST_ASSUMED = (
    "Assumed: the connector itself has none; an export that leaves the list out of the descriptor "
    "looks the same."
)
EVERYONE_ASSUMED = (
    "Assumed: an anonymous session counts as Everyone; that Exchange evaluates it so is not "
    "documented."
)
SUBMIT_MISSING = (
    f"Assumed: without {SUBMIT}, which ANONYMOUS LOGON does not hold, an anonymous session may not "
    "get as far as naming a recipient."
)
ONLY_ADMINISTRATORS = (
    "These hold it only by inherited entries for all rights, as administrators do."
)
EXTERNAL_WITHOUT_DESCRIPTOR = (
    "Assumed: externally secured servers may relay, as they may by default; the descriptor that "
    "would tell is not known."
)
FLAGS_DEFAULT = (
    "Assumed: msExchSMTPReceiveInboundSecurityFlag has no value, for which Exchange takes 29: TLS, "
    "basic and Exchange server authentication."
)


def anybody(ranges: RemoteRanges) -> str:
    """Say who may relay without logging on."""
    return f"{_any_computer(ranges)} may send to any domain without logging on."


def trusted(ranges: RemoteRanges) -> str:
    """Say who is taken for an externally secured server."""
    return (
        f"{_any_computer(ranges)} may send to any domain without logging on, being trusted like a "
        "server of the organisation: the connector is externally secured "
        "(msExchSMTPReceiveInboundSecurityFlag, bit 32)."
    )


def outside_ranges(address: Address) -> str:
    """Say why a host cannot even connect."""
    return f"{address} is in no remote range of the connector and cannot connect."


def after_logon(principals: Iterable[str]) -> str:
    """Say that only those may relay who log on."""
    return f"Only who logs on may send to any domain: {_listing(principals)}."


def grant_in_words(grant: Grant, name: str) -> str:
    """Say by which entry a principal holds the right to relay."""
    entry = grant.entry
    how = ACCEPT_ANY_RECIPIENT if grant.is_specific else f"all rights, {ACCEPT_ANY_RECIPIENT} too"
    inherited = "inherited" if entry.inherited else "not inherited"
    return (
        f"{with_sid(name, grant.sid)} holds {how}: entry {grant.number} of the access list, "
        f"{entry.kind}, mask {entry.mask:#010x}, {inherited}."
    )


def with_sid(name: str, sid: str) -> str:
    """Return a principal with its SID, once where that is its name."""
    return sid if name == sid else f"{name} ({sid})"


def ranges_in_words(ranges: RemoteRanges) -> str:
    """Say which addresses may connect, in full numbers."""
    return (
        f"msExchSmtpReceiveRemoteIPRanges: {_listing(ranges.texts)}; "
        f"{ranges.addresses:,} address{'' if ranges.addresses == 1 else 'es'}."
    )


def ranges_assumed(ranges: Setting) -> str:
    """Say why every address counts as one that may connect."""
    return f"Assumed: every address may connect, because {state_in_words(ranges)}."


def enabled_assumed(enabled: Setting) -> str:
    """Say why the connector counts as enabled although the setting is not known."""
    return f"Assumed: the connector is enabled, because {state_in_words(enabled)}."


def external_assumed(flags: Setting) -> str:
    """Say why the connector counts as externally secured although its flags are not known."""
    return f"Assumed: the connector is externally secured, because {state_in_words(flags)}."


def logon_assumed(flags: Setting) -> str:
    """Say why the connector counts as offering a logon although its flags are not known."""
    return f"Assumed: the connector offers a way to log on, because {state_in_words(flags)}."


def no_descriptor(descriptor: Setting) -> str:
    """Say that who may relay is not known, and how to get to know it."""
    return (
        f"Not known: who may relay is a right in the security descriptor, and "
        f"{state_in_words(descriptor)}. Export the attribute by name, or read the rights on the "
        "server (Get-ADPermission)."
    )


def _any_computer(ranges: RemoteRanges) -> str:
    if ranges.is_everything:
        return "Any computer that can connect"
    return f"Any computer in {_listing(ranges.texts)}"


def _listing(texts: Iterable[str]) -> str:
    texts = tuple(texts)
    more = len(texts) - _SHOWN
    return ", ".join(texts[:_SHOWN]) + (f" and {more} more" if more > 0 else "")
