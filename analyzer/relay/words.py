"""The sentences that explain a relay verdict, with their sources."""

from collections.abc import Iterable

from analyzer.directory.address_list import AddressList, Mode
from analyzer.directory.networks import complement, to_spans
from analyzer.directory.values import Setting, State

_SHOWN = 10


def except_sentence(listed: AddressList) -> str:
    """Say that a list lets everybody relay but its exceptions."""
    sentence = "msExchSmtpRelayIpList holds 'all except the list below': "
    if not listed.networks:
        return sentence + "every host may relay, nothing is excepted (ms524685)."
    sentence += f"every host but {join_networks(listed)} may relay (ms524685)"
    if not complement(to_spans(listed.networks)):
        sentence += "; the exceptions cover every address, check on the server what it does"
    if listed.also_granted:
        sentence += f"; also granted: {_join(map(str, listed.also_granted))}"
    return sentence + "."


def about_connection(connection: str) -> tuple[str, ...]:
    """Say that connection control does not change the verdict."""
    if not connection:
        return ()
    return (
        f"Connection control: {connection}. It narrows who can reach the listener "
        "and does not change the verdict.",
    )


def about_accounts(accounts: Setting) -> tuple[str, ...]:
    """Say that rights of single accounts exist, where they do."""
    if accounts.state in (State.NOT_SET, State.NOT_EXPORTED):
        return ()
    return (
        "Per-account relay grants exist (msExchSubmitRelaySD is set), not judged: "
        "the meaning of their access masks is not documented (TechNet bb125063).",
    )


def connection_control(setting: Setting) -> str:
    """Return who may connect in words; empty when nobody is kept out."""
    if isinstance(setting.decoded, AddressList):
        listed = setting.decoded
        if listed.mode is Mode.ONLY_LISTED:
            return "nobody may connect" if listed.grants_nobody else f"only {join_networks(listed)}"
        return f"all except {join_networks(listed)}" if listed.networks else ""
    return "" if setting.state is State.NOT_SET else f"not known, {state_in_words(setting)}"


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


def join_networks(listed: AddressList) -> str:
    """Return the networks of a list, a long one cut."""
    return _join(map(str, listed.networks))


def _join(texts: Iterable[str]) -> str:
    found = list(texts)
    more = len(found) - _SHOWN
    return ", ".join(found[:_SHOWN]) + (f" and {more} more" if more > 0 else "")
