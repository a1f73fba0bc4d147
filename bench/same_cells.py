"""A workbook in, the same cells in the same styles written by XlsxWriter out.

The cells are read back from a workbook of ours before anything is measured, so that both sides
write the same: text, numbers, dates, blank cells in their style, links with their tips, heights of
rows and widths of columns. XlsxWriter has no tables where memory is constant, so it writes none.
"""

from datetime import datetime
from pathlib import Path
from typing import Any, NamedTuple

import openpyxl
import xlsxwriter
from openpyxl.cell import Cell
from openpyxl.styles import Border, Color
from openpyxl.worksheet.worksheet import Worksheet
from xlsxwriter.format import Format

from analyzer.report.workbook.sheet_stream import DEFAULT_HEIGHT


class CopiedLink(NamedTuple):
    """Where a cell leads."""

    address: str
    tip: str


class CopiedCell(NamedTuple):
    """One cell: its text or number, the number of its style, its link."""

    value: str | int | float | datetime | None
    style: int
    link: CopiedLink | None


class CopiedRow(NamedTuple):
    """One row of a sheet: its height in points, or None for the usual one."""

    height: float | None
    cells: list[CopiedCell]


class CopiedSheet(NamedTuple):
    """One sheet."""

    title: str
    widths: list[float]
    rows: list[CopiedRow]


class CopiedWorkbook(NamedTuple):
    """All that is written again."""

    styles: dict[int, dict[str, Any]]
    """By their numbers, as XlsxWriter names the parts of a format."""
    sheets: list[CopiedSheet]

    @property
    def cells(self) -> int:
        """The number of cells."""
        return sum(len(row.cells) for sheet in self.sheets for row in sheet.rows)


def copy_cells(file: Path) -> CopiedWorkbook:
    """Read back a workbook."""
    workbook = openpyxl.load_workbook(file)
    styles: dict[int, dict[str, Any]] = {}
    sheets = [_sheet(sheet, styles) for sheet in workbook.worksheets]
    return CopiedWorkbook(styles, sheets)


def write_same(copied: CopiedWorkbook, target: Path) -> None:
    """Write the cells by XlsxWriter, row by row in constant memory."""
    workbook = xlsxwriter.Workbook(str(target), {"constant_memory": True})
    formats = {number: workbook.add_format(parts) for number, parts in copied.styles.items()}
    for title, widths, rows in copied.sheets:
        sheet = workbook.add_worksheet(title)
        sheet.set_default_row(DEFAULT_HEIGHT)
        for column, width in enumerate(widths):
            sheet.set_column(column, column, width)
        for at, row in enumerate(rows):
            _write_row(sheet, at, row, formats)
    workbook.close()


def _write_row(
    sheet: xlsxwriter.worksheet.Worksheet, at: int, row: CopiedRow, formats: dict[int, Format]
) -> None:
    if row.height is not None:
        sheet.set_row(at, row.height)
    for column, (value, style, link) in enumerate(row.cells):
        look = formats[style]
        if link is not None:
            sheet.write_url(at, column, link.address, look, str(value), link.tip)
        elif value is None:
            sheet.write_blank(at, column, None, look)
        elif isinstance(value, str):
            sheet.write_string(at, column, value, look)
        elif isinstance(value, datetime):
            sheet.write_datetime(at, column, value, look)
        else:
            sheet.write_number(at, column, value, look)


def _sheet(sheet: Worksheet, styles: dict[int, dict[str, Any]]) -> CopiedSheet:
    widths = [dimension.width for dimension in sheet.column_dimensions.values()]
    rows = [
        CopiedRow(
            sheet.row_dimensions[at].height,
            [_cell(cell, styles) for cell in row],
        )
        for at, row in enumerate(sheet.iter_rows(), start=1)
    ]
    return CopiedSheet(sheet.title, widths, rows)


def _cell(cell: Cell, styles: dict[int, dict[str, Any]]) -> CopiedCell:
    number = cell.style_id
    if number not in styles:
        styles[number] = _style(cell)
    link = cell.hyperlink
    if link is None:
        return CopiedCell(cell.value, number, None)
    address = link.target or f"internal:{link.location}"
    return CopiedCell(cell.value, number, CopiedLink(address, link.tooltip or ""))


def _style(cell: Cell) -> dict[str, Any]:
    font, fill, place = cell.font, cell.fill, cell.alignment
    parts: dict[str, Any] = {
        "font_name": font.name,
        "font_size": font.size,
        "bold": font.bold,
        "italic": font.italic,
        "underline": bool(font.underline),
        "num_format": cell.number_format,
        "locked": cell.protection.locked,
        "quote_prefix": cell.quotePrefix,
        "text_wrap": bool(place.wrap_text),
        "indent": int(place.indent or 0),
        **_colour("font_color", font.color),
        **_borders(cell.border),
    }
    if fill.fill_type:
        parts |= {"pattern": 1, **_colour("fg_color", fill.fgColor)}
    if place.horizontal:
        parts["align"] = place.horizontal
    if place.vertical == "top":
        parts["valign"] = "top"
    return parts


def _borders(border: Border) -> dict[str, Any]:
    parts: dict[str, Any] = {}
    for name in ("left", "right", "top", "bottom"):
        side = getattr(border, name)
        if side is not None and side.style:
            parts |= {name: 1, **_colour(f"{name}_color", side.color)}
    return parts


def _colour(name: str, color: Color | None) -> dict[str, Any]:
    if color is None or color.type != "rgb":
        return {}
    return {name: f"#{color.rgb[-6:]}"}
