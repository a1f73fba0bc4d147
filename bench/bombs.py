"""Measure what files made to exhaust a reader cost: python -m bench.bombs [NAME ...].

Every row is one audit to JSON as a process of its own, measured from outside: wall time, largest
resident size, exit status. Above 300 MiB, or above 10 seconds of the processor for every 10 MB of
the file, a row is marked. A bomb may end with a limit that is told, never with the machine.
"""

import argparse
import gzip
import os
import struct
import subprocess
import sys
import time
import zipfile
import zlib
from base64 import b64encode
from collections.abc import Callable
from ipaddress import IPv4Network
from multiprocessing import Process
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import NamedTuple

from analyzer.directory.address_list import encode_address_list
from fuzz.snapshot_target import framed

TOO_MUCH = 300
TOO_SLOW = 10.0
"""Seconds for every 10 MB; a file below 10 MB may take as long."""
GIVEN_UP = 600

COLUMNS = b"DN,objectClass,msExchSmtpRelayForAuth\n"
MIB = 1 << 20

_SERVERS = (
    "CN=Servers,CN=Group,CN=Administrative Groups,CN=Org,CN=Microsoft Exchange,"
    "CN=Services,CN=Configuration,DC=example,DC=com"
)
_DN = f"CN=1,CN=SMTP,CN=Protocols,CN=EX01,{_SERVERS}"
_HEAD = f"dn: {_DN}\nobjectClass: protocolCfgSMTPServer\ncn: 1\n".encode()
_PLAIN = b"dn: CN=x,DC=example,DC=com\ncn: x\n\n"
_SERVER = (
    "dn: CN={0},CN=SMTP,CN=Protocols,CN=EX{0},{1}\n"
    "objectClass: protocolCfgSMTPServer\ncn: {0}\nmsExchSmtpRelayForAuth: TRUE\n"
    "msExchAuthenticationFlags: 7\nmsExchServerBindings: :25:\n"
    "msExchSmtpMaxHopCount: 15\nmsExchSmtpMaxRecipients: 64000\n\n"
)


class Cost(NamedTuple):
    """What one audit took."""

    seconds: float
    processor: float
    """Seconds of processor time, whatever else the machine does."""
    mebibytes: float
    status: int
    said: str
    """The last line it wrote to standard error."""
    written: int
    """Bytes of the results."""


def _lines(path: Path, head: bytes, form: str, count: int) -> None:
    with path.open("wb", buffering=1 << 20) as file:
        file.write(head)
        file.writelines((form % number).encode() for number in range(count))


def _repeated(path: Path, head: bytes, piece: bytes, count: int) -> None:
    with path.open("wb", buffering=1 << 20) as file:
        file.write(head)
        for _ in range(count // 1000):
            file.write(piece * 1000)


def _columns(path: Path) -> None:
    names = ",".join(f"a{number}" for number in range(200_000))
    cells = ",x" * 200_000
    rows = "".join(f'"{_DN}{number}",protocolCfgSMTPServer{cells}\n' for number in range(20))
    path.write_text(f"DN,objectClass,{names}\n{rows}")


def _columns_with_values(path: Path) -> None:
    names = ",".join(f"a{number}" for number in range(200_000))
    cells = "".join(f",{number};{number}" for number in range(200_000))
    rows = "".join(f'"{_DN}{number}",protocolCfgSMTPServer{cells}\n' for number in range(20))
    path.write_text(f"DN,objectClass,{names}\n{rows}")


def _members(path: Path) -> None:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for number in range(100_000):
            archive.writestr(f"{number}.ldf", _PLAIN)


def _members_far_too_many(path: Path) -> None:
    """Write a directory of two million names for one member."""
    name, data = b"a", zlib.compress(_PLAIN, 9)[2:-4]
    crc = zlib.crc32(_PLAIN)
    local = struct.pack(
        "<4s5H3I2H", b"PK\3\4", 20, 0, 8, 0, 33, crc, len(data), len(_PLAIN), len(name), 0
    )
    entry = struct.pack(
        "<4s6H3I5H2I",
        *(b"PK\1\2", 20, 20, 0, 8, 0, 33, crc, len(data), len(_PLAIN), len(name), 0, 0, 0, 0, 0, 0),
    )
    start = len(local) + len(name) + len(data)
    with path.open("wb") as file:
        file.write(local + name + data)
        for _ in range(2_000):
            file.write((entry + name) * 1_000)
        size = 2_000_000 * len(entry + name)
        file.write(struct.pack("<4s4H2IH", b"PK\5\6", 0, 0, 0xFFFF, 0xFFFF, size, start, 0))


def _overlapping(path: Path, members: int = 2_000) -> None:
    """Write one piece of data and many members that all lead to it."""
    text = _PLAIN * 160_000
    data = zlib.compress(text, 9)[2:-4]
    crc = zlib.crc32(text)
    with path.open("wb") as file:
        name = b"0.ldf"
        file.write(
            struct.pack(
                *("<4s5H3I2H", b"PK\3\4", 20, 0, 8, 0, 33, crc, len(data), len(text)),
                *(len(name), 0),
            )
        )
        file.write(name + data)
        start = file.tell()
        for number in range(members):
            other = f"{number}.ldf".encode()
            file.write(
                struct.pack(
                    *("<4s6H3I5H2I", b"PK\1\2", 20, 20, 0, 8, 0, 33, crc, len(data), len(text)),
                    *(len(name), 0, 0, 0, 0, 0, 0),
                )
            )
            file.write(other[:5].rjust(5, b"0") if len(other) > 5 else other.rjust(5, b"0"))
        size = file.tell() - start
        file.write(struct.pack("<4s4H2IH", b"PK\5\6", 0, 0, members, members, size, start, 0))


def _gzip_of(path: Path, piece: bytes, total: int) -> None:
    # A gzip file may hold several members, one behind the other; to pack one of them is enough.
    text = piece * (100 * MIB // len(piece))
    path.write_bytes(gzip.compress(text) * (total // len(text)))


def _folder(path: Path) -> None:
    path.mkdir()
    for number in range(2_000):
        (path / f"{number}.ldf").write_bytes(_PLAIN)


def _virtual_servers(path: Path, count: int = 50_000) -> None:
    with path.open("w", buffering=1 << 20) as file:
        file.writelines(_SERVER.format(number, _SERVERS) for number in range(count))


def _wide_records(path: Path) -> None:
    attributes = "".join(f"a{number}: v\n" for number in range(65_000))
    with path.open("w") as file:
        for number in range(12):
            file.write(_HEAD.decode().replace("CN=EX01", f"CN=EX{number}") + attributes + "\n")


def _routing_groups(path: Path) -> None:
    group = "CN=%d,CN=Routing Groups,CN=Group" + _SERVERS[len("CN=Servers,CN=Group") :]
    with path.open("w") as file:
        for number in range(2_900):
            file.write(f"dn: {group % number}\nobjectClass: msExchRoutingGroup\n\n")
            file.write(f"dn: CN=EX{number},{_SERVERS}\nobjectClass: msExchExchangeServer\n")
            file.write(f"msExchHomeRoutingGroup: {group % number}\n\n")


def _relay_list(path: Path, count: int) -> None:
    networks = [IPv4Network(((11 << 24) + 2 * number, 32)) for number in range(count)]
    value = b64encode(encode_address_list(grant=networks))
    path.write_bytes(_HEAD + b"msExchSmtpRelayIpList:: " + value + b"\n\n")


def _relay_lists(path: Path) -> None:
    with path.open("wb") as file:
        for server in range(500):
            networks = [
                IPv4Network(((11 << 24) + 2 * (i + server * 2_000), 32)) for i in range(2_000)
            ]
            value = b64encode(encode_address_list(grant=networks))
            head = _HEAD.replace(b"CN=EX01", b"CN=EX%d" % server)
            file.write(head + b"msExchSmtpRelayIpList:: " + value + b"\n\n")


def _snapshot_text(*texts: str) -> bytes:
    """Return a block of texts in a snapshot."""
    encoded = [text.encode("utf-16-le") + bytes(2) for text in texts]
    offset = 4 + 4 * len(texts)
    offsets = []
    for text in encoded:
        offsets.append(offset)
        offset += len(text)
    return struct.pack(f"<I{len(texts)}i", len(texts), *offsets) + b"".join(encoded)


def _snapshot_object(number: int, shared: int, at: int, own: bytes = b"") -> bytes:
    """Return a virtual server in a snapshot with a relay list that stands elsewhere, or in it."""
    dn = _snapshot_text(_DN.replace("EX01", f"EX{number}"))
    classes = _snapshot_text("top", "protocolCfgSMTPServer")
    head = 8 + 3 * 8
    blocks = dn + classes + own
    listed = head + len(dn) + len(classes) if own else shared - at
    rows = struct.pack("<IiIiIi", 0, head, 1, head + len(dn), 8, listed)
    return struct.pack("<II", head + len(blocks), 3) + rows + blocks


def _snapshot_of_shared_values(path: Path) -> None:
    value = struct.pack("<II", 1, 1 << 20) + bytes(1 << 20)
    first = _snapshot_object(0, 0, 0, value)
    objects, size = [first], len(first)
    start = 0x43E + size - len(value)
    for number in range(1, 6_000):
        objects.append(_snapshot_object(number, start, 0x43E + size))
        size += len(objects[-1])
    path.write_bytes(framed(b"".join(objects)))


def _snapshot_of_servers(path: Path) -> None:
    objects = [_snapshot_object(n, 0, 0, struct.pack("<III", 1, 4, n)) for n in range(6_000)]
    path.write_bytes(framed(b"".join(objects)))


def _snapshot_of_one_object(path: Path) -> None:
    path.write_bytes(
        framed(_snapshot_object(0, 0, 0, struct.pack("<II", 1, 60 * MIB) + bytes(60 * MIB)))
    )


BOMBS: dict[str, Callable[[Path], None]] = {
    "csv-of-200000-columns": _columns,
    "csv-of-200000-columns-with-values": _columns_with_values,
    "csv-of-lone-quotes": lambda path: _repeated(path, COLUMNS, b'"\n', 1_500_000),
    "csv-of-lone-quotes-unlike": lambda path: _lines(path, COLUMNS, 'a,"%d\n', 400_000),
    "csv-of-lone-quotes-far-apart": lambda path: _repeated(
        path, COLUMNS, b'CN=a,"\n' + b"CN=a,b,c\n" * 99, 5_000
    ),
    "csv-of-wrong-rows": lambda path: _repeated(path, COLUMNS, b"x,\n", 1_500_000),
    "csv-of-wanted-rows": lambda path: _lines(
        path, COLUMNS, '"CN=%d,' + _DN[5:] + '",protocolCfgSMTPServer,TRUE\n', 20_000
    ),
    "zip-of-100000-members": _members,
    "zip-of-2000000-names": _members_far_too_many,
    "zip-of-overlapping-members": _overlapping,
    "gzip-of-zeros": lambda path: _gzip_of(path, b"\0", 10_000 * MIB),
    "gzip-of-line-ends": lambda path: _gzip_of(path, b"\n", 2_000 * MIB),
    "gzip-of-records": lambda path: _gzip_of(path, _PLAIN, 2_000 * MIB),
    "folder-of-2000-files": _folder,
    "million-attributes": lambda path: _lines(path, _HEAD, "a%d: v\n", 1_000_000),
    "million-values": lambda path: _lines(path, _HEAD, "msExchServerBindings: %d\n", 1_000_000),
    "million-folds": lambda path: _repeated(path, _HEAD + b"info: x\n", b" y\n", 1_000_000),
    "million-lines-without-colon": lambda path: _repeated(path, _HEAD, b"x\n", 1_000_000),
    "million-bad-base64": lambda path: _repeated(path, _HEAD, b"cn:: %%%\n", 1_000_000),
    "record-of-60-mib": lambda path: path.write_bytes(
        _HEAD + b"info: " + b"x" * 60 * MIB + b"\n\n"
    ),
    "record-of-15-mb-of-lines": lambda path: _repeated(path, _HEAD, b"info: abcdefgh\n", 1_000_000),
    "250000-attributes": lambda path: _lines(path, _HEAD, "a%d: v\n", 250_000),
    "65000-attributes-a-record": _wide_records,
    "250000-values": lambda path: _lines(path, _HEAD, "msExchServerBindings: %d\n", 250_000),
    "record-of-15-mib": lambda path: _repeated(path, _HEAD + b"info: ", b"x" * 1024, 15_000),
    "6000-virtual-servers": lambda path: _virtual_servers(path, 6_000),
    "25000-virtual-servers": lambda path: _virtual_servers(path, 25_000),
    "50000-virtual-servers": _virtual_servers,
    "2900-routing-groups-and-servers": _routing_groups,
    "million-records-without-empty-lines": lambda path: _lines(
        path, b"", "dn: CN=%d,DC=x\ncn: x\n", 1_000_000
    ),
    "million-records-without-dn": lambda path: _repeated(path, _PLAIN, b"cn: a\n\n", 1_000_000),
    "300000-change-records": lambda path: _repeated(
        path, b"", b"dn: CN=a\nchangetype: modify\n\n", 300_000
    ),
    "200000-wanted-records-of-one-name": lambda path: _repeated(
        path, _PLAIN, b"dn: CN=a\nobjectClass: protocolCfgSMTPServer\n\n", 200_000
    ),
    "snapshot-of-shared-values": _snapshot_of_shared_values,
    "snapshot-of-6000-virtual-servers": _snapshot_of_servers,
    "snapshot-of-an-object-of-60-mib": _snapshot_of_one_object,
    "relay-list-of-300000": lambda path: _relay_list(path, 300_000),
    "relay-lists-of-2000": _relay_lists,
}


def cost_of(dump: Path, folder: Path, *options: str) -> Cost:
    """Audit a dump as JSON and return what it took."""
    out = folder / "out.json"
    command = [sys.executable, "-m", "analyzer", "audit", str(dump), "-o", str(out)]
    with (folder / "said").open("w+b") as said:
        start = time.perf_counter()
        process = subprocess.Popen(
            [*command, "--overwrite", "--no-progress", "-q", *options],
            stdout=subprocess.DEVNULL,
            stderr=said,
        )
        _, status, usage = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
        seconds = time.perf_counter() - start
        said.seek(0)
        complaint = said.read().decode(errors="replace").strip().splitlines() or [""]
    written = out.stat().st_size if out.exists() else 0
    out.unlink(missing_ok=True)
    processor = usage.ru_utime + usage.ru_stime
    return Cost(
        seconds,
        processor,
        usage.ru_maxrss / 1024,
        os.waitstatus_to_exitcode(status),
        complaint[-1],
        written,
    )


def size_of(dump: Path) -> int:
    """Return the bytes of a file, or of all files of a folder."""
    if dump.is_dir():
        return sum(file.stat().st_size for file in dump.iterdir())
    return dump.stat().st_size


def allowed_seconds(size: int) -> float:
    """Return how long a file of so many bytes may take."""
    return TOO_SLOW * max(1.0, size / 10e6)


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("names", nargs="*", metavar="NAME")
    chosen = parser.parse_args().names or list(BOMBS)
    print(f"{'bomb':36} {'MB':>7} {'s':>7} {'CPU s':>7} {'MiB':>6} {'out MB':>7} status")
    marked = False
    for name in chosen:
        with TemporaryDirectory(prefix="bombs-") as folder:
            dump = Path(folder, "dump")
            # The peak of a child counts from that of its parent: what is built here stays apart.
            builder = Process(target=BOMBS[name], args=(dump,))
            builder.start()
            builder.join()
            size = size_of(dump)
            cost = cost_of(dump, Path(folder))
        marks = _marks(cost, size)
        marked = marked or bool(marks)
        print(
            f"{name:36} {size / 1e6:7.1f} {cost.seconds:7.1f} {cost.processor:7.1f}"
            f" {cost.mebibytes:6.0f} {cost.written / 1e6:7.1f} {cost.status}{marks}"
            f" {cost.said.rpartition('/')[2][:90]}",
            flush=True,
        )
    sys.exit(marked)


def _marks(cost: Cost, size: int) -> str:
    slow = " SLOW" if cost.processor > allowed_seconds(size) else ""
    return slow + (" BIG" if cost.mebibytes > TOO_MUCH else "")


if __name__ == "__main__":
    main()
