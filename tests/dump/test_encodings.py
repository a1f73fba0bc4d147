"""Encodings: what is told apart, what stays of bytes that fit none, and the lines they stand on."""

import codecs
from pathlib import Path

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from readers import read, simple

from analyzer.dump.encoding import check_encoding, utf8_chunks
from analyzer.errors import ReadError

TEXT = (
    "dn: CN=1,CN=SMTP,CN=Protocols,CN=Zürich,DC=a\r\nobjectClass: protocolCfgSMTPServer\r\n"
    "adminDisplayName: Büro € 5\r\n\r\n"
)
EXPECTED = (
    "CN=1,CN=SMTP,CN=Protocols,CN=Zürich,DC=a",
    {"objectclass": (b"protocolCfgSMTPServer",), "admindisplayname": ("Büro € 5".encode(),)},
)
CSV = 'DN,objectClass,adminDisplayName\r\n"CN=1,CN=SMTP,CN=Zürich",protocolCfgSMTPServer,Büro\r\n'


def write(tmp_path: Path, data: bytes) -> Path:
    path = tmp_path / "dump"
    path.write_bytes(data)
    return path


@pytest.mark.parametrize(
    ("data", "encoding"),
    [
        (TEXT.encode(), "utf-8"),
        (codecs.BOM_UTF8 + TEXT.encode(), "utf-8-sig"),
        (codecs.BOM_UTF16_LE + TEXT.encode("utf-16-le"), "utf-16-le"),
        (codecs.BOM_UTF16_BE + TEXT.encode("utf-16-be"), "utf-16-be"),
        (TEXT.encode("utf-16-le"), "utf-16-le"),
        (TEXT.encode("utf-16-be"), "utf-16-be"),
        (TEXT.encode("cp1252"), "cp1252"),
    ],
)
def test_encoding_is_told_from_the_bytes(data: bytes, encoding: str, tmp_path: Path) -> None:
    reading = read(write(tmp_path, data))
    assert reading.input.encoding == encoding
    assert [simple(entry) for entry in reading.entries] == [EXPECTED]
    assert reading.unreadable == ()


@pytest.mark.parametrize(
    ("encoding", "shown"),
    [("utf-8", "utf-8"), ("utf-16", "utf-16-le"), ("utf-16-be", "utf-16-be"), ("cp1252", "cp1252")],
)
def test_encoding_of_csv_is_told_from_the_bytes(encoding: str, shown: str, tmp_path: Path) -> None:
    reading = read(write(tmp_path, CSV.encode(encoding)))
    assert reading.input.encoding == shown
    assert reading.entries[0].texts("adminDisplayName") == ("Büro",)
    assert reading.entries[0].dn.endswith("Zürich")


@pytest.mark.parametrize(
    ("data", "chosen"),
    [
        (TEXT.replace("€", "\x80").encode("latin-1"), "cp1252"),
        (TEXT.encode("cp1252"), "cp1252"),
        (TEXT.encode("utf-16-le"), "utf-16"),
        (TEXT.encode("utf-16"), "utf-16"),
        (TEXT.encode("utf-32-be"), "utf-32-be"),
        (TEXT.encode("utf-32"), "utf-32"),
        (TEXT.encode("cp850", "replace").replace(b"?", b"\xd5"), "cp858"),
    ],
)
def test_chosen_encoding_overrules(data: bytes, chosen: str, tmp_path: Path) -> None:
    reading = read(write(tmp_path, data), encoding=chosen)
    assert [simple(entry) for entry in reading.entries] == [EXPECTED]


def test_bytes_that_are_no_utf8_are_shown_when_utf8_was_chosen(tmp_path: Path) -> None:
    data = TEXT.replace("Zürich", "Basel").encode("cp1252")
    reading = read(write(tmp_path, data), encoding="utf-8")
    assert reading.entries[0].texts("adminDisplayName") == ("B\\xfcro \\x80 5",)


def test_undefined_bytes_of_cp1252_are_kept_apart(tmp_path: Path) -> None:
    data = TEXT.encode("cp1252").replace(b"\x80", b"\x81\x8d\x8f\x90\x9d")
    reading = read(write(tmp_path, data))
    assert reading.entries[0].texts("adminDisplayName") == ("Büro \x81\x8d\x8f\x90\x9d 5",)


@pytest.mark.parametrize("encoding", ["utf-16-le", "utf-16-be"])
def test_odd_byte_at_the_end_of_utf16_costs_nothing_else(encoding: str, tmp_path: Path) -> None:
    bom = "\ufeff".encode(encoding)
    reading = read(write(tmp_path, bom + TEXT.encode(encoding) + b"\x0a"))
    assert [simple(entry) for entry in reading.entries] == [EXPECTED]
    assert len(reading.unreadable) == 1


def test_lone_surrogate_in_utf16_costs_its_character(tmp_path: Path) -> None:
    data = "\ufeff".encode("utf-16-le") + TEXT.replace("€", "\ud83d").encode(
        "utf-16-le", "surrogatepass"
    )
    (entry,) = read(write(tmp_path, data)).entries
    assert entry.texts("adminDisplayName")[0].startswith("Büro ")


def test_utf16_files_in_a_row_are_one(tmp_path: Path) -> None:
    data = (codecs.BOM_UTF16_LE + TEXT.encode("utf-16-le")) * 2
    reading = read(write(tmp_path, data))
    assert [entry.source.line for entry in reading.entries] == [1, 5]
    assert reading.unreadable == ()


def test_mark_before_a_comment_in_mid_file_is_a_comment(tmp_path: Path) -> None:
    mark = codecs.BOM_UTF8
    reading = read(
        write(tmp_path, TEXT.encode() + mark + b"# extended LDIF\n#\n\n" + TEXT.encode())
    )
    assert (reading.input.entries, reading.unreadable) == (2, ())


def test_one_cp1252_line_does_not_change_the_utf8_lines(tmp_path: Path) -> None:
    data = TEXT.encode() + TEXT.encode("cp1252")
    reading = read(write(tmp_path, data))
    assert [simple(entry) for entry in reading.entries] == [EXPECTED, EXPECTED]
    assert reading.input.encoding == "cp1252"


@pytest.mark.parametrize("name", ["idna", "punycode", "hex", "undefined", "no-such", "a\0b", ""])
def test_what_is_no_encoding_of_files_is_refused(name: str) -> None:
    with pytest.raises(LookupError):
        check_encoding(name)


@pytest.mark.parametrize(
    ("name", "shown"), [("UTF8", "utf-8"), ("utf_16_le", "utf-16-le"), ("Windows-1252", "cp1252")]
)
def test_encodings_have_one_name(name: str, shown: str) -> None:
    assert check_encoding(name) == shown


@pytest.mark.parametrize(
    "data", [b"", b"\n", b" \t\r\n", b"\0" * 9, b"\xef\xbb\xbf", b"\xff\xfe", b"\x1a"]
)
def test_nothing_in_any_encoding_is_refused(data: bytes, tmp_path: Path) -> None:
    with pytest.raises(ReadError):
        read(write(tmp_path, data))


UNITS = [
    *(b"a\0", b"\0a", b"a\0" * 8, b"\0a" * 8, b"\xfc\0", b"\0\xfc", b"\x42\x30", b"\xff\xff"),
    *(b"\x3d\xd8\xa9\xdc", b"\xd8\x3d\xdc\xa9", b"\0\xd8", b"\xd8\0", b"\0\xdc", b"\xdc\0", b"x"),
]


@given(
    st.sampled_from(["utf-16-le", "utf-16-be"]),
    st.lists(st.sampled_from(UNITS), max_size=12).map(b"".join),
    st.sampled_from([1, 2, 3, 5, 100]),
)
@example("utf-16-le", b"a\0" * 8 + b"\0\xd8", 100)
def test_utf16_is_decoded_as_by_the_standard_library(codec: str, data: bytes, size: int) -> None:
    chunks = [data[at : at + size] for at in range(0, len(data), size)]
    decoder = codecs.getincrementaldecoder(codec)(errors="backslashreplace")
    text = "".join([*map(decoder.decode, chunks), decoder.decode(b"", final=True)])
    assert b"".join(utf8_chunks(iter(chunks), codec, 0)) == text.encode()
