"""The raw layout of an AD Explorer snapshot: formats, offsets and codes, without behaviour.

No document of the vendor describes the file. The layout was worked out from public files and from
other readers; all numbers are little-endian, nothing is aligned, text is UTF-16LE.
"""

import enum
import mmap
from struct import Struct

View = bytes | mmap.mmap
"""A snapshot: both kinds can be sliced into bytes, searched by `re` and unpacked in place."""

MAGIC = b"win-ad-ob\0"
UNFINISHED = b"win-ad-XX\0"
"""Stands in place of the magic number until the tool has written all."""
MARKER = 0x00010001
"""Follows the magic number in every file known."""

HEADER = Struct("<10sIQ520s520sIIQQ")
"""Magic, marker, FILETIME, description, server, objects, rows, offsets of tables and tree."""
FIRST_OBJECT = HEADER.size
"""The first object stands right behind the header (1,086 bytes)."""
NO_TREE = 0xFFFF_FFFF_FFFF_FFFF

OBJECT = Struct("<II")
"""Size of the object in bytes, number of its rows."""
ROW = Struct("<Ii")
"""Number in the attribute table, offset of the value block from the first byte of the object."""
TWO_ROWS = Struct("<IIIiIi")
"""An object and its first two rows, which are distinguishedName and objectClass."""

NUMBER = Struct("<I")
LEAST_ATTRIBUTE = 52
"""Bytes of an attribute of the table whose two texts are empty."""
GUIDS_AND_HINT = 36
"""Bytes at the end of an attribute of the table: two GUIDs and a hint for display."""
TREE_NODE = Struct("<QII")
"""Offset of the object, number of child nodes, number of objects without children."""

WIDEST_SHARING = 1_000_000
"""A block is written again when the equal one stands that many bytes before."""

DN_WITH_OCTETS = 21
"""Syntax number of wellKnownObjects: stored as octets, though a DN follows each value."""


class AdsType(enum.IntEnum):
    """How values are stored: the ADSTYPE enumeration of ADSI."""

    DN = 1
    CASE_EXACT = 2
    CASE_IGNORE = 3
    PRINTABLE = 4
    NUMERIC = 5
    BOOLEAN = 6
    INTEGER = 7
    OCTETS = 8
    TIME = 9
    LARGE_INTEGER = 10
    OBJECT_CLASS = 12
    SECURITY_DESCRIPTOR = 25
    DN_WITH_OCTETS = 27
    DN_WITH_STRING = 28
