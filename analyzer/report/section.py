"""The shape of a section: what is said, as data; every renderer lays out the same.

A section is one table: a sheet of the workbook, a heading with a table on the page. It is worded
for the reader and says by itself how it is meant to look: kinds and tones of columns, marks of
cells, what stands on paper. A renderer knows these kinds only; it asks for no section by its key
and for no column by its header, but where the section itself names them.

How to render a section:

- `section.rows()` gives a fresh iterator; each row has one cell per column, in column order.
- A row that others link to has its anchor in `section.anchors` (same order and number as the
  rows; empty when nothing links here). `Link.section` is a `Section.key`, `Link.row` an anchor.
  A link whose target is missing (evidence left out, sheet not written) is shown as plain text.
- Text is not yet escaped for any format, and control characters are still in it (`visible_text`).
"""

import enum
from collections.abc import Callable, Container, Iterator, Mapping, Sequence
from typing import NamedTuple

from msgspec import Struct, field

DIFFERS_FROM_DEFAULT = "*"
DIFFERS_FROM_PEERS = "≠"
"""The marks of a `Marked` value, as readers see them."""


class ColumnKind(enum.Enum):
    """What a column holds."""

    TEXT = "text"
    NUMBER = "number"
    TIME = "time"
    """ISO 8601 text in UTC, or any other text when the dump's time could not be read."""
    WORD = "word"
    """One word out of a closed set, coloured by the tones of the column."""
    MARKED = "marked"
    """`Marked` values, those that differ standing out."""


class ColumnGroup(enum.Enum):
    """Which part of a table a column belongs to."""

    MAIN = "main"
    REVIEWER = "reviewer"
    """Blank, for people to fill in."""
    DETAIL = "detail"
    """Looked up rather than read: collapsed until somebody asks for it."""


class Link(NamedTuple):
    """A link to a row of another section, or to its top when `row` is empty."""

    text: str
    section: str
    row: str = ""


class Links(NamedTuple):
    """Several links, one a line; what can carry but one link carries the first."""

    links: tuple[Link, ...]

    @property
    def text(self) -> str:
        """Their texts, one a line."""
        return "\n".join(link.text for link in self.links)


class Url(NamedTuple):
    """A link to a page on the web; only ever an address of the program's own catalogue."""

    text: str
    address: str


class FileLink(NamedTuple):
    """A link to a file of the same run, below the folder of this one; never a name from a dump."""

    text: str
    address: str


class Marked(NamedTuple):
    """A value, and what sets it apart."""

    text: str
    differs_from_default: bool = False
    differs_from_peers: bool = False

    @property
    def marks(self) -> str:
        """The marks in front of it; empty for a value that stands for itself."""
        return (DIFFERS_FROM_DEFAULT if self.differs_from_default else "") + (
            DIFFERS_FROM_PEERS if self.differs_from_peers else ""
        )


Cell = str | int | None | Link | Links | Url | FileLink | Marked
Row = tuple[Cell, ...]


class RowTest(NamedTuple):
    """Holds for the rows that say `word` in the column with that header."""

    header: str
    word: str


class Column(Struct, frozen=True):
    """One column of a table."""

    header: str
    width: int
    """Characters of the workbook's font."""
    kind: ColumnKind = ColumnKind.TEXT
    group: ColumnGroup = ColumnGroup.MAIN
    tones: Mapping[str, str] = field(default_factory=dict)
    """Tone of each word that has one; a key of `tones.PALETTE`."""
    below: str = ""
    """Header of the column that this one explains: where width is scarce, it stands below it."""
    choices: str = ""
    """Name of the list in `wording.CHOICE_LISTS` that a reviewer picks from."""
    date: bool = False
    """A date that a reviewer fills in."""
    alarm_unless: RowTest | None = None
    """The date is an alarm once it has passed, but for the rows that this test holds for."""
    filter: bool = False
    """The page offers its values to narrow the table by; it does so for every column of words."""
    several: bool = False
    """Its cells hold several values with commas between them, each of them one to narrow by."""
    screen_only: bool = False
    """Left out of the print set; such columns stand behind those that are printed."""


def leave_out(
    columns: Sequence[Column], rows: Callable[[], Iterator[Row]], headers: Container[str]
) -> tuple[tuple[Column, ...], Callable[[], Iterator[Row]]]:
    """Return the columns and rows of a table without the columns of some headers."""
    kept = [at for at, column in enumerate(columns) if column.header not in headers]
    if len(kept) == len(columns):
        return tuple(columns), rows
    return (
        tuple(columns[at] for at in kept),
        lambda: (tuple(row[at] for at in kept) for row in rows()),
    )


class CarriedTable(Struct, frozen=True):
    """By what the entries of reviewers find their way from one workbook to the next."""

    title: str
    """Of the section."""
    columns: tuple[Column, ...]
    """All that the section may have; any others are the reviewer's own."""
    key: str
    """Header of the column by which a row is known again; the lines of a cell count one by one."""
    compared: tuple[str, ...]
    """Headers of what an entry was about: it is marked where that has changed."""
    about: tuple[str, str]
    """Headers of what tells a reader which row it is: a short one, and one in words."""
    dated: str = ""
    """Header of the day on which a reviewer made the entries; empty where none is asked for."""
    start: str = ""
    """What stands in a reviewer's column before anybody enters anything."""
    proposals: Mapping[str, str] = field(default_factory=dict)
    """Columns with a proposal that people may edit, to those that it was made from."""

    @property
    def entered(self) -> tuple[Column, ...]:
        """The columns for people to fill in."""
        return tuple(column for column in self.columns if column.group is ColumnGroup.REVIEWER)


class Section(Struct, frozen=True):
    """One table of the report."""

    key: str
    """Lower case with dashes: the page's anchor, and what a `Link` names."""
    title: str
    """Heading, and sheet name but for a `tab`; 31 characters at most unless there is one."""
    intro: str
    """One sentence: what the table shows and how many rows it has."""
    columns: tuple[Column, ...]
    rows: Callable[[], Iterator[Row]]
    count: int
    """Number of rows."""
    table: str
    """Name of the workbook table, such as `tblFindings`."""
    empty: str = "None"
    """What the only row says when there is none."""
    reviewer_note: str = ""
    """A sentence on the columns for people to fill in, for renderers that show them."""
    anchors: Sequence[str] = ()
    frozen: int = 1
    """Columns that stay in view while scrolling sideways."""
    wide: bool = False
    """As many pages side by side as it needs to stay readable, the frozen columns on each."""
    printed: tuple[ColumnGroup, ...] = (ColumnGroup.MAIN,)
    """Groups of columns that stand on paper."""
    in_print_set: bool = False
    """Belongs to the few pages that are printed; every other table is for the screen."""
    tab: str = ""
    """Text that its sheet is named after where the title is too long for it."""
    set_aside: RowTest | None = None
    """Rows that are there for completeness and shown in grey."""
    carried: CarriedTable | None = None
    """How entries of last time's workbook find their rows; None where nobody enters anything."""
    entries: Mapping[str, Mapping[str, int]] = field(default_factory=dict)
    """Reviewer's columns to what is filled in already, each text with its number."""

    def position(self, header: str) -> int:
        """Return at which place the column with that header stands, the first being 0."""
        return [column.header for column in self.columns].index(header)


def plain(cell: Cell) -> str:
    """Return the text of a cell: links without their target, marks in front of the value."""
    if isinstance(cell, str):
        return cell
    if cell is None:
        return ""
    if isinstance(cell, Marked):
        return _with_marks(cell)
    return cell.text if isinstance(cell, (Link, Links, Url, FileLink)) else str(cell)


def _with_marks(value: Marked) -> str:
    """Return a value behind its marks; one that begins like a mark must not pass for one."""
    if value.marks:
        return f"{value.marks} {value.text}"
    looks_marked = value.text.startswith((DIFFERS_FROM_DEFAULT, DIFFERS_FROM_PEERS))
    return f"“{value.text}”" if looks_marked else value.text
