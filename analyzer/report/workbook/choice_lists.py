"""The hidden sheet that the validations read, and the names they know it by."""

from openpyxl import Workbook
from openpyxl.workbook.defined_name import DefinedName
from openpyxl.worksheet.dimensions import ColumnDimension

from analyzer.report.wording import CHOICE_LISTS, TICK_MARKS
from analyzer.report.workbook.cells import cell
from analyzer.report.workbook.print_setup import letter
from analyzer.report.workbook.sheet_parts import FIRST_ROW, HEADER_ROW
from analyzer.report.workbook.sheet_stream import StreamedSheet
from analyzer.report.workbook.styles import Styles

TITLE = "Lists"


def write_lists(workbook: Workbook, sheet: StreamedSheet, styles: Styles) -> None:
    """Write one column per list.

    A validation holds 255 characters of its own at most, so it refers to a defined name.
    """
    sheet.sheet_state = "hidden"
    columns = {**CHOICE_LISTS, "TickMarkMeanings": tuple(TICK_MARKS.values())}
    for at in range(1, len(columns) + 1):
        sheet.column_dimensions[letter(at)] = ColumnDimension(
            sheet, index=letter(at), width=28, customWidth=True
        )
    sheet.add_row(1, cell("A1", TITLE, styles["title"]))
    sheet.add_row(
        2, cell("A2", "What the reviewer's columns offer to choose from.", styles["intro"])
    )
    heads = (
        cell(f"{letter(at)}{HEADER_ROW}", name, styles["head"])
        for at, name in enumerate(columns, start=1)
    )
    sheet.add_row(HEADER_ROW, "".join(heads))
    for row in range(max(map(len, columns.values()))):
        cells = (
            cell(f"{letter(at)}{FIRST_ROW + row}", words[row], styles["text"])
            for at, words in enumerate(columns.values(), start=1)
            if row < len(words)
        )
        sheet.add_row(FIRST_ROW + row, "".join(cells))
    for at, (name, words) in enumerate(columns.items(), start=1):
        span = f"'{TITLE}'!${letter(at)}${FIRST_ROW}:${letter(at)}${FIRST_ROW + len(words) - 1}"
        workbook.defined_names[name] = DefinedName(name, attr_text=span)
    sheet.finish()
