"""A self-relative security descriptor in, owner and access list out.

Layout of MS-DTYP 2.4.6 (descriptor), 2.4.5 (access list), 2.4.4 (entries) and 2.4.2 (SID), for
`nTSecurityDescriptor` and `msExchSubmitRelaySD`. Masks stay numbers: what the bits of
`msExchSubmitRelaySD` mean is not documented. The audit list is not read.
"""

import enum
import struct
import uuid
from collections.abc import Mapping
from dataclasses import dataclass

_HEADER = struct.Struct("<BxH4I")
_ACL_HEADER = struct.Struct("<BxHHxx")
_ACE_HEADER = struct.Struct("<BBH")
_WORD = struct.Struct("<I")
_GUID_SIZE = 16
_SID_HEADER_SIZE = 8
_MOST_SUB_AUTHORITIES = 15
_SELF_RELATIVE = 0x8000
_DACL_PRESENT = 0x0004
_PLAIN_TYPES = (0, 1)  # ACCESS_ALLOWED_ACE, ACCESS_DENIED_ACE
_OBJECT_TYPES = (5, 6)  # the same, limited to a right, property or class
_DENY_TYPES = (1, 6)
_INHERIT_ONLY = 0x08
_INHERITED = 0x10

# Exchange takes SIDs of its own authority for roles that no account of a domain stands for.
_EXCHANGE = "S-1-9-1419165041-1139599005-3936102811-1022490595"
_WELL_KNOWN: Mapping[str, str] = {
    "S-1-1-0": "Everyone",
    "S-1-3-0": "CREATOR OWNER",
    "S-1-5-7": "ANONYMOUS LOGON",
    "S-1-5-9": "ENTERPRISE DOMAIN CONTROLLERS",
    "S-1-5-10": "SELF",
    "S-1-5-11": "Authenticated Users",
    "S-1-5-18": "SYSTEM",
    "S-1-5-20": "NETWORK SERVICE",
    "S-1-5-32-544": r"BUILTIN\Administrators",
    "S-1-5-32-545": r"BUILTIN\Users",
    "S-1-5-32-554": r"BUILTIN\Pre-Windows 2000 Compatible Access",
    f"{_EXCHANGE}-10": "Exchange partner servers",
    f"{_EXCHANGE}-21": "Exchange Hub Transport servers",
    f"{_EXCHANGE}-22": "Exchange Edge Transport servers",
    f"{_EXCHANGE}-23": "Exchange externally secured servers",
}
_DOMAIN_ACCOUNTS: Mapping[str, str] = {
    "500": "Administrator",
    "501": "Guest",
    "512": "Domain Admins",
    "513": "Domain Users",
    "514": "Domain Guests",
    "515": "Domain Computers",
    "516": "Domain Controllers",
    "518": "Schema Admins",
    "519": "Enterprise Admins",
}

EXTENDED_RIGHTS: Mapping[str, str] = {
    "04031f4f-7c36-43ea-9b49-4bd0f5f1e6af": "ms-Exch-Accept-Headers-Routing",
    "11716db4-9647-4bce-8922-1f99e526cb41": "ms-Exch-SMTP-Send-Exch50",
    "1c75aca8-b56b-48b3-a021-858a29fa877b": "ms-Exch-SMTP-Accept-Authentication-Flag",
    "2f7d0e23-f951-4ed0-8e71-39b6a22fa298": "ms-Exch-Send-Headers-Organization",
    "5bc2acab-ad7d-4878-b6cd-3122a47c6a1c": "ms-Exch-SMTP-Send-XShadow",
    "5bee2b72-50d7-49c7-ba66-39a25daa1e92": "ms-Exch-SMTP-Accept-XProxyFrom",
    "5c82f031-4e4c-4326-88e1-8c4f0cad9de5": "ms-Exch-SMTP-Accept-Any-Recipient",
    "5db60ab1-1ad4-4863-b9be-fbc5b00691a3": "ms-Exch-SMTP-Accept-XSysProbe",
    "6760cfc5-70f4-4ae8-bc39-9522d86ac69b": "ms-Exch-Bypass-Message-Size-Limit",
    "811d004b-e2ed-4024-8953-0f0fb0612e47": "ms-Exch-SMTP-Accept-XShadow",
    "8fc01282-006d-42b1-81e3-c0b46bed3754": "ms-Exch-SMTP-Submit-For-MLS",
    "a18293f1-0685-4540-aa63-e32df421b3a2": "ms-Exch-SMTP-Submit",
    "a7a9ea66-e08c-4e23-8fe7-68c40e49c6c0": "ms-Exch-Accept-Headers-Forest",
    "ab721a54-1e2f-11d0-9819-00aa0040529b": "Send-As",
    "b3f9f977-552c-4ee6-9781-59280a81417b": "ms-Exch-Send-Headers-Forest",
    "b857b50b-94a2-4b53-93f6-41cebd2fced0": "ms-Exch-SMTP-Accept-Any-Sender",
    "be013017-13a1-41ad-a058-f156504cb617": "Read metabase properties",
    "c08e6405-fccb-4c21-9985-2e865bcf15d5": "ms-Exch-SMTP-Accept-XSessionParams",
    "c22841f4-96cb-498a-ac02-f9a87c74eb14": "ms-Exch-SMTP-Accept-Authoritative-Domain-Sender",
    "c307dccd-6676-4d19-95c8-d1567fab9820": "ms-Exch-Accept-Headers-Organization",
    "c62e96a4-6f25-497b-8d41-70cbd25eaa99": "ms-Exch-SMTP-Accept-XAttr",
    "d19299b4-86c2-4c9a-8fa7-acb70c63023a": "ms-Exch-Bypass-Anti-Spam",
    "e373fb21-d851-4d15-af23-982f09f2400b": "ms-Exch-SMTP-Accept-Exch50",
    "eb8c07ad-b5ad-49c3-831e-bc439cca4c2a": "ms-Exch-Send-Headers-Routing",
}
"""Names by rightsGuid, for dumps that do not hold CN=Extended-Rights."""


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


@dataclass(frozen=True, slots=True)
class Ace:
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


@dataclass(frozen=True, slots=True)
class SecurityDescriptor:
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
    # Between group and access list stands the offset of the audit list.
    revision, control, owner, group, _, dacl = _HEADER.unpack_from(data)
    if revision != 1:
        raise ValueError(f"unknown revision {revision}, expected 1")
    # Without the mark the four offsets are addresses in the memory of whoever wrote it.
    if not control & _SELF_RELATIVE:
        raise ValueError(f"control word {control:#06x} does not say self-relative")
    parts = (("owner", owner), ("group", group), ("access list", dacl))
    for what, offset in parts:
        if offset and not _HEADER.size <= offset < len(data):
            raise ValueError(f"wild pointer: {what} at byte {offset} of {len(data)}")
    owner_sid, group_sid = (
        _read_sid(data, offset, len(data))[0] if offset else "" for offset in (owner, group)
    )
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


def guid_to_text(data: bytes) -> str:
    """Return the text form of a GUID, lower case, without braces.

    Raises:
        ValueError: The bytes are not 16.
    """
    return str(uuid.UUID(bytes_le=data))


def well_known_name(sid: str) -> str:
    """Return the name of a well-known SID, empty for any other."""
    # S-1-5-21, three numbers of the domain, and the account: its last number tells alone.
    if sid.startswith("S-1-5-21-") and sid.count("-") == 7:
        return _DOMAIN_ACCOUNTS.get(sid.rpartition("-")[2], "")
    return _WELL_KNOWN.get(sid, "")


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
    _, size, count = _ACL_HEADER.unpack(_take(data, start, _ACL_HEADER.size, len(data)))
    end, at = start + size, start + _ACL_HEADER.size
    if not at <= end <= len(data):
        raise ValueError(f"access list of {size} bytes at byte {start}, the value has {len(data)}")
    entries: list[Ace] = []
    # Forward by the size that each entry gives: a type that is not read is passed over, too.
    for _ in range(count):
        if at + _ACE_HEADER.size > end:
            raise ValueError(f"access list announces {count} entries, it holds {len(entries)}")
        type_, flags, length = _ACE_HEADER.unpack_from(data, at)
        if not _ACE_HEADER.size <= length <= end - at:
            raise ValueError(f"entry of {length} bytes at byte {at}, its list ends at {end}")
        entries.append(_read_ace(data, at + _ACE_HEADER.size, at + length, type_, flags))
        at += length
    return tuple(entries)


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
