"""One address and a verdict that rests on a relay list in, whether that host may relay out."""

from collections.abc import Iterable

from analyzer.directory.address_list import Mode
from analyzer.directory.networks import NOBODY, Address, Network
from analyzer.relay.verdict import Answer, HostAnswer, Relay, RelayVerdict


def answer_by_list(address: Address, relay: Relay) -> HostAnswer:
    """Return whether a host with this address may relay; the worst case where evidence is missing.

    Connection control is not looked at: it narrows who can reach the listener, not who may relay.
    """
    if relay.verdict is RelayVerdict.UNKNOWN:
        return HostAnswer(Answer.CANNOT_TELL, relay.reasons[0], relay)
    if relay.mode is None:
        why = "no address is on the relay list"
        return _by_logon(f"{why}; {relay.doubt}" if relay.doubt else why, relay)
    listed = _network_with(address, relay.networks)
    if relay.mode is Mode.ALL_EXCEPT:
        return _unless_excepted(address, listed, relay)
    if listed is None:
        return _by_logon("not on the list of those that may relay", relay)
    return _by_address(f"in {listed}, which may relay", relay)


def _unless_excepted(address: Address, excepted: Network | None, relay: Relay) -> HostAnswer:
    """Let everybody relay but the exceptions; a grant for one of these counts, being worse."""
    if excepted is None:
        return _by_address("not among the exceptions, everybody else may relay", relay)
    why = f"in {excepted}, which is excepted"
    granted = _network_with(address, relay.also_granted)
    if granted is None:
        return _by_logon(why, relay)
    return _by_address(f"{why}, but in {granted}, which is granted", relay)


def _by_address(why: str, relay: Relay) -> HostAnswer:
    if relay.logon_first:
        return HostAnswer(Answer.AFTER_LOGON, f"{why}; anonymous access is off", relay)
    return HostAnswer(Answer.YES, why, relay)


def _by_logon(why: str, relay: Relay) -> HostAnswer:
    match relay.authenticated_may_relay:
        case False:
            return HostAnswer(Answer.NO, f"{why}; logging on does not help", relay)
        case True:
            end = "hosts that log on may relay"
        case None:
            end = "whether logging on helps is not known"
    return HostAnswer(Answer.AFTER_LOGON, f"{why}; {end}", relay)


def _network_with(address: Address, networks: Iterable[Network]) -> Network | None:
    """Return the first network that holds the address; the stored form of nobody holds none."""
    return next((net for net in networks if address in net and net != NOBODY), None)
