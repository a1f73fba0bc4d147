"""From object to object by their sizes, and over what is damaged to the next that can be found."""

import re
from collections.abc import Iterator
from typing import NamedTuple

from analyzer.dump.entry import Unreadable
from analyzer.dump.snapshot.dull_classes import DullClasses
from analyzer.dump.snapshot.opening import Snapshot
from analyzer.dump.snapshot.structs import FIRST_OBJECT, NUMBER, OBJECT, ROW, TWO_ROWS

_ONE_TEXT = b"\1\0\0\0\x08\0\0\0"
"""How the block of a distinguishedName begins: one value, its text right behind."""
_LONGEST_END = 64
"""So many zero bytes before the tables are no object; eight are known."""
_UPPER_HALF = 6
"""Offset in an object of the upper half of its number of rows, which is zero."""


_START_OF_DN = 512
"""Bytes in which a container that is right above an object is named."""


class Place(NamedTuple):
    """Where an object stands."""

    offset: int
    size: int
    rows: int


class Chain:
    """The objects of a snapshot, one behind the other.

    A regular object has its distinguishedName in the first row and the block of it right behind
    the rows, since that value is never shared. This tells an object from anything else: where a
    size leads to none, the file is searched for the next one. Objects never overlap, and no part
    of the file is searched twice, so that the work stays linear whatever the sizes say.
    """

    def __init__(self, snapshot: Snapshot) -> None:
        """Prepare for the objects of a snapshot.

        Raises:
            ReadError: its attribute table does not name what tells objects apart.
        """
        self._view, self._end = snapshot.view, snapshot.end
        self._file, self._count = snapshot.file, snapshot.count
        self._most_rows = len(snapshot.table.columns)
        self._dn = snapshot.number_of("distinguishedname")
        self._class = snapshot.number_of("objectclass")
        dn_number = re.escape(NUMBER.pack(self._dn))
        self._signature = re.compile(rb"(?s)\x00\x00" + dn_number + rb"(?:[^\0].|\0[^\0])\x00\x00")
        self._searched, self._found = 0, -1
        self.objects = 0
        """Objects met so far, passed over or not."""

    def walk(self, dull: DullClasses, mark: bytes, max_object: int) -> Iterator[Place | Unreadable]:
        """Yield the objects, but not those whose objectClass block is one of `dull`.

        The caller adds to these while it learns which classes are of no interest. Nothing but the
        size, the first two rows and the start of the DN is read of the objects that are passed
        over; one in whose DN `mark` stands is not. With a block that was not met before an object
        of more than `max_object` bytes is not passed over either.
        """
        view, end, dn_number, class_number = self._view, self._end, self._dn, self._class
        unpack, find, offsets = TWO_ROWS.unpack_from, view.find, dull.offsets
        offset = before = FIRST_OBJECT
        passed_over = 0
        while offset < end:
            size, rows, number, dn_block, second, class_block = unpack(view, offset)
            head = 8 + 8 * rows
            # Nearly every object of a forest ends here, so there is no call and no object in it.
            # All that makes it a regular one is asked all the same: a damaged size must not be
            # followed only because the class block happens to be a known one.
            if (
                second == class_number
                and (
                    offset + class_block in offsets
                    or (
                        size <= max_object
                        and self._is_whole(offset)
                        and dull.is_known(offset + class_block)
                    )
                )
                and number == dn_number
                and head == dn_block
                and head <= size <= end - offset
                and rows > 1
                and find(mark, offset + head, offset + head + _START_OF_DN) < 0
            ):
                passed_over += 1
                before = offset
                offset += size
                continue
            self.objects += passed_over
            passed_over = 0
            if self._is_end(offset):
                break
            for step in self._meet(offset, before):
                if isinstance(step, int):
                    before, offset = offset, step
                else:
                    yield step
        self.objects += passed_over

    def _is_whole(self, offset: int) -> bool:
        """Tell whether nothing is wrong with an object, as far as one sees without its values."""
        size, rows = OBJECT.unpack_from(self._view, offset)
        return rows <= self._most_rows and self._fits(offset) and self._joins(offset + size)

    def place_at(self, offset: int) -> Place | None:
        """Return the object that begins at an offset, None where none does."""
        if FIRST_OBJECT <= offset < self._end:
            for step in self._meet(offset, offset):
                if isinstance(step, Place) and step.offset == offset:
                    return step
        return None

    def _meet(self, offset: int, before: int) -> Iterator[Place | Unreadable | int]:
        """Yield the object at an offset, or what is wrong there, and then where to go on."""
        size, rows = OBJECT.unpack_from(self._view, offset)
        # A size is believed when what it leads to looks like an object, not because it is small.
        if self._fits(offset) and self._joins(offset + size):
            yield from self._counted(Place(offset, size, rows))
            yield offset + size
        elif self._is_named(offset):
            yield from self._resized(Place(offset, size, rows))
        else:
            # Where nothing begins, the size that led here may be the damaged one, and the object
            # that it should have led to stands before this place: look from there.
            following = self._search(min(before + OBJECT.size, offset))
            yield self._gap(offset, before, following)
            yield following

    def _resized(self, place: Place) -> Iterator[Place | Unreadable | int]:
        """Yield an object whose size leads to no other, up to the next one that can be found."""
        offset, size, rows = place
        following = self._search(offset + OBJECT.size)
        # No other object begins inside it: then the damage is behind it, and its size holds.
        if self._fits(offset) and following >= offset + size:
            yield from self._counted(place)
            yield offset + size
            return
        reason = f"the size of this object, {size}, leads to no other"
        yield self._unreadable(offset, f"{reason}; reading goes on at offset {following}")
        if following - offset >= OBJECT.size + ROW.size * rows:
            yield from self._counted(Place(offset, following - offset, rows))
        yield following

    def _counted(self, place: Place) -> Iterator[Place]:
        """Yield an object unless it is a container that the search of the tool did not return.

        Those stand behind the counted objects and have a distinguishedName and nothing else.
        """
        # The header's count tells them from a counted object that lost all rows but one.
        if place.rows > 1 or self.objects < self._count:
            self.objects += 1
            yield place

    def _gap(self, offset: int, before: int, following: int) -> Unreadable:
        on = f"reading goes on at offset {following}"
        if following < offset:
            return self._unreadable(before, f"the size of this object is damaged; {on}")
        where = on if following < self._end else "no other was found behind it"
        return self._unreadable(offset, f"no object begins where one has to; {where}")

    def _unreadable(self, offset: int, reason: str) -> Unreadable:
        return Unreadable(self._file, None, None, reason, offset)

    def _is_end(self, offset: int) -> bool:
        left = self._end - offset
        return left <= _LONGEST_END and not any(self._view[offset : self._end])

    def _fits(self, offset: int) -> bool:
        """Tell whether there is room for the rows of an object in it, and for itself."""
        size, rows = OBJECT.unpack_from(self._view, offset)
        return bool(OBJECT.size + ROW.size * rows <= size <= self._end - offset)

    def _is_named(self, offset: int) -> bool:
        _, rows, number, block, _, _ = TWO_ROWS.unpack_from(self._view, offset)
        return bool(number == self._dn and block == OBJECT.size + ROW.size * rows)

    def _is_regular(self, offset: int) -> bool:
        return offset < self._end and self._fits(offset) and self._is_named(offset)

    def _joins(self, offset: int) -> bool:
        """Tell whether an object, or the end of them, stands at an offset."""
        if self._is_end(offset) or self._is_regular(offset):
            return True
        # An irregular object (its distinguishedName is not in the first row) is believed when it
        # leads to a regular one itself; two of them in a row are not known.
        following = offset + NUMBER.unpack_from(self._view, offset)[0]
        at_end = following <= self._end and self._is_end(following)
        return self._fits(offset) and (at_end or self._is_regular(following))

    def _search(self, start: int) -> int:
        """Return the offset of the first regular object from an offset on, or the end."""
        # What the last search found answers this one too, if it began at or before `start`.
        if not self._searched <= start <= self._found:
            self._searched, self._found = start, self._first_regular(start)
        return self._found

    def _first_regular(self, start: int) -> int:
        at = start + _UPPER_HALF
        while match := self._signature.search(self._view, at, self._end):
            offset = match.start() - _UPPER_HALF
            block = offset + int(ROW.unpack_from(self._view, offset + OBJECT.size)[1])
            if self._is_regular(offset) and self._view[block : block + 8] == _ONE_TEXT:
                return offset
            at = match.start() + 1
        return self._end
