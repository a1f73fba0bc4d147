"""The fuzz target of snapshots: any bytes as a file, and as the objects of a whole one."""

import struct
from collections.abc import Iterator

from analyzer.dump.entry import Entry, Unreadable
from analyzer.dump.snapshot import SnapshotEnd, open_snapshot, read_objects
from analyzer.dump.wanted import Wanted
from analyzer.errors import ReadError
from analyzer.inventory import WANTED

_FIRST_OBJECT = 0x43E
_ATTRIBUTES = (
    *(("distinguishedName", 1, 18), ("objectClass", 3, 12), ("cn", 3, 7), ("adminPages", 4, 13)),
    *(("msExchSmtpRelayForAuth", 6, 1), ("msExchSmtpMaxHopCount", 7, 3), ("whenCreated", 9, 15)),
    *(("uSNCreated", 10, 4), ("msExchSmtpRelayIpList", 8, 11), ("wellKnownObjects", 8, 21)),
    *(("nTSecurityDescriptor", 25, 9), ("msExchMapped", 28, 20), ("unknown", 0, 0)),
)
_MOST_TIMES = 70


class _All(frozenset[str]):
    """A set that holds everything."""

    def __contains__(self, item: object) -> bool:
        return True


_EVERYTHING = Wanted(_All(), WANTED.attributes, ("",))


def snapshot(data: bytes) -> None:
    """Read a snapshot of any bytes; what is wanted is a part of what is there."""
    for file in (data, framed(data)):
        try:
            everything, some = _read(file, _EVERYTHING), _read(file, WANTED)
        except ReadError as error:
            _check(error)
            continue
        assert {entry.source.offset for entry in some} <= {e.source.offset for e in everything}


def framed(objects: bytes) -> bytes:
    """Return a snapshot of these objects, so that no header has to be guessed."""
    tables = _FIRST_OBJECT + len(objects)
    head = (b"win-ad-ob\0", 0x10001, 0, b"", b"", 3, 0, tables, 2**64 - 1)
    table = struct.pack("<I", len(_ATTRIBUTES))
    for name, ads_type, syntax in _ATTRIBUTES:
        table += _counted(name) + struct.pack("<II", syntax, ads_type)
        table += _counted(f"CN={name},CN=Schema,CN=Configuration,DC=x") + bytes(36)
    return struct.pack("<10sIQ520s520sIIQQ", *head) + objects + table


def seeds() -> Iterator[bytes]:
    """Yield objects that `framed` makes a snapshot of: every type of value, shared values."""
    texts = [_texts("CN=1,CN=SMTP,CN=Protocols,CN=E,DC=x"), _texts("top", "protocolCfgSMTPServer")]
    dn = "CN=k".encode("utf-16-le") + bytes(2)
    others = [
        *(_texts("a", ""), _texts("b"), struct.pack("<II", 1, 1), struct.pack("<Ii", 1, -1)),
        *(struct.pack("<I8H", 1, 2024, 1, 1, 1, 12, 0, 0, 0), struct.pack("<Iq", 1, -1)),
        *(struct.pack("<3I", 2, 1, 2) + b"abc", struct.pack("<2I", 1, 1) + b"a" + dn),
        *(struct.pack("<2I", 1, 4) + b"\1\0\0\0", struct.pack("<I", 1), struct.pack("<I", 0)),
    ]
    whole = _object([*texts, *others])
    yield whole
    yield _object(texts[:1])
    classes = 8 + 8 * len([*texts, *others]) + len(texts[0]) - len(whole)
    head = struct.pack("<2I2i2i", 24 + len(texts[0]), 2, 0, 24, 1, classes)
    yield whole + head + texts[0]


def _object(blocks: list[bytes]) -> bytes:
    head = 8 + 8 * len(blocks)
    places = [head + sum(map(len, blocks[:number])) for number in range(len(blocks))]
    rows = b"".join(struct.pack("<Ii", *row) for row in enumerate(places))
    return struct.pack("<II", head + sum(map(len, blocks)), len(blocks)) + rows + b"".join(blocks)


def _texts(*values: str) -> bytes:
    texts = [value.encode("utf-16-le") + bytes(2) for value in values]
    head = 4 + 4 * len(texts)
    places = [head + sum(map(len, texts[:number])) for number in range(len(texts))]
    return struct.pack(f"<I{len(texts)}i", len(texts), *places) + b"".join(texts)


def _read(file: bytes, wanted: Wanted) -> list[Entry]:
    *events, end = read_objects(open_snapshot(file, "f"), wanted)
    assert isinstance(end, SnapshotEnd)
    entries = [event for event in events if isinstance(event, Entry)]
    damage = [event for event in events if isinstance(event, Unreadable)]
    assert len(entries) + len(damage) == len(events)
    assert all(len(item.reason.splitlines()) == 1 for item in damage)
    described = sum(
        len(value) for entry in entries for v in entry.attributes.values() for value in v
    )
    assert described <= _MOST_TIMES * len(file) + (16 << 20)
    return entries


def _check(error: ReadError) -> None:
    assert len(str(error).splitlines()) == 1


def _counted(text: str) -> bytes:
    octets = text.encode("utf-16-le") + b"\0\0"
    return struct.pack("<I", len(octets)) + octets
