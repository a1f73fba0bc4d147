"""Flags of an accepted domain in, its type and whether it is the default one out.

Bits as in a public export script and the decompiled code of Exchange 2013, which agree; Microsoft
documents the types alone.
"""

from collections.abc import Mapping
from typing import Literal

_EXTERNAL_RELAY = 1
_INTERNAL_RELAY = 2
_TYPE = _EXTERNAL_RELAY | _INTERNAL_RELAY
_DEFAULT = 4
DomainType = Literal["authoritative", "internal_relay", "external_relay"]

_TYPES: Mapping[int, DomainType] = {
    0: "authoritative",
    _EXTERNAL_RELAY: "external_relay",
    _INTERNAL_RELAY: "internal_relay",
}


def type_of(flags: int | None) -> DomainType | None:
    """Return the type; None where there is no value, or one of both relay types."""
    return None if flags is None else _TYPES.get(flags & _TYPE)


def is_default(flags: int | None) -> bool | None:
    """Tell whether it is the default domain; None where there is no value."""
    return None if flags is None else bool(flags & _DEFAULT)
