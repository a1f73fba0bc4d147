"""Addresses that may relay in, how many they are and how much of the Internet they cover out."""

from collections.abc import Sequence

from analyzer.directory.networks import (
    ALL_ADDRESSES,
    ALL_ADDRESSES_IPV6,
    Span,
    count,
    holds_wide_network,
    public_part,
)
from analyzer.relay.verdict import Cover, Exposure


def measure(ipv4: Sequence[Span], ipv6: Sequence[Span] = ()) -> Exposure:
    """Measure the addresses that may relay, given as sorted, separate spans of each family.

    All of one family is everything: a stranger needs but one of them.
    """
    public = public_part(ipv4), public_part(ipv6, version=6)
    counts = count(ipv4), count(ipv6)
    if counts[0] == ALL_ADDRESSES or counts[1] == ALL_ADDRESSES_IPV6:
        covers = Cover.EVERYTHING
    elif any(public):
        covers = Cover.PUBLIC
    else:
        covers = Cover.PRIVATE if any(counts) else Cover.NONE
    return Exposure(
        addresses=sum(counts),
        covers=covers,
        public_addresses=sum(map(count, public)),
        has_wide_public_network=any(map(holds_wide_network, public)),
    )
