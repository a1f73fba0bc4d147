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
from analyzer.report.workbook.cells import shown
from analyzer.report.workbook.sheet_parts import HEADER_ROW
from analyzer.verify.xml_parts import PartError, PartReader

LAST_ROW, LAST_COLUMN = 1_048_576, 16_384
"""Of a sheet (Excel specifications and limits)."""
MOST_CELLS = 4_000_000
MOST_STRINGS = 1_000_000
"""Strings that the sheets share."""
LONGEST_TEXT = 1 << 18
"""Characters of one cell: 32,767, each perhaps written as an escape of seven."""
MOST_TEXT = 128 << 20
"""Characters of all cells and strings that are kept."""

# ECMA-376 part 1, 22.9.2.19: what `cells.xstring` and spreadsheet programs put in.
_ESCAPED = re.compile("_x([0-9A-Fa-f]{4})_")

SheetRow = Mapping[str, str | int]
"""Header to value; empty cells are left out."""


class ReadWorkbook(NamedTuple):
    """What was read of a workbook."""

    properties: Mapping[str, str]
    """The custom document properties."""
    rows: Mapping[str, list[SheetRow]]
    """Sheet title to its rows; a table that goes on on further sheets is put together."""


def read_workbook(path: Path, tables: Mapping[str, Collection[str]]) -> ReadWorkbook:
    """Read some columns of the sheets of some titles; a sheet that is missing has no rows.

    Raises:
        ReadError: the file is no workbook, or more than is read of one.
    """
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


def _read(parts: PartReader, tables: Mapping[str, Collection[str]]) -> ReadWorkbook:
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
    for kind, name in relations.values():
        if kind == "sharedStrings":
            parts.read(name, strings)
    rows: dict[str, list[SheetRow]] = {}
    for title, columns in tables.items():
        rows[title] = []
        for relation in sheets.of_table(title):
            if relation in relations:
                sheet = _TableRows(columns, strings.texts, kept, rows[title])
                parts.read(relations[relation][1], sheet)
    return ReadWorkbook(properties.values, rows)


class _Kept:
    """How much was read and is kept of all sheets."""

    def __init__(self) -> None:
        self.cells = self.characters = 0

    def add_cell(self) -> None:
        self.cells += 1
        if self.cells > MOST_CELLS:
            raise PartError(f"more than {MOST_CELLS:,} cells; verify the JSON results instead")

    def text_of(self, pieces: list[str]) -> str:
        text = "".join(pieces)
        self.characters += len(text)
        if self.characters > MOST_TEXT:
            raise PartError(f"more than {MOST_TEXT:,} characters; verify the JSON results instead")
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
            self._length += len(text)
            if self._length > LONGEST_TEXT:
                raise PartError(f"a cell holds more than {LONGEST_TEXT:,} characters")
            self.pieces.append(text)

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

    def start(self, name: str, attributes: Mapping[str, str]) -> None:
        if name == "sheet":
            # `r:id`, whatever the prefix for relations is.
            ids = [value for key, value in attributes.items() if key.endswith(":id")]
            self._relations.setdefault(attributes.get("name", ""), ids[0] if ids else "")

    def of_table(self, title: str) -> list[str]:
        """Return the relations of the sheets of a table: `TITLE`, `TITLE 2` and so on."""
        relations = []
        name = title
        while name in self._relations:
            relations.append(self._relations[name])
            # Excel allows 31 characters for the title of a sheet.
            name = f"{title[:27]} {len(relations) + 1}"
        return relations


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
        self, columns: Collection[str], strings: list[str], kept: _Kept, rows: list[SheetRow]
    ) -> None:
        super().__init__()
        self._columns, self._strings, self._kept, self._rows = columns, strings, kept, rows
        self._headers: dict[int, str] = {}
        self._row = self._column = 0
        self._type = ""
        self._cells: dict[int, str | int] = {}
        self._filled = 0

    def start(self, name: str, attributes: Mapping[str, str]) -> None:
        if name == "c":
            reference = attributes.get("r")
            self._column = _column(reference) if reference else self._column + 1
            self._type = attributes.get("t", "n")
            self._kept.add_cell()
            self.clear()
        elif name == "row":
            self._start_row(attributes.get("r", ""))
        else:
            super().start(name, attributes)

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
        else:
            super().end(name)

    def _end_cell(self) -> None:
        self._filled += bool(self.pieces)
        if self.pieces and (self._row == HEADER_ROW or self._column in self._headers):
            self._cells[self._column] = self._value(self._kept.text_of(self.pieces))

    def _end_row(self) -> None:
        if self._row == HEADER_ROW:
            headers = {column: str(cell) for column, cell in self._cells.items()}
            wanted = {column: text for column, text in headers.items() if text in self._columns}
            self._headers = wanted
        # A single cell is the note that there are no rows.
        elif self._row > HEADER_ROW and self._filled > 1:
            row = {self._headers[column]: cell for column, cell in self._cells.items()}
            self._rows.append(row)

    def _value(self, text: str) -> str | int:
        """Return the value of a cell by its type (ECMA-376 part 1, 18.18.11)."""
        if self._type == "s":
            at = int(text) if text.isdecimal() and len(text) < 12 else len(self._strings)
            if at >= len(self._strings):
                raise PartError(f"there is no shared string {text!r:.40}")
            return self._strings[at]
        if self._type != "n":
            return text
        try:
            number = float(text)
        except ValueError:
            return text
        return int(number) if number.is_integer() else text


@lru_cache(maxsize=LAST_COLUMN)
def _letters(letters: str) -> int:
    number = 0
    for letter in letters[:4]:
        number = number * 26 + ord(letter) - ord("A") + 1
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
