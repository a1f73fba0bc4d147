"""Measure the reader of snapshots beside other work on the same files: python -m bench.snapshot.

The writer of the samples prints a few megabytes of objects of 2 to 8 KB, which are repeated:
offsets are relative to the object. All figures are of whole processes.
"""

import argparse
import random
import struct
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

from bench.inputs import make
from bench.measure import Figures, measure

ROOT = Path(__file__).parent.parent
DATA = ROOT / "bench" / "data"
SEED = 20051118
_TILE_OBJECTS = 1_000
_HEADER = 0x43E
_CLASSES = (
    ("top", "person", "organizationalPerson", "user"),
    ("top", "person", "organizationalPerson", "user", "computer"),
    ("top", "group"),
    ("top", "container"),
    ("top", "attributeSchema"),
    ("top", "displaySpecifier"),
    ("top", "person", "organizationalPerson", "contact"),
)
_VIRTUAL_SERVER = ("top", "protocolCfg", "protocolCfgSMTP", "protocolCfgSMTPServer")
_EVERY = 20
"""One object in so many of the first tile is a virtual server: a forest with more users has no more
of them."""

_HASH = (
    "import hashlib,sys; print(hashlib.file_digest(open(sys.argv[1],'rb'),'sha256').hexdigest())"
)
_READ = """
import sys
from threading import Thread
from bench.snapshot import hashed, read
worker = Thread(target=hashed, args=sys.argv[1:2])
worker.start()
print(read(sys.argv[1], sys.argv[2]))
worker.join()
"""
_IMPORT = "import analyzer.dump.snapshot"
_ALONE = "import sys; from bench.snapshot import read; print(read(sys.argv[1], sys.argv[2]))"
_MEMORY = (
    "import sys, analyzer; from bench.snapshot import anonymous;"
    " results = analyzer.audit(analyzer.read_dump(sys.argv[1])); print(anonymous())"
)
PLAIN = "import sys; from bench.snapshot import parse_plainly; print(parse_plainly(sys.argv[1]))"


def main() -> None:
    """Build the inputs, measure, print the tables."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--size", type=int, default=200, help="MB of the snapshot")
    options.add_argument("--big", type=int, default=2000, help="MB of the one for the memory")
    options.add_argument("--rounds", type=int, default=5)
    chosen = options.parse_args()
    file = made(chosen.size)
    base = "SHA-256 by hashlib"
    figures = measure(
        {
            base: _python(_HASH, file),
            "import of the reader": _python(_IMPORT),
            "wanted objects, hash beside": _python(_READ, file, "wanted"),
            "wanted objects, no hash": _python(_ALONE, file, "wanted"),
        },
        chosen.rounds,
    )
    figures |= measure(
        {
            "every object decoded": _python(_ALONE, file, "every"),
            "plain struct-by-struct parse": _python(PLAIN, file),
        },
        1,
    )
    _print(f"snapshot, {chosen.size} MB", figures, base)
    sys.stdout.write("\n| snapshot | wanted objects |\n|---|---|\n")
    for size in (20, chosen.size, chosen.big):
        command = _python(_ALONE, made(size), "wanted")
        answer = subprocess.run(command, capture_output=True, text=True, check=True).stdout
        sys.stdout.write(f"| {size} MB | {answer.strip()} |\n")


def made(megabytes: int) -> Path:
    """Return a snapshot of about so many megabytes."""
    return make(DATA / f"snapshot-{megabytes}.dat", tiles(megabytes * 1_000_000))


def tiles(size: int) -> Iterator[bytes]:
    """Yield a snapshot of about so many bytes: a tile of objects, again and again."""
    data, tables, tree = _tile()
    objects = data[_HEADER : tables - 8]
    mark = "MARK".encode("utf-16-le")
    times = max(1, size // len(objects))
    end = _HEADER + times * len(objects) + 8
    head = bytearray(data[:_HEADER])
    struct.pack_into("<IIQQ", head, 0x426, times * _TILE_OBJECTS, 0, end, 2**64 - 1)
    yield bytes(head)
    for number in range(times):
        yield objects.replace(mark, f"{number:04}".encode("utf-16-le"))
        if not number:
            objects = _without_virtual_servers(objects)
    yield bytes(8) + data[tables:tree]


def _without_virtual_servers(objects: bytes) -> bytes:
    """Make objects of no interest, and of the same size, of the virtual servers of a tile."""
    for name, other in ((_VIRTUAL_SERVER[-1], "protocolCfgSMTPRouter"), ("Protocols", "Processes")):
        objects = objects.replace(name.encode("utf-16-le"), other.encode("utf-16-le"))
    return objects


def read(path: str, what: str) -> str:
    """Read the objects of interest, or all of them, and tell their number and the memory."""
    import mmap

    from analyzer.dump.entry import Entry
    from analyzer.dump.snapshot import open_snapshot, read_objects
    from analyzer.dump.wanted import Wanted

    wanted = Wanted(frozenset({_VIRTUAL_SERVER[-1].lower()}), frozenset())
    if what == "every":
        wanted = Wanted(frozenset({"top"}), frozenset())
    entries = 0
    with (
        Path(path).open("rb") as file,
        mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as view,
    ):
        for event in read_objects(open_snapshot(view, path), wanted):
            entries += isinstance(event, Entry)
        return f"{entries} entries, {anonymous()} MiB beside the mapped pages"


def hashed(path: str) -> str:
    """Return the hash of a file, taken in one call.

    Between two calls a thread has to wait for the interpreter lock, five milliseconds at a time.
    """
    import hashlib
    import mmap

    with (
        Path(path).open("rb") as file,
        mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as view,
    ):
        return hashlib.sha256(view).hexdigest()


def parse_plainly(path: str) -> int:
    """Decode every value of every object, one field after the other; return their number."""
    data = Path(path).read_bytes()
    (end,) = struct.unpack_from("<Q", data, 0x42E)
    types = _types(data, end)
    offset, values = _HEADER, 0
    while offset < end - 8:
        size, rows = struct.unpack_from("<II", data, offset)
        for row in range(rows):
            number, at = struct.unpack_from("<Ii", data, offset + 8 + 8 * row)
            values += len(_plain_values(data, offset + at, types[number]))
        offset += size
    return values


def _types(data: bytes, at: int) -> list[int]:
    (count,) = struct.unpack_from("<I", data, at)
    at += 4
    types = []
    for _ in range(count):
        (length,) = struct.unpack_from("<I", data, at)
        types.append(struct.unpack_from("<I", data, at + 8 + length)[0])
        (second,) = struct.unpack_from("<I", data, at + 12 + length)
        at += 16 + length + second + 36
    return types


def _plain_values(data: bytes, at: int, ads_type: int) -> list[object]:
    (count,) = struct.unpack_from("<I", data, at)
    values: list[object] = []
    position = at + 4
    if ads_type in (8, 25):
        position += 4 * count
    for number in range(count):
        if ads_type in (6, 7):
            values.append(struct.unpack_from("<i", data, position)[0])
            position += 4
        elif ads_type == 9:
            values.append(struct.unpack_from("<8H", data, position))
            position += 16
        elif ads_type == 10:
            values.append(struct.unpack_from("<q", data, position)[0])
            position += 8
        elif ads_type in (8, 25):
            (length,) = struct.unpack_from("<I", data, at + 4 + 4 * number)
            values.append(data[position : position + length])
            position += length
        else:
            (start,) = struct.unpack_from("<i", data, at + 4 + 4 * number)
            stop = at + start
            while data[stop : stop + 2] != b"\0\0":
                stop += 2
            values.append(data[at + start : stop].decode("utf-16-le"))
    return values


def memory_of(file: Path) -> int:
    """Return what an audit of a snapshot has in memory at its end, in MiB, mapped pages left out.

    At its end, because the system keeps no peak of that; what was taken is not given back before.
    """
    done = subprocess.run(_python(_MEMORY, file), capture_output=True, text=True, check=True)
    return int(done.stdout)


def anonymous() -> int:
    """Return the resident memory of this process in MiB, mapped files left out."""
    status = Path("/proc/self/status").read_text(encoding="ascii")
    (kilobytes,) = (line.split()[1] for line in status.splitlines() if line.startswith("RssAnon"))
    return int(kilobytes) // 1024


def _tile() -> tuple[bytes, int, int]:
    """Return a snapshot, and the offsets of its tables and of its tree."""
    sys.path.append(str(ROOT / "samples"))
    from generator.snapshot_writer import snapshot
    from generator.tree import Item, Value

    chance = random.Random(SEED)
    descriptors = [chance.randbytes(chance.randint(800, 3_000)) for _ in range(60)]
    items = []
    for number in range(_TILE_OBJECTS):
        server = number % _EVERY == 0
        classes = _VIRTUAL_SERVER if server else _CLASSES[chance.randrange(len(_CLASSES))]
        place = "SMTP,CN=Protocols,CN=EX01" if server else "Users,OU=Zentrale"
        dn = f"CN=objectMARK-{number},CN={place},CN=Configuration,DC=contoso,DC=com"
        attributes: dict[str, tuple[Value, ...]] = {
            "objectClass": classes,
            "cn": (f"objectMARK-{number}",),
            "distinguishedName": (dn,),
            "whenCreated": ("20031014081502.0Z",),
            "whenChanged": (f"2005{number % 12 + 1:02}14081502.0Z",),
            "uSNChanged": (str(number),),
            "nTSecurityDescriptor": (chance.choice(descriptors),),
            "objectGUID": (chance.randbytes(16),),
            "msExchSmtpRelayForAuth": ("TRUE",),
        }
        for text in range(chance.randint(10, 30)):
            words = [chance.randbytes(chance.randint(2, 8)).hex() for _ in range(4)]
            attributes[f"description{text}"] = (" ".join(words),)
        attributes["msExchSmtpRelayIpList"] = (chance.randbytes(chance.randint(200, 3_000)),)
        items.append(Item(dn, attributes))
    written = snapshot(items)
    return written.data, written.tables, written.tree


def _python(code: str, *arguments: object) -> list[str]:
    return [sys.executable, "-c", code, *map(str, arguments)]


def _print(title: str, figures: dict[str, Figures], base: str) -> None:
    sys.stdout.write(
        f"\n## {title}\n\n| work | seconds | ratio | peak RSS, MiB |\n|---|---|---|---|\n"
    )
    for name, taken in figures.items():
        ratio = taken.time / figures[base].time
        sys.stdout.write(f"| {name} | {taken.time:.2f} | {ratio:.2f} | {taken.memory:.0f} |\n")


if __name__ == "__main__":
    main()
