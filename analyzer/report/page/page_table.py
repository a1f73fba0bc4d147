"""A section in, its table on the page out: rows, links to rows, widths on screen and paper."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from analyzer.report.section import Block, Cell, Column, Group, Kind, Link, Row, Section, Url, plain
from analyzer.report.sections.settings_matrix import DIFFERS, ODD
from analyzer.report.wording import moment, tone_of

AT_ONCE = 500
"""Rows of a table in view at once; the script leafs through the rest."""
LONG = 600
"""Characters of the longest text that is not folded."""

_START = 120
_PROSE = 64
"""Characters of the width of a column with prose below."""
_LANDSCAPE = 300
"""Characters that fit beside each other on the usual paper; wider tables take the next size."""
_LABELS_BELOW: Mapping[tuple[str, str], tuple[str, ...]] = {
    ("findings", "Finding"): ("Criterion", "Why it matters", "Recommendation"),
    ("relay-exposure", "Verdict"): ("Confidence", "Reasoning"),
    ("action-plan", "Action"): ("Steps", "Risk of the change"),
    ("rules", "Title"): (
        "Test in words",
        "Why",
        "Recommendation",
        "Where to set it",
        "Sources disagree",
    ),
}
"""Columns of prose that stand below another one instead of beside it, by section and column."""
_WORD_HEADERS = ("Severity", "Horizon", "Relay verdict", "State")
_FOR_REVIEWERS = " Violet columns"

Places = Mapping[str, Mapping[str, str]]
"""Section key to the IDs of its anchored rows."""


class Anchor(NamedTuple):
    """A link; without an address it is text."""

    text: str
    href: str
    outside: bool = False


class Shown(NamedTuple):
    """A cell that is more than a text or a number."""

    text: str = ""
    tone: str = ""
    anchors: tuple[Anchor, ...] = ()
    start: str = ""
    """The beginning of a text that is folded."""
    below: tuple[tuple[str, "Shown | str | int"], ...] = ()
    """Label and content of what stands below."""


class TableRow(NamedTuple):
    """One row: its ID on the page, its cells."""

    id: str
    waived: bool
    beyond: bool
    """Not among the first rows, which are in view when the page opens."""
    head: Shown | str | int
    main: list[Shown | str | int]
    detail: list[Shown | str | int]


@dataclass(frozen=True, slots=True)
class Table:
    """A section as the page shows it."""

    key: str
    title: str
    intro: str
    columns: tuple[Column, ...]
    details: tuple[Column, ...]
    widths: Mapping[str, str]
    """Header to the classes of the column."""
    shares: tuple[float, ...]
    """Per cent of the paper's width for each of `columns`."""
    paper: str
    """Classes that choose the paper."""
    count: int
    empty: str
    rows: Callable[[], Iterator[TableRow]]


def ids_of(section: Section) -> dict[str, str]:
    """Map each anchor of a section to an ID that is unique on the page and fit for an address."""
    found: dict[str, str] = {}
    for at, anchor in enumerate(section.anchors):
        plain_name = anchor.isascii() and anchor.replace("-", "").isalnum()
        found.setdefault(anchor, f"{section.key}-{anchor if plain_name else f'row{at}'}")
    return found


def table_of(section: Section, places: Places) -> Table:
    """Return the table of a section; columns that reviewers fill in are left to the workbook."""
    below = {
        name: found
        for column in section.columns
        if (found := _LABELS_BELOW.get((section.key, column.header)))
        for name in found
    }
    columns = tuple(
        column
        for column in section.columns
        if column.group is Group.MAIN and column.header not in below
    )
    widths = [_width_on_paper(section, column) for column in columns]
    return Table(
        key=section.key,
        title=section.title,
        intro=section.intro.partition(_FOR_REVIEWERS)[0],
        columns=columns,
        details=tuple(column for column in section.columns if column.group is Group.DETAIL),
        widths={column.header: _classes(section, column) for column in section.columns},
        shares=tuple(round(100 * width / sum(widths), 2) for width in widths),
        paper=_paper(sum(widths)),
        count=section.count,
        empty=section.empty,
        rows=lambda: _rows(section, places),
    )


def _width_on_paper(section: Section, column: Column) -> int:
    if (section.key, column.header) in _LABELS_BELOW:
        return _PROSE
    # A head in bold takes more room than the text that the width is counted in.
    longest = max(map(len, column.header.split()), default=0)
    return max(column.width, min(longest * 4 // 3, 2 * column.width))


def _paper(width: int) -> str:
    if width <= _LANDSCAPE:
        return ""
    return "wide-paper" if width <= 2 * _LANDSCAPE else "wide-paper dense"


def _classes(section: Section, column: Column) -> str:
    number = " n" if column.kind is Kind.NUMBER else ""
    prose = " prose" if (section.key, column.header) in _LABELS_BELOW else ""
    return f"w{column.width}{number}{prose}"


def _rows(section: Section, places: Places) -> Iterator[TableRow]:
    headers = [column.header for column in section.columns]
    below = {
        headers.index(header): tuple(headers.index(name) for name in names)
        for (key, header), names in _LABELS_BELOW.items()
        if key == section.key
    }
    placed = {at for group in below.values() for at in group}
    main = [
        at
        for at, column in enumerate(section.columns)
        if column.group is Group.MAIN and at not in placed
    ]
    detail = [at for at, column in enumerate(section.columns) if column.group is Group.DETAIL]
    status = headers.index("Status") if section.key == "findings" else None
    free = dict(places[section.key])
    anchors: Sequence[str] = section.anchors

    def shown(at: int, row: Row) -> Shown | str | int:
        cell = _cell(section, at, row[at], places)
        if at not in below:
            return cell
        first = cell if isinstance(cell, Shown) else Shown(str(cell))
        parts = ((headers[to], _cell(section, to, row[to], places)) for to in below[at])
        return first._replace(below=tuple(part for part in parts if part[1] != ""))

    for number, row in enumerate(section.rows()):
        # An anchor that stands twice names its first row.
        row_id = free.pop(anchors[number], "") if anchors else ""
        yield TableRow(
            row_id,
            status is not None and row[status] == "Waived",
            number >= AT_ONCE,
            shown(main[0], row),
            [shown(at, row) for at in main[1:]],
            [shown(at, row) for at in detail],
        )


def _cell(section: Section, at: int, cell: Cell, places: Places) -> Shown | str | int:
    if cell is None:
        return ""
    if isinstance(cell, int):
        return cell
    if isinstance(cell, (Link, Url)):
        return _linked(cell, places)
    column = section.columns[at]
    if column.kind is Kind.WORD:
        tone = tone_of(cell, column.header)
        return Shown(cell, tone) if tone else cell
    if column.kind is Kind.TIME:
        return _time(cell)
    if cell[0:1] in (DIFFERS, ODD) and section.key.startswith("settings-matrix"):
        return Shown(cell, "odd" if cell.startswith(DIFFERS) else "unknown")
    if len(cell) > LONG:
        return Shown(cell, start=cell[:_START])
    return cell


def _time(text: str) -> str:
    found = moment(text)
    return f"{found:%Y-%m-%d %H:%M} UTC" if found is not None else text


def _linked(cell: Link | Url, places: Places) -> Shown | str:
    if isinstance(cell, Url):
        if not cell.address.startswith(("https://", "http://")):
            return cell.text
        return Shown(anchors=(Anchor(cell.text, cell.address, outside=True),))
    if cell.section not in places:
        return cell.text
    rows = places[cell.section]
    if not cell.row:
        return Shown(anchors=(Anchor(cell.text, f"#{cell.section}"),))
    # A cell may name several rows, one a line: each is a link of its own.
    anchors = tuple(
        Anchor(line, f"#{rows[line]}" if line in rows else "") for line in cell.text.split("\n")
    )
    if any(anchor.href for anchor in anchors):
        return Shown(anchors=anchors)
    if cell.row in rows:
        return Shown(anchors=(Anchor(cell.text, f"#{rows[cell.row]}"),))
    return cell.text


def block_cell(block: Block, at: int, cell: Cell, places: Places) -> Shown | str | int:
    """Return a cell of the summary, in the column `at` of its block."""
    if isinstance(cell, Link):
        return _linked(cell, places)
    if isinstance(cell, int):
        return cell
    text = plain(cell)
    header = block.headers[at]
    tone = tone_of(text, header) if header in _WORD_HEADERS else None
    return Shown(text, tone) if tone else text
