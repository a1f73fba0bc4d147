"""How much a snapshot may describe: objects share values, so a small file can claim terabytes."""

from analyzer.dump.snapshot.structs import WIDEST_SHARING

MAX_OBJECT = 64 << 20
"""Bytes of values of the largest object that is read unless the caller says otherwise."""
_TIMES = 64
"""What objects may describe, in bytes of the file; made ones, weighed as here, describe 17 to 40.

The highest is that of small objects that share long security descriptors.
"""
_BASE = 16 << 20
_FRESH = 16
"""Weight of what is decoded anew, or shared over a distance at which the tool shares nothing."""
_VALUE = 48
"""Bytes that a value takes beside its own."""


class Damage(Exception):
    """A value or an object cannot be read; the text says why."""


class Allowance:
    """Counts what is decoded, so that work and memory stay in proportion to the file."""

    def __init__(self, file_bytes: int, max_object: int) -> None:
        """Begin with nothing spent."""
        self._left = file_bytes * _TIMES + _BASE
        self._max_object = self._object_left = max_object
        self._weight = _FRESH
        self.spent = 0
        """What the last block took, before it is weighed."""

    def begin_object(self) -> None:
        """Count the next values for another object."""
        self._object_left = self._max_object

    def begin_block(self) -> None:
        """Count what follows for a block that is decoded."""
        self._weight, self.spent = _FRESH, 0

    def repeat(self, spent: int, distance: int) -> None:
        """Count a block that was decoded before.

        Raises:
            Damage: nothing more may be described.
        """
        self._weight = _FRESH if distance > WIDEST_SHARING else 1
        self.spend(spent)

    def spend(self, size: int, values: int = 0) -> None:
        """Count bytes and values before they are decoded.

        Raises:
            Damage: nothing more may be described.
        """
        size += values * _VALUE
        if size > self._object_left:
            raise Damage(f"the object has more than {self._max_object} bytes of values")
        if size * self._weight > self._left:
            raise Damage("the objects of this file share values beyond the limit for its size")
        self._left -= size * self._weight
        self._object_left -= size
        self.spent += size

    def lose(self, size: int) -> None:
        """Count bytes that were looked at in vain."""
        self._left = max(0, self._left - size * self._weight)

    def reach(self) -> int:
        """Return how many bytes of one value may be looked at."""
        return min(self._left // self._weight, self._object_left)
