"""Security descriptors as bytes, written after MS-DTYP 2.4 without a line of the package.

descriptor(allow(ANONYMOUS, RELAY), deny(USERS, RELAY, flags=INHERITED))
"""

import uuid

ANONYMOUS = "S-1-5-7"
EVERYONE = "S-1-1-0"
USERS = "S-1-5-11"
ADMINISTRATORS = "S-1-5-21-1004336348-1177238915-682003330-512"
SERVERS_GROUP = "S-1-5-21-1004336348-1177238915-682003330-1119"
LEGACY_GROUP = "S-1-5-21-1004336348-1177238915-682003330-1127"
PARTNER, HUB, EDGE, EXTERNAL = (
    f"S-1-9-1419165041-1139599005-3936102811-1022490595-{last}" for last in (10, 21, 22, 23)
)

RELAY = "5c82f031-4e4c-4326-88e1-8c4f0cad9de5"
SUBMIT = "a18293f1-0685-4540-aa63-e32df421b3a2"
ANY_SENDER = "b857b50b-94a2-4b53-93f6-41cebd2fced0"
OWN_SENDER = "c22841f4-96cb-498a-ac02-f9a87c74eb14"
ROUTING = "04031f4f-7c36-43ea-9b49-4bd0f5f1e6af"
FOREST = "a7a9ea66-e08c-4e23-8fe7-68c40e49c6c0"
ORGANIZATION = "c307dccd-6676-4d19-95c8-d1567fab9820"
NO_SPAM_FILTER = "d19299b4-86c2-4c9a-8fa7-acb70c63023a"
NO_SIZE_LIMIT = "6760cfc5-70f4-4ae8-bc39-9522d86ac69b"
AUTH_FLAG = "1c75aca8-b56b-48b3-a021-858a29fa877b"
EXCH50 = "e373fb21-d851-4d15-af23-982f09f2400b"
XSHADOW = "811d004b-e2ed-4024-8953-0f0fb0612e47"
XATTR = "c62e96a4-6f25-497b-8d41-70cbd25eaa99"

ANONYMOUS_SET = (SUBMIT, ANY_SENDER, OWN_SENDER, ROUTING)
USERS_SET = (SUBMIT, RELAY, NO_SPAM_FILTER, ROUTING)
EXTERNAL_SET = (
    *(SUBMIT, RELAY, AUTH_FLAG, ANY_SENDER, OWN_SENDER),
    *(NO_SPAM_FILTER, NO_SIZE_LIMIT, EXCH50, ROUTING),
)
SERVERS_SET = (*EXTERNAL_SET, FOREST, ORGANIZATION)
PARTNER_SET = (SUBMIT, ROUTING)

CONTROL_ACCESS = 0x100
FULL_CONTROL = 0xF01FF
GENERIC_ALL = 0x10000000
CONTAINER_INHERIT, INHERIT_ONLY, INHERITED = 0x02, 0x08, 0x10


def sid(text: str) -> bytes:
    authority, *numbers = map(int, text.split("-")[2:])
    return (
        bytes([1, len(numbers)])
        + authority.to_bytes(6, "big")
        + b"".join(number.to_bytes(4, "little") for number in numbers)
    )


def ace(
    kind: int,
    trustee: str,
    right: str | None,
    *,
    mask: int = CONTROL_ACCESS,
    flags: int = 0,
    inherited_class: str | None = None,
) -> bytes:
    """One entry: plain (types 0, 1) without a right, of the object form (5, 6) with one."""
    body = mask.to_bytes(4, "little")
    if kind in (5, 6):
        present = (1 if right else 0) | (2 if inherited_class else 0)
        body += present.to_bytes(4, "little")
        for guid in (right, inherited_class):
            body += uuid.UUID(guid).bytes_le if guid else b""
    body += sid(trustee)
    return bytes([kind, flags]) + (len(body) + 4).to_bytes(2, "little") + body


def allow(trustee: str, *rights: str, flags: int = 0) -> bytes:
    return b"".join(ace(5, trustee, right, flags=flags) for right in rights)


def deny(trustee: str, *rights: str, flags: int = 0) -> bytes:
    return b"".join(ace(6, trustee, right, flags=flags) for right in rights)


def full_control(trustee: str, *, flags: int = INHERITED, mask: int = FULL_CONTROL) -> bytes:
    return ace(0, trustee, None, mask=mask, flags=flags)


def acl(entries: bytes) -> bytes:
    count, at = 0, 0
    while at < len(entries):
        at += int.from_bytes(entries[at + 2 : at + 4], "little")
        count += 1
    size = 8 + len(entries)
    head = bytes([4, 0]) + size.to_bytes(2, "little") + count.to_bytes(2, "little")
    return head + b"\0\0" + entries


def descriptor(*entries: bytes, owner: str = "S-1-5-32-544", audit: bytes | None = None) -> bytes:
    """As Active Directory orders the parts: audit list, access list, owner, group."""
    sacl = b"" if audit is None else acl(audit)
    dacl, owner_sid, group = acl(b"".join(entries)), sid(owner), sid("S-1-5-18")
    at_dacl = 20 + len(sacl)
    at_owner = at_dacl + len(dacl)
    control = 0x8C04 | (0x10 if sacl else 0)
    offsets = (at_owner, at_owner + len(owner_sid), 20 if sacl else 0, at_dacl)
    head = bytes([1, 0]) + control.to_bytes(2, "little")
    head += b"".join(offset.to_bytes(4, "little") for offset in offsets)
    return head + sacl + dacl + owner_sid + group


def without_dacl(*, marked_present: bool) -> bytes:
    control = 0x8004 if marked_present else 0x8000
    owner = sid("S-1-5-32-544")
    offsets = (20, 0, 0, 0)
    return (
        bytes([1, 0])
        + control.to_bytes(2, "little")
        + b"".join(offset.to_bytes(4, "little") for offset in offsets)
        + owner
    )
