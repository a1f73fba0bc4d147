"""A cell of a section in, the same for the page out: text, tone, links, what is folded."""

from collections.abc import Mapping
from typing import NamedTuple

from analyzer.report.moments import moment
from analyzer.report.section import (
    Cell,
    Column,
    ColumnKind,
    FileLink,
    Link,
    Links,
    Marked,
    Url,
    plain,
)
from analyzer.report.summary import SummaryBlock
from analyzer.report.tones import DIFFERENT_FROM_DEFAULT, DIFFERENT_FROM_PEERS

LONG = 2_000
"""Characters of the longest text that is not folded."""
_START = 120

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
    below: tuple["PartBelow", ...] = ()


HtmlCell = RichCell | str | int


class PartBelow(NamedTuple):
    """What stands below a cell, with its label."""

    label: str
    content: HtmlCell
    screen_only: bool
    """Left out on paper."""


def html_cell(column: Column, cell: Cell, row_ids: RowIds) -> HtmlCell:
    """Return a cell of a table."""
    if not isinstance(cell, str):
        return _cell(cell, row_ids)
    if column.kind is ColumnKind.WORD:
        return _toned(cell, column.tones)
    if column.kind is ColumnKind.TIME:
        return _time(cell)
    return _folded(cell)


def block_cells(block: SummaryBlock, row_ids: RowIds) -> list[list[HtmlCell]]:
    """Return the rows of a block of the summary."""
    return [
        [
            _toned(plain(cell), column.tones) if isinstance(cell, str) else _cell(cell, row_ids)
            for column, cell in zip(block.columns, row, strict=True)
        ]
        for row in block.rows
    ]


def _cell(cell: Cell, row_ids: RowIds) -> HtmlCell:
    """Return a cell that looks the same in every kind of column."""
    if isinstance(cell, Marked):
        tone = DIFFERENT_FROM_DEFAULT if cell.differs_from_default else DIFFERENT_FROM_PEERS
        return RichCell(plain(cell), tone) if cell.marks else _folded(plain(cell))
    if isinstance(cell, Url):
        return _outside(cell)
    if isinstance(cell, FileLink):
        return RichCell(links=(HtmlLink(cell.text, f"./{cell.address}"),))
    if isinstance(cell, Link):
        return _inside(cell, row_ids)
    if isinstance(cell, Links):
        return RichCell(links=tuple(_row_link(link, row_ids) for link in cell.links))
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


def _row_link(link: Link, row_ids: RowIds) -> HtmlLink:
    row_id = row_ids.get(link.section, {}).get(link.row)
    return HtmlLink(link.text, f"#{row_id}" if row_id else "")


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
