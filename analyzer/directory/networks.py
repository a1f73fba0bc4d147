"""Networks in, how many addresses they cover and which of them are public.

Private here are the ranges that no stranger can send from: RFC 1918, loopback (RFC 1122) and
link-local (RFC 3927), and their like in IPv6 (RFC 4193, RFC 4291). Everything else counts as
public, documentation and shared ranges included, so that exposure is never understated:
`ipaddress.is_private` means "not globally reachable" and takes in 203.0.113.0/24 (RFC 5737), which
a host of a badly numbered network may well send from.
"""

from collections.abc import Iterable
from functools import cache
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network

Address = IPv4Address | IPv6Address
Network = IPv4Network | IPv6Network
Span = tuple[int, int]
"""First address as a number, and the one after the last."""

ALL_ADDRESSES = 1 << 32
"""Of IPv4."""
ALL_ADDRESSES_IPV6 = 1 << 128
_ALL_OF = {4: ALL_ADDRESSES, 6: ALL_ADDRESSES_IPV6}
_PRIVATE = tuple(
    IPv4Network(text)
    for text in (
        "10.0.0.0/8",
        "172.16.0.0/12",
        "192.168.0.0/16",
        "127.0.0.0/8",
        "169.254.0.0/16",
    )
)
_PRIVATE_IPV6 = tuple(IPv6Network(text) for text in ("fc00::/7", "::1/128", "fe80::/10"))
_WIDE = 1 << 8  # addresses of a /24

NOBODY = IPv4Network("0.0.0.0/32")
"""The stored form of nobody: what a grant list without entries holds.

Known from a public audit script alone; a list that really is empty would let everybody through.
"""


def to_spans(networks: Iterable[Network]) -> list[Span]:
    """Return the addresses of networks of one family as sorted, separate spans; NOBODY has none."""
    return merge(_span(network) for network in networks if network != NOBODY)


def merge(spans: Iterable[Span]) -> list[Span]:
    """Return the same addresses as sorted spans with gaps between them."""
    # Spans that only touch become one, or the gaps of `complement` would be empty.
    merged: list[Span] = []
    for start, end in sorted(spans):
        if merged and start <= merged[-1][1]:
            merged[-1] = (merged[-1][0], max(end, merged[-1][1]))
        else:
            merged.append((start, end))
    return merged


def complement(spans: Iterable[Span], version: int = 4) -> list[Span]:
    """Return the addresses that separate, sorted spans leave out."""
    everything = _ALL_OF[version]
    result: list[Span] = []
    at = 0
    for start, end in spans:
        if at < start:
            result.append((at, start))
        at = end
    return [*result, (at, everything)] if at < everything else result


def count(spans: Iterable[Span]) -> int:
    """Return the number of addresses in the spans."""
    return sum(end - start for start, end in spans)


def is_private(network: Network) -> bool:
    """Tell whether no stranger can send from any address of a network."""
    if isinstance(network, IPv6Network):
        return any(network.subnet_of(private) for private in _PRIVATE_IPV6)
    return any(network.subnet_of(private) for private in _PRIVATE)


def public_part(spans: Iterable[Span], version: int = 4) -> list[Span]:
    """Return the public addresses of the spans."""
    return [
        (max(start, low), min(end, high))
        for start, end in spans
        for low, high in _public_spans(version)
        if max(start, low) < min(end, high)
    ]


def holds_wide_network(spans: Iterable[Span]) -> bool:
    """Tell whether a span holds a network of /24 or wider."""
    # A network begins at a multiple of its size: to the next one, and from there one size on.
    return any(-start % _WIDE + _WIDE <= end - start for start, end in spans)


@cache
def _public_spans(version: int) -> list[Span]:
    private: Iterable[Network] = _PRIVATE if version == 4 else _PRIVATE_IPV6
    return complement(to_spans(private), version)


def _span(network: Network) -> Span:
    start = int(network.network_address)
    return start, start + network.num_addresses
