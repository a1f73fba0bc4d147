"""A section in, its sheets out: title, sentence, link back, one table."""

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice

from openpyxl.formatting.rule import Rule
from openpyxl.worksheet.datavalidation import DataValidation
from openpyxl.worksheet.dimensions import ColumnDimension
from openpyxl.worksheet.table import Table, TableColumn, TableStyleInfo

from analyzer.report.paper import Paper
from analyzer.report.section import Cell, Column, Group, Kind, Link, Row, Section, Url, plain
from analyzer.report.sections.settings_matrix import DIFFERS, ODD
from analyzer.report.wording import TONES, moment, tone_of
from analyzer.report.workbook.cells import Style, Value, cell, xstring
from analyzer.report.workbook.layout import height_of, letter, lines_of, protect, set_up_page
from analyzer.report.workbook.sheet_stream import StreamedSheet
from analyzer.report.workbook.styles import Styles, grey_style, tone_style
from analyzer.visible_text import one_line

MOST_ROWS = 1_000_000
"""Rows of one table; more go to a further sheet. A sheet holds 1,048,576."""
HEADER_ROW = 5
FIRST_ROW = HEADER_ROW + 1
SUMMARY = "Summary"
EARLIEST_DATE = 32_874
"""1990-01-01: no reviewer's date lies before the first Exchange."""

_LONGEST_HEADER = 255
_PAGE_WIDTH = 230
"""Characters across a landscape page that can still be read."""
_FILTER_BUTTON = 1
"""Characters that the button of the filter hides."""


@dataclass(frozen=True, slots=True)
class Part:
    """One sheet of a section."""

    section: Section
    title: str
    table: str
    start: int
    count: int


Places = Mapping[str, tuple[Sequence[Part], Mapping[str, int]]]
"""Section key to its sheets, and the number of each anchored row."""


def parts_of(section: Section, most_rows: int = MOST_ROWS) -> list[Part]:
    """Return the sheets of a section: one, or as many as its rows need."""
    starts = range(0, max(section.count, 1), most_rows)
    return [
        Part(
            section,
            section.title if number == 1 else f"{section.title[:27]} {number}",
            section.table if number == 1 else f"{section.table}_{number}",
            start,
            min(most_rows, section.count - start),
        )
        for number, start in enumerate(starts, start=1)
    ]


def places_of(parts: Sequence[Part]) -> Places:
    """Return where each section and each of its anchored rows stands."""
    grouped: dict[str, list[Part]] = {}
    for part in parts:
        grouped.setdefault(part.section.key, []).append(part)
    return {
        key: (group, {name: at for at, name in enumerate(group[0].section.anchors)})
        for key, group in grouped.items()
    }


def address(places: Places, link: Link) -> str | None:
    """Return the address of a link's target, None when it is not in the workbook."""
    if link.section not in places:
        return None
    parts, rows = places[link.section]
    if not link.row:
        return f"'{parts[0].title}'!A1"
    if link.row not in rows:
        return None
    at = rows[link.row]
    part = next(item for item in reversed(parts) if item.start <= at)
    return f"'{part.title}'!A{FIRST_ROW + at - part.start}"


def write_sheet(
    sheet: StreamedSheet,
    part: Part,
    rows: Iterator[Row],
    styles: Styles,
    paper: Paper,
    report_id: str,
    places: Places,
) -> None:
    """Write one sheet; `rows` gives at least `part.count` rows, of which that many are taken."""
    section = part.section
    count = max(part.count, 1)
    last_row = HEADER_ROW + count
    _prepare(sheet, part, last_row, paper, report_id)
    headers = [one_line(column.header)[:_LONGEST_HEADER] for column in section.columns]
    _write_top(sheet, part, headers, styles)
    if part.count:
        _write_rows(sheet, section, islice(rows, part.count), styles, places)
    else:
        blank = [
            cell(f"{letter(at)}{FIRST_ROW}", None, styles["text"])
            for at in range(2, len(headers) + 1)
        ]
        first = cell(f"A{FIRST_ROW}", section.empty, styles["text"])
        sheet.add_row(FIRST_ROW, first + "".join(blank))
    _add_table(sheet, part, headers, last_row)
    _add_formats(sheet, section, last_row)
    _add_validations(sheet, section, last_row)
    sheet.finish()


def _prepare(sheet: StreamedSheet, part: Part, last_row: int, paper: Paper, report_id: str) -> None:
    section = part.section
    set_up_page(sheet, paper, report_id)
    sheet.sheet_properties.outlinePr.summaryRight = False
    for at, column in enumerate(section.columns, start=1):
        detail = column.group is Group.DETAIL
        following = section.columns[at] if at < len(section.columns) else column
        sheet.column_dimensions[letter(at)] = ColumnDimension(
            sheet,
            index=letter(at),
            width=column.width,
            customWidth=True,
            hidden=detail,
            outlineLevel=1 if detail else 0,
            collapsed=not detail and following.group is Group.DETAIL,
        )
    sheet.freeze_panes = f"{letter(section.frozen + 1)}{FIRST_ROW}"
    sheet.print_title_rows = f"{HEADER_ROW}:{HEADER_ROW}"
    printed = [at for at, column in enumerate(section.columns, 1) if _printed(section, column)]
    sheet.print_area = f"A1:{letter(printed[-1])}{last_row}"
    if section.wide:
        _spread(sheet, section)
    if paper.lock and section.locked:
        protect(sheet)


def _spread(sheet: StreamedSheet, section: Section) -> None:
    """Print side by side, with the frozen columns on every page, what is too wide for one page."""
    sheet.print_title_cols = f"A:{letter(section.frozen)}"
    shown = [column.group is Group.MAIN and column.width for column in section.columns]
    repeated = sum(shown[: section.frozen])
    sheet.page_setup.fitToWidth = math.ceil(sum(shown[section.frozen :]) / (_PAGE_WIDTH - repeated))


def _printed(section: Section, column: Column) -> bool:
    # The columns of the action plan are for the people who carry it out: they belong on paper.
    if section.key == "action-plan":
        return column.group is not Group.DETAIL
    return column.group is Group.MAIN


def _write_top(sheet: StreamedSheet, part: Part, headers: Sequence[str], styles: Styles) -> None:
    section = part.section
    intro = section.intro
    if part.title != section.title or part.count != section.count:
        intro += f" Rows {part.start + 1:,} to {part.start + part.count:,}."
    sheet.add_row(1, cell("A1", part.title, styles["title"]))
    sheet.add_row(2, cell("A2", intro, styles["intro"]))
    sheet.add_row(3, cell("A3", f"Back to {SUMMARY}", styles["link"]))
    sheet.add_link("A3", f"'{SUMMARY}'!A1", f"Go to {SUMMARY}")
    sheet.add_row(4, "")
    cells = (
        cell(
            f"{letter(at)}{HEADER_ROW}",
            header,
            styles["reviewer-head" if column.group is Group.REVIEWER else "head"],
        )
        for at, (header, column) in enumerate(zip(headers, section.columns, strict=True), start=1)
    )
    lines = max(
        lines_of(header, column.width - _FILTER_BUTTON, bold=True)
        for header, column in zip(headers, section.columns, strict=True)
        if column.group is not Group.DETAIL
    )
    sheet.add_row(HEADER_ROW, "".join(cells), height_of(lines))


def _write_rows(
    sheet: StreamedSheet, section: Section, rows: Iterator[Row], styles: Styles, places: Places
) -> None:
    columns = [
        (
            letter(at),
            column.kind is Kind.TIME,
            _style(column, styles),
            0 if column.group is Group.DETAIL else column.width,
        )
        for at, column in enumerate(section.columns, start=1)
    ]
    link_style = styles["text-link"]
    for number, row in enumerate(rows, start=FIRST_ROW):
        name = plain(row[0])
        cells = []
        lines = 1
        for (column, is_time, style, width), value in zip(columns, row, strict=True):
            reference = f"{column}{number}"
            if width and not isinstance(value, int) and value is not None:
                lines = max(lines, lines_of(plain(value), width))
            if isinstance(value, (Link, Url)):
                linked = _link(sheet, reference, value, places)
                cells.append(cell(reference, value, link_style if linked else style, name))
            else:
                shown: Value = _time(value) if is_time else value
                cells.append(cell(reference, shown, style, name))
        sheet.add_row(number, "".join(cells), height_of(lines))


def _style(column: Column, styles: Styles) -> Style:
    if column.group is Group.REVIEWER:
        return styles["edit-date" if column.date else "edit"]
    names = {Kind.NUMBER: "number", Kind.TIME: "time", Kind.WORD: "word", Kind.TEXT: "text"}
    return styles[names[column.kind]]


def _time(value: Cell) -> Value:
    found = moment(value) if isinstance(value, str) else None
    # A spreadsheet's calendar begins in 1900.
    return found if found is not None and found.year > 1900 else value


def _link(sheet: StreamedSheet, reference: str, value: Link | Url, places: Places) -> bool:
    if isinstance(value, Url):
        return sheet.add_link(reference, value, "Open the source")
    target = address(places, value)
    if target is None:
        return False
    title = places[value.section][0][0].section.title
    return sheet.add_link(reference, target, f"Go to {title}")


def _add_table(sheet: StreamedSheet, part: Part, headers: Sequence[str], last_row: int) -> None:
    ref = f"A{HEADER_ROW}:{letter(len(headers))}{last_row}"
    table = Table(displayName=part.table, name=part.table, ref=ref)
    table._initialise_columns()
    table.tableColumns = [
        TableColumn(id=at, name=xstring(header)) for at, header in enumerate(headers, start=1)
    ]
    table.tableStyleInfo = TableStyleInfo(name="TableStyleLight1", showRowStripes=True)
    # add_table warns in write-only mode even when the columns are given.
    sheet._tables.add(table)


def _add_formats(sheet: StreamedSheet, section: Section, last_row: int) -> None:
    headers = [column.header for column in section.columns]
    for at, column in enumerate(section.columns, start=1):
        first = f"{letter(at)}{FIRST_ROW}"
        span = f"{first}:{letter(at)}{last_row}"
        if column.kind is Kind.WORD:
            for tone, words in _tones(column.header).items():
                tests = ",".join(f'{first}="{word}"' for word in words)
                _when(sheet, span, f"OR({tests})", tone_style(tone))
        if column.header == "Due date":
            status = f"{letter(headers.index('Status') + 1)}{FIRST_ROW}"
            overdue = f'AND(ISNUMBER({first}),{first}<TODAY(),{status}<>"Done")'
            _when(sheet, span, overdue, tone_style("high"))
    everything = f"A{FIRST_ROW}:{letter(len(headers))}{last_row}"
    if section.key == "findings":
        status = f"${letter(headers.index('Status') + 1)}{FIRST_ROW}"
        _when(sheet, everything, f'{status}="Waived"', grey_style())
    if section.key.startswith("settings-matrix"):
        for mark, tone in (
            (f"{DIFFERS} ", "odd"),
            (f"{DIFFERS}{ODD}", "odd"),
            (f"{ODD} ", "unknown"),
        ):
            test = f'LEFT(A{FIRST_ROW},2)="{mark}"'
            _when(sheet, everything, test, tone_style(tone, bold=mark.startswith(DIFFERS)))


def _tones(header: str) -> dict[str, list[str]]:
    tones: dict[str, list[str]] = {}
    for word in TONES:
        tone = tone_of(word, header)
        if tone is not None:
            tones.setdefault(tone, []).append(word)
    return tones


def _when(sheet: StreamedSheet, span: str, test: str, look: object) -> None:
    sheet.conditional_formatting.add(span, Rule(type="expression", dxf=look, formula=[test]))


def _add_validations(sheet: StreamedSheet, section: Section, last_row: int) -> None:
    for at, column in enumerate(section.columns, start=1):
        span = f"{letter(at)}{FIRST_ROW}:{letter(at)}{last_row}"
        if column.choices:
            rule = DataValidation(type="list", formula1=column.choices, allow_blank=True)
            rule.error, rule.errorTitle = "Choose one of the words in the list.", column.header
        elif column.date:
            rule = DataValidation(
                type="date", operator="greaterThan", formula1=str(EARLIEST_DATE), allow_blank=True
            )
            rule.error, rule.errorTitle = "Enter a date, for example 2026-11-24.", column.header
        else:
            continue
        rule.showErrorMessage = True
        rule.add(span)
        sheet.data_validations.append(rule)
