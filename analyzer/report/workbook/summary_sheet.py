"""The summary in, its sheet out: everything on one printed page."""

import textwrap
from collections.abc import Mapping, Sequence
from itertools import zip_longest

from msgspec.structs import replace
from openpyxl.worksheet.dimensions import ColumnDimension

from analyzer.report.paper import Logo, Paper
from analyzer.report.section import Link, Row, plain
from analyzer.report.summary import ChartSeries, LiveCounter, Summary, SummaryBlock
from analyzer.report.workbook.bar_chart import severity_chart
from analyzer.report.workbook.cells import Formula
from analyzer.report.workbook.grid import Grid
from analyzer.report.workbook.logo_picture import place_logo
from analyzer.report.workbook.print_setup import letter, pages_high, set_up_page
from analyzer.report.workbook.sheet_parts import FIRST_ROW, Addresses, SheetPart
from analyzer.report.workbook.sheet_stream import StreamedSheet
from analyzer.report.workbook.styles import Styles, tone_style
from analyzer.visible_text import shorten

_WIDTHS = (19, 8, 8.5, 7.5, 7.5, 6.5, 6, 7.5, 18.5, 1, 18, 9, 9)
_LEFT, _RIGHT, _ALL = range(1, 10), range(11, 14), range(1, 14)
_LINE_LENGTH, _LINE_LENGTH_WITH_LOGO = 128, 88
_LETTERS = 1.13
"""Letters of prose in the width of a digit."""
_VALUE_LENGTH = 74
_NAME_LENGTH = 18
_CHART_ROWS = 10
_SIGN_OFF_COLUMNS = (1, 2, 5, 7, 9)


def write_summary(
    sheet: StreamedSheet,
    summary: Summary,
    addresses: Addresses,
    styles: Styles,
    paper: Paper,
    logo: Logo | None,
    report_id: str,
) -> None:
    """Write the summary; it must be the first sheet of the package."""
    set_up_page(sheet, paper, report_id, portrait=True)
    for at, width in enumerate(_WIDTHS, start=1):
        sheet.column_dimensions[letter(at)] = ColumnDimension(
            sheet, index=letter(at), width=width, customWidth=True
        )
    grid = Grid(sheet, styles, addresses)
    row = _top(grid, summary, with_logo=logo is not None)
    end = _long_rows(grid, row, summary.verdicts)
    _colour(sheet, f"A{row + 2}:A{end}", summary.verdicts.columns[0].tones)
    row = end + 1
    left = grid.pairs(row, 1, _LEFT, _short_values(summary.engagement))
    right = grid.table(row, _RIGHT[: len(summary.severities.columns)], summary.severities)
    _colour(sheet, f"K{row + 2}:K{right - 1}", summary.severities.columns[0].tones)
    right = grid.table(right + 1, _RIGHT[:2], summary.checks)
    left = grid.pairs(left + 1, 1, _LEFT, _short_values(summary.quality))
    row = max(left, right) + 1
    if summary.changes.rows:
        span = f"A{row + 2}:A{row + 1 + len(summary.changes.rows)}"
        _colour(sheet, span, summary.changes.columns[0].tones)
        title = f"{summary.changes.title}, by severity"
        row = _charted(sheet, grid, row, summary.changes, title, summary.change_chart) + 1
    row = _servers(sheet, grid, row, summary)
    row = _long_rows(grid, row + 1, summary.rules, lines=1)
    row = _long_rows(grid, row + 1, summary.actions, lines=1)
    _sign_off(grid, row + 1, summary.sign_off)
    # What follows helps on the screen only: ways to the sheets, and what is still to do.
    printed = grid.last_row()
    _progress(grid, printed + 2, summary.counters, addresses)
    _contents(grid, printed + 2, summary.contents, addresses, paper)
    if logo is not None:
        place_logo(sheet, logo, letter(_RIGHT[0]))
    sheet.print_area = f"A1:{letter(_ALL[-1])}{printed}"
    grid.write()
    height = grid.height_of_rows(printed)
    high = pages_high(paper, sum(_WIDTHS), height, portrait=True)
    sheet.page_setup.fitToHeight = high
    sheet.finish()


def _top(grid: Grid, summary: Summary, *, with_logo: bool) -> int:
    grid.put(1, 1, summary.title, "title")
    length = _LINE_LENGTH_WITH_LOGO if with_logo else _LINE_LENGTH
    lines = textwrap.wrap(summary.headline, length, break_long_words=True)
    for at, line in enumerate(lines, start=2):
        grid.put(at, 1, line, "headline")
    return max(len(lines) + 3, 6 if with_logo else 0)


def _servers(sheet: StreamedSheet, grid: Grid, row: int, summary: Summary) -> int:
    block = summary.servers
    rows: tuple[Row, ...] = tuple(
        (shorten(plain(cells[0]), _NAME_LENGTH), *cells[1:]) for cells in block.rows
    )
    block = replace(block, rows=rows)
    first = row + 2
    if rows:
        _colour(sheet, f"I{first}:I{first + len(rows) - 1}", block.columns[-1].tones)
    return _charted(sheet, grid, row, block, summary.chart_title, summary.chart)


def _charted(
    sheet: StreamedSheet,
    grid: Grid,
    row: int,
    block: SummaryBlock,
    chart_title: str,
    chart: Sequence[ChartSeries],
) -> int:
    """Put a table with its chart beside it; return the row below both."""
    end = grid.table(row, _LEFT[: len(block.columns)], block)
    if not block.rows:
        return end
    # Empty rows are lower than those of the table; the legend needs its room all the same.
    empty = max(0, row + _CHART_ROWS - end)
    bottom = max(end, row + _CHART_ROWS + empty // 2)
    names = [plain(cells[0]) for cells in block.rows]
    severity_chart(sheet, chart_title, names, chart, row + 2, bottom)
    return bottom


def _long_rows(grid: Grid, row: int, block: SummaryBlock, lines: int = 2) -> int:
    """Put a block whose last column is prose of so many lines; return the row below."""
    grid.heading(row, _ALL, block.title)
    row += 1
    headers = [column.header for column in block.columns]
    length = int(sum(_WIDTHS[len(headers) - 1 :]) * _LETTERS)
    for at, header in zip_longest(_ALL, headers, fillvalue=""):
        grid.put(row, int(at), header, "head-flat")
    if not block.rows:
        grid.put(row + 1, 1, block.empty, "value")
        return row + 2
    for cells in block.rows:
        # A cell cannot flow over its neighbours and wrap: long text takes a second line.
        text = shorten(plain(cells[-1]), lines * length)
        wrapped = textwrap.wrap(text, length, max_lines=lines, placeholder=" …")
        for at, line in enumerate(wrapped or [""]):
            row += 1
            if at == 0:
                for column, value in enumerate(cells[:-1], start=1):
                    grid.put(row, column, value, "value")
            grid.put(row, len(cells), line, "value")
    if block.note:
        row += 1
        grid.put(row, 1, block.note, "note")
    return row + 1


def _contents(grid: Grid, row: int, block: SummaryBlock, addresses: Addresses, paper: Paper) -> int:
    """Put the contents in two columns side by side; return the row below."""
    note = "" if paper.print_all else "; in bold: on paper"
    grid.heading(row, _LEFT, f"{block.title} (sheet, rows{note})")
    half = (len(block.rows) + 1) // 2
    for pair in zip_longest(block.rows[:half], block.rows[half:]):
        row += 1
        for cells, column in zip(pair, (1, 5), strict=True):
            if cells is None:
                continue
            name, rows = cells
            on_paper = (
                isinstance(name, Link)
                and not paper.print_all
                and addresses[name.section].parts[0].section.in_print_set
            )
            grid.put(row, column, name, "label" if on_paper else "value")
            grid.put(row, column + (1 if column == 1 else 3), rows, "value")
    return row + 1


def _progress(grid: Grid, row: int, counters: Sequence[LiveCounter], addresses: Addresses) -> int:
    """Put the live counters of what reviewers have filled in; nothing else depends on them."""
    grid.heading(row, _RIGHT, "Reviewer progress (live)")
    for counter in counters:
        parts = [part for part in addresses[counter.section].parts if part.count]
        row += 1
        grid.put(row, _RIGHT[0], counter.label, "label")
        grid.put(row, _RIGHT[1], _live(parts, counter), "live")
        total = sum(part.count for part in parts)
        grid.put(row, _RIGHT[2], f"of {total:,}", "value")
    return row + 1


def _live(parts: Sequence[SheetPart], counter: LiveCounter) -> Formula | int:
    """Return the counter as a formula, with what it counts before anybody opens the workbook."""
    if not parts:
        return 0
    filled = parts[0].section.entries.get(counter.header, {})
    now = filled.get(counter.word, 0) if counter.word else sum(filled.values())
    return Formula(_counting(parts, counter), now)


def _counting(parts: Sequence[SheetPart], counter: LiveCounter) -> str:
    """Return the formula that counts over all sheets of a section."""
    terms = []
    for part in parts:
        column = letter(part.section.position(counter.header) + 1)
        span = f"'{part.title}'!{column}{FIRST_ROW}:{column}{FIRST_ROW + part.count - 1}"
        terms.append(f'COUNTIF({span},"{counter.word}")' if counter.word else f"COUNTA({span})")
    return "+".join(terms)


def _sign_off(grid: Grid, row: int, block: SummaryBlock) -> None:
    grid.heading(row, _ALL, block.title)
    row += 1
    for at, column in zip(_SIGN_OFF_COLUMNS, block.columns, strict=True):
        grid.put(row, at, column.header, "label")
    for cells in block.rows:
        row += 1
        for at in _ALL:
            grid.put(row, at, None, "line")
        for at, value in zip(_SIGN_OFF_COLUMNS, cells, strict=True):
            if value:
                grid.put(row, at, value, "label" if at == 1 else "line")


def _colour(sheet: StreamedSheet, span: str, tones: Mapping[str, str]) -> None:
    first = span.split(":")[0]
    for word, tone in tones.items():
        sheet.add_look(span, f'{first}="{word}"', tone_style(tone))


def _short_values(block: SummaryBlock) -> SummaryBlock:
    """Return a block of label and value, each on one line; those without a value left out."""
    rows: tuple[Row, ...] = tuple(
        (label, shorten(plain(value), _VALUE_LENGTH)) for label, value in block.rows if plain(value)
    )
    return replace(block, rows=rows)
