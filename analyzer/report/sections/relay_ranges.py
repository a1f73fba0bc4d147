"""CIDR texts of one list in, a row of facts about each out, with its overlaps."""

import ipaddress
from collections.abc import Sequence
from typing import NamedTuple

from analyzer.directory.networks import NOBODY, Network, is_private

_NAMED_OVERLAPS = 4


class Range(NamedTuple):
    """One entry of a relay list."""

    network: str
    mask: str
    first: str
    last: str
    addresses: int | None
    """How many it stands for; None for what is no network."""
    reach: str
    overlaps: str


def describe(addresses: Sequence[str]) -> list[Range]:
    """Describe each entry in the order given; text that is no network is kept as it is."""
    networks = [_network(text) for text in addresses]
    overlaps = _overlaps(networks)
    return [
        _range(text, network, overlaps.get(at, []), networks)
        for at, (text, network) in enumerate(zip(addresses, networks, strict=True))
    ]


def _network(text: str) -> Network | None:
    try:
        return ipaddress.ip_network(text, strict=False)
    except ValueError:
        return None


def _overlaps(networks: Sequence[Network | None]) -> dict[int, list[int]]:
    """Map the position of each network to those that hold it or lie in it.

    Two networks overlap only when one holds the other, so in the order of their first address,
    the wider first, a stack of those still open is all there is to look at.
    """
    order = sorted(
        (network.version, int(network.network_address), network.prefixlen, at)
        for at, network in enumerate(networks)
        if network is not None and network != NOBODY
    )
    found: dict[int, list[int]] = {}
    stack: list[tuple[int, int, int]] = []
    for version, start, _, at in order:
        network = networks[at]
        while stack and (stack[-1][0] != version or stack[-1][1] < start):
            stack.pop()
        # Innermost first and only as many as are named: a deep nest stays linear.
        for _, _, outer in stack[: -_NAMED_OVERLAPS - 2 : -1]:
            found.setdefault(at, []).append(outer)
            found.setdefault(outer, []).append(at)
        if network is not None:
            stack.append((version, int(network.broadcast_address), at))
    return found


def _range(
    text: str, network: Network | None, others: Sequence[int], networks: Sequence[Network | None]
) -> Range:
    if network is None:
        return Range(text, "", "", "", None, "Not an address", "")
    if network == NOBODY:
        return Range(text, str(network.netmask), "", "", 0, "Nobody", "")
    shown = ", ".join(str(networks[at]) for at in others[:_NAMED_OVERLAPS])
    more = " and more" if len(others) > _NAMED_OVERLAPS else ""
    return Range(
        str(network),
        str(network.netmask),
        str(network.network_address),
        str(network.broadcast_address),
        network.num_addresses,
        _reach(network),
        shown + more,
    )


def _reach(network: Network) -> str:
    if network.prefixlen == 0:
        return "Every address"
    if network.is_loopback:
        return "This computer"
    if network.is_link_local:
        return "Link local"
    return "Private" if is_private(network) else "Public"
