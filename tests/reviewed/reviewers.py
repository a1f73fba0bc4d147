"""A workbook in, the same after people worked in it out."""

import random
import shutil
import subprocess
from collections.abc import Mapping, Sequence
from pathlib import Path

import openpyxl
from openpyxl.worksheet.worksheet import Worksheet

HEADER_ROW = 5
Table = list[dict[str, object]]


def table_of(path: Path, title: str) -> Table:
    """Return the rows of a sheet, by header."""
    sheet = openpyxl.load_workbook(path)[title]
    headers = [cell.value for cell in sheet[HEADER_ROW]]
    return [
        dict(zip(headers, row, strict=True))
        for row in sheet.iter_rows(min_row=HEADER_ROW + 1, values_only=True)
        if any(value is not None for value in row)
    ]


def enter(path: Path, title: str, entries: Mapping[int, Mapping[str, object]]) -> None:
    """Fill in cells of a sheet, by number of the row (from 0) and header; text stays text."""
    workbook = openpyxl.load_workbook(path)
    sheet = workbook[title]
    for number, cells in entries.items():
        for header, value in cells.items():
            _put(sheet, number, header, value)
    workbook.save(path)


def _put(sheet: Worksheet, number: int, header: str, value: object) -> None:
    headers = [cell.value for cell in sheet[HEADER_ROW]]
    if header not in headers:
        headers.append(header)
        sheet.cell(HEADER_ROW, len(headers)).value = header
    cell = sheet.cell(HEADER_ROW + 1 + number, headers.index(header) + 1)
    cell.value = value
    if isinstance(value, str):
        cell.data_type = "s"


def shuffle(path: Path, title: str, seed: int, skip: int = 0) -> None:
    """Sort the rows of a sheet anew and move its columns, and insert rows above the table."""
    workbook = openpyxl.load_workbook(path)
    sheet = workbook[title]
    chance = random.Random(seed)
    header, *rows = (
        [(cell.value, cell.data_type, cell.number_format) for cell in row]
        for row in sheet.iter_rows(min_row=HEADER_ROW)
    )
    order = list(range(len(header)))
    chance.shuffle(order)
    chance.shuffle(rows)
    del workbook[title]
    fresh = workbook.create_sheet(title, 3)
    for at, row in enumerate((header, *rows), start=HEADER_ROW + skip):
        for column, source in enumerate(order, start=1):
            value, kind, shown = row[source]
            cell = fresh.cell(at, column)
            cell.value = value
            cell.number_format = shown
            if kind == "s":
                cell.data_type = "s"
    workbook.save(path)


def through_libreoffice(path: Path, folder: Path) -> Path:
    """Return a workbook as LibreOffice saves it."""
    program = shutil.which("soffice")
    assert program is not None
    folder.mkdir()
    profile = f"-env:UserInstallation={(folder / 'profile').as_uri()}"
    command: Sequence[str] = (
        *(program, profile, "--headless", "--convert-to", "xlsx:Calc MS Excel 2007 XML"),
        *("--outdir", str(folder), str(path)),
    )
    subprocess.run(command, check=True, capture_output=True, timeout=180)
    return folder / path.name
