"""ValueBlocks of a snapshot decoded once, however many objects near each other point at them."""

from analyzer.dump.snapshot.allowance import Damage
from analyzer.dump.snapshot.blocks import Decoder, StoredValues, ValueBlocks
from analyzer.dump.snapshot.structs import WIDEST_SHARING

_MOST = 16 << 20
"""Bytes of values that one generation keeps."""


class SharedValues:
    """What was decoded lately.

    The tool shares a block over less than a million bytes: two generations that change after so
    many hold all that can come again, and no more.
    """

    def __init__(self, blocks: ValueBlocks) -> None:
        """Keep nothing yet."""
        self._blocks = blocks
        self._young: dict[tuple[Decoder, int], StoredValues] = {}
        self._old: dict[tuple[Decoder, int], StoredValues] = {}
        self._born = self._kept = self._object = 0

    def values(self, decoder: Decoder, at: int, from_object: int) -> StoredValues:
        """Return the values of the block at an offset, to which the object at another points."""
        if from_object != self._object:
            self._object = from_object
            self._blocks.allowance.begin_object()
        key = decoder, at
        known = self._young.get(key) or self._old.get(key)
        if known is None:
            known = self._blocks.decode(decoder, at)
        else:
            try:
                self._blocks.allowance.repeat(known.spent, abs(from_object - at))
            except Damage as damage:
                return StoredValues((), str(damage))
        if from_object - self._born > WIDEST_SHARING or self._kept > _MOST:
            self._old, self._young = self._young, {}
            self._born, self._kept = from_object, 0
        if key not in self._young:
            self._young[key] = known
            self._kept += known.spent
        return known
