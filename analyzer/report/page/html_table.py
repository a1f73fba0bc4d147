"""A section in, its table on the page out: rows, links to rows, widths on screen and paper."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from analyzer.report.moments import moment
from analyzer.report.section import (
    Cell,
    Column,
    ColumnGroup,
    ColumnKind,
    Link,
    Marked,
    Row,
    Section,
    SummaryBlock,
    Url,
    plain,
)
from analyzer.report.tones import DIFFERENT_FROM_DEFAULT, DIFFERENT_FROM_PEERS

AT_ONCE = 500
"""Rows of a table in view at once; the script leafs through the rest."""
LONG = 600
"""Characters of the longest text that is not folded."""

_START = 120
_PROSE = 64
"""Characters of the width of a column with prose below."""
_LANDSCAPE = 300
"""Characters that fit beside each other on the usual paper; wider tables take the next size."""
_SORTED_AS = {kind: kind.value for kind in ColumnKind} | {ColumnKind.MARKED: "text"}
"""How the script sorts a column."""

RowIds = Mapping[str, Mapping[str, str]]
"""Section key to the IDs of its anchored rows."""


class HtmlLink(NamedTuple):
    """A link; without an address it is text."""

    text: str
    href: str
    outside: bool = False


class RichCell(NamedTuple):
    """A cell that is more than a text or a number."""

    text: str = ""
    tone: str = ""
    links: tuple[HtmlLink, ...] = ()
    start: str = ""
    """The beginning of a text that is folded."""
    below: tuple[tuple[str, "HtmlCell"], ...] = ()
    """Label and content of what stands below."""


HtmlCell = RichCell | str | int


class HtmlColumn(NamedTuple):
    """The head of a column."""

    header: str
    classes: str
    sorted_as: str


class HtmlRow(NamedTuple):
    """One row: its ID on the page, its cells."""

    id: str
    set_aside: bool
    beyond: bool
    """Not among the first rows, which are in view when the page opens."""
    head: HtmlCell
    main: list[HtmlCell]
    detail: list[HtmlCell]


@dataclass(frozen=True, slots=True)
class HtmlTable:
    """A section as the page shows it; columns that reviewers fill in are left to the workbook."""

    key: str
    title: str
    intro: str
    columns: tuple[HtmlColumn, ...]
    details: tuple[HtmlColumn, ...]
    shares: tuple[float, ...]
    """Per cent of the paper's width for each of `columns`."""
    paper: str
    """Classes that choose the paper."""
    count: int
    empty: str
    rows: Callable[[], Iterator[HtmlRow]]


class _Layout(NamedTuple):
    """Positions of the columns of a section: those side by side, those below others, details."""

    main: tuple[int, ...]
    below: Mapping[int, tuple[int, ...]]
    detail: tuple[int, ...]


def ids_of(section: Section) -> dict[str, str]:
    """Map each anchor of a section to an ID that is unique on the page and fit for an address."""
    ids: dict[str, str] = {}
    for at, anchor in enumerate(section.anchors):
        plain_name = anchor.isascii() and anchor.replace("-", "").isalnum()
        ids.setdefault(anchor, f"{section.key}-{anchor if plain_name else f'row{at}'}")
    return ids


def table_of(section: Section, row_ids: RowIds) -> HtmlTable:
    """Lay out a section."""
    layout = _layout(section)
    heads = [
        HtmlColumn(column.header, _classes(column, at in layout.below), _SORTED_AS[column.kind])
        for at, column in enumerate(section.columns)
    ]
    widths = [_width_on_paper(section.columns[at], at in layout.below) for at in layout.main]
    return HtmlTable(
        key=section.key,
        title=section.title,
        intro=section.intro,
        columns=tuple(heads[at] for at in layout.main),
        details=tuple(heads[at] for at in layout.detail),
        shares=tuple(round(100 * width / sum(widths), 2) for width in widths),
        paper=_paper(sum(widths)),
        count=section.count,
        empty=section.empty,
        rows=lambda: _rows(section, layout, row_ids),
    )


def block_cells(block: SummaryBlock, row_ids: RowIds) -> list[list[HtmlCell]]:
    """Return the rows of a block of the summary."""
    return [
        [
            _toned(plain(cell), column.tones) if isinstance(cell, str) else _cell(cell, row_ids)
            for column, cell in zip(block.columns, row, strict=True)
        ]
        for row in block.rows
    ]


def _layout(section: Section) -> _Layout:
    below: dict[int, tuple[int, ...]] = {}
    for at, column in enumerate(section.columns):
        if column.below:
            lead = section.position(column.below)
            below[lead] = (*below.get(lead, ()), at)
    groups = [(at, column.group, column.below) for at, column in enumerate(section.columns)]
    return _Layout(
        tuple(at for at, group, lead in groups if group is ColumnGroup.MAIN and not lead),
        below,
        tuple(at for at, group, _ in groups if group is ColumnGroup.DETAIL),
    )


def _width_on_paper(column: Column, leads: bool) -> int:
    if leads:
        return _PROSE
    # A head in bold takes more room than the text that the width is counted in.
    longest = max(map(len, column.header.split()), default=0)
    return max(column.width, min(longest * 4 // 3, 2 * column.width))


def _paper(width: int) -> str:
    if width <= _LANDSCAPE:
        return ""
    return "wide-paper" if width <= 2 * _LANDSCAPE else "wide-paper dense"


def _classes(column: Column, leads: bool) -> str:
    number = " n" if column.kind is ColumnKind.NUMBER else ""
    return f"w{column.width}{number}{' prose' if leads else ''}"


def _rows(section: Section, layout: _Layout, row_ids: RowIds) -> Iterator[HtmlRow]:
    set_aside = section.set_aside
    tested = section.position(set_aside.header) if set_aside else 0
    free = dict(row_ids[section.key])
    anchors: Sequence[str] = section.anchors

    def content(at: int, row: Row) -> HtmlCell:
        cell = _column_cell(section.columns[at], row[at], row_ids)
        if at not in layout.below:
            return cell
        lead = cell if isinstance(cell, RichCell) else RichCell(str(cell))
        parts = (
            (section.columns[to].header, _column_cell(section.columns[to], row[to], row_ids))
            for to in layout.below[at]
        )
        return lead._replace(below=tuple(part for part in parts if part[1] != ""))

    first, *others = layout.main
    for number, row in enumerate(section.rows()):
        yield HtmlRow(
            # An anchor that stands twice names its first row.
            free.pop(anchors[number], "") if anchors else "",
            set_aside is not None and row[tested] == set_aside.word,
            number >= AT_ONCE,
            content(first, row),
            [content(at, row) for at in others],
            [content(at, row) for at in layout.detail],
        )


def _column_cell(column: Column, cell: Cell, row_ids: RowIds) -> HtmlCell:
    if not isinstance(cell, str):
        return _cell(cell, row_ids)
    if column.kind is ColumnKind.WORD:
        return _toned(cell, column.tones)
    if column.kind is ColumnKind.TIME:
        return _time(cell)
    return _folded(cell)


def _cell(cell: Cell, row_ids: RowIds) -> HtmlCell:
    """Return a cell that looks the same in every kind of column."""
    if isinstance(cell, Marked):
        tone = DIFFERENT_FROM_DEFAULT if cell.differs_from_default else DIFFERENT_FROM_PEERS
        return RichCell(plain(cell), tone) if cell.marks else _folded(plain(cell))
    if isinstance(cell, Url):
        return _outside(cell)
    if isinstance(cell, Link):
        return _inside(cell, row_ids)
    return "" if cell is None else cell


def _toned(word: str, tones: Mapping[str, str]) -> HtmlCell:
    tone = tones.get(word)
    return RichCell(word, tone) if tone else word


def _folded(text: str) -> HtmlCell:
    return RichCell(text, start=text[:_START]) if len(text) > LONG else text


def _time(text: str) -> str:
    time = moment(text)
    return f"{time:%Y-%m-%d %H:%M} UTC" if time is not None else text


def _outside(url: Url) -> HtmlCell:
    if not url.address.startswith(("https://", "http://")):
        return url.text
    return RichCell(links=(HtmlLink(url.text, url.address, outside=True),))


def _inside(link: Link, row_ids: RowIds) -> HtmlCell:
    """Return a link to a section or a row of one; plain text where the page has no such row."""
    if link.section not in row_ids:
        return link.text
    ids = row_ids[link.section]
    if not link.row:
        return RichCell(links=(HtmlLink(link.text, f"#{link.section}"),))
    # A cell may name several rows, one a line: each is a link of its own.
    links = tuple(
        HtmlLink(line, f"#{ids[line]}" if line in ids else "") for line in link.text.split("\n")
    )
    if any(line.href for line in links):
        return RichCell(links=links)
    if link.row in ids:
        return RichCell(links=(HtmlLink(link.text, f"#{ids[link.row]}"),))
    return link.text
