"""The attribute table of a snapshot in, its columns out; objects name attributes by their place."""

import re
from typing import NamedTuple

from analyzer.dump.snapshot.blocks import Decoder, decoder_of
from analyzer.dump.snapshot.structs import GUIDS_AND_HINT, LEAST_ATTRIBUTE, NUMBER, OBJECT, View

_MOST_ATTRIBUTES = 65_536
"""The schema with Exchange knows about 4,000."""
_LONGEST_TEXT = 1 << 16
_NAME = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_.-]{0,255}\Z")


class StoredAttribute(NamedTuple):
    """An attribute of the attribute table."""

    name: str
    """lDAPDisplayName; empty when it is none, or that of an attribute before it."""
    key: str
    """The name in lower case."""
    ads_type: int
    decoder: Decoder | None
    """None: values of this type are not stored."""


class AttributeTable(NamedTuple):
    """The attributes of a snapshot."""

    columns: tuple[StoredAttribute, ...]
    schema_context: str
    """DN of the schema partition; empty when it cannot be told."""
    end: int
    """Offset of what follows the table."""


def read_attribute_table(view: View, at: int) -> AttributeTable:
    """Read the attribute table at an offset.

    Raises:
        ValueError: it is cut or damaged; the text says where.
    """
    (count,) = NUMBER.unpack_from(view, at)
    at += NUMBER.size
    if count > min((len(view) - at) // LEAST_ATTRIBUTE, _MOST_ATTRIBUTES):
        raise ValueError(f"{count} attributes in a table of at most {len(view) - at} bytes")
    columns: list[StoredAttribute] = []
    keys: set[str] = {""}
    schema_context = ""
    for number in range(1, count + 1):
        try:
            name, ads_type, syntax, dn, at = _read_attribute(view, at)
        except ValueError as error:
            where = f"attribute {number} of {count} in its table, at offset {at}"
            raise ValueError(f"{where}: {error}") from error
        key = name.lower() if _NAME.match(name) else ""
        # Rows name columns by number, so one without a usable name keeps its place, unnamed.
        usable = key not in keys
        keys.add(key)
        decoder = decoder_of(ads_type, syntax)
        columns.append(
            StoredAttribute(name if usable else "", key if usable else "", ads_type, decoder)
        )
        schema_context = schema_context or _parent_in_schema(dn)
    return AttributeTable(tuple(columns), schema_context, at)


def _read_attribute(view: View, at: int) -> tuple[str, int, int, str, int]:
    """Return name, ADSTYPE, syntax number and DN of an attribute, and where the next begins."""
    name, at = _counted_text(view, at)
    if len(view) - at < OBJECT.size:
        raise ValueError("the file ends inside it")
    syntax, ads_type = OBJECT.unpack_from(view, at)
    dn, at = _counted_text(view, at + OBJECT.size)
    if len(view) - at < GUIDS_AND_HINT:
        raise ValueError("the file ends inside it")
    return name, ads_type, syntax, dn, at + GUIDS_AND_HINT


def _counted_text(view: View, at: int) -> tuple[str, int]:
    left = len(view) - at - NUMBER.size
    if left < 0:
        raise ValueError("the file ends inside it")
    (size,) = NUMBER.unpack_from(view, at)
    if size % 2 or size > left:
        raise ValueError(f"a text of {size} bytes where {left} are left")
    at += NUMBER.size
    # A text that is too long is passed over by its size and read in part.
    octets = view[at : at + min(size, _LONGEST_TEXT)]
    return octets.decode("utf-16-le", "replace").removesuffix("\0"), at + size


def _parent_in_schema(dn: str) -> str:
    """Return the parent of an attributeSchema object, which stands right below the schema head."""
    parent = dn.partition(",")[2]
    return parent if parent.lower().startswith("cn=schema,cn=configuration,") else ""
