"""Bytes of a big file in, the blocks that have to be parsed out.

Most of a dump is of no interest. A multi-pattern matcher goes over the bytes and finds every place
that could matter, folded anywhere and in any letter case: the wanted classes and attribute names,
DNs of wanted places, and everything a full parse would complain about. What is not found is an
ordinary record of no interest, so that the results are those of parsing every record.

One more kind of object costs nothing. The matcher and NumPy release the interpreter lock, so that
threads share the work. Without the matcher every record is parsed.
"""

import os
import re
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, NamedTuple

from analyzer.dump.framing import BOM, Block, blocks
from analyzer.dump.matcher import Matcher
from analyzer.dump.reading import Wanted

if TYPE_CHECKING:
    from types import ModuleType

    import numpy as np
    from numpy.typing import NDArray

_FOLD = rb"\r*\n[ \t]"
_FOLDS = rb"(?:" + _FOLD + rb")*"
_BLANKS = rb"(?:[ ]|" + _FOLD + rb")*"
_LINE_END = rb"\r*\n[^ \t]"
_LONE_CR = rb"\r+[^\r\n]"
_NAME = rb"[A-Za-z0-9_][A-Za-z0-9_.-]*"
_LETTER = rb"(?:[A-Za-z0-9+/]" + _FOLDS + rb")"
_CHAR = rb"(?:[A-Za-z0-9+/=]" + _FOLDS + rb")"
_PAD = rb"(?:=" + _FOLDS + rb")"
# Patterns that begin with all lines before become one automaton; apart they take twice the time.
_LINES = rb"\A(?:[^\n]*\n)*"
_BAD_BASE64 = (
    # A wrong character, a blank or padding in mid-value.
    (rb"::" + _BLANKS + rb"(?:[^A-Za-z0-9+/=\r\n \t]|" + _LONE_CR)
    + (rb"|" + _LETTER + rb"+(?:[^A-Za-z0-9+/=\r\n]|" + _LONE_CR + rb")")
    + (rb"|" + _LETTER + rb"*" + _PAD)
    + (rb"(?:[^=\r\n]|" + _LONE_CR + rb"|" + _PAD + rb"(?:[^\r\n]|" + _LONE_CR + rb")))")
)
_LAYOUT = (
    # A line that begins with no attribute name and colon, or with an option, or is all blanks.
    (_LINES + rb"(?:" + _NAME + rb"(?:[^A-Za-z0-9_.:-]|" + _BAD_BASE64 + rb")")
    + rb"|[^A-Za-z0-9_ \t\r\n#]|\r[^\n]|[ \t][ \t\r]*\n)",
    # Base64 of a wrong length; `::` in text is taken for its start, which costs a look at most.
    rb"::" + _BLANKS + rb"(?:" + _CHAR + rb"{4})*" + _CHAR + rb"{1,3}" + _LINE_END,
)
_DN = rb"^dn:(?:[^\n]|\n[ \t])*"
_TYPE = rb"[A-Za-z](?:[A-Za-z0-9-]|" + _FOLD + rb")*"
_SPECIAL = rb"\x00-\x08\x0b\x0c\x0e-\x1f\\\"<>;#+\x7f-\xff"
_TEXT = rb"(?:[^" + _SPECIAL + rb"\t\r\n=,]|" + _FOLD + rb")"
# A DN that libldap has to judge: more than names, `=`, plain text and commas in this order.
_ODD_DN = (
    (rb"^dn:" + _BLANKS + rb"(?:" + _TYPE + rb"=" + _TEXT + rb"+," + _BLANKS + rb")*")
    + (rb"(?:[^A-Za-z \r\n]|" + _LONE_CR + rb"|" + _LINE_END)
    + (rb"|" + _TYPE + rb"(?:[^A-Za-z0-9=\r\n-]|" + _LONE_CR + rb"|" + _LINE_END)
    + (rb"|=" + _BLANKS + rb"(?:,|" + _LINE_END)
    + (rb"|" + _TEXT + rb"*(?:[=" + _SPECIAL + rb"\t]|" + _LONE_CR + rb"))))")
)
_CHANGE = (
    rb"^changetype:[ ]*(?:[^a ]|a[^d]|ad[^d]|add(?:[^\r\n]|" + _LONE_CR + rb"|" + _FOLD + rb"))"
)
_DN_INSIDE = rb"(?:[^\r\n]\r*|\r\r)\ndn:"
"""A dn line without an empty line before it."""
_LEADING = re.compile(rb"(?:\r?\n)+")
_DN_LINE = re.compile(rb"(?:\A|\n)(?:\xef\xbb\xbf)?[dD][nN]:")
_LF, _CR, _HASH, _COLON = b"\n\r#:"
_MAX_COMMENTS = 16
"""Lines of a comment before a record that are looked at; the block is parsed when it has more."""
BIG_BLOCK = 65_536
"""A block from this size on is parsed whatever is in it: limits on records and DNs apply to it."""


def count_records(data: bytes) -> int:
    """Return the number of `dn:` lines."""
    return len(_DN_LINE.findall(data))


class Found(NamedTuple):
    """What a scan finds in a text."""

    records: int
    lines: int
    """Line feeds."""
    ascii: bool
    blocks: Iterable[Block]
    """The blocks that have to be parsed; their lines are counted from 0."""


class LdifScan:
    """Finds the blocks of LDIF text that have to be parsed, and counts the records beside them."""

    def __init__(self, wanted: Wanted) -> None:
        """Compile what is wanted."""
        import numpy

        self._numpy = numpy
        # Two sets: together they lose what makes each of them fast.
        self._layout = Matcher(_LAYOUT)
        self._content = Matcher(
            (
                _DN_INSIDE,
                rb"^objectclass:(?:[:<]|[^\n]*"
                + _FOLD
                + rb"|[^a-z0-9\n]*"
                + _any(wanted.classes)
                + rb")",
                rb"^" + _any(wanted.attributes),
                *(_DN + _folded(part) for part in wanted.parents),
                _ODD_DN,
                _CHANGE,
            )
        )

    def find(self, data: bytes) -> Found:
        """Return what is in a text of whole blocks that ends with a line end."""
        np = self._numpy
        text = _Text(np, data)
        borders = text.borders()
        begins = borders[:-1]
        dns = text.have_dn(begins)
        places, inside = self._matches(data)
        places += begins[~text.begin_well(begins)].tolist()
        places += begins[np.diff(borders) > BIG_BLOCK].tolist()
        chosen = sorted(set(np.searchsorted(borders, places, side="right").tolist()))
        if any(data[place] == BOM[0] for place in places):
            records = count_records(data)
        else:
            records = int(np.count_nonzero(dns)) + inside
        return Found(
            records,
            text.count_lines(0, len(data)),
            text.is_ascii(),
            list(text.cut(borders, chosen)),
        )

    def _matches(self, data: bytes) -> tuple[list[int], int]:
        """Return the places that matter, and the number of dn lines that no empty line precedes."""
        # Patterns look at the byte behind a line end.
        closed = data if data.endswith((b"\n\n", b"\n\r\n")) else data + b"\n"
        places = {place for _, place in self._layout.matches(closed)}
        inside: set[int] = set()
        for pattern, place in self._content.matches(closed):
            (places if pattern else inside).add(place)
        return [min(place, len(data) - 1) for place in places], len(inside)


class _Text:
    """Lines of a text that ends with a line end, by array arithmetic."""

    def __init__(self, numpy: "ModuleType", data: bytes) -> None:
        self._numpy, self._data = numpy, data
        self._bytes: NDArray[np.uint8] = numpy.frombuffer(data, numpy.uint8)
        self._feeds: NDArray[np.bool_] = self._bytes == _LF

    def is_ascii(self) -> bool:
        """Tell whether all bytes are ASCII."""
        return int(self._bytes.max()) < 128

    def count_lines(self, start: int, end: int) -> int:
        """Return the number of line feeds in a part of the text."""
        return int(self._numpy.count_nonzero(self._feeds[start:end]))

    def borders(self) -> "NDArray[np.int64]":
        """Return the start of the text, where something follows an empty line, its end."""
        feeds, size = self._feeds, len(self._data)
        empty = feeds[1:-1] | feeds[:-2]
        empty &= feeds[2:]
        behind = self._true(empty) + 3
        between = self._bytes[behind - 2]
        behind = behind[(between == _LF) | (between == _CR)]
        leading = _LEADING.match(self._data)
        first = leading.end() if leading else 0
        behind = behind[(behind > first) & (behind < size)]
        start = [0, first] if 0 < first < size else [0]
        found: NDArray[np.int64] = self._numpy.concatenate((start, behind, [size]))
        return found

    def _true(self, mask: "NDArray[np.bool_]") -> "NDArray[np.int64]":
        """Return where a mask is true, which is at few places: looked at by eight."""
        numpy = self._numpy
        whole = len(mask) & ~7
        eights = numpy.flatnonzero(mask[:whole].view(numpy.uint64) != 0)
        rows, columns = numpy.nonzero(mask[:whole].reshape(-1, 8)[eights])
        rest = whole + numpy.flatnonzero(mask[whole:])
        found: NDArray[np.int64] = numpy.concatenate((eights[rows] * 8 + columns, rest))
        return found

    def _at(self, places: "NDArray[np.int64]") -> "NDArray[np.uint8]":
        """Return the bytes at places; a line feed for those behind the end."""
        found: NDArray[np.uint8] = self._bytes[self._numpy.minimum(places, len(self._data) - 1)]
        return found

    def have_dn(self, starts: "NDArray[np.int64]") -> "NDArray[np.bool_]":
        """Tell of line starts whether a dn line begins there."""
        found: NDArray[np.bool_] = (
            ((self._at(starts) | 32) == ord("d"))
            & ((self._at(starts + 1) | 32) == ord("n"))
            & (self._at(starts + 2) == _COLON)
        )
        return found

    def _are_empty(self, starts: "NDArray[np.int64]") -> "NDArray[np.bool_]":
        first = self._at(starts)
        found: NDArray[np.bool_] = (first == _LF) | ((first == _CR) & (self._at(starts + 1) == _LF))
        return found

    def begin_well(self, starts: "NDArray[np.int64]") -> "NDArray[np.bool_]":
        """Tell of line starts whether a dn or empty line is there, be it behind a comment."""
        starts = starts.copy()
        comments = self._numpy.flatnonzero(self._at(starts) == _HASH)
        starts[comments] = [self._behind_comment(start) for start in starts[comments].tolist()]
        found: NDArray[np.bool_] = self._are_empty(starts) | self.have_dn(starts)
        return found

    def _behind_comment(self, start: int) -> int:
        for _ in range(_MAX_COMMENTS):
            start = self._data.find(b"\n", start) + 1
            if self._data[start : start + 1] not in (b"#", b" ", b"\t"):
                break
        return start

    def cut(self, borders: "NDArray[np.int64]", chosen: list[int]) -> Iterator[Block]:
        """Yield the blocks before the chosen borders; lines are counted from 0."""
        line = counted = 0
        for number in chosen:
            start, end = int(borders[number - 1]), int(borders[number])
            line += self.count_lines(counted, start)
            counted = start
            yield from blocks(self._data[start:end], line)


def _any(words: Iterable[str]) -> bytes:
    """Return a pattern of words; what they have in common at the start makes it fast."""
    ordered = sorted(words)
    start = os.path.commonprefix(ordered)  # noqa: RUF071 (characters are meant)
    rest = b"|".join(re.escape(word.removeprefix(start)).encode() for word in ordered)
    return re.escape(start).encode() + b"(?:" + rest + b")"


def _folded(word: str) -> bytes:
    letters = (re.escape(letter).encode() for letter in word)
    return _FOLDS.join(_BLANKS + b"," + _BLANKS if letter == b"," else letter for letter in letters)
