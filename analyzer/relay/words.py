"""The sentences that explain a relay verdict, with their sources.

What begins with `Assumed:` is a reading that the dump does not prove, and makes a verdict assumed.
"""

from collections.abc import Sequence

from analyzer.directory.address_list import AddressList, Mode
from analyzer.directory.networks import Network
from analyzer.directory.syntaxes import DENIED_NAMES
from analyzer.directory.values import Setting, State

_SHOWN = 10
"""How many networks of a list a sentence names."""

GRANTS_EVERYBODY = (
    "msExchSmtpRelayIpList grants relaying to networks that together are all of IPv4 (ms524685)."
)
GRANTS_NOBODY = "msExchSmtpRelayIpList holds 'only the list below' and grants relaying to no host."
NO_LIST = (
    "msExchSmtpRelayIpList is not set, which means 'only the list below' with nothing on it "
    "(Salt documentation of win_smtp_server)."
)
EXCEPTS_EVERYBODY = (
    "Assumed: the exceptions of msExchSmtpRelayIpList cover every address, so no host may relay by "
    "its address; no document describes such a list."
)
ANONYMOUS_ALLOWED = "msExchAuthenticationFlags allows anonymous access (bit 1, ms524513)."
ANONYMOUS_OFF = (
    "msExchAuthenticationFlags does not allow anonymous access, so hosts have to log on first."
)
OFFERS_NO_LOGON = (
    "No logon is offered (msExchAuthenticationFlags, bits 2 and 4 are clear, ms524513), so it may "
    "be that nobody relays by logging on; the verdict is the worst case."
)
LOGON_RELAYS = (
    "msExchSmtpRelayForAuth is TRUE: every host that logs on may relay, whatever the list says."
)
LOGON_DOES_NOT_RELAY = (
    "msExchSmtpRelayForAuth is FALSE: logging on does not help a host that is not on the list."
)
PRIVATE_LISTENER = (
    "It listens only on private addresses, so that no stranger reaches it directly; a device in "
    "front of it may still pass some on."
)
ACCOUNT_GRANTS = (
    "Per-account relay grants exist (msExchSubmitRelaySD is set), not judged: "
    "the meaning of their access masks is not documented (TechNet bb125063)."
)


def list_not_known(relay_list: Setting) -> str:
    """Say why the relay list is not known, and how to get it."""
    return (
        f"Not known: {state_in_words(relay_list)}. Export the attribute with ldifde (without -n) "
        "or read the relay restrictions on the server."
    )


def list_assumption(assumption: str) -> str:
    """Say on which undocumented reading of the relay list a verdict rests."""
    return f"Assumed: msExchSmtpRelayIpList is a {assumption}."


def no_list_in_doubt(doubt: str) -> str:
    """Say that the list may hold something although no value stands there."""
    return (
        f"Assumed: that msExchSmtpRelayIpList is not set is in doubt ({doubt}); a list, even an "
        "empty one, could let everybody relay (Salt documentation of win_smtp_server)."
    )


def in_doubt(setting: Setting) -> str:
    """Say why a setting without a value may have one."""
    return f"that {setting.attribute.name} is not set is in doubt: {setting.doubt}"


def changed(change: str) -> str:
    """Say that a change record may make the verdict another one."""
    return f"Assumed: the settings are as in the record that was read, but {change}."


def grants_some(listed: AddressList, *, anonymous: bool | None) -> str:
    """Say whom a list lets relay, where it lets some relay and not all."""
    logon = "after logging on" if anonymous is False else "without logging on"
    if listed.mode is Mode.ALL_EXCEPT:
        return (
            "msExchSmtpRelayIpList excepts every address and also grants "
            f"{_join(listed.also_granted)}, which may relay {logon} (ms524685)."
        )
    return (
        f"msExchSmtpRelayIpList holds 'only the list below': {_join(listed.networks)} may relay "
        f"{logon} (ms524685)."
    )


def grants_all_but(listed: AddressList) -> str:
    """Say that a list lets everybody relay but its exceptions."""
    sentence = "msExchSmtpRelayIpList holds 'all except the list below': "
    excepted = _exceptions(listed)
    if not excepted:
        return sentence + "every host may relay, nothing is excepted (ms524685)."
    sentence += f"every host but {excepted} may relay (ms524685)"
    if listed.also_granted:
        sentence += f"; also granted: {_join(listed.also_granted)}"
    return sentence + "."


def excepts_everybody(listed: AddressList) -> str:
    """Say that a list excepts all there is."""
    return (
        f"msExchSmtpRelayIpList holds 'all except the list below': {_exceptions(listed)} "
        "may not relay, which are all addresses."
    )


def anonymous_in_doubt(undocumented: int) -> str:
    """Say why anonymous access may be on although its bit is clear."""
    return (
        "Assumed: anonymous access is off; msExchAuthenticationFlags also holds "
        f"{undocumented:#x}, which no document explains (ms524513)."
    )


def worst_of_copies(count: int, others: Sequence[str]) -> str:
    """Say that the record judged is one of several."""
    judged = f"; the others would be judged {', '.join(others)}" if others else ""
    return (
        f"Assumed: the worst of {count} copies of the object counts, of which none is proved "
        f"newer{judged}."
    )


def connector_may_grant(dn: str, spaces: Sequence[str]) -> str:
    """Say that a connector on this listener may let hosts relay whatever the listener says."""
    return (
        f"The SMTP connector {dn} sends mail for {', '.join(spaces)} through this virtual server. "
        "A connector can allow relaying to its domains (Exchange Server Cookbook, recipe 7.19), "
        "and no attribute is known to hold that: look at the address spaces of the connector."
    )


def anonymous_assumed(flags: Setting) -> str:
    """Say why anonymous access counts as allowed although the flags are not known."""
    return (
        f"Assumed: anonymous access, because {state_in_words(flags)}; "
        "an installation stores 7, which allows it (KB 321757)."
    )


def logon_assumed(for_auth: Setting) -> str:
    """Say why hosts that log on count as relaying although the setting is not known."""
    return (
        f"Assumed: hosts that log on may relay, because {state_in_words(for_auth)}; "
        "TRUE is the default (Analyzer article 90819727)."
    )


def logon_not_known(for_auth: Setting) -> str:
    """Say that nobody knows whether logging on helps a host that is not on the list."""
    return f"Whether hosts that log on may relay as well is not known: {state_in_words(for_auth)}."


def basic_in_the_clear(*, tls_required: bool | None) -> str:
    """Say that passwords are sent where they can be overheard, or may be."""
    tls = (
        "without TLS being required"
        if tls_required is False
        else "and whether TLS is required is not known"
    )
    return (
        f"Basic authentication is offered {tls} "
        "(msExchAuthenticationFlags bit 2, msExchAccessSSLFlags bit 8): "
        "passwords cross the network readable (aa996733), and whoever has one may relay."
    )


def narrowed_by(connection_control: str) -> str:
    """Say that connection control does not change the verdict."""
    return (
        f"Connection control: {connection_control}. It narrows who can reach the listener "
        "and does not change the verdict."
    )


def who_may_connect(connection_list: Setting) -> str:
    """Return who may connect in words; empty when nobody is kept out."""
    listed = connection_list.decoded
    if isinstance(listed, AddressList):
        if listed.mode is Mode.ONLY_LISTED:
            return (
                "nobody may connect" if listed.grants_nobody else f"only {_join(listed.networks)}"
            )
        excepted = _exceptions(listed)
        return f"all except {excepted}" if excepted else ""
    if connection_list.state is State.NOT_SET:
        return ""
    return f"not known, {state_in_words(connection_list)}"


def state_in_words(setting: Setting) -> str:
    """Say what the dump tells about a setting, without its value."""
    name = setting.attribute.name
    match setting.state:
        case State.NOT_SET:
            return f"{name} is not set"
        case State.NOT_EXPORTED:
            return f"{name} is not in this export"
        case State.LOST:
            return f"{name} was lost in the export ({setting.reason})"
        case State.UNDECODABLE:
            return f"{name} cannot be decoded ({setting.reason})"
        case State.SET:
            return f"{name} is set"


def _exceptions(listed: AddressList) -> str:
    """Name whom a list excepts; empty when it excepts nobody."""
    names = DENIED_NAMES if listed.denies_names else ""
    return ", ".join(filter(None, (_join(listed.networks), names)))


def _join(networks: Sequence[Network]) -> str:
    """Name the networks of a list, the first few of a long one."""
    more = len(networks) - _SHOWN
    return ", ".join(map(str, networks[:_SHOWN])) + (f" and {more} more" if more > 0 else "")
