"""The tables of a fleet in, its forests out: which dumps are of the same one, and which counts.

A forest is known by the objectGUIDs of its Exchange objects, which stay the same from one date to
another and from one export tool to another; no two forests share any. Names prove nothing: two
forests may be called alike. A dump without objectGUIDs stands for itself.
"""

from analyzer.fleets.fleet_tables import Tables
from analyzer.results.fleet_records import DumpRecord, ForestRecord


def recognise_forests(tables: Tables) -> list[ForestRecord]:
    """Say of every dump which forest it is of, and return the forests.

    The newest directory stands for its forest; of several dumps of that date, the one that leaves
    the fewest checks open.
    """
    numbers = {number: number for (number,) in tables.rows("SELECT number FROM dump")}
    proved: set[object] = set()
    _unite(tables, numbers, proved)
    groups: dict[object, list[tuple[int, DumpRecord]]] = {}
    for number, record in enumerate(tables.dumps(), start=1):
        if record.status == "done":
            groups.setdefault(_root(numbers, number), []).append((number, record))
    forests = []
    places: list[tuple[int, str, bool]] = []
    width = max(4, len(str(len(groups))))
    for at, group in enumerate(groups.values(), start=1):
        forest = f"F{at:0{width}}"
        group.sort(key=lambda pair: (pair[1].date, -pair[1].not_evaluable, pair[1].label))
        newest, record = group[-1]
        places += [(number, forest, number == newest) for number, _ in group]
        forests.append(
            ForestRecord(
                id=forest,
                name=_name(record),
                counted=record.label,
                dumps=tuple(each.label for _, each in group),
                proved=newest in proved,
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
