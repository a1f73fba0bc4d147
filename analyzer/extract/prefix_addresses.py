"""Addresses in, others out that share as many first bits with each other as the originals do.

The scheme is that of Crypto-PAn (Xu, Fan, Ammar, Moon 2002): each bit is turned or not by what a
secret key gives to the bits before it, so that networks stay networks, of the same size, and what
contained what still does. No bit is turned whose turning would move a special network: private
addresses stay private, those set aside for documentation stay such, and what means the same
everywhere stays as it is.
"""

from collections.abc import Iterable
from functools import lru_cache
from ipaddress import (
    IPv4Address,
    IPv4Network,
    IPv6Address,
    IPv6Network,
    ip_network,
    summarize_address_range,
)

from analyzer.extract.name_mapping import NameMapping

AnyAddress = IPv4Address | IPv6Address
_PRIVATE = ("10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "169.254.0.0/16", "100.64.0.0/10")
_PRIVATE_IPV6 = ("fc00::/7", "fe80::/10")
# RFC 5737, RFC 3849: who writes an example thinks of his own hosts.
_DOCUMENTATION = ("192.0.2.0/24", "198.51.100.0/24", "203.0.113.0/24")
_DOCUMENTATION_IPV6 = ("2001:db8::/32",)
# This network, loopback, multicast and all above it, among them the broadcast address and the
# masks; the two wide masks below it.
_KEPT = (
    "0.0.0.0/8",
    "127.0.0.0/8",
    "224.0.0.0/3",
    "128.0.0.0/32",
    "192.0.0.0/32",
)
_KEPT_IPV6 = ("::/127", "ff00::/8")
_LAST_BIT = {4: 31, 6: 127}
_MAPPED = IPv6Network("::ffff:0:0/96")


def _bits(text: str) -> str:
    network = ip_network(text)
    return f"{int(network.network_address):0{network.max_prefixlen}b}"[: network.prefixlen]


_KEPT_BITS = {4: tuple(map(_bits, _KEPT)), 6: tuple(map(_bits, _KEPT_IPV6))}
_SPECIAL_BITS = {
    4: (*_KEPT_BITS[4], *map(_bits, (*_PRIVATE, *_DOCUMENTATION))),
    6: (
        *_KEPT_BITS[6],
        *map(_bits, (*_PRIVATE_IPV6, *_DOCUMENTATION_IPV6)),
        _bits(str(_MAPPED)),
    ),
}


class PrefixAddresses:
    """Turns the bits of addresses."""

    def __init__(self, mapping: NameMapping) -> None:
        """Take the mapping whose key decides."""
        self._mapping = mapping
        self._turn = lru_cache(maxsize=65_536)(self._turned)

    def address(self, address: AnyAddress) -> AnyAddress:
        """Return the address that stands for one."""
        if isinstance(address, IPv6Address) and address.ipv4_mapped is not None:
            inner = self.address(address.ipv4_mapped)
            return IPv6Address(int(_MAPPED.network_address) | int(inner))
        size = address.max_prefixlen
        bits = f"{int(address):0{size}b}"
        if bits.startswith(_KEPT_BITS[address.version]):
            return address
        turned = [str(int(bits[at]) ^ self._turn(address.version, bits[:at])) for at in range(size)]
        other = type(address)(int("".join(turned), 2))
        self._mapping.note_address(str(address), str(other))
        return other

    def network(self, network: IPv4Network) -> IPv4Network:
        """Return the network, of the same size, that stands for one."""
        other = int(self.address(network.network_address)) & int(network.netmask)
        return IPv4Network((other, network.prefixlen))

    def span(self, first: AnyAddress, last: AnyAddress) -> Iterable[str]:
        """Return the networks that stand for the addresses from one to another.

        Raises:
            ValueError: the last one is before the first, or of another family.
        """
        # The order of addresses does not stay, so that no span as such can stand for a span.
        for network in summarize_address_range(first, last):
            start = int(self.address(network.network_address)) & int(network.netmask)
            yield f"{type(first)(start)}/{network.prefixlen}"

    def _turned(self, version: int, prefix: str) -> int:
        # A turned bit above a special network would move that network.
        if any(
            special.startswith(prefix) and special != prefix for special in _SPECIAL_BITS[version]
        ):
            return 0
        if len(prefix) == _LAST_BIT[version]:
            return 1  # so that no host stays what it is
        return self._mapping.bit(f"IPv{version}", prefix)
