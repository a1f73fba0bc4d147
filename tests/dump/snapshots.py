"""Snapshots made by hand or by the generator, and short ways to have them read."""

import struct
import sys
from functools import cache
from pathlib import Path

from readers import EVERYTHING

from analyzer.dump.entry import Entry, Unreadable
from analyzer.dump.snapshot import SnapshotEnd, open_snapshot, read_objects
from analyzer.dump.wanted import Wanted

sys.path.append(str(Path(__file__).parents[2] / "samples"))

from generator.organization import organization
from generator.snapshot_writer import Written, forest, snapshot
from generator.tree import Item as Item

FIRST = 0x43E

# The example of the format notes, byte by byte.
EXAMPLE = bytes.fromhex("""
52000000 03000000
00000000 20000000
01000000 32000000
02000000 4a000000
01000000 08000000 43004e003d0061000000
02000000 0c000000 14000000 74006f0070000000 78000000
01000000 01000000
a2000000 08000000
00000000 48000000
01000000 e0ffffff
03000000 f8ffffff
04000000 5a000000
05000000 62000000
06000000 76000000
07000000 82000000
08000000 8e000000
01000000 08000000 43004e003d0062000000
01000000 ffffffff
01000000 d3070c0000000e0008000f0002000000
01000000 8e13000000000000
01000000 04000000 18000080
01000000 02000000 abcd 43004e003d006b000000
""")
EXAMPLE_ATTRIBUTES = (
    ("distinguishedName", 1, 18),
    ("objectClass", 3, 12),
    ("showInAdvancedViewOnly", 6, 1),
    ("msExchSmtpRelayForAuth", 6, 1),
    ("msExchMaxIncomingConnections", 7, 3),
    ("whenCreated", 9, 15),
    ("uSNCreated", 10, 4),
    ("msExchSmtpRelayIpList", 8, 11),
    ("wellKnownObjects", 8, 21),
)


class Events:
    """What a reader tells of a snapshot."""

    def __init__(self, data: bytes, wanted: Wanted = EVERYTHING, **options: int) -> None:
        """Read it to its end."""
        found = list(read_objects(open_snapshot(data, "f"), wanted, **options))
        assert isinstance(found[-1], SnapshotEnd)
        self.end = found[-1]
        self.entries = [event for event in found if isinstance(event, Entry)]
        self.damage = [event for event in found if isinstance(event, Unreadable)]
        assert len(found) == len(self.entries) + len(self.damage) + 1

    @property
    def reasons(self) -> list[str]:
        """Why things could not be read."""
        return [item.reason for item in self.damage]

    @property
    def offsets(self) -> list[int | None]:
        """Where that stands."""
        return [item.offset for item in self.damage]


def made(
    objects: bytes,
    attributes: tuple[tuple[str, int, int], ...] = EXAMPLE_ATTRIBUTES,
    count: int = 2,
) -> bytes:
    """Return a snapshot of these objects, without a tree."""
    tables = FIRST + len(objects) + 8
    head = struct.pack(
        "<10sIQ520s520sIIQQ",
        *(b"win-ad-ob\0", 0x10001, 0, b"", b"", count, 0, tables, 2**64 - 1),
    )
    table = struct.pack("<I", len(attributes))
    for name, ads_type, syntax in attributes:
        table += text(name) + struct.pack("<II", syntax, ads_type)
        table += text(f"CN={name},CN=Schema,CN=Configuration,DC=x") + bytes(36)
    return head + objects + bytes(8) + table + bytes(8)


def text(value: str) -> bytes:
    octets = value.encode("utf-16-le") + b"\0\0"
    return struct.pack("<I", len(octets)) + octets


def block_of_text(*values: str) -> bytes:
    octets = [value.encode("utf-16-le", "surrogatepass") + b"\0\0" for value in values]
    places = [4 + 4 * len(octets) + sum(map(len, octets[:i])) for i in range(len(octets))]
    return struct.pack(f"<I{len(octets)}i", len(octets), *places) + b"".join(octets)


def an_object(*rows: tuple[int, bytes], dn: str = "CN=a") -> bytes:
    """Return an object of a distinguishedName and other rows."""
    blocks = [(0, block_of_text(dn)), *rows]
    head = 8 + 8 * len(blocks)
    table, values = b"", b""
    for number, block in blocks:
        table += struct.pack("<Ii", number, head + len(values))
        values += block
    return struct.pack("<II", head + len(values), len(blocks)) + table + values


@cache
def contoso() -> Written:
    """Return the organisation of the samples as a snapshot."""
    return snapshot(organization())


@cache
def contoso_forest() -> Written:
    """Return the same between a schema and a domain partition."""
    return snapshot(forest(organization()))


def patched(data: bytes, at: int, code: str, *numbers: int) -> bytes:
    """Return data with numbers written over what stands at an offset."""
    octets = struct.pack("<" + code, *numbers)
    return data[:at] + octets + data[at + len(octets) :]
