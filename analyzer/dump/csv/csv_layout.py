"""The first characters of CSV in, its layout and the tool that wrote it out."""

import csv
import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator

from msgspec import Struct

from analyzer.dump.quoting import shown_columns

_SEPARATOR = re.compile(r"sep=([!#-/:-@\[-`{-~\t])")
"""A line that Excel writes and reads before the header."""
_AGAIN = "column-"
_DN_COLUMNS = ("dn", "distinguishedname")


class CsvLayout(Struct, frozen=True):
    """How a CSV file is laid out."""

    delimiter: str
    columns: tuple[str, ...]
    dn_column: int
    header_lines: int
    """Physical lines before the first row of data."""


class CsvFormat:
    """How the rows of one file are to be read."""

    def __init__(
        self,
        layout: CsvLayout,
        dialect: str,
        file: str,
        to_utf8: Callable[[bytes], bytes],
        max_row: int,
        octets: frozenset[str] = frozenset(),
    ) -> None:
        """Derive the attribute names from the header; `octets` are those that hold octets."""
        self.layout, self.dialect, self.file = layout, dialect, file
        self.to_utf8, self.max_row, self.octets = to_utf8, max_row, octets
        self.names = tuple(column.partition(";")[0].strip() for column in layout.columns)
        """Attribute names by column, options removed."""
        self.keys = tuple(_told_apart(layout.columns))
        """By column the name in lower case, its option, and a number where it stands before."""
        self.width = len(self.names)
        """Number of columns."""
        lower = [name.lower() for name in self.names]
        self.class_columns = tuple(i for i, name in enumerate(lower) if name == "objectclass")
        """Where object classes stand."""
        self.octet_columns = frozenset(i for i, name in enumerate(lower) if name in octets)
        """Where octets stand."""
        self.delimiter = layout.delimiter.encode()


def _told_apart(columns: Iterable[str]) -> Iterator[str]:
    """Yield keys of columns: a second one of a name becomes an option of the first."""
    seen: Counter[str] = Counter()
    for column in columns:
        key = column.strip().lower()
        seen[key] += 1
        yield key if seen[key] == 1 or not key else f"{key};{_AGAIN}{seen[key]}"


def csv_layout(text: str) -> CsvLayout | None:
    """Return how a file is laid out; None where no line at its start is a header with a DN."""
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
    # Excel saves with the list separator of the country, `;` in most of Europe.
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


def csv_dialect(text: str, layout: CsvLayout) -> str:
    """Return the name of the tool that wrote a file."""
    header = text.lstrip()
    if header.startswith("#TYPE "):
        return "powershell"
    name = layout.columns[layout.dn_column]
    if name.lower() == "distinguishedname":
        return "powershell" if header.startswith('"') else "other"
    rows = header.split("\n", 2)
    cell, mark = r'"(?:[^"]++|"")*+"', re.escape(layout.delimiter)
    quoted = len(rows) > 1 and re.match(f"{cell}(?:{mark}{cell}|{mark})*+\r?$", rows[1])
    if name == "dn":
        return "studio" if quoted or "|" in text else "other"
    return "csvde"


def columns_without_dn(line: str) -> str:
    """Return the columns of a header that has none with a DN; empty where it is no header."""
    for delimiter in ",;\t":
        names = [name.strip() for name in _split_header(line[:4096].rstrip("\r"), delimiter)]
        words = [name for name in names if re.fullmatch(r"[A-Za-z][\w;-]*", name)]
        if len(names) > 1 and len(words) == len(names):
            return shown_columns(names)
    return ""
