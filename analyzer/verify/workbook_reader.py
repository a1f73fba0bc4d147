"""A workbook of ours in, its custom properties and the rows of some of its tables out."""

import re
import warnings
import zipfile
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

from openpyxl import load_workbook
from openpyxl.workbook import Workbook

from analyzer.errors import ReadError
from analyzer.report.workbook.cells import shown
from analyzer.report.workbook.sheet_parts import HEADER_ROW

LARGEST = 4 << 30
"""Unpacked bytes of the largest workbook that is read."""

# What `cells.xstring` puts in; openpyxl takes it out of shared strings, not out of inline ones.
_ESCAPED = re.compile(r"_x005F_(?=x[0-9A-Fa-f]{4}_)")

SheetRow = Mapping[str, str | int]
"""Header to value; empty cells are left out."""


class ReadWorkbook(NamedTuple):
    """What was read of a workbook."""

    properties: Mapping[str, str]
    """The custom document properties."""
    rows: Mapping[str, list[SheetRow]]
    """Sheet title to its rows; a table that goes on on further sheets is put together."""


def read_workbook(path: Path, titles: Sequence[str]) -> ReadWorkbook:
    """Read the sheets of those titles; one that is missing has no rows.

    Raises:
        ReadError: the file is no workbook, or none of this program.
    """
    try:
        with path.open("rb") as stream, zipfile.ZipFile(stream) as package:
            unpacked = sum(part.file_size for part in package.infolist())
        if unpacked <= LARGEST:
            return _load(path, titles)
    # openpyxl promises no set of exceptions for files that are damaged or made to do harm.
    except Exception as error:
        reason = f"no workbook that can be read ({type(error).__name__})"
        raise ReadError(str(path), reason) from error
    raise ReadError(str(path), f"unpacks to more than {LARGEST >> 30} GiB")


def holds(cell: str | int | None, text: str, row_name: str) -> bool:
    """Tell whether a cell holds what `cells.cell` writes for a text in the row of that name."""
    return str("" if cell is None else cell) == shown(text, row_name)


def _load(path: Path, titles: Sequence[str]) -> ReadWorkbook:
    with warnings.catch_warnings():
        # A program that saved the file again may have added parts that openpyxl does not know.
        warnings.simplefilter("ignore")
        workbook = load_workbook(path, read_only=True)
        try:
            properties = {
                custom.name: str(custom.value or "") for custom in workbook.custom_doc_props
            }
            rows = {title: list(_rows(workbook, title)) for title in titles}
        finally:
            workbook.close()
    return ReadWorkbook(properties, rows)


def _rows(workbook: Workbook, title: str) -> Iterator[SheetRow]:
    """Yield the rows of a table, also from the sheets on which it goes on: `TITLE 2` and so on."""
    number = 1
    name = title
    while name in workbook.sheetnames:
        lines = workbook[name].iter_rows(min_row=HEADER_ROW, values_only=True)
        headers = [str(header) for header in next(lines, ())]
        for cells in lines:
            row = {
                header: _value(cell)
                for header, cell in zip(headers, cells, strict=False)
                if cell is not None
            }
            # A single cell is the note that there are no rows.
            if len(row) > 1:
                yield row
        number += 1
        # Excel allows 31 characters for the title of a sheet.
        name = f"{title[:27]} {number}"


def _value(value: object) -> str | int:
    if isinstance(value, str):
        return _ESCAPED.sub("_", value)
    if isinstance(value, float) and value.is_integer():
        return int(value)
    return value if isinstance(value, int) else str(value)
