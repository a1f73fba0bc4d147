"""What is written is RFC 2849, and python-ldap reads it back value for value."""

import re
from io import BytesIO

import ldif
import pytest
from extracts import SAMPLES, text_of
from hypothesis import given
from hypothesis import strategies as st

import analyzer
from analyzer.directory.attributes import is_secret
from analyzer.extract.ldif_writer import comment, record, value_line


@given(st.binary(max_size=300))
def test_any_value_comes_back(value: bytes) -> None:
    text = record("CN=a,DC=b", [value_line("cn", value)])
    assert text.isascii()
    assert all(len(line) <= 76 for line in text.split(b"\n"))
    parser = ldif.LDIFRecordList(BytesIO(text))
    parser.parse()
    assert parser.all_records == [("CN=a,DC=b", {"cn": [value]})]


@pytest.mark.parametrize(
    "value", [b" a", b":a", b"<a", b"a ", b"a\nb", b"a\rb", b"\0", b"\xc3\xa4"]
)
def test_what_is_not_safe_is_base64(value: bytes) -> None:
    assert value_line("cn", value).startswith(b"cn:: ")


def test_safe_text_stays_text_and_nothing_is_nothing() -> None:
    assert value_line("cn", b"a: <b>") == b"cn: a: <b>\n"
    assert value_line("cn", b"") == b"cn:\n"


def test_a_comment_is_one_line_whatever_a_file_is_called() -> None:
    assert comment("source: a\nb: 1") == b"# source: a b: 1\n"


@pytest.mark.parametrize("name", ["contoso-snapshot.dat", "contoso-2003-unicode.ldf"])
def test_python_ldap_reads_every_entry_value_for_value(name: str) -> None:
    text = text_of(SAMPLES / name, everything=True)
    parser = ldif.LDIFRecordList(BytesIO(text))
    parser.parse()
    entries = list(analyzer.read_dump(SAMPLES / name).entries)
    assert [dn for dn, _ in parser.all_records] == [entry.dn for entry in entries]
    for (_, record_read), entry in zip(parser.all_records, entries, strict=True):
        kept = {
            attribute.name: list(attribute.values)
            for key, attribute in entry.fields.items()
            if not is_secret(key) and key != "changetype"
        }
        assert record_read == kept


def test_each_record_names_its_place_and_its_hash() -> None:
    dump = SAMPLES / "contoso-2003.ldf"
    text = text_of(dump).decode()
    entries = {entry.source.line: entry.sha256 for entry in analyzer.read_dump(dump).entries}
    places = re.findall(r"(?m)^# source: (.*):(\d+), entry SHA-256 ([0-9a-f]{64})\ndn:", text)
    assert len(places) == len(re.findall(r"(?m)^dn:", text)) > 20
    assert all(file == str(dump) and entries[int(line)] == sha256 for file, line, sha256 in places)
    snapshot = text_of(SAMPLES / "contoso-snapshot.dat").decode()
    assert re.search(r"(?m)^# source: \S+ offset \d+, entry SHA-256 ", snapshot)


def test_secrets_are_left_out_and_told() -> None:
    text = text_of(SAMPLES / "contoso-2003.ldf", everything=True).decode()
    assert "# left out, a secret: " in text
    assert not re.search(r"(?im)^[a-z;-]*(password|pw)::? ", text)
