"""Security descriptors as bytes, written after MS-DTYP 2.4; shares nothing with the reader."""

import uuid

ANONYMOUS, EVERYONE, USERS = "S-1-5-7", "S-1-1-0", "S-1-5-11"
DOMAIN_SID = "S-1-5-21-2120000001-2120000002-2120000003"
ADMINISTRATORS, LEGACY = f"{DOMAIN_SID}-512", f"{DOMAIN_SID}-1127"
PARTNERS, HUB, EXTERNAL = (
    f"S-1-9-1419165041-1139599005-3936102811-1022490595-{last}" for last in (10, 21, 23)
)

SUBMIT = "a18293f1-0685-4540-aa63-e32df421b3a2"
RELAY = "5c82f031-4e4c-4326-88e1-8c4f0cad9de5"
_ANY_SENDER = "b857b50b-94a2-4b53-93f6-41cebd2fced0"
_OWN_SENDER = "c22841f4-96cb-498a-ac02-f9a87c74eb14"
_FLAG = "1c75aca8-b56b-48b3-a021-858a29fa877b"
_EXCH50 = "e373fb21-d851-4d15-af23-982f09f2400b"
_NO_FILTER = "d19299b4-86c2-4c9a-8fa7-acb70c63023a"
_NO_LIMIT = "6760cfc5-70f4-4ae8-bc39-9522d86ac69b"
_ROUTING = "04031f4f-7c36-43ea-9b49-4bd0f5f1e6af"
_ORGANIZATION = "c307dccd-6676-4d19-95c8-d1567fab9820"
_FOREST = "a7a9ea66-e08c-4e23-8fe7-68c40e49c6c0"

ANONYMOUS_SET = (SUBMIT, _ANY_SENDER, _OWN_SENDER, _ROUTING)
USERS_SET = (SUBMIT, RELAY, _NO_FILTER, _ROUTING)
PARTNERS_SET = (SUBMIT, _ROUTING)
EXTERNAL_SET = (
    *(SUBMIT, RELAY, _FLAG, _ANY_SENDER, _OWN_SENDER),
    *(_NO_FILTER, _NO_LIMIT, _EXCH50, _ROUTING),
)
SERVERS_SET = (*EXTERNAL_SET, _FOREST, _ORGANIZATION)
"""Rights of the permission groups, as the documents list them for Exchange 2007."""
LEGACY_SET = EXTERNAL_SET

_CONTROL_ACCESS, _FULL_CONTROL = 0x100, 0xF01FF
INHERIT_ONLY, INHERITED = 0x08, 0x10
_ALLOW, _ALLOW_RIGHT, _DENY_RIGHT = 0, 5, 6


def allow(trustee: str, *rights: str, flags: int = 0) -> bytes:
    """Return an entry for each right."""
    return b"".join(_entry(_ALLOW_RIGHT, trustee, right, flags) for right in rights)


def deny(trustee: str, *rights: str) -> bytes:
    """Return an entry for each right that takes it away."""
    return b"".join(_entry(_DENY_RIGHT, trustee, right, 0) for right in rights)


def full_control(trustee: str) -> bytes:
    """Return what administrators have from the organisation."""
    return _entry(_ALLOW, trustee, None, INHERITED)


def descriptor(*entries: bytes) -> bytes:
    """Return owner, group and access list, self-relative."""
    owner, group = sid_bytes(ADMINISTRATORS), sid_bytes("S-1-5-18")
    access = _access_list(b"".join(entries))
    offsets = (20 + len(access), 20 + len(access) + len(owner), 0, 20)
    head = bytes([1, 0]) + (0x8C04).to_bytes(2, "little")
    return head + b"".join(_u32(offset) for offset in offsets) + access + owner + group


def sid_bytes(text: str) -> bytes:
    """Return a SID as it is stored."""
    authority, *numbers = map(int, text.split("-")[2:])
    return bytes([1, len(numbers)]) + authority.to_bytes(6, "big") + b"".join(map(_u32, numbers))


def _entry(kind: int, trustee: str, right: str | None, flags: int) -> bytes:
    if right is None:
        body = _u32(_FULL_CONTROL)
    else:
        body = _u32(_CONTROL_ACCESS) + _u32(1) + uuid.UUID(right).bytes_le
    body += sid_bytes(trustee)
    return bytes([kind, flags]) + (4 + len(body)).to_bytes(2, "little") + body


def _access_list(entries: bytes) -> bytes:
    count = at = 0
    while at < len(entries):
        at += int.from_bytes(entries[at + 2 : at + 4], "little")
        count += 1
    size = (8 + len(entries)).to_bytes(2, "little")
    return bytes([4, 0]) + size + count.to_bytes(2, "little") + b"\0\0" + entries


def _u32(number: int) -> bytes:
    return number.to_bytes(4, "little")
