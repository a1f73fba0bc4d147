"""Texts of `msExchSmtpReceiveRemoteIPRanges` in, the addresses they cover out, IPv4 and IPv6.

A value is a single address, two with a dash between, a network in CIDR form, whose host bits count
for nothing, or an IPv4 address with its mask in brackets. Anything else raises ValueError: a range
left out or guessed would narrow who may connect.
"""

import ipaddress
import re
from collections.abc import Iterable
from functools import lru_cache
from ipaddress import IPv4Address, IPv6Address, summarize_address_range
from typing import NamedTuple

from msgspec import Struct

from analyzer.directory.networks import (
    ALL_ADDRESSES,
    ALL_ADDRESSES_IPV6,
    Address,
    Network,
    Span,
    count,
    merge,
)

_BITS = {4: 32, 6: 128}
_PREFIX = re.compile(r"([^/()\s]+)/([0-9]{1,3})")
_MASKED = re.compile(r"([^/()\s]+)\s*\(\s*([^/()\s]+)\s*\)")


class RemoteRange(NamedTuple):
    """One stored range, first and last address as numbers."""

    version: int
    """4 or 6."""
    first: int
    last: int

    @property
    def size(self) -> int:
        """How many addresses it holds."""
        return self.last - self.first + 1

    def holds(self, address: Address) -> bool:
        """Tell whether an address is in it; addresses of IPv4 and IPv6 have nothing in common."""
        return address.version == self.version and self.first <= int(address) <= self.last


class RemoteRanges(Struct, frozen=True):
    """The ranges of one connector."""

    stored: tuple[RemoteRange, ...]
    """As they stand in the directory: which connector takes a session depends on each of them."""
    ipv4: tuple[Span, ...]
    """The same addresses without overlaps, in their order."""
    ipv6: tuple[Span, ...]
    networks: tuple[Network, ...]
    """The same again as networks, IPv4 before IPv6."""
    texts: tuple[str, ...]
    """Those in CIDR form; made here, because connectors share their ranges."""

    @property
    def addresses(self) -> int:
        """How many addresses they hold together."""
        return count(self.ipv4) + count(self.ipv6)

    @property
    def is_everything(self) -> bool:
        """Whether they hold all of IPv4 or all of IPv6."""
        return count(self.ipv4) == ALL_ADDRESSES or count(self.ipv6) == ALL_ADDRESSES_IPV6

    def smallest_with(self, address: Address) -> RemoteRange | None:
        """Return the stored range with the fewest addresses that holds an address."""
        holding = (each for each in self.stored if each.holds(address))
        return min(holding, key=lambda each: each.size, default=None)


@lru_cache(maxsize=256)  # a value is decoded by itself, then together with the others
def parse_range(text: str) -> RemoteRange:
    """Return the range that one value stands for.

    Raises:
        ValueError: It is no address, range or network; says what is wrong with it.
    """
    text = text.strip()
    if match := _PREFIX.fullmatch(text):
        return _network(_address(match[1]), int(match[2]))
    if match := _MASKED.fullmatch(text):
        return _masked(_address(match[1]), _address(match[2]))
    first, dash, last = text.partition("-")
    if not dash:
        only = _address(text)
        return RemoteRange(only.version, int(only), int(only))
    return _between(_address(first.strip()), _address(last.strip()))


def read_ranges(texts: Iterable[str]) -> RemoteRanges:
    """Return the ranges of all values of one connector.

    Raises:
        ValueError: One of the values is no range.
    """
    return _ranges(parse_range(text) for text in texts)


def _ranges(stored: Iterable[RemoteRange]) -> RemoteRanges:
    stored = tuple(stored)
    ipv4, ipv6 = (
        tuple(merge((each.first, each.last + 1) for each in stored if each.version == version))
        for version in (4, 6)
    )
    networks = (
        *(network for span in ipv4 for network in _networks(span, IPv4Address)),
        *(network for span in ipv6 for network in _networks(span, IPv6Address)),
    )
    return RemoteRanges(stored, ipv4, ipv6, networks, tuple(map(str, networks)))


def _networks(span: Span, family: type[IPv4Address] | type[IPv6Address]) -> Iterable[Network]:
    start, end = span
    networks: Iterable[Network] = summarize_address_range(family(start), family(end - 1))
    return networks


def _address(text: str) -> Address:
    # A zone (fe80::1%3) names an interface of the server, which no range of peers depends on.
    if "%" in text:
        raise ValueError("an address with a zone")
    try:
        return ipaddress.ip_address(text)
    except ValueError:
        raise ValueError("text that is no address, range or network") from None


def _between(first: Address, last: Address) -> RemoteRange:
    if first.version != last.version:
        raise ValueError(f"{first}-{last} runs from one family of addresses to the other")
    if int(first) > int(last):
        raise ValueError(f"{first}-{last} is reversed")
    return RemoteRange(first.version, int(first), int(last))


def _network(address: Address, prefix: int) -> RemoteRange:
    host_bits = _BITS[address.version] - prefix
    if host_bits < 0:
        raise ValueError(f"{address}/{prefix} has a prefix of more than the bits of an address")
    first = int(address) >> host_bits << host_bits
    return RemoteRange(address.version, first, first + (1 << host_bits) - 1)


def _masked(address: Address, mask: Address) -> RemoteRange:
    if address.version != 4 or mask.version != 4:
        raise ValueError(f"{address}({mask}) has a mask, which only IPv4 has")
    host_part = ~int(mask) & 0xFFFFFFFF
    # Of a mask in one piece all host bits are at the end: one more makes a power of two.
    if host_part & (host_part + 1):
        raise ValueError(f"the mask {mask} has gaps")
    return _network(address, 32 - host_part.bit_length())


EVERYWHERE = _ranges(
    (RemoteRange(4, 0, ALL_ADDRESSES - 1), RemoteRange(6, 0, ALL_ADDRESSES_IPV6 - 1))
)
"""What counts where the ranges are not known: nobody is kept out."""
