"""What a file is, from its first bytes alone."""

import gzip
from pathlib import Path

import pytest
from readers import read

from analyzer.dump.detect import HEAD_BYTES, detect
from analyzer.errors import ReadError

DN = b"dn: CN=a,DC=x\n"


@pytest.mark.parametrize(
    ("head", "dialect"),
    [
        (b"dn: CN=a,DC=x\r\nchangetype: add\r\ncn: a\r\n\r\n", "ldifde"),
        (b"# extended LDIF\n#\n# LDAPv3\n\ndn: CN=a\n", "ldapsearch"),
        (b"dn: CN=a\ncn: a\n\n# search result\nsearch: 2\nresult: 0 Success\n", "ldapsearch"),
        (b"dn: CN=a\ninfo: " + b"x" * 72 + b"\n yy\n", "ldapsearch"),
        (b"# record 1\ndn: CN=a\ncn: a\n\n# returned 1 records\n", "ldbsearch"),
        (b"version: 1\n\ndn: CN=a\ninfo: " + b"x" * 70 + b"\n yy\n", "studio"),
        (b"version: 1\ndn: CN=a\ninfo: " + b"x" * 200 + b"\n", "jxplorer"),
        (b"dn: CN=a\ncn: a\n", "other"),
        (b"DN: CN=a\ncn: a\n", "other"),
        (b"\n\n\ndn:: Q049YQ==\ncn: a\n", "other"),
        (b"ref: ldap://x/\n\ndn: CN=a\n", "other"),
    ],
)
def test_ldif_is_told_by_its_lines(head: bytes, dialect: str) -> None:
    found = detect("f", head)
    assert (found.format, found.dialect) == ("ldif", dialect)


@pytest.mark.parametrize(
    ("head", "dialect", "delimiter"),
    [
        (b"DN,objectClass,cn\r\n", "csvde", ","),
        (b"DN;objectClass;cn\r\n", "csvde", ";"),
        (b'#TYPE Microsoft.X\r\n"cn","DistinguishedName"\r\n', "powershell", ","),
        (b'"cn","DistinguishedName"\r\n', "powershell", ","),
        (b'"cn";"DistinguishedName"\r\n', "powershell", ";"),
        (b'dn,cn,objectClass\n"CN=a","a","top|person"\n', "studio", ","),
        (b"sep=|\nDN|cn\n", "csvde", "|"),
        (b"distinguishedName,cn\nCN=a,a\n", "other", ","),
    ],
)
def test_csv_is_told_by_its_header(head: bytes, dialect: str, delimiter: str) -> None:
    found = detect("f", head)
    assert found.csv is not None
    assert (found.format, found.dialect, found.csv.delimiter) == ("csv", dialect, delimiter)


@pytest.mark.parametrize(
    ("head", "words"),
    [
        (b"%PDF-1.4", "PDF"),
        (b"7z\xbc\xaf\x27\x1c", "7-Zip"),
        (b"<Objs Version='1'>", "CLIXML"),
        (b"<?xml version='1.0'?>", "XML"),
        (b'{"a": 1}', "JSON"),
        (b"[]", "JSON"),
        (b"Expanding base 'CN=a'...\n", "LDP"),
        (b"DN: CN=a\n\tcn: a\n\n", "curl"),
        (b"hello\nworld\n", "neither"),
        (b"name,mail\na,b\n", 'no column "DN"'),
        (b"\xff\xd8\xff\xe0\x00\x10JFIF", "neither"),
        (b"MZ\x90\0", "program"),
        (b"Windows Registry Editor Version 5.00\r\n", "registry"),
    ],
)
def test_what_is_no_dump_is_refused_with_what_it_looks_like(head: bytes, words: str) -> None:
    with pytest.raises(ReadError) as caught:
        detect("f", head)
    assert words in str(caught.value)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize("sep", [b'sep="', b"sep=\r", b"sep=", b"sep=\xa7", b"sep=a"])
def test_separator_that_cannot_be_one_is_not_believed(sep: bytes) -> None:
    found = detect("f", sep + b"\nDN,cn\nCN=a,a\n")
    assert found.csv is not None
    assert found.csv.delimiter == ","


@pytest.mark.parametrize(
    "before", [b"# comment\n", b"\n", b"   \n", b"\r\n"], ids=["comments", "LF", "blanks", "CRLF"]
)
@pytest.mark.parametrize("packed", [False, True])
def test_record_behind_a_million_bytes_of_nothing_is_found(
    before: bytes, packed: bool, tmp_path: Path
) -> None:
    lines = HEAD_BYTES // len(before) + 10
    data = before * lines + DN + b"cn: a\n\n"
    path = tmp_path / "dump"
    path.write_bytes(gzip.compress(data) if packed else data)
    reading = read(path)
    assert (reading.input.entries, reading.unreadable) == (1, ())


def test_million_bytes_of_nothing_are_an_empty_file(tmp_path: Path) -> None:
    path = tmp_path / "dump"
    path.write_bytes(b"\n" * (HEAD_BYTES + 10))
    with pytest.raises(ReadError, match="empty"):
        read(path)


def test_header_longer_than_the_first_bytes_is_read_whole(tmp_path: Path) -> None:
    columns = [f"extensionAttribute{number}" for number in range(60_000)]
    path = tmp_path / "dump.csv"
    path.write_text(",".join(["DN", *columns]) + "\nCN=a" + "," * 59_999 + ",last\n")
    assert path.stat().st_size > HEAD_BYTES
    reading = read(path)
    assert (reading.input.entries, reading.unreadable) == (1, ())
