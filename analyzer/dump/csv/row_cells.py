"""The row of an object in, its entry out: cells, DN, values.

csvde joins values by `;` and writes octet strings as `X'hex'`; it writes the leaf class alone as
objectClass. Directory Studio joins by `|`. Export-Csv writes the name of a type where it had no
text for a value.
"""

import csv
import hashlib
import re
from collections.abc import Iterable

from analyzer.dump.csv.csv_layout import CsvFormat
from analyzer.dump.csv.csv_rows import CsvRow
from analyzer.dump.distinguished_names import is_dn, without_extension
from analyzer.dump.encoding import is_utf8
from analyzer.dump.entry import Attribute, Entry, Notation, Source
from analyzer.dump.quoting import quoted_dn, shown_type

_HEX = re.compile(r"[Xx]'([0-9A-Fa-f]*)'\Z")
_TYPE_NAME = re.compile(r"(?:System|Microsoft)\.[\w.]+(?:\[\])?\Z")
_SEMICOLON = re.compile(r"((?:[^\\;]++|\\(?:.|\Z))*+)(?:;|\Z)", re.DOTALL)
_PAIR = re.compile(r"\\([\\;])")
_LONE_BACKSLASH = re.compile(r"(?:[^\\]++|\\[\\;])*+\\", re.DOTALL)
NO_DN = "a row without DN"
_NOT_HEX = frozenset({"objectclass"})


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
    if len(cells) > csv_format.width:
        return [], f"the row has {len(cells)} cells, the header has {csv_format.width}"
    return cells, ""


def dn_of(cells: list[str], csv_format: CsvFormat) -> tuple[str, str]:
    """Return the DN of a row, and why there is none (empty when there is one)."""
    column = csv_format.layout.dn_column
    text = cells[column] if column < len(cells) else ""
    if not text:
        return "", NO_DN
    text = without_extension(text)
    if not is_dn(text):
        return "", f"the DN is not valid{quoted_dn(text)}"
    return text, ""


def backslashes_doubled(rows: Iterable[list[str]], csv_format: CsvFormat) -> bool:
    r"""Decide from what is there whether `\\` in a cell stands for one backslash.

    Where backslashes are doubled, each of them is followed by another one or by `;`. The DN column
    is never escaped.
    """
    # No documentation says whether csvde doubles backslashes, and files of both kinds are about.
    # A path tells: `C:\Program Files` can stand in no file in which they are doubled. A UNC path
    # begins with two either way, so that one lone backslash anywhere weighs more than any pair.
    doubled = False
    for cells in rows:
        for column, cell in enumerate(cells):
            if "\\" not in cell or column == csv_format.layout.dn_column:
                continue
            if _LONE_BACKSLASH.match(cell):
                return False
            doubled = doubled or "\\\\" in cell
    return doubled


def class_of(row: CsvRow, cells: list[str], csv_format: CsvFormat) -> Attribute | None:
    """Return the object classes of a row as they are in its entry."""
    for column in csv_format.class_columns:
        if column < len(cells) and cells[column]:
            name, cell = csv_format.names[column], cells[column]
            return _attribute(name, cell, row, csv_format, doubled=False)
    return None


def entry_of(
    row: CsvRow, cells: list[str], dn: str, csv_format: CsvFormat, *, doubled: bool
) -> Entry:
    """Return the entry of a row; an empty cell is an absent attribute."""
    fields: dict[str, Attribute] = {}
    for column, cell in enumerate(cells):
        if not cell or column == csv_format.layout.dn_column:
            continue
        name = csv_format.names[column]
        key = name.lower()
        # Of columns with one name, as of `x` and `x;lang-de`, the first that is not empty counts.
        if key and key not in fields:
            fields[key] = _attribute(name, cell, row, csv_format, doubled=doubled)
    text = row.data + (b"\n" if row.ended else b"")
    digest = hashlib.sha256(text).hexdigest()
    cut = not row.ended and len(cells) < csv_format.width
    return Entry(dn, fields, Source(csv_format.file, row.line, row.last_line), digest, (), cut)


def _attribute(
    name: str, cell: str, row: CsvRow, csv_format: CsvFormat, *, doubled: bool
) -> Attribute:
    lost = _lost(cell, csv_format.dialect)
    if lost:
        return Attribute(name, (), row.line, row.line, Notation.CSV, lost=lost, raw=cell)
    values: list[bytes] = []
    notation = Notation.CSV
    for text in _split_values(cell, csv_format.dialect, doubled=doubled):
        # Half a byte is no octet string: such text stays as it is.
        match = None if name.lower() in _NOT_HEX else _HEX.match(text)
        if match and not len(match.group(1)) % 2:
            notation = Notation.HEX
            values.append(bytes.fromhex(match.group(1)))
        else:
            values.append(text.encode("utf-8", "backslashreplace"))
    return Attribute(name, tuple(values), row.line, row.line, notation)


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
