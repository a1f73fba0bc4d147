"""The first bytes of a file in, its format, encoding and dialect out; names are never asked."""

import csv
import re
from dataclasses import dataclass

from analyzer.errors import ReadError

HEAD_BYTES = 1 << 20
"""Enough for the header of a CSV file with thousands of columns."""

_LDIF_HEAD = 65_536

ASK_FOR = (
    "ask for LDIF of the configuration partition, for example: "
    'ldifde -f config.ldf -d "CN=Configuration,DC=..." '
)

_BOMS = (
    (b"\xef\xbb\xbf", "utf-8-sig"),
    (b"\xff\xfe", "utf-16-le"),
    (b"\xfe\xff", "utf-16-be"),
)

_SNAPSHOT = b"win-ad-ob\x00"
_OTHER_FILES = (
    (_SNAPSHOT, "an AD Explorer snapshot, which this version does not read"),
    (b"PK\x03\x04", "a zip archive inside an archive or a stream, or an Office document"),
    (b"\x1f\x8b", "a gzip file inside an archive"),
    (b"\x04\x22\x4d\x18", "an LZ4 file; unpack it first"),
    (b"7z\xbc\xaf\x27\x1c", "a 7-Zip archive; unpack it first"),
    (b"Rar!", "a RAR archive; unpack it first"),
    (b"BZh", "a bzip2 file; unpack it first"),
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
_OTHER_TEXTS = (
    (r"<Objs ", "PowerShell CLIXML; use Export-Csv or, better, ldifde"),
    (r"<\?xml|<!DOCTYPE|<html|<[a-zA-Z]", "XML or HTML"),
    (r"[\[{]\s*[\"{\[\]}]", "JSON"),
    (r"(?:Expanding base|>> Dn:|Getting \d+ entries|ld = ldap_open)", "text copied from LDP"),
    (r"(?s)DN: [^\n]*\n\t[^\n\t:]+: ", "text printed by curl"),
    (r"-{10,}\r?\n", "the text log of a collection tool"),
    (r"Windows Registry Editor|REGEDIT4", "a registry export"),
)
_LDIF_LINE = re.compile(
    r"(?im)^(?:\ufeff)?(?:dn|version):|^# (?:extended LDIF|LDAPv3|record \d|returned \d)"
)
_ONLY_COMMENTS = re.compile(r"(?:[# \t\r\x00][^\n]*+\n|\n)*+[# \t\r\x00]?[^\n]*")
_SEPARATOR = re.compile(r"sep=([!#-/:-@\[-`{-~\t])")
_LDIF_TRAILER = re.compile(r"(?im)^(?:search|result|ref):")
_DN_COLUMNS = ("dn", "distinguishedname")


@dataclass(frozen=True, slots=True)
class CsvLayout:
    """How a CSV file is laid out."""

    delimiter: str
    columns: tuple[str, ...]
    dn_column: int
    header_lines: int
    """Physical lines before the first row of data."""


@dataclass(frozen=True, slots=True)
class Detected:
    """What the first bytes of a file tell."""

    format: str
    dialect: str
    encoding: str
    """The codec to read with; `utf-8` stands for 8-bit text that may turn out to be cp1252."""
    bom: int
    """Bytes of the byte order mark at the start."""
    csv: CsvLayout | None = None


def detect(path: str, head: bytes, encoding: str | None = None) -> Detected:
    """Tell what a file is from its first `HEAD_BYTES` bytes.

    Raises:
        ReadError: it is no dump; the message says what it looks like and what to ask for.
    """
    if is_blank(head) and len(head) < HEAD_BYTES:
        raise ReadError(path, f"the file is empty; {ASK_FOR}")
    for magic, name in _OTHER_FILES:
        if head.startswith(magic):
            raise ReadError(path, f"this is {name}, not a dump; {ASK_FOR}")
    found, bom = _encoding(head)
    codec = _with_byte_order(encoding, found, head) if encoding else found
    if _family(codec) != _family(found):
        bom = 0
    text = head[bom:].decode("latin-1" if codec == "utf-8" else codec, "replace")
    text = text.lstrip("\ufeff")
    if len(head) >= HEAD_BYTES and _ONLY_COMMENTS.fullmatch(text):
        return Detected("ldif", _ldif_dialect(text[:_LDIF_HEAD]), codec, bom)
    return _from_text(path, text, codec, bom)


def is_blank(head: bytes) -> bool:
    """Tell whether nothing stands in the first bytes of a file."""
    return not head.strip(b"\x00\r\n\t \x1a")


def _from_text(path: str, text: str, codec: str, bom: int) -> Detected:
    start = text.lstrip()
    for pattern, name in _OTHER_TEXTS:
        if re.match(pattern, start):
            raise ReadError(path, f"this looks like {name}, not a dump; {ASK_FOR}")
    first = start.split("\n", 1)[0]
    if first.startswith("#TYPE ") or not _LDIF_LINE.match(first):
        layout = _csv_layout(text)
        if layout is not None:
            return Detected("csv", _csv_dialect(text, layout), codec, bom, layout)
    if _LDIF_LINE.search(text) or _LDIF_TRAILER.match(start):
        return Detected("ldif", _ldif_dialect(text[:_LDIF_HEAD]), codec, bom)
    columns = _columns_without_dn(first)
    if columns:
        raise ReadError(
            path,
            'no column "DN". csvde writes one, Export-Csv writes DistinguishedName; was the file '
            f"saved again by another program? Found columns: {columns}",
        )
    raise ReadError(path, f"this is neither LDIF nor CSV of a directory; {ASK_FOR}")


def _family(codec: str) -> str:
    return codec if codec.startswith(("utf-16", "utf-32")) else "8-bit"


def _with_byte_order(encoding: str, found: str, head: bytes) -> str:
    """Settle the byte order where the chosen encoding leaves it open."""
    if encoding == "utf-16":
        return found if found.startswith("utf-16") else "utf-16-le"
    if encoding == "utf-32":
        return "utf-32-be" if head.startswith(b"\0\0") else "utf-32-le"
    return encoding


def _encoding(head: bytes) -> tuple[str, int]:
    for bom, codec in _BOMS:
        if head.startswith(bom):
            return codec, len(bom)
    sample = head[: len(head) & ~1]
    even, odd, half = sample[::2].count(0), sample[1::2].count(0), len(sample) // 2
    if odd > half * 0.6 and even < half * 0.1:
        return "utf-16-le", 0
    if even > half * 0.6 and odd < half * 0.1:
        return "utf-16-be", 0
    return "utf-8", 0


def _ldif_dialect(text: str) -> str:
    if re.search(r"(?m)^# record \d+\r?$|^# returned \d+ records", text):
        return "ldbsearch"
    if re.search(
        r"(?m)^# (?:extended LDIF|LDAPv3|numResponses:|search result|pagedresults:)", text
    ):
        return "ldapsearch"
    if re.search(r"(?im)^dn:[^\n]*\r?\nchangetype: add\r?$", text):
        return "ldifde"
    folds = {len(line.rstrip("\r")) for line in _folded_lines(text)}
    if 78 in folds:
        return "ldapsearch"
    if re.match(r"version: 1\r?\n\r?\n", text) and max(folds, default=0) == 76:
        return "studio"
    if re.match(r"version: 1\r?\ndn:", text) and _only_base64_folds(text):
        return "jxplorer"
    return "other"


def _folded_lines(text: str) -> list[str]:
    """Return the lines that a folded line follows."""
    return re.findall(r"(?m)^([^\n]+)\n(?= [^\n])", text)


def _only_base64_folds(text: str) -> bool:
    first_lines = re.findall(r"(?m)^([^\s#][^\n]*)\n(?= )", text)
    return all(re.match(r"[^:]+::", line) for line in first_lines)


def _csv_layout(text: str) -> CsvLayout | None:
    lines = text.split("\n")
    skipped = 0
    delimiters = ",;\t|"
    while lines and (not lines[0].strip() or lines[0].startswith(("#TYPE ", "sep="))):
        if match := _SEPARATOR.match(lines[0]):
            delimiters = match.group(1)
        lines.pop(0)
        skipped += 1
    if not lines:
        return None
    header = lines[0].rstrip("\r")
    for delimiter in delimiters:
        columns = tuple(name.strip() for name in _split_header(header, delimiter))
        lowered = [name.lower() for name in columns]
        for name in _DN_COLUMNS:
            if name in lowered:
                return CsvLayout(delimiter, columns, lowered.index(name), skipped + 1)
    return None


def _split_header(header: str, delimiter: str) -> list[str]:
    try:
        return next(csv.reader([header], delimiter=delimiter))
    except (csv.Error, StopIteration):
        return []


def _csv_dialect(text: str, layout: CsvLayout) -> str:
    header = text.lstrip()
    if header.startswith("#TYPE "):
        return "powershell"
    name = layout.columns[layout.dn_column]
    if name.lower() == "distinguishedname":
        return "powershell" if header.startswith('"') else "other"
    rows = header.split("\n", 2)
    quoted = len(rows) > 1 and re.match(r'"(?:[^"]++|"")*+"(?:,"(?:[^"]++|"")*+"|,)*+\r?$', rows[1])
    if name == "dn":
        return "studio" if quoted or "|" in text else "other"
    return "csvde"


def _columns_without_dn(line: str) -> str:
    for delimiter in ",;\t":
        names = [name.strip() for name in _split_header(line[:4096].rstrip("\r"), delimiter)]
        words = [name for name in names if re.fullmatch(r"[A-Za-z][\w;-]*", name)]
        if len(names) > 1 and len(words) == len(names):
            return ", ".join(names[:12]) + (", ..." if len(names) > 12 else "")
    return ""
