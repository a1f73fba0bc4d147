"""The row of an object in, its entry out: cells, DN, values.

csvde joins values by `;` and writes octet strings as `X'hex'`; it writes the leaf class alone as
objectClass. Directory Studio joins by `|`, and writes octets as a placeholder, as base64 or as hex,
whichever was chosen. Export-Csv writes the name of a type where it had no text for a value.
"""

import base64
import csv
import hashlib
import re
from collections.abc import Iterable
from typing import NamedTuple

from msgspec.structs import replace

from analyzer.dump.csv.csv_layout import CsvFormat
from analyzer.dump.csv.csv_rows import CsvRow
from analyzer.dump.distinguished_names import is_dn, without_extension
from analyzer.dump.encoding import is_utf8
from analyzer.dump.entry import Attribute, Entry, Notation, Source, shared
from analyzer.dump.quoting import quoted_dn, shown_type

_HEX = re.compile(r"[Xx]'([0-9A-Fa-f]*)'\Z")
_TYPE_NAME = re.compile(r"(?:System|Microsoft)\.[\w.]+(?:\[\])?\Z")
_SEMICOLON = re.compile(r"((?:[^\\;]++|\\(?:.|\Z))*+)(?:;|\Z)", re.DOTALL)
_PAIR = re.compile(r"\\([\\;])")
_LONE_BACKSLASH = re.compile(r"(?:[^\\]++|\\[\\;])*+\\", re.DOTALL)
NO_DN = "a row without DN"
_SHORT = "the row has fewer cells than the header has columns, and this one is not among them"
_CUT = "the file is cut before this cell"
_ENDS_INSIDE = "the file ends inside this cell"
_NOT_HEX = frozenset({"objectclass"})
_RDN = re.compile(r"\s*(?:CN|OU|O|DC)=[^,]*\Z", re.IGNORECASE)
_LOST_QUOTES = "; its DN has lost its quotes and fell apart at the commas"
_PARTED_DN = 3
"""So many RDNs in as many cells are one DN that fell apart."""
_BASE64 = re.compile(r"(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?\Z")
_HEX_TEXT = re.compile(r"(?:[0-9A-Fa-f]{2})+\Z")
# The first bytes of a list of addresses, 18 00 00 80, and of a self-relative security descriptor
# with a DACL, 01 00 04 84 or 8c (MS-DTYP 2.4.6); sixteen bytes, as a GUID has, in base64.
_IN_BASE64 = re.compile(r"GAAAg|AQAE[hij]|[A-Za-z0-9+/]{22}==\Z")
_GUID_IN_HEX = re.compile(r"[0-9A-Fa-f]{32}\Z")
_IN_HEX = re.compile(r"18000080|010004[89]", re.IGNORECASE)


class Escapes(NamedTuple):
    """How one file writes values, decided from what stands in it."""

    doubled: bool = False
    r"""Whether `\\` in a cell stands for one backslash."""
    doubled_in_dn: bool = False
    """The same of the column with the DN."""
    octets: Notation = Notation.CSV
    """How it writes octets where not as csvde does: `BASE64`, `HEX`, or `CSV` for not at all."""


def split_row(row: CsvRow, csv_format: CsvFormat) -> tuple[list[str], str]:
    """Return the cells of a row, and why it cannot be read (empty when it can)."""
    data = row.data.rstrip(b"\r")
    # Row by row: those of another code page are found in files that were put together.
    text = (data if is_utf8(data) else csv_format.to_utf8(data)).decode()
    text = text.removeprefix("\ufeff")
    try:
        lines = [line + "\n" for line in text.split("\n")]
        rows = list(csv.reader(lines, delimiter=csv_format.layout.delimiter))
    except csv.Error as error:
        return [], f"the row is not valid CSV: {error}"
    cells = rows[0] if rows else []
    if len(rows) > 1:
        return [], "the row is not valid CSV: a line end outside quotes"
    if len(cells) > csv_format.width or _is_parted(cells, csv_format):
        reason = f"the row has {len(cells)} cells, the header has {csv_format.width}"
        return [], reason + (_LOST_QUOTES if _is_parted(cells, csv_format) else "")
    return cells, ""


def _is_parted(cells: list[str], csv_format: CsvFormat) -> bool:
    """Tell whether the parts of a DN stand in cells of their own."""
    column = csv_format.layout.dn_column
    parts = cells[column : column + _PARTED_DN]
    return len(parts) == _PARTED_DN and all(map(_RDN.match, parts))


def dn_of(cells: list[str], csv_format: CsvFormat) -> tuple[str, str]:
    """Return the DN of a row, and why there is none (empty when there is one)."""
    column = csv_format.layout.dn_column
    text = cells[column] if column < len(cells) else ""
    if not text:
        return "", NO_DN
    text = without_extension(text)
    if not is_dn(text):
        if _may_be_doubled(csv_format) and is_dn(undoubled := _PAIR.sub(r"\1", text)):
            return undoubled, ""
        return "", f"the DN is not valid{quoted_dn(text)}"
    return text, ""


def _may_be_doubled(csv_format: CsvFormat) -> bool:
    """Tell whether the DN may stand in a column in which csvde doubles backslashes."""
    return csv_format.layout.columns[csv_format.layout.dn_column].lower() != "dn"


def escapes_of(rows: Iterable[list[str]], csv_format: CsvFormat) -> Escapes:
    r"""Decide from what is there how values are written.

    Where backslashes are doubled, each of them is followed by another one or by `;`. csvde does not
    escape its column DN, but does so with distinguishedName, which is left when DN was taken out.
    """
    # No documentation says whether csvde doubles backslashes, and files of both kinds are about.
    # A path tells: `C:\Program Files` can stand in no file in which they are doubled. A UNC path
    # begins with two either way, so that one lone backslash anywhere weighs more than any pair.
    cells, dns = _Backslashes(), _Backslashes()
    octets = Notation.CSV
    in_dn = csv_format.layout.dn_column
    for row in rows:
        for column, cell in enumerate(row):
            if "\\" in cell:
                (dns if column == in_dn else cells).look_at(cell)
            elif octets is Notation.CSV and column in csv_format.octet_columns:
                octets = _octets_in(cell, csv_format.dialect)
    doubled_in_dn = False
    if _may_be_doubled(csv_format) and not dns.lone:
        doubled_in_dn = dns.invalid or (dns.pairs and cells.doubled)
    return Escapes(cells.doubled, doubled_in_dn, octets)


class _Backslashes:
    """What the backslashes of some cells tell."""

    def __init__(self) -> None:
        self.lone = self.pairs = self.invalid = False

    def look_at(self, cell: str) -> None:
        self.lone = self.lone or bool(_LONE_BACKSLASH.match(cell))
        self.pairs = self.pairs or "\\\\" in cell
        self.invalid = self.invalid or not is_dn(cell)

    @property
    def doubled(self) -> bool:
        return self.pairs and not self.lone


def _octets_in(cell: str, dialect: str) -> Notation:
    """Return how a cell writes octets, `CSV` where it does not tell."""
    if dialect == "studio" and _GUID_IN_HEX.match(cell):
        return Notation.HEX
    if _IN_BASE64.match(cell) and _BASE64.match(cell):
        return Notation.BASE64
    if _IN_HEX.match(cell) and _HEX_TEXT.match(cell):
        return Notation.HEX
    return Notation.CSV


def class_of(row: CsvRow, cells: list[str], csv_format: CsvFormat) -> Attribute | None:
    """Return the object classes of a row as they are in its entry."""
    for column in csv_format.class_columns:
        if column < len(cells) and cells[column]:
            name, cell = csv_format.names[column], cells[column]
            return _attribute(name, cell, row, csv_format, Escapes())
    return None


def entry_of(
    row: CsvRow, cells: list[str], dn: str, csv_format: CsvFormat, escapes: Escapes
) -> Entry:
    """Return the entry of a row; an empty cell is an absent attribute, a missing one is lost."""
    fields: dict[str, Attribute] = {}
    for column, cell in enumerate(cells):
        key = csv_format.keys[column]
        if not cell or not key or column == csv_format.layout.dn_column:
            continue
        fields[key] = _attribute(csv_format.names[column], cell, row, csv_format, escapes)
    cut = not row.ended
    if cut and (key := _last_key(cells, csv_format)) in fields:
        fields[key] = replace(fields[key], damaged=_ENDS_INSIDE, raw=cells[-1])
    why = _CUT if cut else _SHORT
    for column in range(len(cells) - (cut and not cells[-1]), csv_format.width):
        key, name = csv_format.keys[column], csv_format.names[column]
        if key and column != csv_format.layout.dn_column:
            fields[key] = Attribute(name, (), row.line, row.line, Notation.CSV, lost=why)
    if escapes.doubled_in_dn:
        undoubled = without_extension(_PAIR.sub(r"\1", cells[csv_format.layout.dn_column]))
        dn = undoubled if is_dn(undoubled) else dn
    text = row.data + (b"\n" if row.ended else b"")
    digest = hashlib.sha256(text).hexdigest()
    source = Source(csv_format.file, row.line, row.last_line)
    return Entry(dn, fields, source, digest, cut=cut)


def _last_key(cells: list[str], csv_format: CsvFormat) -> str:
    """Return the column in which a cut file ends; words for a Boolean are the begin of no other."""
    if cells[-1].upper() in ("TRUE", "FALSE"):
        return ""
    return csv_format.keys[len(cells) - 1]


def _attribute(
    name: str, cell: str, row: CsvRow, csv_format: CsvFormat, escapes: Escapes
) -> Attribute:
    lost = _lost(cell, csv_format.dialect)
    if lost:
        return Attribute(name, (), row.line, row.line, Notation.CSV, lost=lost, raw=cell)
    values: list[bytes] = []
    notation = Notation.CSV
    octets = escapes.octets if name.lower() in csv_format.octets else Notation.CSV
    for text in _split_values(cell, csv_format.dialect, doubled=escapes.doubled):
        # Half a byte is no octet string: such text stays as it is.
        match = None if name.lower() in _NOT_HEX else _HEX.match(text)
        if match and not len(match.group(1)) % 2:
            notation = Notation.HEX
            values.append(bytes.fromhex(match.group(1)))
        elif octets is Notation.BASE64 and _BASE64.match(text):
            notation = octets
            values.append(base64.b64decode(text))
        elif octets is Notation.HEX and _HEX_TEXT.match(text):
            notation = octets
            values.append(bytes.fromhex(text))
        else:
            values.append(text.encode("utf-8", "backslashreplace"))
    return Attribute(name, shared(tuple(values)), row.line, row.line, notation)


def _lost(cell: str, dialect: str) -> str:
    """Return why a cell has nothing left of its value; empty when it has.

    Directory Studio decodes binary values as the character set of the file: what cannot be is
    written as BINARY, in UTF-8 as U+FFFD.
    """
    if _TYPE_NAME.match(cell):
        return f"Export-Csv wrote the name of the type in place of the value: {shown_type(cell)}"
    if dialect == "studio" and (cell == "BINARY" or "\ufffd" in cell):
        return "Directory Studio wrote a placeholder in place of the binary value"
    return ""


def _split_values(cell: str, dialect: str, *, doubled: bool) -> list[str]:
    """Part the values of a cell: at `|` in Directory Studio, which escapes nothing, else at `;`."""
    if dialect == "studio":
        return [_without_guard(text) for text in cell.split("|")]
    if ";" not in cell:
        return [cell.replace("\\\\", "\\") if doubled else cell]
    parts = [match.group(1) for match in _SEMICOLON.finditer(cell)]
    if not cell.endswith(";") and parts and not parts[-1]:
        parts.pop()
    if doubled:
        return [_PAIR.sub(r"\1", text) for text in parts]
    return [text.replace("\\;", ";") for text in parts]


def _without_guard(text: str) -> str:
    """Take off the quote that Directory Studio puts before `=`, lest a spreadsheet calculates."""
    return text[1:] if text.startswith("'=") else text
