"""Results in, the workbook out: the only package that knows openpyxl."""

from collections.abc import Iterator
from typing import BinaryIO

from openpyxl import Workbook
from openpyxl.writer.excel import ExcelWriter

from analyzer.report.paper import Paper, read_logo
from analyzer.report.section import Row
from analyzer.report.sections.first_page import summarize
from analyzer.report.sections.order import sections
from analyzer.report.workbook.lists import TITLE as LISTS_TITLE
from analyzer.report.workbook.lists import write_lists
from analyzer.report.workbook.package import Package
from analyzer.report.workbook.properties import set_properties
from analyzer.report.workbook.sheet import (
    MOST_ROWS,
    SUMMARY,
    parts_of,
    places_of,
    write_sheet,
)
from analyzer.report.workbook.sheet_stream import StreamedSheet
from analyzer.report.workbook.styles import make_styles
from analyzer.report.workbook.summary_sheet import write_summary
from analyzer.results.records import Results


def write_workbook(
    results: Results,
    paper: Paper,
    stream: BinaryIO,
    *,
    reproducible: bool = False,
    evidence: str = "findings",
    most_rows: int = MOST_ROWS,
) -> None:
    """Write the workbook to an open binary file, sheet after sheet, without a temporary file.

    `reproducible` takes the time of the run for the time of saving. `most_rows` is how many rows a
    table holds before a further sheet is begun.

    Raises:
        OSError: the stream cannot be written.
        ReadError: the logo cannot be read.
    """
    report = sections(results, paper, evidence)
    summary = summarize(results, paper, report)
    logo = read_logo(paper.logo) if paper.logo is not None else None
    parts = [part for section in report for part in parts_of(section, most_rows)]
    places = places_of(parts)
    report_id = results.run.report_id
    workbook = Workbook(write_only=True)
    pictures = {"Chart": summary.chart_text, "Image": f"Logo of {paper.client or 'the client'}"}
    package = Package(stream, pictures, paper.client)
    try:
        first = _add_sheet(workbook, package, SUMMARY)
        styles = make_styles(workbook, first)
        write_summary(first, summary, parts, styles, paper, logo, places, report_id)
        for section in report:
            rows: Iterator[Row] = section.rows()
            for part in parts_of(section, most_rows):
                sheet = _add_sheet(workbook, package, part.title)
                write_sheet(sheet, part, rows, styles, paper, report_id, places)
        write_lists(workbook, _add_sheet(workbook, package, LISTS_TITLE), styles)
        set_properties(workbook, results, paper, summary.title, reproducible=reproducible)
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
