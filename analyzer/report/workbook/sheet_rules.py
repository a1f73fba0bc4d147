"""A section in, what its sheet does by itself out: colours that follow the text, lists, dates."""

from openpyxl.worksheet.datavalidation import DataValidation

from analyzer.report.section import (
    DIFFERS_FROM_DEFAULT,
    DIFFERS_FROM_PEERS,
    Column,
    ColumnKind,
    Section,
)
from analyzer.report.tones import ALARM, DIFFERENT_FROM_DEFAULT, DIFFERENT_FROM_PEERS
from analyzer.report.workbook.print_setup import letter
from analyzer.report.workbook.sheet_parts import FIRST_ROW
from analyzer.report.workbook.sheet_stream import StreamedSheet
from analyzer.report.workbook.styles import grey_style, tone_style

EARLIEST_DATE = 32_874
"""1990-01-01: no reviewer's date lies before the first Exchange."""


def add_formats(sheet: StreamedSheet, section: Section, last_row: int) -> None:
    """Colour by the text of the cells, so that the colour follows edits and sorting."""
    # The tests name the first cell of their span; programs move the address along with each cell.
    for at, column in enumerate(section.columns, start=1):
        first = f"{letter(at)}{FIRST_ROW}"
        span = f"{first}:{letter(at)}{last_row}"
        if column.kind is ColumnKind.WORD:
            for tone, words in _words_by_tone(column).items():
                tests = ",".join(f'{first}="{word}"' for word in words)
                sheet.add_look(span, f"OR({tests})", tone_style(tone))
        if column.alarm_unless is not None:
            header, word = column.alarm_unless
            other = f"{letter(section.position(header) + 1)}{FIRST_ROW}"
            overdue = f'AND(ISNUMBER({first}),{first}<TODAY(),{other}<>"{word}")'
            sheet.add_look(span, overdue, tone_style(ALARM))
    everything = f"A{FIRST_ROW}:{letter(len(section.columns))}{last_row}"
    if section.set_aside is not None:
        header, word = section.set_aside
        tested = f"${letter(section.position(header) + 1)}{FIRST_ROW}"
        sheet.add_look(everything, f'{tested}="{word}"', grey_style())
    if any(column.kind is ColumnKind.MARKED for column in section.columns):
        _add_marks(sheet, everything)


def add_validations(sheet: StreamedSheet, section: Section, last_row: int) -> None:
    """Let a reviewer choose from the lists, and enter nothing but dates where dates belong."""
    for at, column in enumerate(section.columns, start=1):
        span = f"{letter(at)}{FIRST_ROW}:{letter(at)}{last_row}"
        if column.choices:
            # By the name of a list: a literal one holds 255 characters at most.
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


def _words_by_tone(column: Column) -> dict[str, list[str]]:
    tones: dict[str, list[str]] = {}
    for word, tone in column.tones.items():
        tones.setdefault(tone, []).append(word)
    return tones


def _add_marks(sheet: StreamedSheet, span: str) -> None:
    # `section.plain` puts a blank behind the marks, and quotes a value that begins like one.
    for start, tone, bold in (
        (f"{DIFFERS_FROM_DEFAULT} ", DIFFERENT_FROM_DEFAULT, True),
        (f"{DIFFERS_FROM_DEFAULT}{DIFFERS_FROM_PEERS}", DIFFERENT_FROM_DEFAULT, True),
        (f"{DIFFERS_FROM_PEERS} ", DIFFERENT_FROM_PEERS, False),
    ):
        test = f'LEFT({span.split(":")[0]},2)="{start}"'
        sheet.add_look(span, test, tone_style(tone, bold=bold))
