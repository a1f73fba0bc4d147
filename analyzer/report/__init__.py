"""Results in, reports out, each whole or not at all: workbook, page, letter, JSON, SARIF, CSV."""

from collections.abc import Sequence
from pathlib import Path
from typing import BinaryIO

from analyzer.errors import OutputError
from analyzer.report.paper import Paper
from analyzer.report.review import Review
from analyzer.report.whole_files import Render, write_files
from analyzer.results.records import Results

__all__ = ["FORMATS", "Paper", "write_reports"]

FORMATS = (".xlsx", ".html", ".docx", ".json", ".sarif", ".csv")
"""Extensions of the outputs."""


def write_reports(
    results: Results,
    outputs: Sequence[Path],
    *,
    paper: Paper | None = None,
    overwrite: bool = False,
    reproducible: bool = False,
    csv_raw: bool = False,
    evidence: str = "findings",
    review: Review | None = None,
) -> None:
    """Write the results to each output, in the format its extension names.

    All outputs are completed beside their targets before the first is moved into place.
    `reproducible` gives equal bytes for equal results and arguments. `evidence` is `findings`,
    `all` or `none` and concerns the workbook, and so does `review`: what reviewers entered in the
    one of last time.

    Raises:
        OutputError: an extension is unknown, a target exists, or a file cannot be written.
        ReadError: the logo cannot be read.
    """
    letterhead = paper or Paper()
    if len({output.absolute() for output in outputs}) != len(outputs):
        raise OutputError(str(outputs[-1]), "named twice as an output")

    def render(output: Path) -> Render:
        match output.suffix.lower():
            case ".xlsx":
                return lambda stream: _workbook(
                    results, letterhead, stream, reproducible, evidence, review
                )
            case ".html":
                return lambda stream: _page(results, letterhead, stream)
            case ".docx":
                return lambda stream: _letter(results, letterhead, stream)
            case ".json":
                return lambda stream: _json(results, stream)
            case ".sarif":
                return lambda stream: _sarif(results, stream)
            case ".csv":
                return lambda stream: _csv(results, stream, csv_raw)
        known = ", ".join(FORMATS)
        raise OutputError(str(output), f"no format has this extension; expected one of {known}")

    write_files([(output, render(output)) for output in outputs], overwrite=overwrite)


# Each format is imported when it is wanted: openpyxl and jinja2 take longer to load than a small
# dump takes to audit.


def _workbook(
    results: Results,
    paper: Paper,
    stream: BinaryIO,
    reproducible: bool,
    evidence: str,
    review: Review | None,
) -> None:
    from analyzer.report.compose import compose_report
    from analyzer.report.workbook.workbook_file import write_workbook

    report = compose_report(results, paper, evidence, review)
    write_workbook(report, paper, stream, reproducible=reproducible)


def _page(results: Results, paper: Paper, stream: BinaryIO) -> None:
    from analyzer.report.compose import compose_report
    from analyzer.report.page.html_page import write_page

    write_page(compose_report(results, paper), paper, stream)


def _letter(results: Results, paper: Paper, stream: BinaryIO) -> None:
    from analyzer.report.compose import compose_report
    from analyzer.report.letter.letter_file import write_letter

    write_letter(compose_report(results, paper), paper, stream)


def _json(results: Results, stream: BinaryIO) -> None:
    from analyzer.results.document import iter_json

    stream.writelines(iter_json(results))


def _sarif(results: Results, stream: BinaryIO) -> None:
    from analyzer.report.sarif_file import iter_sarif

    stream.writelines(iter_sarif(results))


def _csv(results: Results, stream: BinaryIO, raw: bool) -> None:
    from analyzer.report.finding_csv import dump_csv

    stream.write(dump_csv(results, raw=raw))
