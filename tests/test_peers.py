"""Our entries are those of python-ldap wherever python-ldap accepts a file.

The files: tests/peers (one oddity each), the samples, and every file below the folder that the
variable ANALYZER_HELDOUT names.

Where python-ldap accepts a file but these guards of ours hold, its record is passed over:

    swallowed     it has an attribute `dn`: a separator of blanks or none at all was taken for a
                  line of the record, two records became one
    url           a value is a URL, which it returns as None and we as lost
    name          an attribute has a name that no schema allows, as `-` and names with blanks
    change        `changetype` is another than `add`: a change of content, not content
    dn            its base64 has characters that base64 has not (told by the lines of the file);
                  libldap does not take it for a DN, though the pattern of python-ldap does; it
                  holds a NUL, begins with `<GUID=...>;` (which we take off), or has more than
                  65,536 characters

A file with a line of nothing but blanks, or with an indented line behind an empty one, is passed
over as a whole: the former ends a record for us and continues its last line for python-ldap, the
latter continues nothing for us and begins a record for python-ldap.

Where it rejects a file we give entries and reasons: an entry or a reason for each record.
"""

import io
import os
import re
from collections.abc import Iterator, Sequence
from itertools import zip_longest
from pathlib import Path
from typing import NamedTuple

import ldap.dn
import ldif
import pytest

import analyzer
from analyzer import AnalyzerError, ReadOptions

HERE = Path(__file__).parent
SHIPPED = sorted(
    path for folder in (HERE / "peers", HERE.parent / "samples") for path in folder.rglob("*.ld*")
)
HELDOUT = os.environ.get("ANALYZER_HELDOUT", "")
BLANKS = re.compile(rb"(?m)^[ \t]+\r?$|^\r?\n[ \t]")
LEGAL = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_.-]*(?:;[A-Za-z0-9_=*.-]+)*\Z")


class Record(NamedTuple):
    dn: str
    values: dict[str, tuple[bytes, ...]]
    guard: str


def guard_of(dn: str, attributes: dict[str, list[bytes | None]]) -> str:
    lowered = {name.lower(): values for name, values in attributes.items()}
    if "dn" in lowered:
        return "swallowed"
    if any(None in values for values in attributes.values()):
        return "url"
    if not all(LEGAL.match(name) for name in attributes):
        return "name"
    if lowered.get("changetype", [b"add"]) != [b"add"]:
        return "change"
    return "" if len(dn) <= 65_536 and "\0" not in dn and ldap.dn.is_dn(dn) else "dn"


def merged(attributes: dict[str, list[bytes | None]]) -> dict[str, tuple[bytes, ...]]:
    found: dict[str, tuple[bytes, ...]] = {}
    for name, values in attributes.items():
        kept = tuple(value for value in values if value is not None)
        found[name.lower()] = found.get(name.lower(), ()) + kept
    return found


def records_of_python_ldap(data: bytes) -> list[Record] | None:
    """Return its records; None when it rejects the file or the file is passed over."""
    if BLANKS.search(data):
        return None
    try:
        parser = ldif.LDIFRecordList(io.BytesIO(data))
        parser.parse()
    except (ValueError, EOFError, AttributeError):
        return None
    return [
        Record(dn, merged(attributes), guard_of(dn, attributes))
        for dn, attributes in parser.all_records
    ]


def records_of_ours(path: Path) -> list[Record]:
    dump = analyzer.read_dump(path, options=ReadOptions(parse_all=True))
    return [Record(entry.dn, entry.attributes, "") for entry in dump.entries]


def differences(expected: Sequence[Record], found: Sequence[Record]) -> Iterator[str]:
    """Compare record by record; after a guarded record, go on at the next one that is equal."""
    if any(record.guard for record in expected):
        rest = iter(found)
        for record in expected:
            if not record.guard and not any(
                (item.dn, item.values) == (record.dn, record.values) for item in rest
            ):
                yield f"not found: {record.dn[:60]!r}"
                return
        return
    for number, (one, two) in enumerate(zip_longest(expected, found), 1):
        if one is None or two is None:
            yield f"{len(expected)} records expected, {len(found)} found"
            return
        if one.dn != two.dn:
            yield f"record {number}: dn {one.dn[:60]!r} expected, {two.dn[:60]!r} found"
        elif one.values != two.values:
            names = [
                k for k in {*one.values, *two.values} if one.values.get(k) != two.values.get(k)
            ]
            yield f"record {number}: {one.dn[:60]!r} differs in {', '.join(sorted(names)[:5])}"


def compare(path: Path) -> str:
    """Return what is wrong with our reading of a file; empty when nothing is."""
    data = path.read_bytes()
    expected = records_of_python_ldap(data)
    try:
        found = records_of_ours(path)
    except AnalyzerError as error:
        return "" if not expected else f"{len(expected)} records expected, refused: {error}"
    if expected is not None:
        return next(differences(expected, found), "")
    told = analyzer.read_dump(path, options=ReadOptions(parse_all=True))
    dns = len(re.findall(rb"(?im)^(?:\xef\xbb\xbf)?dn:", data))
    if len(found) + len(told.unreadable) < min(dns, 1):
        return "rejected by python-ldap, but neither entries nor reasons by us"
    return ""


def table(paths: Sequence[Path]) -> str:
    wrong = [(path, reason) for path in paths if (reason := compare(path))]
    return "\n".join(f"{path}: {reason}" for path, reason in wrong)


@pytest.mark.parametrize("path", SHIPPED, ids=lambda path: path.name)
def test_shipped_file_reads_as_python_ldap_reads_it(path: Path) -> None:
    assert compare(path) == ""


@pytest.mark.skipif(not HELDOUT, reason="ANALYZER_HELDOUT names no folder")
def test_files_of_others_read_as_python_ldap_reads_them() -> None:
    paths = sorted(
        path
        for path in Path(HELDOUT).rglob("*")
        if path.suffix.lower() in (".ldif", ".ldf") and path.is_file()
    )
    assert paths
    wrong = table(paths)
    assert not wrong, f"\n{wrong}"
