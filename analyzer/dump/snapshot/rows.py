"""The rows of an object in, its attributes and where their values stand out."""

from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple

from analyzer.dump.quoting import LONGEST
from analyzer.dump.snapshot.attribute_table import StoredAttribute
from analyzer.dump.snapshot.chain import Place
from analyzer.dump.snapshot.structs import OBJECT, ROW, View

_NOWHERE = 0
"""An offset at which no value can stand."""


class ValueRow(NamedTuple):
    """An attribute of an object and the offset of its value block in the file."""

    column: StoredAttribute
    at: int


def find_row(view: View, place: Place, number: int, likely: int) -> int | None:
    """Return the offset of the block of an attribute, which mostly stands in a certain row."""
    if likely < place.rows:
        found, offset = ROW.unpack_from(view, place.offset + OBJECT.size + likely * ROW.size)
        if found == number:
            return place.offset + int(offset)
    for found, offset in rows_in(view, place):
        if found == number:
            return place.offset + int(offset)
    return None


def rows_of(
    view: View, place: Place, columns: Sequence[StoredAttribute]
) -> tuple[Mapping[str, ValueRow], list[str]]:
    """Return the rows by attribute name in lower case, and why some may be missing."""
    rows: dict[str, ValueRow] = {}
    damage: list[str] = []
    head = OBJECT.size + ROW.size * place.rows
    for number, offset in rows_in(view, place):
        column = columns[number] if number < len(columns) else None
        if column is None or not column.key:
            damage.append(f"attribute {number} has no name in the attribute table")
        elif column.key in rows:
            damage.append(f"{column.name[:LONGEST]} occurs twice")
        else:
            among_rows = 0 <= offset < head
            rows[column.key] = ValueRow(column, _NOWHERE if among_rows else place.offset + offset)
    gap = _gap(rows, place.offset + head, place.offset + place.size)
    if gap:
        damage.append(f"{gap} bytes between its rows and its values: rows may be missing")
    return rows, damage


def rows_in(view: View, place: Place) -> Iterator[tuple[int, int]]:
    """Return the rows as they stand: the number of an attribute, the offset of its block."""
    start = place.offset + OBJECT.size
    table: Iterator[tuple[int, int]] = ROW.iter_unpack(view[start : start + ROW.size * place.rows])
    return table


def _gap(rows: Mapping[str, ValueRow], start: int, end: int) -> int:
    """Return how many bytes behind the rows belong to no value; a whole object has none.

    A number of rows that is too small would else pass for attributes that are not set.
    """
    own = [row.at for row in rows.values() if start <= row.at < end]
    return min(own) - start if own else 0
