"""Objects in, a snapshot out as AD Explorer writes it; formats of its own, for the reader's sake.

Written from notes on public snapshots: see `analyzer/dump/snapshot/structs.py` for the layout that
the reader knows. The two share no code, so that a mistake in one of them shows.
"""

import re
import struct
import uuid
from collections.abc import Callable, Iterable, Sequence
from typing import NamedTuple

from generator.tree import CONFIGURATION, Item, Value

SCHEMA = f"CN=Schema,{CONFIGURATION}"
DOMAIN = CONFIGURATION.partition(",")[2]

_HEADER = "<10s I Q 520s 520s I I Q Q"
_SHARED_WITHIN = 1_000_000
_TAKEN = 127_500_000_000_000_000
"""A FILETIME of January 2005."""
_FRACTION = re.compile(r"\.\d+Z\Z")


class Kind(NamedTuple):
    """How an attribute is stored: ADSTYPE and the number of its syntax."""

    ads_type: int
    syntax: int


NAME, TEXT, CLASS = Kind(1, 18), Kind(3, 7), Kind(3, 12)
PRINTABLE, NUMERIC, IA5 = Kind(4, 13), Kind(5, 10), Kind(4, 8)
BOOLEAN, INTEGER, LARGE = Kind(6, 1), Kind(7, 3), Kind(10, 4)
OCTETS, SID, TIME, DESCRIPTOR = Kind(8, 11), Kind(8, 14), Kind(9, 15), Kind(25, 9)
NAME_WITH_OCTETS, NAME_WITH_STRING = Kind(8, 21), Kind(28, 20)

KINDS: dict[str, Kind] = {
    "objectClass": CLASS,
    "objectSid": SID,
    "nTSecurityDescriptor": DESCRIPTOR,
    "wellKnownObjects": NAME_WITH_OCTETS,
    "otherWellKnownObjects": NAME_WITH_OCTETS,
    "networkAddress": PRINTABLE,
    **dict.fromkeys(("uSNCreated", "uSNChanged"), LARGE),
    **dict.fromkeys(("whenCreated", "whenChanged", "dSCorePropagationData"), TIME),
    **dict.fromkeys(
        ("objectGUID", "cACertificate", "msExchIPSecurity", "msExchSmtpRelayIpList"), OCTETS
    ),
    "msExchEncryptedPassword": OCTETS,
    **dict.fromkeys(
        (
            *("distinguishedName", "objectCategory", "authOrig", "msExchRoutingMasterDN"),
            *("msExchRoutingGroupMembersBL", "msExchBridgeheadedLocalConnectorsDNBL"),
            *("msExchSourceBridgeheadServersDN", "msExchTargetBridgeheadServersDN"),
        ),
        NAME,
    ),
    **dict.fromkeys(
        (
            *("showInAdvancedViewOnly", "messageTrackingEnabled", "msExchServerAutoStart"),
            *("msExchSmtpDoMasquerade", "msExchSmtpPerformReverseDnsLookup"),
            "msExchSmtpRelayForAuth",
        ),
        BOOLEAN,
    ),
    **dict.fromkeys(
        (
            *("instanceType", "systemFlags", "validAccesses", "versionNumber", "serverRole"),
            *("cost", "dLMemDefault", "delivContLength", "deliveryMechanism", "groupType"),
            *("submissionContLength", "msExchRecipLimit", "msExchAccessSSLFlags"),
            *("msExchAuthenticationFlags", "msExchIncomingConnectionTimeout", "msExchLogType"),
            *("msExchMaxIncomingConnections", "msExchSmtpInboundCommandSupportOptions"),
            *("msExchSmtpLocalQueueDelayNotification", "msExchSmtpLocalQueueExpirationTimeout"),
            *("msExchSmtpMaxHopCount", "msExchSmtpMaxMessageSize", "msExchSmtpMaxRecipients"),
            *("msExchSmtpMaxOutboundMsgPerDomain", "msExchSmtpMaxOutgoingConnections"),
            *("msExchSmtpMaxOutgoingConnectionsPerDomain", "msExchSmtpMaxSessionSize"),
            *("msExchSmtpOutboundSecurityFlag", "msExchSmtpOutgoingConnectionTimeout"),
            *("msExchSmtpOutgoingPort", "msExchSmtpRemoteQueueDelayNotification"),
            *("msExchSmtpRemoteQueueExpirationTimeout", "msExchSmtpSmartHostType"),
        ),
        INTEGER,
    ),
}
"""By attribute; one that is missing is text."""


class Written(NamedTuple):
    """A snapshot, and where its parts are."""

    data: bytes
    offsets: dict[str, int]
    """Offset of each object by its DN."""
    numbers: dict[str, int]
    """Number of each attribute in the table."""
    tables: int
    tree: int


def snapshot(
    items: Iterable[Item], kinds: dict[str, Kind] | None = None, server: str = "dc01.contoso.com"
) -> Written:
    """Write objects in their order as a snapshot.

    Args:
        items: the objects of all partitions; containers that are missing are added uncounted.
        kinds: how attributes are stored that are not in `KINDS`.
        server: the domain controller in the header.
    """
    items = list(items)
    known = KINDS | (kinds or {})
    names = _attribute_names(items)
    numbers = {name: number for number, name in enumerate(names)}
    page = bytearray(struct.calcsize(_HEADER))
    written: dict[bytes, int] = {}
    offsets: dict[str, int] = {}
    rows = 0
    for item in items:
        offsets[item.dn] = len(page)
        page += _object(item, len(page), numbers, known, written)
        rows += len(item.attributes.keys() | {"distinguishedName"}) - 1
    counted = len(offsets)
    for dn in _missing_containers(offsets):
        offsets[dn] = len(page)
        page += _object(Item(dn, {}), len(page), numbers, known, written)
    page += bytes(8)
    tables = len(page)
    page += _attribute_table(names, known) + _class_table() + _right_table()
    page += bytes(-len(page) % 4)
    tree = len(page)
    page += _tree(offsets)
    page[: struct.calcsize(_HEADER)] = struct.pack(
        _HEADER,
        b"win-ad-ob\0",
        0x10001,
        _TAKEN,
        "an invented forest".encode("utf-16-le"),
        server.encode("utf-16-le"),
        counted,
        rows,
        tables,
        tree,
    )
    return Written(bytes(page), offsets, numbers, tables, tree)


def forest(configuration: Sequence[Item]) -> list[Item]:
    """Return a configuration partition between a schema and a domain, in the order of the tool."""
    return [
        _plain(SCHEMA, "dMD"),
        # It sorts with the partition, whose DN is shorter, and is none of its objects.
        _plain(f"CN=Configuration,{SCHEMA}", "classSchema"),
        *configuration,
        _plain(DOMAIN, "domain", "domainDNS"),
        # What the user may not read comes without any attribute.
        Item(f"CN=Deleted Objects,{DOMAIN}", {}),
        _plain(
            f"CN=Direktion,CN=Users,{DOMAIN}",
            "group",
            groupType=("-2147483643",),
            objectSid=(bytes.fromhex("010500000000000515000000") + bytes(range(16)),),
        ),
    ]


def _plain(dn: str, *classes: str, **own: tuple[Value, ...]) -> Item:
    name = dn.partition(",")[0].partition("=")[2]
    attributes: dict[str, tuple[Value, ...]] = {
        "objectClass": ("top", *classes),
        "cn": (name,),
        "distinguishedName": (dn,),
        "instanceType": ("4",),
        "whenCreated": ("20031014081502.0Z",),
        "objectGUID": (uuid.uuid5(uuid.NAMESPACE_X500, dn).bytes_le,),
    }
    return Item(dn, attributes | own)


def _attribute_names(items: Iterable[Item]) -> list[str]:
    """Return the attributes in an order that tells nothing, as in the files of the tool."""
    names = {name for item in items for name in item.attributes}
    names |= {"distinguishedName", "objectClass"}
    return sorted(names, key=lambda name: uuid.uuid5(uuid.NAMESPACE_OID, name).bytes)


def _object(
    item: Item,
    start: int,
    numbers: dict[str, int],
    kinds: dict[str, Kind],
    written: dict[bytes, int],
) -> bytes:
    attributes: dict[str, tuple[Value, ...]] = {"distinguishedName": (item.dn,)}
    attributes |= {n: v for n, v in item.attributes.items() if n != "distinguishedName"}
    head = 8 + 8 * len(attributes)
    table, blocks = b"", bytearray()
    for name, values in attributes.items():
        block = _block(kinds.get(name, TEXT), values)
        here = start + head + len(blocks)
        at = written.get(block)
        if name == "distinguishedName" or at is None or here - at >= _SHARED_WITHIN:
            at = here
            blocks += block
            if name != "distinguishedName":
                written[block] = at
        table += struct.pack("<Ii", numbers[name], at - start)
    return struct.pack("<II", head + len(blocks), len(attributes)) + table + bytes(blocks)


def _block(kind: Kind, values: Sequence[Value]) -> bytes:
    count = struct.pack("<I", len(values))
    if kind == NAME_WITH_STRING:
        return count
    if kind == NAME_WITH_OCTETS:
        return count + _octets_and_names([str(value) for value in values])
    if kind.ads_type in (8, 25):
        octets = [value if isinstance(value, bytes) else value.encode() for value in values]
        return count + b"".join(struct.pack("<I", len(o)) for o in octets) + b"".join(octets)
    write = _WRITERS.get(kind.ads_type)
    if write is None:
        return count + _texts([str(value) for value in values])
    return count + b"".join(write(str(value)) for value in values)


def _texts(values: Sequence[str]) -> bytes:
    offsets, texts = b"", b""
    for value in values:
        offsets += struct.pack("<i", 4 + 4 * len(values) + len(texts))
        texts += _text(value)
    return offsets + texts


def _octets_and_names(values: Sequence[str]) -> bytes:
    lengths, rest = b"", b""
    for value in values:
        _, _, digits, name = value.split(":", 3)
        lengths += struct.pack("<I", len(digits) // 2)
        rest += bytes.fromhex(digits) + _text(name)
    return lengths + rest


def _text(value: str) -> bytes:
    return value.encode("utf-16-le") + b"\0\0"


def _time(value: str) -> bytes:
    digits = _FRACTION.sub("", value)
    year, month, day, hour, minute, second = (
        int(digits[start:end]) for start, end in _PARTS_OF_A_TIME
    )
    return struct.pack("<8H", year, month, 0, day, hour, minute, second, 0)


_PARTS_OF_A_TIME = ((0, 4), (4, 6), (6, 8), (8, 10), (10, 12), (12, 14))
_WRITERS: dict[int, Callable[[str], bytes]] = {
    6: lambda value: struct.pack("<I", value == "TRUE"),
    7: lambda value: struct.pack("<i", int(value)),
    9: _time,
    10: lambda value: struct.pack("<q", int(value)),
}


def _counted(value: str) -> bytes:
    text = _text(value)
    return struct.pack("<I", len(text)) + text


def _attribute_table(names: Sequence[str], kinds: dict[str, Kind]) -> bytes:
    table = struct.pack("<I", len(names))
    for name in names:
        kind = kinds.get(name, TEXT)
        table += _counted(name) + struct.pack("<II", kind.syntax, kind.ads_type)
        table += _counted(f"CN={name},{SCHEMA}") + bytes(36)
    return table


def _class_table() -> bytes:
    names = _counted("top") + _counted(f"CN=Top,{SCHEMA}") + bytes(4) + _counted("top")
    return struct.pack("<I", 1) + names + bytes(16) + bytes(4 * 5)


def _right_table() -> bytes:
    name = "ms-Exch-SMTP-Submit"
    guid = uuid.UUID("a18293f1-0685-4540-aa63-e32df421b3a2").bytes_le
    return struct.pack("<I", 1) + _counted(name) + _counted(name) + guid + struct.pack("<I", 256)


def _parent(dn: str) -> str:
    return re.sub(r"\A(?:[^,\\]|\\.)*,?", "", dn, count=1, flags=re.DOTALL)


_HEADS = (DOMAIN, CONFIGURATION, SCHEMA)


def _missing_containers(offsets: dict[str, int]) -> list[str]:
    """Return the parents that the tree needs and nobody wrote."""
    missing: list[str] = []
    for dn in offsets:
        parent = dn if dn in _HEADS else _parent(dn)
        while parent and parent not in offsets and parent not in missing:
            missing.append(parent)
            parent = "" if parent in _HEADS else _parent(parent)
    return missing


def _tree(offsets: dict[str, int]) -> bytes:
    """Return the tree: containers are nodes, what holds nothing is named by its container."""
    children: dict[str, list[str]] = {}
    for dn in offsets:
        if dn not in _HEADS:
            children.setdefault(_parent(dn), []).append(dn)
    heads = [head for head in _HEADS if head in offsets]
    return _node(2**64 - 2, heads, [], children, offsets)


def _node(
    place: int,
    nodes: Sequence[str],
    leaves: Sequence[str],
    children: dict[str, list[str]],
    offsets: dict[str, int],
) -> bytes:
    written = struct.pack("<QII", place, len(nodes), len(leaves))
    size = len(written) + 4 * len(nodes) + 8 * len(leaves)
    places, below = b"", b""
    for dn in nodes:
        places += struct.pack("<I", size + len(below))
        inner = [child for child in children.get(dn, []) if child in children]
        outer = [child for child in children.get(dn, []) if child not in children]
        below += _node(offsets[dn], inner, outer, children, offsets)
    named = b"".join(struct.pack("<Q", offsets[dn]) for dn in leaves)
    return written + places + named + below
