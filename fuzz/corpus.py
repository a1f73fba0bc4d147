"""The samples in, a folder of seeds for one target out."""

import gzip
import io
import tempfile
import zipfile
from collections.abc import Iterator
from ipaddress import IPv4Network
from itertools import islice
from pathlib import Path

from analyzer.directory.address_list import encode_address_list
from analyzer.directory.attributes import Syntax
from analyzer.directory.kinds import KINDS
from analyzer.directory.security_descriptor import (
    AccessList,
    Ace,
    SecurityDescriptor,
    encode_security_descriptor,
)
from analyzer.dump.read_options import ReadOptions
from analyzer.dump.read_paths import iter_entries
from analyzer.inventory import WANTED
from fuzz import snapshot_target

ROOT = Path(__file__).parents[1]
SAMPLES = ROOT / "samples"
RULES = ROOT / "analyzer" / "catalogue"
_GUID = "00112233-4455-6677-8899-aabbccddeeff"
SEED_BYTES = 4_096
_SYNTAXES = {row.name.lower(): row.syntax for kind in KINDS for row in kind.attributes}


def write_corpus(target: str) -> Path:
    """Write the seeds of a target; finds of earlier runs stay in the folder and are seeds too."""
    folder = Path(tempfile.gettempdir(), "exchange-analyzer-fuzz", target)
    folder.mkdir(parents=True, exist_ok=True)
    for number, data in enumerate(_seeds(target)):
        (folder / f"seed-{number:04}").write_bytes(data[:SEED_BYTES])
    return folder


def _seeds(target: str) -> Iterator[bytes]:
    if target == "catalogue":
        yield from (path.read_bytes() for path in sorted(RULES.glob("*.toml")))
    elif target in ("ldif", "csv", "dump"):
        yield from _files(target)
    elif target == "snapshot":
        yield from snapshot_target.seeds()
    elif target == "archive":
        yield from _archives()
    elif target == "names":
        yield from _names()
    else:
        yield from _values(target)


def _files(target: str) -> Iterator[bytes]:
    suffixes = {"csv": (".csv",), "ldif": (".ldf", ".ldif")}.get(target, (".csv", ".ldf", ".ldif"))
    for path in sorted(SAMPLES.rglob("*")):
        if path.suffix in suffixes:
            data = path.read_bytes()
            yield data
            yield data[len(data) // 2 :]


def _archives() -> Iterator[bytes]:
    for text in islice(_files("dump"), 8):
        yield gzip.compress(text[:SEED_BYTES]) + bytes(3)
        for method in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
            packed = io.BytesIO()
            with zipfile.ZipFile(packed, "w", method) as archive:
                archive.comment = b"comment"
                archive.writestr("a.ldf", text[:1_000])
                with archive.open("folder/b.csv", "w", force_zip64=True) as member:
                    member.write(text[:1_000])
            yield packed.getvalue()


def _names() -> Iterator[bytes]:
    for entry in iter_entries([str(SAMPLES / "contoso-2003.ldf")], WANTED, ReadOptions()):
        yield entry.dn.encode()


def _values(target: str) -> Iterator[bytes]:
    if target == "address_list":
        networks = [IPv4Network("10.0.0.0/8"), IPv4Network("192.0.2.7/32")]
        yield encode_address_list(grant=networks)
        yield encode_address_list(deny=networks)
    if target == "security_descriptor":
        entries = (Ace(0, "S-1-5-7", 0x20), Ace(5, "S-1-1-0", 0x100, object_type=_GUID))
        for access in AccessList:
            listed = entries if access is AccessList.LISTED else ()
            yield encode_security_descriptor(
                SecurityDescriptor("S-1-5-18", "S-1-5-32-544", access, listed)
            )
    for entry in iter_entries([str(SAMPLES / "contoso-2003.ldf")], WANTED, ReadOptions()):
        for name, attribute in entry.fields.items():
            if target == "values" or _SYNTAXES.get(name) is _syntax(target):
                yield from attribute.values


def _syntax(target: str) -> Syntax:
    return Syntax.ADDRESS_LIST if target == "address_list" else Syntax.SECURITY_DESCRIPTOR
