"""The tables of a fleet in, its forests out: which dumps are of the same one, and which counts.

A forest is known by the objectGUIDs of its Exchange objects, which stay the same from one date to
another and from one export tool to another; no two forests share any. Names prove nothing: two
forests may be called alike. A dump without objectGUIDs stands for itself.
"""

from typing import NamedTuple

from analyzer.fleets.fleet_tables import Tables
from analyzer.results.fleet_records import DumpRecord, ForestRecord


class _Placed(NamedTuple):
    """A dump, in the order of which the last one of a forest counts."""

    date: str
    answers: int
    """Checks that it leaves open, as a negative number."""
    label: str
    number: int
    name: str


def recognise_forests(tables: Tables) -> list[ForestRecord]:
    """Say of every dump which forest it is of, and return the forests.

    The newest directory stands for its forest; of several dumps of that date, the one that leaves
    the fewest checks open.
    """
    numbers = {number: number for (number,) in tables.rows("SELECT number FROM dump")}
    proved: set[object] = set()
    _unite(tables, numbers, proved)
    groups: dict[object, list[_Placed]] = {}
    for number, record in enumerate(tables.dumps(), start=1):
        if record.status == "done":
            placed = _Placed(
                record.date, -record.not_evaluable, record.label, number, _name(record)
            )
            groups.setdefault(_root(numbers, number), []).append(placed)
    forests = []
    places: list[tuple[int, str, bool]] = []
    width = max(4, len(str(len(groups))))
    for at, group in enumerate(groups.values(), start=1):
        forest = f"F{at:0{width}}"
        group.sort()
        newest = group[-1]
        places += [(placed.number, forest, placed is newest) for placed in group]
        forests.append(
            ForestRecord(
                id=forest,
                name=newest.name,
                counted=newest.label,
                dumps=tuple(placed.label for placed in group),
                proved=newest.number in proved,
            )
        )
    tables.place(places)
    return forests


def _unite(tables: Tables, roots: dict[object, object], proved: set[object]) -> None:
    """Unite the dumps that share an objectGUID; sorted by it, they stand beside each other."""
    before: tuple[object, object] = ("", 0)
    for guid, number in tables.rows("SELECT guid, dump FROM guid ORDER BY guid, dump"):
        proved.add(number)
        if guid == before[0]:
            first, second = _root(roots, before[1]), _root(roots, number)
            roots[second] = first
        before = guid, number


def _root(roots: dict[object, object], number: object) -> object:
    while roots[number] != number:
        roots[number] = roots[roots[number]]
        number = roots[number]
    return number


def _name(record: DumpRecord) -> str:
    return record.naming_context or ", ".join(record.organizations) or record.label
