"""One address and one SMTP virtual server in, whether that host may relay through it out."""

from ipaddress import IPv4Address, IPv4Network
from typing import NamedTuple

from analyzer.directory.address_list import AddressList, Mode
from analyzer.directory.networks import NOBODY
from analyzer.inventory import DirectoryObject
from analyzer.relay.virtual_server import LIST, judge_relay
from analyzer.results.records import RelayRecord


class Answer(NamedTuple):
    """Whether a host may relay."""

    answer: str
    """`yes`, `after logging on`, `no` or `cannot tell`."""
    why: str
    relay: RelayRecord


def may_relay(address: IPv4Address, virtual_server: DirectoryObject) -> Answer:
    """Return whether a host with this address may relay; the worst case where evidence is missing.

    Connection control is not looked at: it narrows who can reach the listener, not who may relay.
    """
    relay = judge_relay(virtual_server)
    listed = virtual_server.settings[LIST].decoded
    if relay.verdict == "unknown":
        return Answer("cannot tell", relay.reasons[0], relay)
    if not isinstance(listed, AddressList):
        return _by_logon("no address is on the relay list", relay)
    inside = _network_with(address, listed.networks)
    if listed.mode is Mode.ONLY_LISTED:
        if inside is None:
            return _by_logon("not on the list of those that may relay", relay)
        return _by_list(f"in {inside}, which may relay", relay)
    if inside is None:
        return _by_list("not among the exceptions, everybody else may relay", relay)
    granted = _network_with(address, listed.also_granted)
    if granted is None:
        return _by_logon(f"in {inside}, which is excepted", relay)
    return _by_list(f"in {inside}, which is excepted, but in {granted}, which is granted", relay)


def _by_list(why: str, relay: RelayRecord) -> Answer:
    if relay.verdict == "authenticated" and relay.anonymous is False:
        return Answer("after logging on", f"{why}; anonymous access is off", relay)
    return Answer("yes", why, relay)


def _by_logon(why: str, relay: RelayRecord) -> Answer:
    if relay.authenticated_may_relay is False:
        return Answer("no", f"{why}; logging on does not help", relay)
    known = relay.authenticated_may_relay is True
    end = "hosts that log on may relay" if known else "whether logging on helps is not known"
    return Answer("after logging on", f"{why}; {end}", relay)


def _network_with(address: IPv4Address, networks: tuple[IPv4Network, ...]) -> IPv4Network | None:
    return next((one for one in networks if one != NOBODY and address in one), None)
