"""The sentences that explain a relay verdict, with their sources.

What begins with `Assumed:` is a reading that the dump does not prove, and makes a verdict assumed.
"""

from collections.abc import Sequence

from analyzer.directory.address_list import AddressList, Mode
from analyzer.directory.networks import Network, complement, to_spans
from analyzer.directory.values import Setting, State

_SHOWN = 10
"""How many networks of a list a sentence names."""

GRANTS_EVERYBODY = (
    "msExchSmtpRelayIpList grants relaying to networks that together are all of IPv4 (ms524685)."
)
GRANTS_NOBODY = "msExchSmtpRelayIpList holds 'only the list below' and grants relaying to no host."
NO_LIST = (
    "msExchSmtpRelayIpList is not set, which means 'only the list below' with nothing on it "
    "(TechNet cc780293, Salt documentation of win_smtp_server)."
)
EMPTY_IN_CSV = (
    "Assumed: a CSV file cannot tell a list without a value from an empty one, "
    "which would let everybody relay (Salt documentation of win_smtp_server)."
)
ANONYMOUS_ALLOWED = "msExchAuthenticationFlags allows anonymous access (bit 1, ms524513)."
ANONYMOUS_OFF = (
    "msExchAuthenticationFlags does not allow anonymous access, so hosts have to log on first."
)
LOGON_RELAYS = (
    "msExchSmtpRelayForAuth is TRUE: every host that logs on may relay, whatever the list says."
)
LOGON_DOES_NOT_RELAY = (
    "msExchSmtpRelayForAuth is FALSE: logging on does not help a host that is not on the list."
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


def grants_some(listed: AddressList) -> str:
    """Say whom a grant list lets relay."""
    return (
        f"msExchSmtpRelayIpList holds 'only the list below': {_join(listed.networks)} may relay "
        "without logging on (ms524685)."
    )


def grants_all_but(listed: AddressList) -> str:
    """Say that a list lets everybody relay but its exceptions."""
    sentence = "msExchSmtpRelayIpList holds 'all except the list below': "
    if not listed.networks:
        return sentence + "every host may relay, nothing is excepted (ms524685)."
    sentence += f"every host but {_join(listed.networks)} may relay (ms524685)"
    if not complement(to_spans(listed.networks)):
        sentence += "; the exceptions cover every address, check on the server what it does"
    if listed.also_granted:
        sentence += f"; also granted: {_join(listed.also_granted)}"
    return sentence + "."


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
        "guessed or overheard passwords are the classic way by which spammers relay (aa996733)."
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
        return f"all except {_join(listed.networks)}" if listed.networks else ""
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


def _join(networks: Sequence[Network]) -> str:
    """Name the networks of a list, the first few of a long one."""
    more = len(networks) - _SHOWN
    return ", ".join(map(str, networks[:_SHOWN])) + (f" and {more} more" if more > 0 else "")
