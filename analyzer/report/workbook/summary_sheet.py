"""The summary in, its sheet out: everything on one printed page."""

import textwrap
from collections.abc import Sequence
from itertools import zip_longest

from openpyxl.formatting.rule import Rule
from openpyxl.worksheet.dimensions import ColumnDimension

from analyzer.report.paper import Logo, Paper
from analyzer.report.section import Block, Row, Summary, plain
from analyzer.report.wording import TONES
from analyzer.report.workbook.cells import Formula
from analyzer.report.workbook.chart import severity_chart
from analyzer.report.workbook.grid import Grid
from analyzer.report.workbook.layout import letter, set_up_page
from analyzer.report.workbook.picture import place_logo
from analyzer.report.workbook.sheet import FIRST_ROW, Part, Places
from analyzer.report.workbook.sheet_stream import StreamedSheet
from analyzer.report.workbook.styles import Styles, tone_style
from analyzer.visible_text import shorten

_WIDTHS = (22, 9, 8, 8, 8, 8, 8, 9, 20, 2, 20, 11, 11)
_LEFT, _RIGHT, _ALL = range(1, 10), range(11, 14), range(1, 14)
_LINE_LENGTH, _LINE_LENGTH_WITH_LOGO = 118, 78
_ACTION_LENGTH = 104
_VALUE_LENGTH = 78
_NAME_LENGTH = 22
_CHART_ROWS = 13
_SIGN_OFF_COLUMNS = (1, 2, 5, 7, 9)


def write_summary(
    sheet: StreamedSheet,
    summary: Summary,
    parts: Sequence[Part],
    styles: Styles,
    paper: Paper,
    logo: Logo | None,
    places: Places,
    report_id: str,
) -> None:
    """Write the summary; it must be the first sheet of the package."""
    set_up_page(sheet, paper, report_id, portrait=True, pages_high=1)
    for at, width in enumerate(_WIDTHS, start=1):
        sheet.column_dimensions[letter(at)] = ColumnDimension(
            sheet, index=letter(at), width=width, customWidth=True
        )
    grid = Grid(sheet, styles, places)
    row = _top(grid, summary, with_logo=logo is not None)
    left = grid.pairs(row, 1, _LEFT, _short_values(summary.engagement))
    right = grid.table(row, _RIGHT, summary.severities, "wnn")
    _colour(sheet, f"K{row + 2}:K{right - 1}")
    right = grid.table(right + 1, _RIGHT[:2], summary.checks, "wn")
    left = grid.pairs(left + 1, 1, _LEFT, _short_values(summary.quality))
    row = _servers(sheet, grid, max(left, right) + 1, summary)
    row = _actions(grid, row + 1, summary.actions)
    end = _progress(grid, row + 1, parts)
    row = max(_contents(grid, row + 1, summary.contents), end)
    _sign_off(grid, row + 1, summary.sign_off)
    if logo is not None:
        place_logo(sheet, logo, letter(_RIGHT[0]))
    sheet.print_area = f"A1:{letter(_ALL[-1])}{grid.last_row()}"
    grid.write()
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
    shown = Block(block.title, block.headers, rows or (("No servers", *(None,) * 8),), block.note)
    end = grid.table(row, _LEFT, shown, "tnnnnnnnw")
    first = row + 2
    if not rows:
        return end
    bottom = max(end, row + _CHART_ROWS)
    severity_chart(sheet, [plain(cells[0]) for cells in rows], summary.chart, first, bottom)
    _colour(sheet, f"I{first}:I{first + len(rows) - 1}")
    return bottom


def _actions(grid: Grid, row: int, block: Block) -> int:
    grid.heading(row, _ALL, block.title)
    row += 1
    for column, header in zip_longest(_ALL, block.headers, fillvalue=""):
        grid.put(row, int(column), header, "head-flat")
    if not block.rows:
        grid.put(row + 1, 1, "No action needed", "value")
        return row + 2
    for cells in block.rows:
        # A cell cannot flow over its neighbours and wrap: long text takes a second line.
        lines = textwrap.wrap(shorten(plain(cells[-1]), 2 * _ACTION_LENGTH), _ACTION_LENGTH)
        for at, line in enumerate(lines or [""]):
            row += 1
            if at == 0:
                for column, value in enumerate(cells[:-1], start=1):
                    grid.put(row, column, value, "value")
            grid.put(row, len(cells), line, "value")
    if block.note:
        row += 1
        grid.put(row, 1, block.note, "note")
    return row + 1


def _contents(grid: Grid, row: int, block: Block) -> int:
    """Put the contents in two columns side by side; return the row below."""
    grid.heading(row, _LEFT, f"{block.title} (sheet, rows)")
    half = (len(block.rows) + 1) // 2
    for pair in zip_longest(block.rows[:half], block.rows[half:]):
        row += 1
        for cells, column in zip(pair, (1, 5), strict=True):
            if cells is not None:
                grid.put(row, column, cells[0], "value")
                grid.put(row, column + (1 if column == 1 else 3), cells[1], "value")
    return row + 1


def _progress(grid: Grid, row: int, parts: Sequence[Part]) -> int:
    """Put the live counters of what reviewers have filled in; nothing else depends on them."""
    grid.heading(row, _RIGHT, "Reviewer progress (live)")
    counters = (
        ("Findings decided", "findings", "Reviewer decision", ""),
        ("Actions with an owner", "action-plan", "Owner", ""),
        ("Actions done", "action-plan", "Status", "Done"),
    )
    for label, key, header, word in counters:
        formula, total = _counter(parts, key, header, word)
        row += 1
        grid.put(row, _RIGHT[0], label, "label")
        grid.put(row, _RIGHT[1], Formula(formula, 0) if formula else 0, "live")
        grid.put(row, _RIGHT[2], f"of {total:,} (live)", "value")
    return row + 1


def _counter(parts: Sequence[Part], key: str, header: str, word: str) -> tuple[str, int]:
    terms, total = [], 0
    for part in parts:
        if part.section.key == key and part.count:
            headers = [column.header for column in part.section.columns]
            column = letter(headers.index(header) + 1)
            span = f"'{part.title}'!{column}{FIRST_ROW}:{column}{FIRST_ROW + part.count - 1}"
            terms.append(f'COUNTIF({span},"{word}")' if word else f"COUNTA({span})")
            total += part.count
    return "+".join(terms), total


def _sign_off(grid: Grid, row: int, block: Block) -> None:
    grid.heading(row, _ALL, block.title)
    row += 1
    for column, header in zip(_SIGN_OFF_COLUMNS, block.headers, strict=True):
        grid.put(row, column, header, "label")
    for cells in block.rows:
        row += 1
        for column in _ALL:
            grid.put(row, column, None, "line")
        for column, value in zip(_SIGN_OFF_COLUMNS, cells, strict=True):
            if value:
                grid.put(row, column, value, "label" if column == 1 else "line")


def _colour(sheet: StreamedSheet, span: str) -> None:
    first = span.split(":")[0]
    for word, tone in TONES.items():
        rule = Rule(type="expression", dxf=tone_style(tone), formula=[f'{first}="{word}"'])
        sheet.conditional_formatting.add(span, rule)


def _short_values(block: Block) -> Block:
    rows: tuple[Row, ...] = tuple(
        (label, shorten(plain(value), _VALUE_LENGTH)) for label, value in block.rows
    )
    return Block(block.title, block.headers, rows, block.note)
