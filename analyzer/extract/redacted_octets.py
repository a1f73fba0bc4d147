"""Octets in, the same kind of octets out: SIDs, GUIDs and addresses in them are invented ones."""

import re

from analyzer.directory.address_list import replace_addresses
from analyzer.extract.name_mapping import NameMapping
from analyzer.extract.prefix_addresses import PrefixAddresses

# S-1-5-21 and the three numbers of a domain (MS-DTYP 2.4.2): wherever it stands, in a descriptor
# that is cut or has entries of unknown types as well.
_SID_OF_DOMAIN = re.compile(rb"(\x01[\x04-\x0f]\0\0\0\0\0\x05\x15\0\0\0)(.{12})", re.DOTALL)
_GUID_SIZE = 16


class OctetRedactor:
    """Replaces what may name somebody or something in octets."""

    def __init__(self, mapping: NameMapping, addresses: PrefixAddresses) -> None:
        """Take the mapping, and what turns addresses."""
        self._mapping, self._addresses = mapping, addresses

    def descriptor(self, value: bytes) -> bytes:
        """Return octets with the domains of all SIDs in them replaced."""
        return _SID_OF_DOMAIN.sub(lambda match: match[1] + self._mapping.domain(match[2]), value)

    def address_list(self, value: bytes) -> bytes:
        """Return a list of addresses with others; one that cannot be decoded stays such a one."""
        try:
            return replace_addresses(value, self._addresses.network)
        except ValueError:
            return self._unreadable(value)

    def guid(self, value: bytes) -> bytes:
        """Return the GUID that stands for one; what is none becomes as many other octets."""
        return self._mapping.guid(value) if len(value) == _GUID_SIZE else self._unreadable(value)

    def any(self, value: bytes) -> bytes:
        """Return what stands for octets of which nothing is known."""
        if len(value) == _GUID_SIZE:
            return self._mapping.guid(value)
        replaced = self.descriptor(value)
        # A SID of no domain is the same everywhere.
        is_sid = value[:1] == b"\x01" and len(value) == 8 + 4 * int.from_bytes(value[1:2])
        return replaced if is_sid or replaced != value else self._unreadable(value)

    def _unreadable(self, value: bytes) -> bytes:
        return self._mapping.octets("octets", value, len(value))
