"""One address and one listener in, whether that host may relay through it out."""

from collections.abc import Iterable
from ipaddress import IPv4Address, IPv6Address
from typing import NamedTuple

from analyzer.directory.address_list import Mode
from analyzer.directory.networks import NOBODY, Network
from analyzer.inventory import DirectoryObject
from analyzer.relay.judges import judge_relay
from analyzer.relay.verdict import Answer, Relay, RelayVerdict

Address = IPv4Address | IPv6Address


class HostAnswer(NamedTuple):
    """The answer for one host, with its reason."""

    answer: Answer
    why: str
    relay: Relay
    """The verdict on the listener, which the answer follows."""


def may_relay(address: Address, listener: DirectoryObject) -> HostAnswer:
    """Return whether a host with this address may relay; the worst case where evidence is missing.

    Connection control is not looked at: it narrows who can reach the listener, not who may relay.
    """
    relay = judge_relay(listener)
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
