"""The samples in, a folder of seeds for one target out."""

import gzip
import io
import tempfile
import zipfile
from collections.abc import Iterator
from datetime import UTC, datetime
from ipaddress import IPv4Network
from itertools import islice
from pathlib import Path

from msgspec.structs import replace

import analyzer
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
from analyzer.report import write_reports
from fuzz import snapshot_target
from fuzz.targets import DUMP

ROOT = Path(__file__).parents[1]
SAMPLES = ROOT / "samples"
RULES = ROOT / "analyzer" / "catalogue"
_GUID = "00112233-4455-6677-8899-aabbccddeeff"
SETTINGS = b"""\
[audit]
fail-on = "high"
rules = ["own", "others"]
max-record-size = "64M"
jobs = 2
strict = true

[paper]
client = "Contoso Ltd"
logo = "logo.png"
"""
WAIVERS = b"""\
[[waiver]]
id = "W-001"
rule = "VS-01"
reason = '''Scanners
[[waiver]]'''
approved_by = "A. Smith"
approved_on = 2026-01-10
expires = "2027-01-09"
ticket = "CHG-1"
[waiver.applies_to]
server = "EX*"
object = "CN=1,*"

[[waiver]]
id = "W-002"
rule = "RL-01"
reason = "gone"
expires = 2026-02-01
applies_to = { listener = "*", finding = "F-????????" }
"""
PROFILE = b"""\
[[rule]]
id = "VS-01"
severity = "high"

[[rule]]
id = "GL-02"
argument = [1, 2047]
reason = "policy 4.2"

[[rule]]
id = "VS-02"
argument = 100
severity = "low"

[[rule]]
id = "VS-04"
off = true
reason = "elsewhere"
"""
LOGOS = (
    b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR\x00\x00\x00\x02\x00\x00\x00\x03\x08\x02\x00\x00\x00",
    b"\xff\xd8\xff\xe0\x00\x04ab\xff\xc4\x00\x03c\xff\xc0\x00\x0b\x08\x00\x02\x00\x03\x01\x01\x11\x00",
)
_LONGEST = {"results": 1 << 17, "workbook": 1 << 17}
_SYNTAXES = {row.name.lower(): row.syntax for kind in KINDS for row in kind.attributes}


def write_corpus(target: str) -> Path:
    """Write the seeds of a target; finds of earlier runs stay in the folder and are seeds too."""
    folder = Path(tempfile.gettempdir(), "exchange-analyzer-fuzz", target)
    folder.mkdir(parents=True, exist_ok=True)
    for number, data in enumerate(_seeds(target)):
        (folder / f"seed-{number:04}").write_bytes(data[: longest(target) // 2])
    return folder


def longest(target: str) -> int:
    """Return how many bytes an input may have; a seed has half of them at most."""
    return _LONGEST.get(target, 8_192)


def report_of_sample(suffix: str) -> bytes:
    """Return the report on a small dump, cut to the first records of each kind."""
    with tempfile.TemporaryDirectory() as folder:
        waivers, profile = Path(folder, "waivers.toml"), Path(folder, "profile.toml")
        waivers.write_bytes(WAIVERS)
        profile.write_bytes(PROFILE)
        rules = analyzer.load_catalogue()
        audited = analyzer.audit(
            analyzer.read_dump(DUMP),
            catalogue=analyzer.apply_profile(rules, profile),
            waivers=analyzer.load_waivers([waivers], rules),
            started=datetime(2026, 11, 24, tzinfo=UTC),
        )
    few = {
        name: value[:3]
        for name in audited.__struct_fields__
        if isinstance(value := getattr(audited, name), tuple)
    }
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, f"report{suffix}")
        write_reports(replace(audited, **few), [path], evidence="all", reproducible=True)
        return path.read_bytes()


def _seeds(target: str) -> Iterator[bytes]:
    if target in ("results", "workbook"):
        yield report_of_sample(".json" if target == "results" else ".xlsx")
    elif target == "settings":
        yield SETTINGS
    elif target == "waivers":
        yield WAIVERS
    elif target == "profile":
        yield PROFILE
    elif target == "logo":
        yield from LOGOS
    elif target == "rules":
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
        yield gzip.compress(text[: longest("dump") // 2]) + bytes(3)
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
