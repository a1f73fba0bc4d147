"""A workbook of ours that people worked in, in; what they entered, out.

It may be sorted, filtered, coloured, its columns moved and others added, by any program; only the
columns by which rows are known again have to be there.
"""

from collections.abc import Sequence
from pathlib import Path

from analyzer.errors import ReadError
from analyzer.report.carry_over import CHANGED, TABLES
from analyzer.report.review import Review
from analyzer.report.section import CarriedTable
from analyzer.verify.workbook_reader import WantedTable, read_workbook

_GENERATED = "GeneratedUTC"


def read_review(path: Path, also: Sequence[str] = ()) -> Review:
    """Read what reviewers entered in a workbook, and further columns of its findings.

    Raises:
        ReadError: the file is no workbook of ours, more than is read of one, or one of its sheets
            lost the column by which its rows are known again.
    """
    wanted = {
        table.title: WantedTable(key=table.key, passed_over=_passed_over(table, also))
        for table in TABLES
    }
    workbook = read_workbook(path, wanted)
    first = TABLES[0].title
    if not workbook.sheets[first]:
        reason = f"has no sheet {first!r}: no report of this program, or the sheet was renamed"
        raise ReadError(str(path), reason)
    for table in TABLES:
        for sheet in workbook.sheets[table.title]:
            if sheet in workbook.without_key:
                raise ReadError(str(path), _lost(sheet, table.key))
    return Review(
        str(path),
        workbook.properties.get(_GENERATED, "")[:10],
        {title: rows for title, rows in workbook.rows.items() if workbook.sheets[title]},
        # The one of entries without a place is there only if there were any.
        tuple(table.title for table in TABLES[:-1] if not workbook.sheets[table.title]),
    )


def _passed_over(table: CarriedTable, also: Sequence[str]) -> frozenset[str]:
    """Return the columns of ours that no entry and nothing about one stands in."""
    needed = {
        table.key,
        table.dated,
        CHANGED,
        *table.compared,
        *table.about,
        *table.proposals,
        *table.proposals.values(),
        *(column.header for column in table.entered),
        *also,
    }
    if not table.entered:
        return frozenset()
    return frozenset(column.header for column in table.columns) - needed


def _lost(sheet: str, key: str) -> str:
    return (
        f"the sheet {sheet!r:.60} has no column {key!r}, by which its rows are known again; copy"
        " that column back from the workbook as it was made, in the same order of rows"
    )
