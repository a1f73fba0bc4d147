"""A line of LDIF in, what python-ldap made of the same line before out.

The records of a dump have most of their lines in common, and a line of an attribute, unfolded,
reads the same in every record.
"""

from msgspec import Struct

from analyzer.dump.entry import Notation

_LONGEST = 128
"""Bytes of a line that is kept; longer ones are rarely met again."""
_MOST = 4096


class KnownLine(Struct, frozen=True, gc=False):
    """A line with nothing wrong in it."""

    name: str
    """As spelled."""
    notation: Notation
    values: tuple[bytes, ...]
    """The one value, as every attribute holds it that has no other."""


class KnownLines:
    """The lines that were met of late: those since half of them were dropped, and those before."""

    def __init__(self) -> None:
        """Begin with none."""
        self._newer: dict[bytes, KnownLine] = {}
        self._older: dict[bytes, KnownLine] = {}

    def get(self, text: bytes) -> KnownLine | None:
        """Return what a line is known to say."""
        known = self._newer.get(text)
        if known is None and (known := self._older.get(text)) is not None:
            self.learn(text, known)
        return known

    def learn(self, text: bytes, line: KnownLine) -> None:
        """Keep what a line says."""
        if len(text) > _LONGEST:
            return
        if len(self._newer) >= _MOST:
            self._newer, self._older = {}, self._newer
        self._newer[text] = line
