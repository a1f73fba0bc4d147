"""Sections in, as much of them out as a browser opens in a few seconds.

A page takes some 3 KB of memory for each cell of a table, whether it is in view or not: half a
million of them is a gigabyte. The first rows of each table stay, which are the ones that matter
most; the workbook has all of them.
"""

from collections.abc import Sequence
from itertools import islice

from msgspec.structs import replace

from analyzer.report.section import Section

MOST_CELLS = 400_000
"""Cells of all tables together, beyond which tables are cut."""
MOST_SERVERS = 1_000
"""Servers that are told of one by one."""
_MOST_ROWS = (10_000, 5_000, 2_000, 1_000, 500)
"""Rows of one table; the first of these numbers is taken by which all tables fit together."""


def fit_page(sections: Sequence[Section]) -> list[Section]:
    """Return the sections, each with its first rows alone where there are too many of all."""
    most = next(
        (most for most in _MOST_ROWS if _cells(sections, most) <= MOST_CELLS), _MOST_ROWS[-1]
    )
    return [_first_rows(section, most) for section in sections]


def _cells(sections: Sequence[Section], most: int) -> int:
    return sum(min(section.count, most) * len(section.columns) for section in sections)


def _first_rows(section: Section, most: int) -> Section:
    """Return a section with its first rows alone, and a sentence that says so."""
    if section.count <= most:
        return section
    return replace(
        section,
        intro=f"{section.intro} Here are the first {most:,}; the workbook has all of them.",
        rows=lambda: islice(section.rows(), most),
        count=most,
        anchors=section.anchors[:most],
    )
