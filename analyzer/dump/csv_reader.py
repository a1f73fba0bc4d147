"""Rows of CSV in, entries out: csvde, its re-saved copies, Directory Studio, Export-Csv.

A row ends at the first line end where the quotes before it are balanced. Where that gives no row of
the right width, its first line is given up and the next one tried, so that a stray quote costs a
line and not the rest of the file.
"""

import csv
import hashlib
import re
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from typing import NamedTuple, Protocol

from analyzer.dump.detect import CsvLayout
from analyzer.dump.entry import Attribute, Entry, Notation, Source, Unreadable
from analyzer.dump.ldif_reader import EXTENDED_DN, is_dn, is_utf8

_HEX = re.compile(r"[Xx]'([0-9A-Fa-f]*)'\Z")
_TYPE_NAME = re.compile(r"(?:System|Microsoft)\.[\w.]+(?:\[\])?\Z")
_SEMICOLON = re.compile(r"((?:[^\\;]++|\\(?:.|\Z))*+)(?:;|\Z)", re.DOTALL)
_PAIR = re.compile(r"\\([\\;])")
_LONE_BACKSLASH = re.compile(r"(?:[^\\]++|\\[\\;])*+\\", re.DOTALL)
MAX_LINES = 1 << 17
"""Most physical lines of one row; they are kept one by one until the row ends."""
_MAX_QUOTES = 1 << 20
_NO_PARTNER = "a quote without its partner"
_NOT_HEX = frozenset({"objectclass"})


class Line(NamedTuple):
    """One physical line of a CSV file."""

    data: bytes
    """Without its line end."""
    number: int
    ended: bool
    """False for a last line without line end."""


class Row(NamedTuple):
    """One row: its text and the physical lines it stands on."""

    data: bytes
    line: int
    last_line: int
    ended: bool


@dataclass(slots=True)
class CsvFormat:
    """How the rows of one file are to be read."""

    layout: CsvLayout
    dialect: str
    file: str
    to_utf8: Callable[[bytes], bytes]
    max_row: int
    names: tuple[str, ...] = field(init=False)
    """Attribute names by column, options removed."""
    width: int = field(init=False)
    """Number of columns."""
    class_columns: tuple[int, ...] = field(init=False)
    """Where object classes stand."""
    delimiter: bytes = field(init=False)

    def __post_init__(self) -> None:
        """Derive the attribute names from the header."""
        self.names = tuple(column.partition(";")[0].strip() for column in self.layout.columns)
        self.width = len(self.names)
        lower = (name.lower() for name in self.names)
        self.class_columns = tuple(i for i, name in enumerate(lower) if name == "objectclass")
        self.delimiter = self.layout.delimiter.encode()


class Lines(Protocol):
    """Physical lines, one after the other."""

    inside: bool
    """True while a row is not closed yet: none of the lines may be passed over."""

    def __iter__(self) -> Iterator[Line]:
        """Start."""


def group_rows(lines: Lines, csv_format: CsvFormat) -> Iterator[Row | Unreadable]:
    """Group physical lines into rows of the file's width; report the lines that fit no row."""
    source = iter(lines)
    waiting: deque[Line] = deque()
    while (first := waiting.popleft() if waiting else next(source, None)) is not None:
        # Of a line above the limit only the start may be here, which tells nothing of its quotes.
        if len(first.data) > csv_format.max_row or not first.data.count(b'"') & 1:
            yield Row(first.data, first.number, first.number, first.ended)
            continue
        group, size = [first], len(first.data)
        closed = False
        ends = False
        lines.inside = True
        while not closed and size <= csv_format.max_row and len(group) < MAX_LINES:
            line = waiting.popleft() if waiting else next(source, None)
            if line is None:
                ends = len(group) == 1 or not group[-1].ended
                break
            group.append(line)
            size += len(line.data) + 1
            closed = len(line.data) <= csv_format.max_row and bool(line.data.count(b'"') & 1)
        lines.inside = False
        data = b"\n".join(line.data for line in group)
        if closed and len(group) > 1 and cell_count(data, csv_format) == csv_format.width:
            yield Row(data, first.number, group[-1].number, group[-1].ended)
            continue
        reason = "the file is cut: it ends inside this row" if ends else _NO_PARTNER
        yield Unreadable(csv_format.file, first.number, first.number, reason)
        waiting.extendleft(reversed(group[1:]))


def cell_count(data: bytes, csv_format: CsvFormat) -> int | None:
    """Return the number of cells of a row; None where its quotes are not those of RFC 4180."""
    delimiter = csv_format.delimiter
    if b'"' not in data:
        return data.count(delimiter) + 1
    if data.count(b'"') > _MAX_QUOTES:
        return None
    outside = data.rstrip(b"\r").split(b'"')[::2]
    count = 1
    for i, text in enumerate(outside):
        if not text:
            continue
        if (i and not text.startswith(delimiter)) or (
            i < len(outside) - 1 and not text.endswith(delimiter)
        ):
            return None
        count += text.count(delimiter)
    return count


def split_row(row: Row, csv_format: CsvFormat) -> tuple[list[str], str]:
    """Return the cells of a row, and why it cannot be read (empty when it can)."""
    data = row.data.rstrip(b"\r")
    text = (data if is_utf8(data) else csv_format.to_utf8(data)).decode()
    text = text.removeprefix("\ufeff")
    try:
        lines = [line + "\n" for line in text.split("\n")]
        found = list(csv.reader(lines, delimiter=csv_format.layout.delimiter))
    except csv.Error as error:
        return [], f"the row is not valid CSV: {error}"
    cells = found[0] if found else []
    if len(found) > 1:
        return [], "the row is not valid CSV: a line end outside quotes"
    if len(cells) > csv_format.width:
        return [], f"the row has {len(cells)} cells, the header has {csv_format.width}"
    return cells, ""


def dn_of(cells: list[str], csv_format: CsvFormat) -> tuple[str, str]:
    """Return the DN of a row, and why there is none (empty when there is one)."""
    column = csv_format.layout.dn_column
    text = cells[column] if column < len(cells) else ""
    if not text:
        return "", "a row without DN"
    if text.startswith("<"):
        text = EXTENDED_DN.sub("", text, count=1)
    if not is_dn(text):
        return "", f"the DN is not valid: {text[:120]!r}"
    return text, ""


def backslashes_doubled(rows: Iterable[list[str]], csv_format: CsvFormat) -> bool:
    r"""Decide from what is there whether `\\` in a cell stands for one backslash.

    Where backslashes are doubled, each of them is followed by another one or by `;`. The DN column
    is never escaped.
    """
    doubled = False
    for cells in rows:
        for column, cell in enumerate(cells):
            if "\\" not in cell or column == csv_format.layout.dn_column:
                continue
            if _LONE_BACKSLASH.match(cell):
                return False
            doubled = doubled or "\\\\" in cell
    return doubled


def class_of(row: Row, cells: list[str], csv_format: CsvFormat) -> Attribute | None:
    """Return the object classes of a row as they are in its entry."""
    for column in csv_format.class_columns:
        if column < len(cells) and cells[column]:
            name, cell = csv_format.names[column], cells[column]
            return _attribute(name, cell, row, csv_format, doubled=False)
    return None


def entry_of(row: Row, cells: list[str], dn: str, csv_format: CsvFormat, *, doubled: bool) -> Entry:
    """Return the entry of a row; an empty cell is an absent attribute."""
    fields: dict[str, Attribute] = {}
    for column, cell in enumerate(cells):
        if not cell or column == csv_format.layout.dn_column:
            continue
        name = csv_format.names[column]
        key = name.lower()
        if key and key not in fields:
            fields[key] = _attribute(name, cell, row, csv_format, doubled=doubled)
    text = row.data + (b"\n" if row.ended else b"")
    digest = hashlib.sha256(text).hexdigest()
    cut = not row.ended and len(cells) < csv_format.width
    return Entry(dn, fields, Source(csv_format.file, row.line, row.last_line), digest, (), cut)


def _attribute(
    name: str, cell: str, row: Row, csv_format: CsvFormat, *, doubled: bool
) -> Attribute:
    lost = _lost(cell, csv_format.dialect)
    if lost:
        return Attribute(name, (), row.line, row.line, Notation.CSV, lost=lost, raw=cell)
    values: list[bytes] = []
    notation = Notation.CSV
    for text in _split_values(cell, csv_format.dialect, doubled=doubled):
        match = None if name.lower() in _NOT_HEX else _HEX.match(text)
        if match and not len(match.group(1)) % 2:
            notation = Notation.HEX
            values.append(bytes.fromhex(match.group(1)))
        else:
            values.append(text.encode("utf-8", "backslashreplace"))
    return Attribute(name, tuple(values), row.line, row.line, notation)


def _lost(cell: str, dialect: str) -> str:
    if _TYPE_NAME.match(cell):
        return f"Export-Csv wrote the name of the type in place of the value: {cell}"
    if dialect == "studio" and (cell == "BINARY" or "\ufffd" in cell):
        return "Directory Studio wrote a placeholder in place of the binary value"
    return ""


def _split_values(cell: str, dialect: str, *, doubled: bool) -> list[str]:
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
    return text[1:] if text.startswith("'=") else text
