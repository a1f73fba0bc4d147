"""Blocks of objectClass that make an object one of no interest: where they stand, what they hold.

The tool shares a block over less than a million bytes, so that each class comes again and again, at
another offset. Two blocks of the same bytes hold the same values.
"""

from collections.abc import Sequence
from struct import unpack_from

from analyzer.dump.snapshot.structs import FIRST_OBJECT, NUMBER, View

_MOST_OFFSETS = 10_000
_MOST_TEXTS = 500
"""Classes whose bytes are remembered; a forest has some 200."""
_LONGEST = 1_024
"""Bytes of a block that is remembered; most have some 200."""


class DullClasses:
    """What was learnt of them so far."""

    def __init__(self, view: View, end: int) -> None:
        """Know nothing of the objects of a snapshot, which stand before `end`."""
        self._view, self._end = view, end
        self._blocks: tuple[bytes, ...] = ()
        self.offsets: set[int] = set()
        """Where such blocks stand."""

    def add(self, at: int, values: Sequence[bytes] = ()) -> None:
        """Remember a block by its offset, and if its values are given by its bytes."""
        # A file made for it has a class block for every object: then forget, and learn again.
        if len(self.offsets) >= _MOST_OFFSETS:
            self.offsets.clear()
        self.offsets.add(at)
        block = self._block(at, values)
        if block and block not in self._blocks and len(self._blocks) < _MOST_TEXTS:
            self._blocks += (block,)

    def is_known(self, at: int) -> bool:
        """Tell whether a block has the bytes of one of these; then remember its offset as well."""
        block = self._view[at : min(at + _LONGEST, self._end)]
        known = at >= FIRST_OBJECT and block.startswith(self._blocks)
        if known:
            self.add(at)
        return known

    def _block(self, at: int, values: Sequence[bytes]) -> bytes:
        """Return the bytes that make the values of a block; empty where others do, too."""
        start = NUMBER.size * (1 + len(values))
        if not values or start > _LONGEST:
            return b""
        offsets = unpack_from(f"<{len(values)}i", self._view, at + NUMBER.size)
        lengths = [len(value.decode().encode("utf-16-le")) + 2 for value in values]
        size = max(offset + length for offset, length in zip(offsets, lengths, strict=True))
        return self._view[at : at + size] if start <= min(offsets) and size <= _LONGEST else b""
