"""A section in, its sheets out: title, sentence, link back, one table."""

import math
from collections.abc import Iterator, Sequence
from functools import lru_cache
from itertools import islice

from openpyxl.worksheet.dimensions import ColumnDimension
from openpyxl.worksheet.table import Table, TableColumn, TableStyleInfo

from analyzer.report.moments import moment
from analyzer.report.paper import Paper
from analyzer.report.section import (
    Column,
    ColumnGroup,
    ColumnKind,
    FileLink,
    Link,
    Links,
    Marked,
    Row,
    Section,
    Url,
    plain,
)
from analyzer.report.workbook.cells import CellValue, Style, cell, content, xstring
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
    address,
)
from analyzer.report.workbook.sheet_rules import add_formats, add_validations
from analyzer.report.workbook.sheet_stream import TITLE_HEIGHT, StreamedSheet
from analyzer.report.workbook.styles import Styles
from analyzer.visible_text import one_line

_LONGEST_HEADER = 255
_SPACER = HEADER_ROW - 1
"""The blank row above the table."""
_FILTER_BUTTON = 1
"""Characters that the button of the filter hides."""
_SHORT = 1_000
"""Characters of a text up to which it is worth keeping: many rows say the same."""
_STYLES = {
    ColumnKind.NUMBER: "number",
    ColumnKind.TIME: "time",
    ColumnKind.WORD: "word",
    ColumnKind.TEXT: "text",
    ColumnKind.MARKED: "text",
}


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
    _write_top(sheet, part, headers, styles, home, on_paper=width > 0)
    if part.count:
        _write_rows(sheet, section, islice(rows, part.count), styles, addresses)
    else:
        blank = [
            cell(f"{letter(at)}{FIRST_ROW}", None, styles["text"])
            for at in range(2, len(headers) + 1)
        ]
        first = cell(f"A{FIRST_ROW}", section.empty, styles["text"])
        sheet.add_row(FIRST_ROW, first + "".join(blank))
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
    *,
    on_paper: bool,
) -> None:
    section = part.section
    intro = f"{section.intro} {section.reviewer_note}".rstrip()
    title = section.title
    if part.count != section.count:
        title = part.title
        intro += f" Rows {part.start + 1:,} to {part.start + part.count:,}."
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


def _write_rows(
    sheet: StreamedSheet,
    section: Section,
    rows: Iterator[Row],
    styles: Styles,
    addresses: Addresses,
) -> None:
    columns = [
        (
            letter(at),
            column.kind is ColumnKind.TIME or column.date,
            _style(column, styles),
            0 if column.group is ColumnGroup.DETAIL else column.width,
        )
        for at, column in enumerate(section.columns, start=1)
    ]
    link_style = styles["text-link"]
    for number, row in enumerate(rows, start=FIRST_ROW):
        cells = []
        lines = 1
        for (column, is_time, style, width), value in zip(columns, row, strict=True):
            if isinstance(value, str):
                text = value
            elif value is None or isinstance(value, int):
                cells.append(f'<c r="{column}{number}" {content(value, style)}')
                continue
            else:
                text = plain(value)
                if not isinstance(value, Marked) and _link(
                    sheet, f"{column}{number}", value, addresses
                ):
                    style = link_style
            if len(text) <= _SHORT and not is_time:
                high, xml = _short_cell(text, style, width)
            else:
                high = lines_of(text, width) if width else 1
                xml = content(_time(text) if is_time else text, style, plain(row[0]))
            if high > lines:
                lines = high
            cells.append(f'<c r="{column}{number}" {xml}')
        sheet.add_row(number, "".join(cells), height_of(lines))


@lru_cache(maxsize=4096)
def _short_cell(text: str, style: Style, width: int) -> tuple[int, str]:
    """Return how many lines text takes in a column, and its cell behind the address."""
    return lines_of(text, width) if width else 1, content(text, style)


def _style(column: Column, styles: Styles) -> Style:
    """Return the format of a column's cells; what people fill in looks alike for all kinds."""
    if column.group is ColumnGroup.REVIEWER:
        return styles["edit-date" if column.date else "edit"]
    return styles[_STYLES[column.kind]]


def _time(text: str) -> CellValue:
    """Return a time that sorts by its date; text that is none, or too early, stays text."""
    time = moment(text)
    # A spreadsheet's calendar begins in 1900.
    return time if time is not None and time.year > 1900 else text


def _link(
    sheet: StreamedSheet,
    reference: str,
    value: Link | Links | Url | FileLink,
    addresses: Addresses,
) -> bool:
    """Tell whether the cell became a link: its target may be missing, or the sheet full."""
    if isinstance(value, Links):
        # A cell is one link: where it names several rows, it would lead to the first only.
        return len(value.links) == 1 and _link(sheet, reference, value.links[0], addresses)
    if isinstance(value, Url):
        return sheet.add_link(reference, value, "Open the source")
    if isinstance(value, FileLink):
        return sheet.add_link(reference, value, "Open the report of this dump")
    target = address(addresses, value)
    # As above, for rows that are named one a line.
    if target is None or "\n" in value.text:
        return False
    title = addresses[value.section].parts[0].section.title
    return sheet.add_link(reference, target, f"Go to {title}")


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
