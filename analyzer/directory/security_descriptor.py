"""A self-relative security descriptor in, owner and access list out.

Layout of MS-DTYP 2.4.6 (descriptor), 2.4.5 (access list), 2.4.4 (entries) and 2.4.2 (SID), for
`nTSecurityDescriptor` and `msExchSubmitRelaySD`. Masks stay numbers: what the bits of
`msExchSubmitRelaySD` mean is not documented. Of the audit list only the layout is looked at: a
value that is cut there is as little to be trusted as one that is cut anywhere else.
"""

import enum
import struct
import uuid
from collections.abc import Iterator

from msgspec import Struct

from analyzer.directory.extended_rights import EXTENDED_RIGHTS
from analyzer.directory.principals import well_known_name

_HEADER = struct.Struct("<BxH4I")
_ACL_HEADER = struct.Struct("<BxHHxx")
_ACE_HEADER = struct.Struct("<BBH")
_WORD = struct.Struct("<I")
_GUID = struct.Struct("<IHH2s6s")
_GUID_SIZE = 16
_SID_HEADER_SIZE = 8
_MOST_SUB_AUTHORITIES = 15
_SELF_RELATIVE = 0x8000
_DACL_PRESENT = 0x0004
_SACL_PRESENT = 0x0010
_PLAIN_TYPES = (0, 1)  # ACCESS_ALLOWED_ACE, ACCESS_DENIED_ACE
_OBJECT_TYPES = (5, 6)  # the same, limited to a right, property or class
_DENY_TYPES = (1, 6)
_INHERIT_ONLY = 0x08
_INHERITED = 0x10


class AceKind(enum.StrEnum):
    """What an access list entry does."""

    ALLOW = "allow"
    DENY = "deny"
    OTHER = "other"


class AccessList(enum.StrEnum):
    """What a descriptor says about its access list."""

    LISTED = "listed"
    UNRESTRICTED = "unrestricted"
    """Marked present, but there is none: everybody has every right."""
    NOT_INCLUDED = "not_included"


class Ace(Struct, frozen=True):
    """One entry of an access list."""

    type: int
    """As stored; 0, 1, 5 and 6 are read, of any other only type and flags."""
    trustee: str = ""
    """SID as text."""
    mask: int = 0
    flags: int = 0
    object_type: str | None = None
    """GUID of the right, property or class it is limited to; None for all of them."""
    inherited_object_type: str | None = None
    """GUID of the only class that inherits it; None for all of them."""

    @property
    def kind(self) -> AceKind:
        """Allow, deny, or a type that is not read."""
        if self.type not in _PLAIN_TYPES + _OBJECT_TYPES:
            return AceKind.OTHER
        return AceKind.DENY if self.type in _DENY_TYPES else AceKind.ALLOW

    @property
    def inherited(self) -> bool:
        """Whether it comes from a parent object."""
        return bool(self.flags & _INHERITED)

    @property
    def inherit_only(self) -> bool:
        """Whether it is there for child objects only and not in force on this one."""
        return bool(self.flags & _INHERIT_ONLY)


class SecurityDescriptor(Struct, frozen=True):
    """Owner, group and access list of an object."""

    owner: str = ""
    """SID as text, empty when not included."""
    group: str = ""
    """SID as text, empty when not included."""
    access: AccessList = AccessList.NOT_INCLUDED
    entries: tuple[Ace, ...] = ()
    """The access list in its stored order."""


def decode_security_descriptor(data: bytes) -> SecurityDescriptor:
    """Decode a descriptor.

    Raises:
        ValueError: The value does not fit the layout; says what was found and what was expected.
    """
    if len(data) < _HEADER.size:
        raise ValueError(f"truncated: {len(data)} bytes, the header alone takes {_HEADER.size}")
    revision, control, owner, group, sacl, dacl = _HEADER.unpack_from(data)
    if revision != 1:
        raise ValueError(f"unknown revision {revision}, expected 1")
    # Without the mark the four offsets are addresses in the memory of whoever wrote it.
    if not control & _SELF_RELATIVE:
        raise ValueError(f"control word {control:#06x} does not say self-relative")
    # Without its mark the offset of a list means nothing.
    sacl = sacl if control & _SACL_PRESENT else 0
    parts = (("owner", owner), ("group", group), ("audit list", sacl), ("access list", dacl))
    for what, offset in parts:
        if offset and not _HEADER.size <= offset < len(data):
            raise ValueError(f"wild pointer: {what} at byte {offset} of {len(data)}")
    owner_sid, group_sid = (
        _read_sid(data, offset, len(data))[0] if offset else "" for offset in (owner, group)
    )
    if sacl:
        tuple(_walk_acl(data, sacl, "audit list"))
    # Present without a list is the opposite of an empty list: everybody may do everything.
    if not control & _DACL_PRESENT:
        return SecurityDescriptor(owner_sid, group_sid)
    if not dacl:
        return SecurityDescriptor(owner_sid, group_sid, AccessList.UNRESTRICTED)
    return SecurityDescriptor(owner_sid, group_sid, AccessList.LISTED, _read_acl(data, dacl))


def encode_security_descriptor(descriptor: SecurityDescriptor) -> bytes:
    """Encode a descriptor, parts in the order owner, group, access list.

    Raises:
        ValueError: An entry is of a type that is not read, or a SID is malformed.
    """
    owner, group = _encode_sid(descriptor.owner), _encode_sid(descriptor.group)
    listed = descriptor.access is AccessList.LISTED
    dacl = _encode_acl(descriptor.entries) if listed else b""
    present = descriptor.access is not AccessList.NOT_INCLUDED
    control = _SELF_RELATIVE | (_DACL_PRESENT if present else 0)
    offsets, end = [], _HEADER.size
    for part in (owner, group, b"", dacl):
        offsets.append(end if part else 0)
        end += len(part)
    return _HEADER.pack(1, control, *offsets) + owner + group + dacl


def describe(descriptor: SecurityDescriptor) -> str:
    """Return the descriptor for readers: owner, group, then a line for each entry."""
    lines = [f"owner {_trustee_text(descriptor.owner)}", f"group {_trustee_text(descriptor.group)}"]
    if descriptor.access is not AccessList.LISTED:
        lines.append(f"access list {descriptor.access.replace('_', ' ')}")
    elif not descriptor.entries:
        lines.append("access list empty")
    return "\n".join(lines + [_entry_text(entry) for entry in descriptor.entries])


def sid_to_text(data: bytes) -> str:
    """Return the text form of a SID.

    Raises:
        ValueError: The bytes are no SID, or more than one.
    """
    text, end = _read_sid(data, 0, len(data))
    if end != len(data):
        raise ValueError(f"SID of {end} bytes, the value has {len(data)}")
    return text


def guid_to_text(data: bytes) -> str:
    """Return the text form of a GUID, lower case, without braces.

    Raises:
        ValueError: The bytes are not 16.
    """
    if len(data) != _GUID_SIZE:
        raise ValueError(f"not {_GUID_SIZE} bytes")
    # `uuid` takes more than twice as long, and every object has one.
    first, second, third, fourth, fifth = _GUID.unpack(data)
    return f"{first:08x}-{second:04x}-{third:04x}-{fourth.hex()}-{fifth.hex()}"


def _trustee_text(sid: str) -> str:
    name = well_known_name(sid)
    return f"{sid} ({name})" if name else sid or "not included"


def _entry_text(entry: Ace) -> str:
    if entry.kind is AceKind.OTHER:
        return f"other: entry type {entry.type}, not read"
    parts = [f"{entry.kind} {_trustee_text(entry.trustee)}", f"mask {entry.mask:#010x}"]
    if entry.object_type:
        parts.append(EXTENDED_RIGHTS.get(entry.object_type, entry.object_type))
    if entry.inherited_object_type:
        parts.append(f"for objects of class {entry.inherited_object_type}")
    if entry.inherit_only:
        parts.append("for child objects only")
    if entry.inherited:
        parts.append("inherited")
    return ", ".join(parts)


def _read_acl(data: bytes, start: int) -> tuple[Ace, ...]:
    return tuple(
        _read_ace(data, at + _ACE_HEADER.size, end, type_, flags)
        for at, end, type_, flags in _walk_acl(data, start, "access list")
    )


def _walk_acl(data: bytes, start: int, what: str) -> Iterator[tuple[int, int, int, int]]:
    """Yield start, end, type and flags of each entry of a list."""
    _, size, count = _ACL_HEADER.unpack(_take(data, start, _ACL_HEADER.size, len(data)))
    end, at = start + size, start + _ACL_HEADER.size
    if not at <= end <= len(data):
        raise ValueError(f"{what} of {size} bytes at byte {start}, the value has {len(data)}")
    # Forward by the size that each entry gives: a type that is not read is passed over, too.
    for number in range(count):
        if at + _ACE_HEADER.size > end:
            raise ValueError(f"{what} announces {count} entries, it holds {number}")
        type_, flags, length = _ACE_HEADER.unpack_from(data, at)
        if not _ACE_HEADER.size <= length <= end - at:
            raise ValueError(f"entry of {length} bytes at byte {at}, its list ends at {end}")
        yield at, at + length, type_, flags
        at += length


def _read_ace(data: bytes, start: int, end: int, type_: int, flags: int) -> Ace:
    if type_ not in _PLAIN_TYPES + _OBJECT_TYPES:
        return Ace(type_, flags=flags)
    mask, at = _word(data, start, end), start + _WORD.size
    guids: list[str | None] = [None, None]
    if type_ in _OBJECT_TYPES:
        included, at = _word(data, at, end), at + _WORD.size
        # Of the two GUIDs only those are there whose bit is set (MS-DTYP 2.4.4.3).
        for position in range(2):
            if included & (1 << position):
                guids[position] = guid_to_text(_take(data, at, _GUID_SIZE, end))
                at += _GUID_SIZE
    trustee, _ = _read_sid(data, at, end)
    return Ace(type_, trustee, mask, flags, *guids)


def _word(data: bytes, at: int, end: int) -> int:
    return int.from_bytes(_take(data, at, _WORD.size, end), "little")


def _take(data: bytes, at: int, size: int, end: int) -> bytes:
    if at + size > end:
        raise ValueError(f"truncated: {size} bytes wanted at byte {at}, their room ends at {end}")
    return data[at : at + size]


def _read_sid(data: bytes, at: int, end: int) -> tuple[str, int]:
    revision, count, *authority = _take(data, at, _SID_HEADER_SIZE, end)
    if revision != 1 or count > _MOST_SUB_AUTHORITIES:
        raise ValueError(f"SID at byte {at} has revision {revision} and {count} sub-authorities")
    subs = _take(data, at + _SID_HEADER_SIZE, count * _WORD.size, end)
    number = int.from_bytes(authority)
    # MS-DTYP 2.4.2.1: authorities of 2**32 and more are written in hexadecimal.
    head = f"{number:#014x}" if number >> 32 else f"{number}"
    # The authority is big-endian, the numbers after it are little-endian.
    numbers = struct.unpack(f"<{count}I", subs)
    return "-".join(["S-1", head, *map(str, numbers)]), at + _SID_HEADER_SIZE + len(subs)


def _encode_sid(text: str) -> bytes:
    if not text:
        return b""
    _, _, authority, *subs = text.split("-")
    head = bytes([1, len(subs)]) + int(authority, 0).to_bytes(6)
    return head + struct.pack(f"<{len(subs)}I", *map(int, subs))


def _encode_acl(entries: tuple[Ace, ...]) -> bytes:
    body = b"".join(_encode_ace(entry) for entry in entries)
    # ACL_REVISION_DS is what a list with entries of the object types needs.
    revision = 4 if any(entry.type in _OBJECT_TYPES for entry in entries) else 2
    return _ACL_HEADER.pack(revision, _ACL_HEADER.size + len(body), len(entries)) + body


def _encode_ace(entry: Ace) -> bytes:
    if entry.kind is AceKind.OTHER:
        raise ValueError(f"entries of type {entry.type} cannot be encoded")
    body = _WORD.pack(entry.mask)
    if entry.type in _OBJECT_TYPES:
        guids = (entry.object_type, entry.inherited_object_type)
        body += _WORD.pack(sum(1 << at for at, guid in enumerate(guids) if guid))
        body += b"".join(uuid.UUID(guid).bytes_le for guid in guids if guid)
    body += _encode_sid(entry.trustee)
    return _ACE_HEADER.pack(entry.type, entry.flags, _ACE_HEADER.size + len(body)) + body
