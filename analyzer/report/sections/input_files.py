"""Results in, the table of the files that were read out."""

from collections.abc import Iterator

from analyzer.report.phrases import count
from analyzer.report.section import Column, ColumnGroup, ColumnKind, Row, Section
from analyzer.report.wording import DIALECT
from analyzer.results.document import input_manifest_sha256
from analyzer.results.records import Results

COLUMNS = (
    Column("File", 30),
    Column("Bytes", 17, ColumnKind.NUMBER),
    Column("SHA-256", 34),
    Column("Modified", 16, ColumnKind.TIME),
    Column("Detected format", 18),
    Column("Encoding, line ends", 14),
    Column("Entries", 11, ColumnKind.NUMBER),
    Column("Relevant objects", 10, ColumnKind.NUMBER),
    Column("Export scope", 10),
    Column("Naming context", 34),
    Column("Warnings", 44),
    Column("Role", 10),
    Column("Supplied by", 20, group=ColumnGroup.REVIEWER),
    Column("Exported on", 12, group=ColumnGroup.REVIEWER, date=True),
    Column("Export command", 40, group=ColumnGroup.REVIEWER),
)


def section(results: Results) -> Section:
    """Return the files that were read, with the hash of each and of the list."""
    return Section(
        key="inputs",
        title="Inputs",
        intro=(
            f"{count(len(results.inputs), 'file')} read. SHA-256 of the list of files:"
            f" {input_manifest_sha256(results.inputs)}."
        ),
        columns=COLUMNS,
        rows=lambda: _rows(results),
        count=len(results.inputs),
        table="tblInputs",
    )


def _rows(results: Results) -> Iterator[Row]:
    for source in results.inputs:
        encoding = source.encoding
        yield (
            source.path,
            source.bytes,
            source.sha256,
            source.modified,
            DIALECT.get(source.dialect, f"{source.format.upper()}, other"),
            f"{encoding}, {source.line_ends}" if source.line_ends else encoding,
            source.entries,
            source.relevant_entries,
            source.export_scope.capitalize(),
            source.naming_context,
            "\n".join(source.warnings),
            "Current",
            None,
            None,
            None,
        )
