"""Cells of the page in, their HTML out: the template does the rest, and would take thrice as long.

All text is escaped here, hidden characters made visible, as the template does with what it puts out
itself; what comes from here it takes as it is (`safe`).
"""

from collections.abc import Iterable, Iterator, Sequence
from functools import lru_cache
from html import escape
from typing import NamedTuple

from analyzer.report.page.html_cells import HtmlCell, HtmlLink, PartBelow, RichCell
from analyzer.visible_text import visible

SCREEN_ONLY = "screen-only"
"""Class of what is not printed."""
_SHORT = 1_000
"""Characters of a text up to which it is worth keeping: many rows say the same."""


class HtmlRow(NamedTuple):
    """One row: its ID on the page, its cells."""

    id: str
    set_aside: bool
    beyond: bool
    """Not among the first rows, which are in view when the page opens."""
    head: HtmlCell
    main: Iterable[HtmlCell]
    detail: Iterable[HtmlCell]


def row_markup(row: HtmlRow) -> str:
    """Return a whole row of a table."""
    classes = " ".join(("waived",) * row.set_aside + ("beyond",) * row.beyond)
    parts = [
        "<tr",
        f' id="{_text(row.id)}"' if row.id else "",
        f' class="{classes}">' if classes else ">",
        *_cells(row.head, row.main),
        *(f'<td class="d">{_content(cell)}</td>' for cell in row.detail),
        "</tr>",
    ]
    return "".join(parts)


def block_row_markup(cells: Sequence[HtmlCell]) -> str:
    """Return a whole row of a small table, the first cell being its head."""
    head, *others = cells
    return f"<tr>{''.join(_cells(head, others))}</tr>"


def _cells(head: HtmlCell, others: Iterable[HtmlCell]) -> Iterator[str]:
    yield "<td></td>" if head == "" else f'<th scope="row">{_content(head)}</th>'
    for cell in others:
        start = '<td class="n">' if isinstance(cell, int) else "<td>"
        yield f"{start}{_content(cell)}</td>"


def _content(cell: HtmlCell) -> str:
    if isinstance(cell, str):
        return _text(cell)
    if isinstance(cell, int):
        return f"{cell:,}"
    return _lead(cell) + _below(cell.below)


def _lead(cell: RichCell) -> str:
    if cell.links:
        return "\n".join(map(_link, cell.links))
    text = _text(cell.text)
    if cell.start:
        length = f"({len(cell.text):,} characters)"
        return f"<details><summary>{_text(cell.start)}… {length}</summary>{text}</details>"
    if cell.tone:
        return f'<span class="tone {cell.tone}">{text}</span>'
    return f'<span class="lead">{text}</span>' if cell.below else text


def _link(link: HtmlLink) -> str:
    if not link.href:
        return _text(link.text)
    outside = ' rel="noopener noreferrer"' if link.outside else ""
    return f'<a href="{_text(link.href)}"{outside}>{_text(link.text)}</a>'


def _below(parts: tuple[PartBelow, ...]) -> str:
    if not parts:
        return ""
    told = []
    for label, content, screen_only in parts:
        classes = f' class="{SCREEN_ONLY}"' if screen_only else ""
        told.append(f"<div{classes}><dt>{_text(label)}</dt><dd>{_content(content)}</dd></div>")
    return f"<dl>{''.join(told)}</dl>"


def _text(text: str) -> str:
    return _short(text) if len(text) <= _SHORT else _safe(text)


def _safe(text: str) -> str:
    return escape(visible(text))


_short = lru_cache(maxsize=4096)(_safe)
