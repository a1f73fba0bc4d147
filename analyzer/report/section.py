"""The shape of a report: what the workbook and the page both render.

A report is one `Summary` and a sequence of `Section`, in reading order. Each section is one table:
a sheet of the workbook, a heading with a table on the page. Everything in here is already worded
for the reader; a renderer only lays it out and guards the text for its own format (`visible_text`
shows control characters, but no cell is escaped for XML or HTML yet).

How to render a section:

- `section.rows()` gives a fresh iterator; each row has one cell per column, in column order.
- A cell is text, a number, None (empty), a `Link` to a row of another section, or a `Url`.
- A row that others link to has its anchor in `section.anchors` (same order and number as the
  rows; empty when nothing links here). `Link.section` is a `Section.key`, `Link.row` an anchor.
  A link whose target is missing (evidence left out, sheet not written) is shown as plain text.
- `Column.kind` WORD marks columns whose text is coloured: `wording.tone_of(word, header)`.
- `Column.group` tells the main columns from those a reviewer fills in and the detail ones,
  which are collapsed in the workbook.
- In the settings matrix a cell starting with `*` differs from default, with `≠` from its peers
  (`*≠` both).
"""

import enum
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple


class Kind(enum.Enum):
    """What a column holds."""

    TEXT = "text"
    NUMBER = "number"
    TIME = "time"
    """ISO 8601 text in UTC, or any other text when the dump's time could not be read."""
    WORD = "word"
    """One word out of a closed set, coloured by `wording.tone_of`."""


class Group(enum.Enum):
    """Which part of a table a column belongs to."""

    MAIN = "main"
    REVIEWER = "reviewer"
    """Blank, for people to fill in."""
    DETAIL = "detail"
    """Collapsed in the workbook, outside its print area."""


class Link(NamedTuple):
    """A link to a row of another section, or to its top when `row` is empty."""

    text: str
    section: str
    row: str = ""


class Url(NamedTuple):
    """A link to a page on the web; only ever an address from the built-in rules."""

    text: str
    address: str


Cell = str | int | None | Link | Url
Row = tuple[Cell, ...]


@dataclass(frozen=True, slots=True)
class Column:
    """One column of a table."""

    header: str
    width: int
    """Characters of the workbook's font."""
    kind: Kind = Kind.TEXT
    group: Group = Group.MAIN
    choices: str = ""
    """Name of the list in `wording.LISTS` that a reviewer picks from."""
    date: bool = False
    """A date that a reviewer fills in."""


@dataclass(frozen=True, slots=True)
class Section:
    """One table of the report."""

    key: str
    """Lower case with dashes: the page's anchor, and what a `Link` names."""
    title: str
    """Sheet name (31 characters at most) and heading."""
    intro: str
    """One sentence: what the table shows and how many rows it has."""
    columns: tuple[Column, ...]
    rows: Callable[[], Iterator[Row]]
    count: int
    """Number of rows."""
    table: str = ""
    """Name of the workbook table, such as `tblFindings`; empty for a plain list."""
    empty: str = "None"
    """What the only row says when there is none."""
    anchors: Sequence[str] = ()
    frozen: int = 1
    """Columns that stay in view while scrolling sideways."""
    wide: bool = False
    """As many pages side by side as it needs to stay readable, the frozen columns on each."""
    locked: bool = False
    """Protected when the reader asked for it: nothing in it is for people to change."""


@dataclass(frozen=True, slots=True)
class Block:
    """One small table of the summary."""

    title: str
    headers: tuple[str, ...]
    rows: tuple[Row, ...]
    note: str = ""
    """A line below the table, for example how many rows were left out."""


@dataclass(frozen=True, slots=True)
class Summary:
    """The first page: what was found, where to read on."""

    title: str
    headline: str
    engagement: Block
    """Label, value."""
    severities: Block
    """Severity, Open, Waived."""
    checks: Block
    """State, Checks on objects."""
    servers: Block
    """Server, Virtual servers, one column per severity, Non-default, Relay verdict."""
    actions: Block
    """Action, Horizon, Severity, Findings: the top five of the action plan."""
    quality: Block
    """Label, value: how far the dump can be relied on."""
    contents: Block
    """Section (a link), Rows."""
    sign_off: Block
    """Role, and blank columns for people."""
    chart: Mapping[str, tuple[int, ...]]
    """Open findings per severity word, one number per row of `servers`."""
    chart_text: str
    """The chart in words, for readers who do not see it."""


def plain(cell: Cell) -> str:
    """Return the text of a cell, links without their target."""
    if cell is None:
        return ""
    return cell.text if isinstance(cell, (Link, Url)) else str(cell)
