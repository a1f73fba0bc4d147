"""A value block in, its values out as ldifde prints them: text as UTF-8, octets as they are."""

import re
from collections.abc import Callable, Iterable, Mapping
from datetime import datetime
from struct import Struct, unpack_from
from typing import Any, NamedTuple

from analyzer.dump.snapshot.allowance import Allowance, Damage
from analyzer.dump.snapshot.structs import DN_WITH_OCTETS, FIRST_OBJECT, NUMBER, AdsType, View

_TEXT = re.compile(rb"(?s)(?:[^\0].|\0[^\0])*+\0\0")
"""UTF-16 with its NUL."""
_SHORT = 1_024
"""Bytes in which nearly every text ends."""
_TIME = Struct("<8H")
"""SYSTEMTIME: year, month, day of week, day, hour, minute, second, milliseconds."""


class StoredValues(NamedTuple):
    """The values of a block."""

    values: tuple[bytes, ...]
    damaged: str = ""
    """Why a value could not be decoded; the others are there."""
    raw: str = ""
    """The first such value in hexadecimal digits."""
    spent: int = 0
    """What it took, before it is weighed."""


class ValueBlocks:
    """The value blocks of a snapshot."""

    def __init__(self, view: View, end: int, allowance: Allowance) -> None:
        """Decode what stands before `end`, as far as the allowance goes."""
        self.view, self.end, self.allowance = view, end, allowance
        self._damaged = self._raw = ""

    def decode(self, decoder: "Decoder", at: int) -> StoredValues:
        """Decode the block at an offset; what is wrong with it stands in the result."""
        allowance = self.allowance
        allowance.begin_block()
        self._damaged = self._raw = ""
        try:
            values = tuple(decoder(self, at))
        except Damage as damage:
            # No half-read list: a missing value could be the one that opens a relay.
            values = ()
            self._damaged = self._damaged or str(damage)
        return StoredValues(values, self._damaged, self._raw, allowance.spent)

    def count(self, at: int, width: int) -> int:
        """Return the number of values, of which each takes so many bytes in front.

        Raises:
            Damage: there is no room for them.
        """
        room = self.end - at - NUMBER.size
        if at < FIRST_OBJECT or room < 0:
            raise Damage("its offset leads out of the objects, or to the rows of this one")
        count: int = NUMBER.unpack_from(self.view, at)[0]
        # Before anything is unpacked: a count of four thousand million must not take its memory.
        if count > room // width:
            raise Damage(f"{count} values are announced where at most {room // width} have room")
        self.allowance.spend(count * width, count)
        return count

    def numbers(self, at: int, code: str, width: int) -> tuple[Any, ...]:
        """Return the numbers in front, by their code in `struct`.

        Raises:
            Damage: there is no room for them.
        """
        count = self.count(at, width)
        return unpack_from(f"<{count}{code}", self.view, at + NUMBER.size)

    def octets(self, at: int, length: int) -> bytes:
        """Return octets.

        Raises:
            Damage: there are not so many.
        """
        if length > self.end - at:
            raise Damage(f"a value of {length} bytes where {max(self.end - at, 0)} are left")
        self.allowance.spend(length)
        return self.view[at : at + length]

    def text(self, at: int) -> tuple[bytes | None, int]:
        """Return a text, None when it is not valid, and the offset behind its NUL.

        Raises:
            Damage: it has no end.
        """
        if not FIRST_OBJECT <= at < self.end:
            raise Damage("the offset of a text leads out of the objects")
        # Texts carry no length. The short look keeps the cost of a block near its size; the long
        # one goes no further than the allowance, since a text without end is looked through whole.
        stop = self._end_of_text(at, min(self.end, at + _SHORT))
        if stop < 0:
            limit = min(self.end, at + self.allowance.reach() + 2)
            stop = self._end_of_text(at, limit)
            if stop < 0:
                self.allowance.lose(limit - at)
                raise Damage(f"a text that does not end within {limit - at} bytes")
        self.allowance.spend(stop - at)
        octets = self.view[at:stop]
        try:
            return octets.decode("utf-16-le").encode(), stop + 2
        except UnicodeDecodeError:
            self.refuse("the text is not valid UTF-16", octets)
            return None, stop + 2

    def _end_of_text(self, at: int, limit: int) -> int:
        """Return where the NUL of a text stands, -1 when there is none before the limit."""
        match = _TEXT.match(self.view, at, limit)
        return match.end() - 2 if match is not None else -1

    def refuse(self, reason: str, octets: bytes = b"") -> None:
        """Leave out a value; the reason of the first one stays."""
        if not self._damaged:
            self._damaged, self._raw = reason, octets.hex()


Decoder = Callable[[ValueBlocks, int], Iterable[bytes]]


def decoder_of(ads_type: int, syntax: int) -> Decoder | None:
    """Return what decodes the blocks of an attribute, None where the values are not stored."""
    if ads_type == AdsType.OCTETS and syntax == DN_WITH_OCTETS:
        ads_type = AdsType.DN_WITH_OCTETS
    return _DECODERS.get(ads_type)


def _texts(blocks: ValueBlocks, at: int) -> list[bytes]:
    values = []
    for offset in blocks.numbers(at, "i", 4):
        try:
            value, _ = blocks.text(at + offset)
        except Damage as damage:
            blocks.refuse(str(damage))
        else:
            if value is not None:
                values.append(value)
    return values


def _names(blocks: ValueBlocks, at: int) -> list[bytes]:
    # RFC 4514 leaves a line feed in a DN as it is; the directory and ldifde escape it.
    return [value.replace(b"\n", b"\\0A") for value in _texts(blocks, at)]


def _booleans(blocks: ValueBlocks, at: int) -> list[bytes]:
    return [b"TRUE" if number else b"FALSE" for number in blocks.numbers(at, "I", 4)]


def _integers(blocks: ValueBlocks, at: int) -> list[bytes]:
    return [b"%d" % number for number in blocks.numbers(at, "i", 4)]


def _large_integers(blocks: ValueBlocks, at: int) -> list[bytes]:
    return [b"%d" % number for number in blocks.numbers(at, "q", 8)]


def _times(blocks: ValueBlocks, at: int) -> list[bytes]:
    values = []
    for _ in range(blocks.count(at, _TIME.size)):
        octets = blocks.view[at + NUMBER.size : at + NUMBER.size + _TIME.size]
        at += _TIME.size
        year, month, _, day, hour, minute, second, _ = _TIME.unpack(octets)
        # The directory keeps no milliseconds, and ldifde prints `.0` for them.
        try:
            datetime(year, month, day, hour, minute, second)
        except ValueError as error:
            blocks.refuse(f"no time: {error}", octets)
        else:
            time = f"{year:04}{month:02}{day:02}{hour:02}{minute:02}{second:02}.0Z"
            values.append(time.encode())
    return values


def _octets(blocks: ValueBlocks, at: int) -> list[bytes]:
    # All lengths stand in front, then all values without gaps.
    lengths = blocks.numbers(at, "I", 4)
    at += NUMBER.size + 4 * len(lengths)
    values = []
    for length in lengths:
        values.append(blocks.octets(at, length))
        at += length
    return values


def _names_with_octets(blocks: ValueBlocks, at: int) -> list[bytes]:
    """Return `B:32:<digits>:<dn>`; no length counts the DN that follows the octets."""
    lengths = blocks.numbers(at, "I", 4)
    at += NUMBER.size + 4 * len(lengths)
    values = []
    for length in lengths:
        digits = blocks.octets(at, length).hex().upper().encode()
        name, at = blocks.text(at + length)
        if name is not None:
            values.append(b"B:%d:%s:%s" % (len(digits), digits, name.replace(b"\n", b"\\0A")))
    return values


_DECODERS: Mapping[int, Decoder] = {
    AdsType.DN: _names,
    AdsType.CASE_EXACT: _texts,
    AdsType.CASE_IGNORE: _texts,
    AdsType.PRINTABLE: _texts,
    AdsType.NUMERIC: _texts,
    AdsType.BOOLEAN: _booleans,
    AdsType.INTEGER: _integers,
    AdsType.OCTETS: _octets,
    AdsType.TIME: _times,
    AdsType.LARGE_INTEGER: _large_integers,
    AdsType.OBJECT_CLASS: _texts,
    AdsType.SECURITY_DESCRIPTOR: _octets,
    AdsType.DN_WITH_OCTETS: _names_with_octets,
}
"""AdsType.DN_WITH_STRING is missing: the tool stores the number of its values and nothing else."""
