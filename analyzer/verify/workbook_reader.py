"""A workbook of ours in, its custom properties and the rows of some of its tables out.

Somebody may have made it to do harm, so that nothing in it is believed before it was read:
`xml_parts` bounds what is unpacked, the limits below what is kept.
"""

import re
from collections.abc import Collection, Mapping
from functools import lru_cache
from pathlib import Path
from typing import NamedTuple

from analyzer.errors import ReadError
from analyzer.report.review import FilledRow
from analyzer.report.workbook.cells import shown
from analyzer.report.workbook.print_setup import letter
from analyzer.report.workbook.sheet_parts import HEADER_ROW
from analyzer.verify.cell_values import CellValues, NumberFormats
from analyzer.verify.xml_parts import PartError, PartReader
from analyzer.visible_text import tell_apart

LAST_ROW, LAST_COLUMN = 1_048_576, 16_384
"""Of a sheet (Excel specifications and limits)."""
MOST_CELLS = 4_000_000
MOST_STRINGS = 1_000_000
"""Strings that the sheets share."""
LONGEST_TEXT = 1 << 18
"""Characters of one cell: 32,767, each perhaps written as an escape of seven."""
MOST_TEXT = 128 << 20
"""Characters of all cells and strings that are kept."""
INSTEAD = "the JSON results hold the same"

# ECMA-376 part 1, 22.9.2.19: what `cells.xstring` and spreadsheet programs put in.
_ESCAPED = re.compile("_x([0-9A-Fa-f]{4})_")


class WantedTable(NamedTuple):
    """What to read of a table: some columns, or all but some wherever the table has moved to."""

    columns: Collection[str] = ()
    """Headers of the columns that are read, of a header row that stands where we put it."""
    key: str = ""
    """In its place: the header row is the first that has this header, and all columns are read."""
    passed_over: Collection[str] = ()
    """With a key: headers of the columns that are left out of the rows that have one."""


class ReadWorkbook(NamedTuple):
    """What was read of a workbook."""

    properties: Mapping[str, str]
    """The custom document properties."""
    rows: Mapping[str, list[FilledRow]]
    """Title of a table to its rows; one that goes on on further sheets is put together."""
    sheets: Mapping[str, list[str]]
    """Title of a table to the sheets that it stands on; empty where it is missing."""
    without_key: list[str]
    """Sheets without the header that is the key of their table."""


def read_workbook(path: Path, tables: Mapping[str, WantedTable]) -> ReadWorkbook:
    """Read the sheets of some titles; one that is missing has no rows.

    Raises:
        ReadError: the file is no workbook, or more than is read of one.
    """
    # Opening a pipe would wait for somebody who writes into it.
    if path.exists() and not path.is_file():
        raise ReadError(str(path), "cannot be read: no ordinary file")
    try:
        with path.open("rb") as stream:
            return _read(PartReader(stream, path.stat().st_size), tables)
    except OSError as error:
        raise ReadError(str(path), f"cannot be read: {error.strerror}") from error
    except PartError as error:
        raise ReadError(str(path), str(error)) from error


def holds(cell: str | int | None, text: str, row_name: str) -> bool:
    """Tell whether a cell holds what `cells.cell` writes for a text in the row of that name."""
    return str("" if cell is None else cell) == shown(text, row_name)


def _read(parts: PartReader, tables: Mapping[str, WantedTable]) -> ReadWorkbook:
    of_package = dict(parts.relations("").values())
    properties = _Properties()
    if "custom-properties" in of_package:
        parts.read(of_package["custom-properties"], properties)
    if "officeDocument" not in of_package:
        raise PartError("no workbook that can be read (it names none)")
    book = of_package["officeDocument"]
    sheets = _Sheets()
    parts.read(book, sheets)
    relations = parts.relations(book)
    kept = _Kept()
    strings = _SharedStrings(kept)
    formats = NumberFormats()
    for kind, name in relations.values():
        if kind == "sharedStrings":
            parts.read(name, strings)
        if kind == "styles":
            parts.read(name, formats)
    values = CellValues(strings.texts, formats, from_1904=sheets.from_1904)
    rows: dict[str, list[FilledRow]] = {title: [] for title in tables}
    names: dict[str, list[str]] = {title: [] for title in tables}
    without_key: list[str] = []
    for title, wanted in tables.items():
        for name, relation in sheets.of_table(title):
            if relation in relations:
                names[title].append(name)
                sheet = _TableRows(name, wanted, values, kept, rows[title])
                parts.read(relations[relation][1], sheet)
                if not sheet.has_header:
                    without_key.append(name)
    return ReadWorkbook(properties.values, rows, names, without_key)


class _Kept:
    """How much was read and is kept of all sheets."""

    def __init__(self) -> None:
        self.cells = self.characters = 0

    def add_cell(self) -> None:
        self.cells += 1
        if self.cells > MOST_CELLS:
            raise PartError(f"more than {MOST_CELLS:,} cells; {INSTEAD}")

    def text_of(self, pieces: list[str]) -> str:
        text = "".join(pieces)
        self.characters += len(text)
        if self.characters > MOST_TEXT:
            raise PartError(f"more than {MOST_TEXT:,} characters; {INSTEAD}")
        return _ESCAPED.sub(_unescaped, text) if "_x" in text else text


class _Texts:
    """Collects the text of the elements that hold some, but for how it is pronounced (`rPh`)."""

    holders: Collection[str] = ("t",)

    def __init__(self) -> None:
        self.pieces: list[str] = []
        self._length = 0
        self._open = self._aloud = False

    def clear(self) -> None:
        self.pieces = []
        self._length = 0

    def start(self, name: str, attributes: Mapping[str, str]) -> None:
        if name in self.holders:
            self._open = not self._aloud
        elif name == "rPh":
            self._aloud = True

    def text(self, text: str) -> None:
        if self._open:
            self.add(text, self.pieces)

    def add(self, text: str, pieces: list[str]) -> None:
        """Add to the pieces of a text; all of those of one element count together."""
        self._length += len(text)
        if self._length > LONGEST_TEXT:
            raise PartError(f"a cell holds more than {LONGEST_TEXT:,} characters")
        pieces.append(text)

    def end(self, name: str) -> None:
        if name in self.holders:
            self._open = False
        elif name == "rPh":
            self._aloud = False


class _Properties(_Texts):
    """The custom properties of the package, all of them texts (ECMA-376 part 1, 22.3)."""

    holders = ("lpwstr", "bstr", "lpstr")

    def __init__(self) -> None:
        super().__init__()
        self.values: dict[str, str] = {}
        self._name = ""

    def start(self, name: str, attributes: Mapping[str, str]) -> None:
        super().start(name, attributes)
        if name == "property":
            self._name = attributes.get("name", "")
            self.clear()

    def end(self, name: str) -> None:
        super().end(name)
        if name == "property":
            self.values[self._name] = "".join(self.pieces)


class _Sheets(_Texts):
    """The titles of the sheets, each with the id of its relation."""

    def __init__(self) -> None:
        super().__init__()
        self._relations: dict[str, str] = {}
        self.from_1904 = False

    def start(self, name: str, attributes: Mapping[str, str]) -> None:
        if name == "sheet":
            # `r:id`, whatever the prefix for relations is.
            ids = [value for key, value in attributes.items() if key.endswith(":id")]
            self._relations.setdefault(attributes.get("name", ""), ids[0] if ids else "")
        elif name == "workbookPr":
            self.from_1904 = attributes.get("date1904") in ("1", "true")

    def of_table(self, title: str) -> list[tuple[str, str]]:
        """Return name and relation of the sheets of a table: `TITLE`, `TITLE 2` and so on."""
        sheets: list[tuple[str, str]] = []
        name = title
        while name in self._relations:
            sheets.append((name, self._relations[name]))
            # Excel allows 31 characters for the title of a sheet.
            name = f"{title[:27]} {len(sheets) + 1}"
        return sheets


class _SharedStrings(_Texts):
    """The strings that sheets name by their numbers."""

    def __init__(self, kept: _Kept) -> None:
        super().__init__()
        self._kept = kept
        self.texts: list[str] = []

    def end(self, name: str) -> None:
        super().end(name)
        if name == "si":
            if len(self.texts) >= MOST_STRINGS:
                raise PartError(f"more than {MOST_STRINGS:,} shared strings")
            self.texts.append(self._kept.text_of(self.pieces))
            self.clear()


class _TableRows(_Texts):
    """The rows of one sheet, from its header on."""

    holders = ("t", "v")

    def __init__(
        self,
        sheet: str,
        wanted: WantedTable,
        values: CellValues,
        kept: _Kept,
        rows: list[FilledRow],
    ) -> None:
        super().__init__()
        self._sheet, self._wanted, self._values = sheet, wanted, values
        self._kept, self._rows = kept, rows
        self._header_row = 0 if wanted.key else HEADER_ROW
        self._headers: Mapping[int, str] = {}
        self._row = self._column = 0
        self._type = self._style = ""
        self._formula: list[str] = []
        self._in_formula = False
        self._cells: dict[int, str | int] = {}
        self._filled = 0

    @property
    def has_header(self) -> bool:
        """Tell whether the header row was found, or need not be."""
        return bool(self._header_row)

    def start(self, name: str, attributes: Mapping[str, str]) -> None:
        if name == "c":
            reference = attributes.get("r")
            self._column = _column(reference) if reference else self._column + 1
            self._type, self._style = attributes.get("t", "n"), attributes.get("s", "")
            self._kept.add_cell()
            self._formula = []
            self.clear()
        elif name == "row":
            self._start_row(attributes.get("r", ""))
        elif name == "f":
            self._in_formula = True
        else:
            super().start(name, attributes)

    def text(self, text: str) -> None:
        if self._in_formula:
            self.add(text, self._formula)
        super().text(text)

    def _start_row(self, number: str) -> None:
        row = int(number) if number.isdecimal() and len(number) < 12 else 0
        row = self._row + 1 if not number else row
        if not self._row < row <= LAST_ROW:
            raise PartError(f"a row has the number {number or row!r:.40}")
        self._row, self._column, self._cells, self._filled = row, 0, {}, 0

    def end(self, name: str) -> None:
        if name == "c":
            self._end_cell()
        elif name == "row":
            self._end_row()
        elif name == "f":
            self._in_formula = False
        else:
            super().end(name)

    def _end_cell(self) -> None:
        if not self.pieces and self._formula:
            # Nobody has calculated it yet: it is kept as the text that it is.
            self.pieces, self._type = ["=", *self._formula], "str"
        self._filled += bool(self.pieces)
        is_wanted = bool(self._wanted.key) or self._column in self._headers
        if self.pieces and (self._may_be_header() or is_wanted):
            text = self._kept.text_of(self.pieces)
            self._cells[self._column] = self._values.value(text, self._type, self._style)

    def _may_be_header(self) -> bool:
        return self._row == self._header_row or not self._header_row

    def _end_row(self) -> None:
        if self._may_be_header():
            headers = {column: str(cell).strip() for column, cell in self._cells.items()}
            if self._header_row or self._wanted.key in headers.values():
                self._header_row = self._row
                self._headers = self._choose(headers)
        # A single cell is the note that there are no rows.
        elif self._cells and (self._filled > 1 or self._wanted.key):
            cells = {
                self._headers.get(column) or f"column {letter(column)}": cell
                for column, cell in self._cells.items()
            }
            if self._wanted.key in cells:
                left = cells.keys() - set(self._wanted.passed_over)
                cells = {header: cell for header, cell in cells.items() if header in left}
            self._rows.append(FilledRow(self._sheet, self._row, cells))

    def _choose(self, headers: Mapping[int, str]) -> Mapping[int, str]:
        """Return the columns that are read; what stands twice gets a number, so that both are."""
        if self._wanted.key:
            return dict(zip(headers, tell_apart(headers.values()), strict=True))
        return {at: text for at, text in headers.items() if text in self._wanted.columns}


@lru_cache(maxsize=LAST_COLUMN)
def _letters(letters: str) -> int:
    number = 0
    for sign in letters[:4]:
        number = number * 26 + ord(sign) - ord("A") + 1
    return number


def _column(reference: str) -> int:
    """Return the number of the column of a cell such as `B6`."""
    letters = reference[:5].rstrip("0123456789")
    column = _letters(letters) if letters.isascii() and letters.isupper() else 0
    if not 1 <= column <= LAST_COLUMN:
        raise PartError(f"a cell has the address {reference!r:.40}")
    return column


def _unescaped(match: re.Match[str]) -> str:
    return chr(int(match[1], 16))
