"""A report in, the workbook out, sheet after sheet."""

from typing import BinaryIO

from openpyxl import Workbook
from openpyxl.writer.excel import ExcelWriter

from analyzer.report.paper import Paper, read_logo
from analyzer.report.summary import Report
from analyzer.report.workbook.choice_lists import TITLE as LISTS_TITLE
from analyzer.report.workbook.choice_lists import write_lists
from analyzer.report.workbook.file_properties import set_properties
from analyzer.report.workbook.sheet_parts import MOST_ROWS, SUMMARY, addresses_of
from analyzer.report.workbook.sheet_stream import StreamedSheet
from analyzer.report.workbook.styles import make_styles
from analyzer.report.workbook.summary_sheet import write_summary
from analyzer.report.workbook.table_sheet import write_sheet
from analyzer.report.workbook.zip_package import Package


def write_workbook(
    report: Report,
    paper: Paper,
    stream: BinaryIO,
    *,
    reproducible: bool = False,
    most_rows: int = MOST_ROWS,
) -> None:
    """Write the workbook to an open binary file without a temporary one.

    `reproducible` takes the time of the run for the time of saving. `most_rows` is how many rows a
    table holds before a further sheet is begun.

    Raises:
        OSError: the stream cannot be written.
        ReadError: the logo cannot be read.
    """
    summary = report.summary
    logo = read_logo(paper.logo) if paper.logo is not None else None
    addresses = addresses_of(report.sections, most_rows)
    report_id = report.imprint.report_id
    workbook = Workbook(write_only=True)
    charts = [
        text
        for block, text in (
            (summary.changes, summary.change_chart_text),
            (summary.servers, summary.chart_text),
        )
        if block.rows
    ]
    # As openpyxl names them, in the order in which they are put on the sheet.
    pictures = {f"Chart {at}": text for at, text in enumerate(charts, start=1)}
    pictures["Image"] = f"Logo of {paper.client or 'the client'}"
    package = Package(stream, pictures, paper.client)
    try:
        first = _add_sheet(workbook, package, SUMMARY)
        styles = make_styles(workbook, first)
        write_summary(first, summary, addresses, styles, paper, logo, report_id)
        for section in report.sections:
            rows = section.rows()
            for part in addresses[section.key].parts:
                sheet = _add_sheet(workbook, package, part.title)
                write_sheet(sheet, part, rows, styles, paper, report_id, addresses)
        write_lists(workbook, _add_sheet(workbook, package, LISTS_TITLE), styles)
        set_properties(workbook, report, paper, reproducible=reproducible)
        ExcelWriter(workbook, package).save()
    except BaseException as error:
        package.abandon()
        if isinstance(error, RuntimeError) and "ZIP64" in str(error):
            raise OSError("a sheet is larger than 2 GiB; leave the evidence out") from error
        raise


def _add_sheet(workbook: Workbook, package: Package, title: str) -> StreamedSheet:
    # openpyxl numbers the parts in the order of the sheets.
    number = len(workbook.worksheets) + 1
    return StreamedSheet(workbook, title, package.open_part(f"xl/worksheets/sheet{number}.xml"))
