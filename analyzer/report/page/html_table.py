"""A section in, its table on the page out: rows, links to rows, widths on screen and paper."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import NamedTuple

from msgspec import Struct

from analyzer.report.page.html_cells import HtmlCell, PartBelow, RichCell, RowIds, html_cell
from analyzer.report.page.html_markup import SCREEN_ONLY, HtmlRow, row_markup
from analyzer.report.section import (
    Column,
    ColumnGroup,
    ColumnKind,
    Row,
    Section,
)

AT_ONCE = 500
"""Rows of a table in view at once; the script leafs through the rest."""

_PROSE = 64
"""Characters of the width of a column with prose below."""
_LANDSCAPE = 300
"""Characters that fit beside each other on the usual paper; wider tables take the next size."""
_SORTED_AS = {kind: kind.value for kind in ColumnKind} | {ColumnKind.MARKED: "text"}
"""How the script sorts a column."""


class HtmlColumn(NamedTuple):
    """The head of a column."""

    header: str
    classes: str
    sorted_as: str
    filtered: bool
    """A list of its values is offered to narrow the table by."""
    several: bool
    """Its cells hold several of them each."""


class HtmlTable(Struct, frozen=True):
    """A section as the page shows it; columns that reviewers fill in are left to the workbook."""

    key: str
    title: str
    intro: str
    columns: tuple[HtmlColumn, ...]
    details: tuple[HtmlColumn, ...]
    shares: tuple[float, ...]
    """Per cent of the paper's width for each of `columns`."""
    unprinted: tuple[int, ...]
    """Which of `columns` are left out on paper, the first being 1."""
    classes: str
    """What chooses the paper, if any."""
    count: int
    empty: str
    rows: Callable[[], Iterator[str]]


class _Layout(NamedTuple):
    """Positions of the columns of a section: those side by side, those below others, details."""

    main: tuple[int, ...]
    below: Mapping[int, tuple[int, ...]]
    detail: tuple[int, ...]


def ids_of(key: str, anchors: Sequence[str]) -> dict[str, str]:
    """Map each anchor of a section to an ID that is unique on the page and fit for an address."""
    ids: dict[str, str] = {}
    for at, anchor in enumerate(anchors):
        plain_name = anchor.isascii() and anchor.replace("-", "").isalnum()
        ids.setdefault(anchor, f"{key}-{anchor if plain_name else f'row{at}'}")
    return ids


def table_of(section: Section, row_ids: RowIds, *, print_all: bool) -> HtmlTable:
    """Lay out a section; on paper stands the print set, or all."""
    layout = _layout(section)
    heads = [
        HtmlColumn(
            column.header,
            _classes(column, at in layout.below),
            _SORTED_AS[column.kind],
            column.filter or column.kind is ColumnKind.WORD,
            column.several,
        )
        for at, column in enumerate(section.columns)
    ]
    widths = [_width_on_paper(section, layout, at, print_all=print_all) for at in layout.main]
    on_paper = print_all or section.in_print_set
    return HtmlTable(
        key=section.key,
        title=section.title,
        intro=section.intro,
        columns=tuple(heads[at] for at in layout.main),
        details=tuple(heads[at] for at in layout.detail),
        shares=tuple(round(100 * width / sum(widths), 2) for width in widths),
        unprinted=tuple(at for at, width in enumerate(widths, start=1) if not width),
        classes=_paper(sum(widths)) if on_paper else SCREEN_ONLY,
        count=section.count,
        empty=section.empty,
        rows=lambda: _rows(section, layout, row_ids, print_all=print_all),
    )


def _layout(section: Section) -> _Layout:
    """Sort the columns by place: a page is narrow, so prose stands below what it explains."""
    below: dict[int, tuple[int, ...]] = {}
    for at, column in enumerate(section.columns):
        if column.below:
            lead = section.position(column.below)
            below[lead] = (*below.get(lead, ()), at)
    groups = [(at, column.group, column.below) for at, column in enumerate(section.columns)]
    return _Layout(
        tuple(at for at, group, lead in groups if group is ColumnGroup.MAIN and not lead),
        below,
        tuple(at for at, group, lead in groups if group is ColumnGroup.DETAIL and not lead),
    )


def _is_off_paper(column: Column, *, print_all: bool) -> bool:
    return not print_all and (column.screen_only or column.group is ColumnGroup.DETAIL)


def _width_on_paper(section: Section, layout: _Layout, at: int, *, print_all: bool) -> int:
    """Return the characters that a column takes on paper, 0 where it is left out."""
    column = section.columns[at]
    if _is_off_paper(column, print_all=print_all):
        return 0
    below = [section.columns[to] for to in layout.below.get(at, ())]
    if any(not _is_off_paper(part, print_all=print_all) for part in below):
        return _PROSE
    # A head in bold takes more room than the text that the width is counted in, and so do words
    # in the frame of their colour.
    framed = column.width * 4 // 3 if column.kind is ColumnKind.WORD else column.width
    longest = max(map(len, column.header.split()), default=0)
    return max(framed, min(longest * 4 // 3, 2 * column.width))


def _paper(width: int) -> str:
    """Return the size of paper, and of print, on which a table of that width can be read."""
    if width <= _LANDSCAPE:
        return ""
    return "wide-paper" if width <= 2 * _LANDSCAPE else "wide-paper dense"


def _classes(column: Column, leads: bool) -> str:
    number = " n" if column.kind is ColumnKind.NUMBER else ""
    return f"w{column.width}{number}{' prose' if leads else ''}"


def _rows(section: Section, layout: _Layout, row_ids: RowIds, *, print_all: bool) -> Iterator[str]:
    set_aside = section.set_aside
    tested = section.position(set_aside.header) if set_aside else 0
    off_paper = [_is_off_paper(column, print_all=print_all) for column in section.columns]
    free = dict(row_ids[section.key])
    anchors: Sequence[str] = section.anchors

    def content(at: int, row: Row) -> HtmlCell:
        """Return a cell with what stands below it; the empty ones of those are left out."""
        cell = html_cell(section.columns[at], row[at], row_ids)
        if at not in layout.below:
            return cell
        lead = cell if isinstance(cell, RichCell) else RichCell(str(cell))
        parts = (
            PartBelow(column.header, html_cell(column, row[to], row_ids), off_paper[to])
            for to in layout.below[at]
            for column in (section.columns[to],)
        )
        return lead._replace(below=tuple(part for part in parts if part.content != ""))

    first, *others = layout.main
    for number, row in enumerate(section.rows()):
        yield row_markup(
            HtmlRow(
                # An anchor that stands twice names its first row.
                free.pop(anchors[number], "") if anchors else "",
                set_aside is not None and row[tested] == set_aside.word,
                number >= AT_ONCE,
                content(first, row),
                [content(at, row) for at in others],
                [content(at, row) for at in layout.detail],
            )
        )
