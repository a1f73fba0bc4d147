"""A section in, its sheets out: title, sentence, link back, one table."""

import math
from collections.abc import Iterator, Sequence
from itertools import chain, islice

from openpyxl.worksheet.dimensions import ColumnDimension
from openpyxl.worksheet.table import Table, TableColumn, TableStyleInfo

from analyzer.report.paper import Paper
from analyzer.report.section import (
    ColumnGroup,
    Row,
    Section,
)
from analyzer.report.workbook.cells import cell, xstring
from analyzer.report.workbook.print_setup import (
    characters_across,
    letter,
    pages_high,
    print_nothing,
    set_up_page,
)
from analyzer.report.workbook.row_heights import height_of, lines_of
from analyzer.report.workbook.sheet_parts import (
    FIRST_ROW,
    HEADER_ROW,
    SUMMARY,
    Addresses,
    SheetPart,
)
from analyzer.report.workbook.sheet_rules import add_formats, add_validations
from analyzer.report.workbook.sheet_stream import TITLE_HEIGHT, StreamedSheet
from analyzer.report.workbook.styles import Styles
from analyzer.report.workbook.table_rows import linked_rows, write_rows
from analyzer.visible_text import one_line

_LONGEST_HEADER = 255
_SPACER = HEADER_ROW - 1
"""The blank row above the table."""
_FILTER_BUTTON = 1
"""Characters that the button of the filter hides."""
_LOOKED_AT = 1_000
"""Rows by which it is told how many links a row has."""


def write_sheet(
    sheet: StreamedSheet,
    part: SheetPart,
    rows: Iterator[Row],
    styles: Styles,
    paper: Paper,
    report_id: str,
    addresses: Addresses,
    *,
    home: str = SUMMARY,
) -> None:
    """Write one sheet; `rows` gives at least `part.count` rows, of which that many are taken.

    `home` names the sheet that this one links back to.
    """
    section = part.section
    count = max(part.count, 1)
    last_row = HEADER_ROW + count
    width = _prepare(sheet, part, last_row, paper, report_id)
    headers = [one_line(column.header)[:_LONGEST_HEADER] for column in section.columns]
    rows = islice(rows, part.count)
    first = list(islice(rows, _LOOKED_AT))
    last_linked = HEADER_ROW + linked_rows(first, part.count, addresses)
    _write_top(sheet, part, headers, styles, home, last_linked, on_paper=width > 0)
    if part.count:
        write_rows(sheet, section, chain(first, rows), styles, addresses, last_linked)
    else:
        cells = [
            cell(f"{letter(at)}{FIRST_ROW}", section.empty if at == 1 else None, styles["text"])
            for at in range(1, len(headers) + 1)
        ]
        sheet.add_row(FIRST_ROW, "".join(cells))
    _add_table(sheet, part, headers, last_row)
    add_formats(sheet, section, last_row)
    add_validations(sheet, section, last_row)
    if width and not section.wide:
        portrait = sheet.page_setup.orientation == "portrait"
        sheet.page_setup.fitToHeight = pages_high(paper, width, sheet.height, portrait=portrait)
    sheet.finish()


def _prepare(
    sheet: StreamedSheet, part: SheetPart, last_row: int, paper: Paper, report_id: str
) -> float:
    """Set widths, panes and paper; return the characters across of what is printed, 0 for none."""
    section = part.section
    printed = _printed(section, paper)
    width = sum(
        section.columns[at - 1].width
        for at in printed
        if section.columns[at - 1].group is not ColumnGroup.DETAIL
    )
    portrait = width <= characters_across(paper, portrait=True)
    set_up_page(sheet, paper, report_id, portrait=portrait and not section.wide)
    # The button that opens the details stands before them, on the last column always shown.
    sheet.sheet_properties.outlinePr.summaryRight = False
    for at, column in enumerate(section.columns, start=1):
        detail = column.group is ColumnGroup.DETAIL
        following = section.columns[at] if at < len(section.columns) else column
        sheet.column_dimensions[letter(at)] = ColumnDimension(
            sheet,
            index=letter(at),
            width=column.width,
            customWidth=True,
            hidden=detail,
            outlineLevel=1 if detail else 0,
            collapsed=not detail and following.group is ColumnGroup.DETAIL,
        )
    sheet.freeze_panes = f"{letter(section.frozen + 1)}{FIRST_ROW}"
    if not printed:
        print_nothing(sheet, _SPACER)
        return 0
    sheet.print_title_rows = f"{HEADER_ROW}:{HEADER_ROW}"
    # One area, since a second one begins a new page; the columns in it that are not to be printed
    # are the collapsed ones, which stay off paper while they are.
    sheet.print_area = f"A1:{letter(printed[-1])}{last_row}"
    if section.wide:
        _spread(sheet, section, paper)
    return width


def _printed(section: Section, paper: Paper) -> list[int]:
    """Return the numbers of the columns that stand on paper; of all sections, or the print set."""
    if not (paper.print_all or section.in_print_set):
        return []
    return [
        at
        for at, column in enumerate(section.columns, start=1)
        if column.group in section.printed and (paper.print_all or not column.screen_only)
    ]


def _spread(sheet: StreamedSheet, section: Section, paper: Paper) -> None:
    """Print side by side, with the frozen columns on every page, what is too wide for one page."""
    sheet.print_title_cols = f"A:{letter(section.frozen)}"
    widths = [column.width * (column.group in section.printed) for column in section.columns]
    repeated = sum(widths[: section.frozen])
    across = characters_across(paper, portrait=False)
    pages = math.ceil(sum(widths[section.frozen :]) / (across - repeated))
    sheet.page_setup.fitToWidth = pages


def _write_top(
    sheet: StreamedSheet,
    part: SheetPart,
    headers: Sequence[str],
    styles: Styles,
    home: str,
    last_linked: int,
    *,
    on_paper: bool,
) -> None:
    section = part.section
    intro = f"{section.intro} {section.reviewer_note}".rstrip()
    title = section.title
    if part.count != section.count:
        title = part.title
        intro += f" Rows {part.start + 1:,} to {part.start + part.count:,}."
    if last_linked < HEADER_ROW + part.count:
        intro += f" Links end at row {last_linked:,}: a sheet holds no more of them."
    sheet.add_row(1, cell("A1", title, styles["title"]), TITLE_HEIGHT)
    sheet.add_row(2, cell("A2", intro, styles["intro"]))
    if title != home:
        sheet.add_row(3, cell("A3", f"Back to {home}", styles["link"]))
        sheet.add_link("A3", f"'{home}'!A1", f"Go to {home}")
    sheet.add_row(_SPACER, "", hidden=not on_paper)
    cells = (
        cell(
            f"{letter(at)}{HEADER_ROW}",
            header,
            styles["reviewer-head" if column.group is ColumnGroup.REVIEWER else "head"],
        )
        for at, (header, column) in enumerate(zip(headers, section.columns, strict=True), start=1)
    )
    # Collapsed columns do not count: a row as high as their text asks would look empty.
    lines = max(
        lines_of(header, column.width - _FILTER_BUTTON, bold=True)
        for header, column in zip(headers, section.columns, strict=True)
        if column.group is not ColumnGroup.DETAIL
    )
    sheet.add_row(HEADER_ROW, "".join(cells), height_of(lines))


def _add_table(
    sheet: StreamedSheet, part: SheetPart, headers: Sequence[str], last_row: int
) -> None:
    ref = f"A{HEADER_ROW}:{letter(len(headers))}{last_row}"
    table = Table(displayName=part.table, name=part.table, ref=ref)
    table._initialise_columns()
    table.tableColumns = [
        TableColumn(id=at, name=xstring(header)) for at, header in enumerate(headers, start=1)
    ]
    table.tableStyleInfo = TableStyleInfo(name="TableStyleLight1", showRowStripes=True)
    # add_table warns in write-only mode even when the columns are given.
    sheet._tables.add(table)
