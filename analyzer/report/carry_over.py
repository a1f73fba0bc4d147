"""Sections and last time's review in, the sections with the entries of reviewers out.

A row is known again by what identifies it: its fingerprint, or the findings of an action. An entry
is never dropped: what finds no row, or no column, stands in a section of its own.
"""

from collections import Counter
from collections.abc import Container, Iterator, Sequence
from datetime import UTC, datetime, timedelta
from typing import NamedTuple

from msgspec.structs import replace

from analyzer.report.moments import moment
from analyzer.report.phrases import count
from analyzer.report.review import FilledRow, Review, SheetRow
from analyzer.report.section import (
    CarriedTable,
    Cell,
    Column,
    ColumnGroup,
    ColumnKind,
    Link,
    Row,
    Section,
    plain,
)
from analyzer.report.sections import action_plan, finding_list, relay_exposure
from analyzer.report.wording import CHOICE_LISTS
from analyzer.report.workbook.cells import shown
from analyzer.visible_text import one_line

CHANGED = "Value changed since review"
_CLEAR = "Clear this cell once it was reviewed again."
_WHY = "Why it stands here"
_NO_ROW = "What it was about is not in this report"
_TAKEN = "Another entry has taken its place"
_OWN_COLUMN = "In a column of the reviewer's own"
_OWN_ROW = "In a row of the reviewer's own"
_PROPOSAL = "An edited proposal, or one that is another one now"
_NO_TABLE = "This report has no such table"
_FIRST_DAY = datetime(1899, 12, 30, tzinfo=UTC)
_DAYS = range(32_874, 2_958_466)
"""Numbers of the days from 1990 to 9999, as cells hold them that are not shown as dates."""

KEPT = CarriedTable(
    title="Reviewer entries",
    columns=(
        Column(_WHY, 26),
        Column("Sheet last time", 15),
        Column("Row last time", 7, ColumnKind.NUMBER),
        Column("ID", 12),
        Column("About", 48),
        Column("Column", 20),
        Column("Entry", 60),
        Column("Entry of", 12),
        Column("Known by", 34, group=ColumnGroup.DETAIL),
    ),
    key=_WHY,
    compared=(),
    about=("ID", "About"),
)
TABLES = (finding_list.CARRIED, action_plan.CARRIED, relay_exposure.CARRIED, KEPT)
"""All tables that are read of last time's workbook."""


class _Homes(NamedTuple):
    """The rows of last time by the rows of a section, and what has changed since."""

    entries: dict[int, FilledRow]
    marks: dict[int, str]
    links: dict[int, Cell]
    """The ID of each row, linked."""


def carry_over(sections: Sequence[Section], review: Review) -> tuple[Section, ...]:
    """Return the sections with what reviewers entered, and one with what found no place."""
    kept: list[Row] = []
    for row in review.tables.get(KEPT.title, ()):
        kept.append(_kept_before(row))
        kept += _without_column(KEPT, row, review, row.cells.get("ID"))
    carried = [
        _carried(section, section.carried, review, kept) if section.carried else section
        for section in sections
    ]
    present = {section.title for section in sections}
    for table in TABLES[:-1]:
        if table.title not in present:
            for row in review.tables.get(table.title, ()):
                kept += _kept(table, row, review, _NO_TABLE)
    return (*carried, _section_of(kept, review)) if kept else tuple(carried)


def _section_of(kept: Sequence[Row], review: Review) -> Section:
    return Section(
        key="reviewer-entries",
        title=KEPT.title,
        intro=(
            f"{count(len(kept), 'entry', 'entries')} of {one_line(review.file)} that found no place"
            " in the tables, and none of which was dropped."
        ),
        columns=KEPT.columns,
        rows=lambda: iter(kept),
        count=len(kept),
        table="tblReviewerEntries",
    )


def _carried(section: Section, table: CarriedTable, review: Review, kept: list[Row]) -> Section:
    rows = review.tables.get(table.title, ())
    homes = _find_homes(section, table, rows, review)
    taken = {id(row) for row in homes.entries.values()}
    keys = {line for row in homes.entries.values() for line in _lines(row.cells.get(table.key))}
    for row in rows:
        if id(row) not in taken:
            lines = _lines(row.cells.get(table.key))
            reason = _OWN_ROW if not lines else _TAKEN if keys & lines else _NO_ROW
            kept += _kept(table, row, review, reason)
    firsts = {id(row): number for number, row in reversed(homes.entries.items())}
    for number in sorted(firsts.values()):
        kept += _without_column(table, homes.entries[number], review, homes.links[number])
    kept += _other_proposals(section, table, homes, review)
    return _filled(section, table, homes)


def _find_homes(
    section: Section, table: CarriedTable, rows: Sequence[FilledRow], review: Review
) -> _Homes:
    """Find for each row of a section the one of last time that has the most lines of its key."""
    by_line: dict[str, list[int]] = {}
    for at, old in enumerate(rows):
        for line in _lines(old.cells.get(table.key)):
            by_line.setdefault(line, []).append(at)
    key_at = section.position(table.key)
    headers = {header for old in rows for header in old.cells}
    homes = _Homes({}, {}, {})
    for number, row in enumerate(section.rows()):
        shared = Counter(at for line in _lines(_shown(row, key_at)) for at in by_line.get(line, ()))
        if not shared:
            continue
        # A row that people copied may hold the entries that the other one lacks.
        best = min(shared, key=lambda at: (-shared[at], not _has_entry(table, rows[at]), at))
        old = homes.entries[number] = rows[best]
        anchor = section.anchors[number] if section.anchors else ""
        homes.links[number] = Link(plain(row[0]), section.key, anchor)
        if _has_entry(table, old):
            day = _day_of(table, old.cells, review)
            if mark := _mark(section, table, old, row, headers, f"Entry{day and f' of {day}'}."):
                homes.marks[number] = mark
    return homes


def _mark(
    section: Section,
    table: CarriedTable,
    old: FilledRow,
    row: Row,
    headers: Container[str],
    entry: str,
) -> str:
    """Say what was found when an entry was made; empty where that is found today, too.

    `headers` are the columns that last time's table still has.
    """
    compared = [header for header in table.compared if header in headers]
    for header in compared:
        now, then = _shown(row, section.position(header)), shown(str(old.cells.get(header, "")))
        if now != then:
            return f"{entry} {header} was then: {then or 'nothing'}\n{_CLEAR}"
    if not compared:
        gone = ", ".join(table.compared)
        return f"{entry} What was found then is not known: no column {gone}\n{_CLEAR}"
    return str(old.cells.get(CHANGED, ""))


def _filled(section: Section, table: CarriedTable, homes: _Homes) -> Section:
    columns = [*section.columns]
    behind = 1 + max(
        at for at, column in enumerate(columns) if column.group is ColumnGroup.REVIEWER
    )
    if homes.marks:
        mark = Column(CHANGED, 30, group=ColumnGroup.REVIEWER, screen_only=True)
        columns.insert(behind, mark)

    def rows() -> Iterator[Row]:
        for number, row in enumerate(section.rows()):
            old = homes.entries.get(number)
            cells = row if old is None else _with_entries(section, table, row, old)
            if homes.marks:
                cells = (*cells[:behind], homes.marks.get(number), *cells[behind:])
            yield cells

    entered = {column.header for column in table.entered}
    counts: dict[str, Counter[str]] = {header: Counter() for header in entered}
    for old in homes.entries.values():
        for header in entered & old.cells.keys():
            counts[header][str(old.cells[header])] += 1
    return replace(section, columns=tuple(columns), rows=rows, entries=counts)


def _with_entries(section: Section, table: CarriedTable, row: Row, old: FilledRow) -> Row:
    cells = list(row)
    for at, column in enumerate(section.columns):
        value = old.cells.get(column.header)
        if value is None:
            continue
        if column.group is ColumnGroup.REVIEWER:
            cells[at] = _entry(column, value)
        elif _is_kept_proposal(section, table, column, row, old):
            cells[at] = value
    return tuple(cells)


def _entry(column: Column, value: str | int) -> str | int:
    """Return an entry; the number of a day, of which the format was lost, as that day."""
    if column.date and isinstance(value, int) and value in _DAYS:
        return f"{_FIRST_DAY + timedelta(days=value):%Y-%m-%d}"
    return value


def _is_kept_proposal(
    section: Section, table: CarriedTable, column: Column, row: Row, old: FilledRow
) -> bool:
    """Tell whether people may have edited a proposal that would be made again today."""
    basis = table.proposals.get(column.header)
    return (
        basis is not None
        and old.cells.get(column.header) in CHOICE_LISTS[column.choices]
        and old.cells.get(basis) == _shown(row, section.position(basis))
    )


def _other_proposals(
    section: Section, table: CarriedTable, homes: _Homes, review: Review
) -> Iterator[Row]:
    """Yield what stands in the place of a proposal that is another one today."""
    if not table.proposals:
        return
    for number, row in enumerate(section.rows()):
        old = homes.entries.get(number)
        if old is None:
            continue
        for column in section.columns:
            value = old.cells.get(column.header)
            if (
                column.header in table.proposals
                and value not in (None, _shown(row, section.position(column.header)))
                and not _is_kept_proposal(section, table, column, row, old)
            ):
                where = homes.links[number]
                yield _kept_row(table, old, column.header, review, _PROPOSAL, where)


def _has_entry(table: CarriedTable, row: FilledRow) -> bool:
    return any(row.cells.get(column.header, table.start) != table.start for column in table.entered)


def _kept(table: CarriedTable, row: FilledRow, review: Review, why: str) -> Iterator[Row]:
    """Yield what was entered in a row that has none today; of a reviewer's own row everything."""
    known = {column.header for column in table.columns}
    entered = {column.header for column in table.entered}
    for header, value in row.cells.items():
        is_entry = header in entered or header not in known or why == _OWN_ROW
        if is_entry and header != CHANGED and value != table.start:
            yield _kept_row(table, row, header, review, why, row.cells.get(table.about[0]))


def _without_column(
    table: CarriedTable, row: FilledRow, review: Review, where: Cell
) -> Iterator[Row]:
    """Yield what stands in columns that are the reviewer's own."""
    known = {CHANGED, *(column.header for column in table.columns)}
    for header in row.cells:
        if header not in known:
            yield _kept_row(table, row, header, review, _OWN_COLUMN, where)


def _kept_row(
    table: CarriedTable, row: FilledRow, header: str, review: Review, why: str, where: Cell
) -> Row:
    about = str(row.cells.get(table.about[1], ""))
    return (
        why,
        row.sheet,
        row.number,
        where,
        about,
        header,
        row.cells[header],
        _day_of(table, row.cells, review),
        str(row.cells.get(table.key, "")),
    )


def _kept_before(row: FilledRow) -> Row:
    """Return an entry that found no place last time either."""
    return tuple(row.cells.get(column.header) for column in KEPT.columns)


def _day_of(table: CarriedTable, cells: SheetRow, review: Review) -> str:
    """Return the day of an entry, else that of its workbook; ISO 8601, empty when unknown."""
    entered = cells.get(table.dated, "") if table.dated else ""
    column = next((each for each in table.columns if each.header == table.dated), None)
    text = str(_entry(column, entered)) if column is not None else ""
    return text if moment(text) else review.made


def _lines(value: str | int | None) -> set[str]:
    """Return the lines of the cell that a row is known by."""
    return {line for line in str("" if value is None else value).split("\n") if line.strip()}


def _shown(row: Row, at: int) -> str:
    """Return the text that the cell of a row gets."""
    return shown(plain(row[at]), plain(row[0]))
