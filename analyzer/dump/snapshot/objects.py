"""A snapshot in, the entries that are wanted out, and what cannot be read of them."""

import hashlib
from collections.abc import Container, Iterator, Sequence
from typing import NamedTuple

from msgspec.structs import replace

from analyzer.dump.distinguished_names import is_dn
from analyzer.dump.entry import Attribute, Entry, Notation, Source, Unreadable
from analyzer.dump.quoting import LONGEST, quoted_dn
from analyzer.dump.snapshot.allowance import MAX_OBJECT, Allowance
from analyzer.dump.snapshot.blocks import StoredValues, ValueBlocks
from analyzer.dump.snapshot.chain import Chain, Place
from analyzer.dump.snapshot.dull_classes import DullClasses
from analyzer.dump.snapshot.opening import Snapshot
from analyzer.dump.snapshot.rows import ValueRow, find_row, rows_in, rows_of
from analyzer.dump.snapshot.shared_values import SharedValues
from analyzer.dump.snapshot.structs import FIRST_OBJECT, NUMBER
from analyzer.dump.wanted import (
    Wanted,
    is_auxiliary,
    is_of_another_class,
    is_wanted,
    stands_in_place,
)

_HEADS = frozenset({b"configuration", b"dmd", b"domaindns"})
"""Structural classes of the objects at the top of a partition."""
_MOST_HEADS = 100
_NAMING = ("distinguishedname", "objectclass")
_NOTHING = Wanted(frozenset(), frozenset())
_IN_NO_NAME = b"\xff" * 4
_NOT_STORED = "AD Explorer does not store values of this type"


class SnapshotEnd(NamedTuple):
    """What is known when all objects were met."""

    objects: int
    """Objects of all partitions, wanted or not."""
    partitions: tuple[str, ...]
    """DNs of the partitions whose first object is there, in the order of the file."""
    warnings: tuple[str, ...]


def read_objects(
    snapshot: Snapshot,
    wanted: Wanted,
    *,
    everything: bool = False,
    max_object: int = MAX_OBJECT,
    only: Container[str] | None = None,
) -> Iterator[Entry | Unreadable | SnapshotEnd]:
    """Yield the wanted objects and what cannot be read, in the order of the file, then the end.

    Of the others only the objectClass is looked at, or the DN where they have none, and they are
    counted. The hash of an entry is that of the bytes of its object in the file, from
    `source.offset` to the next object: its size, its rows, and the values that stand in it. Values
    that it shares with an object before it are not among them, nor are the names of its attributes.

    `Entry.cut` says that rows may be missing: attributes that are not there may have values.

    Args:
        snapshot: what `open_snapshot` returned.
        wanted: which objects are wanted.
        everything: yield all objects, whatever is wanted.
        max_object: bytes of values of the largest object that is read.
        only: attributes to decode, in lower case; all when None.

    Raises:
        ReadError: the attribute table does not name what tells objects apart.
    """
    reader = _Reader(snapshot, wanted, max_object, only)
    yield from reader.events(everything=everything)


def read_object(snapshot: Snapshot, offset: int) -> Iterator[Entry | Unreadable]:
    """Yield the object that begins at an offset, as `read_objects` does, and its damage.

    Raises:
        ReadError: the attribute table does not name what tells objects apart.
    """
    place = Chain(snapshot).place_at(offset)
    if place is None:
        yield Unreadable(snapshot.file, None, None, "no object begins at this offset", offset)
    else:
        yield from _Reader(snapshot, _NOTHING, MAX_OBJECT, None).entry(place)


class _Reader:
    """What is remembered from one object to the next."""

    def __init__(
        self, snapshot: Snapshot, wanted: Wanted, max_object: int, only: Container[str] | None
    ) -> None:
        self._snapshot, self._wanted, self._only = snapshot, wanted, only
        self._view, self._columns = snapshot.view, snapshot.table.columns
        self._max_object = max_object
        # Apart, so that objects can still be told when other values have used up what they may.
        self._names, self._shared = self._values_apart(), self._values_apart()
        self._chain = Chain(snapshot)
        self._name = snapshot.number_of("distinguishedname")
        self._class = snapshot.number_of("objectclass")
        numbers = {column.key: number for number, column in enumerate(self._columns)}
        self._common_names = [numbers["cn"]] if "cn" in numbers else []
        self._naming = [numbers[key] for key in wanted.auxiliary.values() if key in numbers]
        self._dull = DullClasses(snapshot.view, snapshot.end)
        self._partitions: list[str] = []

    def events(self, *, everything: bool) -> Iterator[Entry | Unreadable | SnapshotEnd]:
        mark = _mark_of(self._wanted.parents)
        for met in self._chain.walk(self._dull, mark, self._max_object):
            if isinstance(met, Place):
                yield from self.entry(met) if everything else self._object(met)
            else:
                yield met
        found, said = self._chain.objects, self._snapshot.count
        warnings = self._snapshot.warnings
        if found < said:
            reason = f"the header counts {said} objects, {found} were found"
            yield Unreadable(self._snapshot.file, None, None, reason, self._snapshot.end)
        elif found > said:
            warnings += (f"the header counts {said} objects, {found} were found and read",)
        yield SnapshotEnd(found, tuple(self._partitions), warnings)

    def _values_apart(self) -> SharedValues:
        allowance = Allowance(len(self._view), self._max_object)
        return SharedValues(ValueBlocks(self._view, self._snapshot.end, allowance))

    def _object(self, place: Place) -> Iterator[Entry | Unreadable]:
        """Read an object if it is wanted; remember its class if it is not."""
        # Limits come first: of what breaks one, no value is looked at.
        if self._excess(place):
            yield self._damage(place, self._excess(place))
            return
        row = self._find(place, self._class, 1)
        classes = self._values(row, place)
        if classes.damaged:
            yield self._damage(place, f"objectClass: {classes.damaged}")
            return
        known = _attribute("objectClass", classes) if classes.values else None
        if row and known and is_auxiliary("", known, self._wanted):
            in_place = stands_in_place(self._dn(place)[0], self._wanted)
            if not in_place and not self._names_any(place, row):
                return
        is_head = classes.values[-1:] and classes.values[-1].lower() in _HEADS
        # Of most objects the class leaves no doubt, and nothing more of them is looked at.
        is_other = row and known and not is_wanted("", known, self._wanted)
        dn = ""
        if row and is_other and not is_head and is_of_another_class(known, self._wanted):
            dn = self._dn(place)[0]
            if not stands_in_place(dn, self._wanted):
                self._dull.add(row.at, classes.values)
                return
        dn = dn or self._dn(place)[0]
        if is_head and dn and len(self._partitions) < _MOST_HEADS:
            self._partitions.append(dn)
        if known and dn and is_dn(dn) and is_auxiliary(dn, known, self._wanted):
            yield self._auxiliary(place, dn, known)
        elif not dn or is_wanted(dn, known, self._wanted):
            yield from self.entry(place)

    def _names_any(self, place: Place, class_row: ValueRow) -> bool:
        """Tell whether an object has what its class is wanted for."""
        if not self._naming:
            self._dull.add(class_row.at)
            return False
        rows = dict(rows_in(self._view, place))
        return any(number in rows for number in self._naming)

    def _auxiliary(self, place: Place, dn: str, classes: Attribute) -> Entry:
        """Return an object of which nothing but what it names is looked at: there are thousands."""
        fields = {"objectclass": classes}
        offsets = dict(rows_in(self._view, place))
        for number in (*self._common_names, *self._naming):
            if number in offsets:
                row = ValueRow(self._columns[number], place.offset + offsets[number])
                if attribute := self._field(row, place):
                    fields[row.column.key] = attribute
        return Entry(dn, fields, *self._proof_of(place))

    def _proof_of(self, place: Place) -> tuple[Source, str]:
        octets = self._view[place.offset : place.offset + place.size]
        source = Source(self._snapshot.file, None, None, place.offset)
        return source, hashlib.sha256(octets).hexdigest()

    def _dn(self, place: Place) -> tuple[str, str]:
        """Return the DN of an object, and why there is none."""
        named = self._values(self._find(place, self._name, 0), place)
        if named.damaged:
            return "", f"distinguishedName: {named.damaged}"
        if not named.values or not named.values[0]:
            return "", "an object without distinguishedName"
        return named.values[0].decode(), ""

    def _find(self, place: Place, number: int, likely: int) -> ValueRow | None:
        at = find_row(self._view, place, number, likely)
        return None if at is None else ValueRow(self._columns[number], at)

    def _values(self, row: ValueRow | None, place: Place) -> StoredValues:
        if row is None:
            return StoredValues(())
        if row.column.decoder is None:
            return StoredValues((), _NOT_STORED)
        shared = self._names if row.column.key in _NAMING else self._shared
        return shared.values(row.column.decoder, row.at, place.offset)

    def entry(self, place: Place) -> Iterator[Entry | Unreadable]:
        """Read an object, wanted or not."""
        dn, reason = "", self._excess(place)
        if not reason:
            dn, reason = self._dn(place)
        if dn and not is_dn(dn):
            reason = f"the dn is not valid{quoted_dn(dn)}"
        if reason:
            yield self._damage(place, reason)
        else:
            yield from self._entry(place, dn)

    def _excess(self, place: Place) -> str:
        """Return what there is too much of, so that nothing of the object is looked at."""
        if place.rows > len(self._columns):
            return f"{place.rows} rows, more than there are attributes"
        if place.size > self._max_object:
            return f"an object of {place.size} bytes, more than the limit of {self._max_object}"
        return ""

    def _entry(self, place: Place, dn: str) -> Iterator[Entry | Unreadable]:
        rows, damage = rows_of(self._view, place, self._columns)
        is_cut = bool(damage)
        fields = {}
        for key, row in rows.items():
            # A value that is not asked for costs nothing, not even a look for its damage.
            if self._only is None or key in self._only:
                attribute = self._field(row, place)
                if attribute is not None:
                    fields[key] = attribute
        damage += [
            f"value of {a.name[:LONGEST]}: {a.damaged}" for a in fields.values() if a.damaged
        ]
        yield Entry(dn, fields, *self._proof_of(place), cut=is_cut)
        for reason in damage:
            yield self._damage(place, reason)

    def _field(self, row: ValueRow, place: Place) -> Attribute | None:
        """Return an attribute; None when it has no value, though a row."""
        if row.column.decoder is None:
            # With values that were not stored the attribute is lost, not absent.
            lost = None if self._is_empty(row.at) else _attribute(row.column.name, StoredValues(()))
            return lost and replace(lost, lost=_NOT_STORED)
        decoded = self._values(row, place)
        if not decoded.values and not decoded.damaged:
            return None
        return _attribute(row.column.name, decoded)

    def _is_empty(self, at: int) -> bool:
        inside = FIRST_OBJECT <= at <= self._snapshot.end - NUMBER.size
        return inside and NUMBER.unpack_from(self._view, at) == (0,)

    def _damage(self, place: Place, reason: str) -> Unreadable:
        return Unreadable(self._snapshot.file, None, None, reason, place.offset)


def _mark_of(parents: Sequence[str]) -> bytes:
    """Return what stands in every DN below the places: of whatever class, they are looked at.

    A damaged offset gives an object the class of another one. Empty where nothing is common.
    """
    if not parents:
        return _IN_NO_NAME
    highest = {parent.rpartition("=")[2] for parent in parents}
    # Without the letter that is a capital one or not.
    return highest.pop()[1:].encode("utf-16-le") if len(highest) == 1 else b""


def _attribute(name: str, decoded: StoredValues) -> Attribute:
    values, damaged, raw, _ = decoded
    return Attribute(name, values, None, None, Notation.SNAPSHOT, "", damaged, raw)
