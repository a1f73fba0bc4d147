"""Sections in, a workbook of their sheets alone out: the first of them is where a reader starts."""

from collections.abc import Sequence
from typing import BinaryIO

from openpyxl import Workbook
from openpyxl.writer.excel import ExcelWriter

from analyzer.report.paper import Paper
from analyzer.report.section import Section
from analyzer.report.summary import Imprint
from analyzer.report.workbook.file_properties import set_properties
from analyzer.report.workbook.sheet_parts import addresses_of
from analyzer.report.workbook.styles import make_styles
from analyzer.report.workbook.table_sheet import write_sheet
from analyzer.report.workbook.workbook_file import add_sheet, whole
from analyzer.report.workbook.zip_package import Package


def write_tables(
    title: str, sections: Sequence[Section], imprint: Imprint, paper: Paper, stream: BinaryIO
) -> None:
    """Write the workbook to an open binary file without a temporary one.

    Raises:
        OSError: the stream cannot be written.
    """
    addresses = addresses_of(sections)
    home = addresses[sections[0].key].parts[0].title
    workbook = Workbook(write_only=True)
    package = Package(stream, {}, paper.client)
    with whole(package):
        styles = None
        for section in sections:
            rows = section.rows()
            for part in addresses[section.key].parts:
                sheet = add_sheet(workbook, package, part.title)
                styles = styles or make_styles(workbook, sheet)
                write_sheet(
                    sheet, part, rows, styles, paper, imprint.report_id, addresses, home=home
                )
        set_properties(workbook, title, imprint, paper, reproducible=False)
        ExcelWriter(workbook, package).save()
