"""The first bytes of a file in, its format, encoding and dialect out; names are never asked."""

import re
from typing import TYPE_CHECKING

from msgspec import Struct

from analyzer.dump.ldif.ldif_dialects import ldif_dialect
from analyzer.dump.other_texts import OtherText, other_text, spoilt_dump
from analyzer.errors import ReadError

if TYPE_CHECKING:
    from analyzer.dump.csv.csv_layout import CsvLayout

HEAD_BYTES = 1 << 20
"""Enough for the header of a CSV file with thousands of columns."""

ASK_FOR = (
    "ask for LDIF of the configuration partition, for example: "
    'ldifde -f config.ldf -d "CN=Configuration,DC=..." '
)

_BOMS = (
    (b"\xef\xbb\xbf", "utf-8-sig"),
    (b"\xff\xfe", "utf-16-le"),
    (b"\xfe\xff", "utf-16-be"),
)

_SNAPSHOTS = (b"win-ad-ob\x00", b"win-ad-XX\x00")
"""How a snapshot begins; the second is one that AD Explorer did not finish."""
_OTHER_FILES = (
    (b"PK\x03\x04", "a zip archive inside an archive or a stream, or an Office document"),
    (b"\x1f\x8b", "a gzip file inside an archive"),
    (b"\x04\x22\x4d\x18", "an LZ4 file; unpack it first"),
    (b"7z\xbc\xaf\x27\x1c", "a 7-Zip archive; unpack it first"),
    (b"Rar!", "a RAR archive; unpack it first"),
    (b"BZh", "a bzip2 file; unpack it first"),
    (b"\x1f\x9d", "a file packed by compress; unpack it first"),
    (b"MSCF", "a cabinet file; unpack it first"),
    (b"!<arch>\n", "an ar archive; unpack it first"),
    (b"07070", "a cpio archive; unpack it first"),
    (b"\x78\x9f\x3e\x22", "an attachment that Outlook packed (winmail.dat); unpack it first"),
    (b"\xfd7zXZ", "an xz file; unpack it first"),
    (b"\x28\xb5\x2f\xfd", "a Zstandard file; unpack it first"),
    (b"%PDF", "a PDF document"),
    (b"\xd0\xcf\x11\xe0", "an old Office document"),
    (b"SQLite format 3", "an SQLite database"),
    (b"regf", "a registry hive"),
    (b"ElfFile", "a Windows event log"),
    (b"MZ", "a Windows program"),
    (b"\x7fELF", "a program"),
    (b"\xef\xcd\xab\x89", "an ESE database"),
)
_LDIF_LINE = re.compile(
    r"(?im)^(?:\ufeff)?(?:dn|version):|^# (?:extended LDIF|LDAPv3|record \d|returned \d)"
)
# The last line may be cut: by its start it has to be a comment, or what can begin a record.
_ONLY_COMMENTS = re.compile(r"(?:[# \t\r\x00][^\n]*+\n|\n)*+(?:[# \t\r\x00][^\n]*+|[A-Za-z]{0,8}+)")
_TAR_BLOCK = 512
# Quotes behind blanks are none to a reader of CSV.
_INDENTED = re.compile(
    r"(?:\r?\n)*[ \t]+\"?(?:dn|distinguishedName)\"?,[^\n]*\n[ \t]", re.IGNORECASE
)
_LDIF_TRAILER = re.compile(r"(?im)^(?:search|result|ref):")


class Detected(Struct, frozen=True):
    """What the first bytes of a file tell."""

    format: str
    dialect: str
    encoding: str
    """The codec to read with; `utf-8` stands for 8-bit text that may turn out to be cp1252."""
    bom: int
    """Bytes of the byte order mark at the start."""
    csv: "CsvLayout | None" = None


def detect(path: str, head: bytes, encoding: str | None = None) -> Detected:
    """Tell what a file is from its first `HEAD_BYTES` bytes.

    Raises:
        ReadError: it is no dump; the message says what it looks like and what to ask for.
    """
    if is_blank(head) and len(head) < HEAD_BYTES:
        raise ReadError(path, f"the file is empty; {ASK_FOR}")
    if head.startswith(_SNAPSHOTS):
        return Detected("snapshot", "adexplorer", "utf-16-le", 0)
    for magic, name in _OTHER_FILES:
        if head.startswith(magic):
            raise ReadError(path, f"this is {name}, not a dump; {ASK_FOR}")
    if _is_tar(head):
        raise ReadError(path, f"this is a tar archive, not a dump; unpack it first, or {ASK_FOR}")
    evident, bom = _encoding(head)
    codec = _with_byte_order(encoding, evident, head) if encoding else evident
    # A mark of another encoding than the chosen one is text of the file.
    if _family(codec) != _family(evident):
        bom = 0
    text = head[bom:].decode("latin-1" if codec == "utf-8" else codec, "replace")
    text = text.lstrip("\ufeff")
    # LDIF alone has comments, and may have more of them than the head holds. A million bytes
    # without a line end are none.
    if len(head) >= HEAD_BYTES and "\n" in text and _ONLY_COMMENTS.fullmatch(text):
        return Detected("ldif", ldif_dialect(text), codec, bom)
    return _from_text(path, text, codec, bom)


def is_blank(head: bytes) -> bool:
    """Tell whether nothing stands in the first bytes of a file."""
    return not head.strip(b"\x00\r\n\t \x1a")


def _is_tar(head: bytes) -> bool:
    """Tell whether a tar archive begins here; the oldest have no mark but a checksum."""
    header = head[:_TAR_BLOCK]
    if len(header) < _TAR_BLOCK:
        return False
    if header[257:262] == b"ustar":
        return True
    stated = header[148:156].strip(b" \0")
    # The sum of the header with blanks in place of the sum, in octal digits.
    total = sum(header[:148]) + sum(header[156:]) + 8 * ord(" ")
    return re.fullmatch(rb"[0-7]{3,7}", stated) is not None and int(stated, 8) == total


def _from_text(path: str, text: str, codec: str, bom: int) -> Detected:
    """Tell the format of text; a header of CSV is looked for before lines of LDIF."""
    start = text.lstrip()
    other = other_text(text)
    if other is not None:
        raise _refused(path, other)
    first = start.split("\n", 1)[0]
    # `#TYPE ` is written by Export-Csv of Windows PowerShell, and is no comment of LDIF.
    if first.startswith("#TYPE ") or not _LDIF_LINE.match(first):
        from analyzer.dump.csv.csv_layout import csv_dialect, csv_layout

        layout = csv_layout(text)
        if layout is not None and not _INDENTED.match(text):
            return Detected("csv", csv_dialect(text, layout), codec, bom, layout)
    if _LDIF_LINE.search(text) or _LDIF_TRAILER.match(start):
        return Detected("ldif", ldif_dialect(text), codec, bom)
    spoilt = spoilt_dump(text)
    if spoilt is not None:
        raise _refused(path, spoilt)
    from analyzer.dump.csv.csv_layout import columns_without_dn

    columns = columns_without_dn(first)
    if columns:
        raise ReadError(
            path,
            'no column "DN". csvde writes one, Export-Csv writes DistinguishedName; was the file '
            f"saved again by another program? Found columns: {columns}",
        )
    raise ReadError(path, f"this is neither LDIF nor CSV of a directory; {ASK_FOR}")


def _refused(path: str, other: OtherText) -> ReadError:
    return ReadError(path, f"this looks like {other.what}; {other.cure or ASK_FOR}")


def _family(codec: str) -> str:
    return codec if codec.startswith(("utf-16", "utf-32")) else "8-bit"


def _with_byte_order(encoding: str, evident: str, head: bytes) -> str:
    """Settle the byte order where the chosen encoding leaves it open."""
    if encoding == "utf-16":
        return evident if evident.startswith("utf-16") else "utf-16-le"
    if encoding == "utf-32":
        return "utf-32-be" if head.startswith(b"\0\0") else "utf-32-le"
    return encoding


def _encoding(head: bytes) -> tuple[str, int]:
    """Return the codec of a file and the bytes of its byte order mark.

    `ldifde -u` and `csvde -u` write UTF-16; programs that save such a file again may drop the
    mark. Then every other byte of ASCII text is zero.
    """
    for bom, codec in _BOMS:
        if head.startswith(bom):
            return codec, len(bom)
    sample = head[: len(head) & ~1]
    even, odd, half = sample[::2].count(0), sample[1::2].count(0), len(sample) // 2
    # Text in Latin letters has few zero bytes on the other side; a binary file has many on both.
    if odd > half * 0.6 and even < half * 0.1:
        return "utf-16-le", 0
    if even > half * 0.6 and odd < half * 0.1:
        return "utf-16-be", 0
    return "utf-8", 0
