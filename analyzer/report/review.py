"""What reviewers entered in a workbook of ours, row by row, as it was read."""

from collections.abc import Mapping, Sequence
from typing import NamedTuple

SheetRow = Mapping[str, str | int]
"""Header to value; empty cells are left out."""


class FilledRow(NamedTuple):
    """One row of a sheet, as somebody left it."""

    sheet: str
    number: int
    cells: SheetRow


class Review(NamedTuple):
    """The tables of a workbook in which reviewers enter something."""

    file: str
    made: str
    """Day on which the workbook was made, ISO 8601; empty when it does not say."""
    tables: Mapping[str, Sequence[FilledRow]]
    """By title of the section; those whose sheet is missing are left out."""
    missing: tuple[str, ...] = ()
    """Titles of the sheets that were not found."""
