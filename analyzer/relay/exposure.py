"""Addresses that may relay in, how many they are and how much of the Internet they cover out."""

from collections.abc import Sequence

from analyzer.directory.networks import (
    ALL_ADDRESSES,
    Span,
    count,
    holds_wide_network,
    public_part,
)
from analyzer.relay.verdict import Cover, Exposure


def measure(spans: Sequence[Span]) -> Exposure:
    """Measure the addresses that may relay, given as sorted, separate spans."""
    public = public_part(spans)
    addresses = count(spans)
    if addresses == ALL_ADDRESSES:
        covers = Cover.EVERYTHING
    elif public:
        covers = Cover.PUBLIC
    else:
        covers = Cover.PRIVATE if addresses else Cover.NONE
    return Exposure(addresses, covers, count(public), holds_wide_network(public))
