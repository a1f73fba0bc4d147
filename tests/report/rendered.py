"""Made-up results in, the page or the workbook of their report out."""

import io

from analyzer.report.compose import compose_report
from analyzer.report.page.html_page import write_page
from analyzer.report.paper import Paper
from analyzer.report.workbook.workbook_file import write_workbook
from analyzer.results.records import Results


def page_of(results: Results, paper: Paper) -> bytes:
    stream = io.BytesIO()
    write_page(compose_report(results, paper), paper, stream)
    return stream.getvalue()


def workbook_of(results: Results, paper: Paper, **options: int) -> bytes:
    stream = io.BytesIO()
    write_workbook(compose_report(results, paper), paper, stream, reproducible=True, **options)
    return stream.getvalue()
