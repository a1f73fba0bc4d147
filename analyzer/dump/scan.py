"""Bytes of a big file in, the blocks and rows that have to be parsed out.

Most of a dump is of no interest. One pass of a multi-pattern matcher over the bytes finds every
place that could matter, folded anywhere and in any letter case: the wanted classes and attribute
names, DNs of wanted places, and everything a full parse would complain about. What is not found is
an ordinary record of no interest, so that the results are those of parsing every record.

The matcher is Hyperscan: the number of patterns hardly changes its speed, so that one more kind of
object costs nothing, and it releases the interpreter lock. Where it is not installed every record
is parsed.
"""

import re
from collections.abc import Iterable, Iterator
from importlib.util import find_spec
from typing import TYPE_CHECKING

from analyzer.dump.framing import BOM, Block, Region, blocks
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
_BASE64 = rb"^" + _NAME + rb"::"
_CHAR = rb"(?:[A-Za-z0-9+/=]" + _FOLDS + rb")"
_LETTER = rb"(?:[A-Za-z0-9+/]" + _FOLDS + rb")"
_DN = rb"^dn:(?:[^\n]|\n[ \t])*"
_NO_EQUALS = rb"(?:[^=,\n]|\n[ \t])*"
_TYPE = rb"[A-Za-z](?:[A-Za-z0-9-]|" + _FOLD + rb")*"
_COMPLAINTS = (
    # A line that begins with no attribute name and colon, or with an option.
    rb"^" + _NAME + rb"[^A-Za-z0-9_.:-]",
    # A change record.
    rb"^changetype:[ ]*(?:[^a ]|a[^d]|ad[^d]|add[^\r\n]|add" + _LONE_CR + rb")",
    # Base64 with a wrong character, a blank or padding in mid-value, of a wrong length.
    _BASE64
    + _BLANKS
    + (rb"(?:[^A-Za-z0-9+/=\r\n \t]|" + _LONE_CR)
    + (rb"|" + _LETTER + rb"+(?:[^A-Za-z0-9+/=\r\n]|" + _LONE_CR + rb")")
    + (rb"|" + _LETTER + rb"*=" + _FOLDS)
    + (rb"(?:[^=\r\n]|" + _LONE_CR + rb"|=" + _FOLDS + rb"(?:[^\r\n]|" + _LONE_CR + rb")))"),
    _BASE64 + _BLANKS + rb"(?:" + _CHAR + rb"{4})*" + _CHAR + rb"{1,3}" + _LINE_END,
    # A DN that libldap has to judge: more than names, `=`, plain text and commas in this order.
    _DN + rb"(?:[\x00-\x08\x0b\x0c\x0e-\x1f\\\"<>;#+\x7f-\xff]|" + _LONE_CR + rb")",
    _DN + rb"=" + _NO_EQUALS + rb"=",
    _DN + rb"," + _NO_EQUALS + rb"(?:,|" + _LINE_END + rb")",
    rb"^dn:" + _NO_EQUALS + rb"(?:,|" + _LINE_END + rb")",
    _DN + rb"," + _BLANKS + rb"(?:[^A-Za-z \r\n]|" + _TYPE + rb"[^A-Za-z0-9=\r\n-])",
    rb"^dn:" + _BLANKS + rb"(?:[^A-Za-z \r\n]|" + _TYPE + rb"[^A-Za-z0-9=\r\n-])",
    _DN + rb"=" + _BLANKS + rb"(?:,|" + _LINE_END + rb")",
)
_DN_LINE = re.compile(rb"(?:\A|\n)(?:\xef\xbb\xbf)?[dD][nN]:")
_NAME_START = frozenset(b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_")
_OTHER_START = frozenset(b" \t\n#")
_LF, _CR, _SPACE, _TAB, _HASH, _COLON = b"\n\r \t#:"
BIG_BLOCK = 65_536
"""A block from this size on is parsed whatever is in it: limits on records and DNs apply to it."""


def available() -> bool:
    """Tell whether the matcher is installed."""
    return find_spec("hyperscan") is not None


def count_records(data: bytes) -> int:
    """Return the number of `dn:` lines."""
    return len(_DN_LINE.findall(data))


class _Matcher:
    """A compiled set of patterns."""

    def __init__(self, patterns: Iterable[bytes]) -> None:
        import hyperscan

        expressions = list(patterns)
        flags = hyperscan.HS_FLAG_CASELESS | hyperscan.HS_FLAG_MULTILINE | hyperscan.HS_FLAG_DOTALL
        self._database = hyperscan.Database()
        self._database.compile(
            expressions=expressions,
            ids=list(range(len(expressions))),
            elements=len(expressions),
            flags=[flags] * len(expressions),
        )
        self._ends: set[int] = set()

    def _take(self, pattern: int, start: int, end: int, flags: int, context: object) -> None:
        self._ends.add(end - 1)

    def places(self, data: bytes) -> list[int]:
        """Return the offsets of the last bytes of all matches, in order."""
        self._ends = set()
        self._database.scan(data, match_event_handler=self._take)
        return sorted(self._ends)


class LdifScan:
    """Finds the blocks of LDIF text that have to be parsed, and counts the records beside them."""

    def __init__(self, wanted: Wanted) -> None:
        """Compile what is wanted."""
        import numpy

        self._numpy = numpy
        self._matcher = _Matcher(
            (
                *map(_literal, sorted(wanted.classes)),
                rb"^objectclass:(?:[:<]|[^\n]*\n[ \t])",
                *map(_literal, sorted(wanted.attributes)),
                *(_DN + _folded(part) for part in wanted.parents),
                rb"^dn:[:<]",
                *_COMPLAINTS,
            )
        )
        self._bad_start = numpy.array(
            [byte not in _NAME_START and byte not in _OTHER_START for byte in range(256)]
        )
        self._counted = (b"", 0)

    def count_lines(self, data: bytes) -> int:
        """Return the number of line feeds."""
        if data is self._counted[0]:
            return self._counted[1]
        bytes_ = self._numpy.frombuffer(data, self._numpy.uint8)
        return int(self._numpy.count_nonzero(bytes_ == 10))

    def blocks(self, region: Region) -> tuple[int, Iterator[Block]]:
        """Return the number of records in a region, and its blocks that have to be parsed."""
        np, data = self._numpy, region.data
        lines = _Lines(np, data)
        self._counted = (data, len(lines.feeds))
        borders = lines.borders()
        closed = data if data.endswith((b"\n\n", b"\n\r\n")) else data + b"\n"
        places = [min(end, len(data) - 1) for end in self._matcher.places(closed)]
        places += lines.odd(self._bad_start).tolist()
        places += lines.blocks_without_dn(borders).tolist()
        chosen = set(np.searchsorted(borders, places, side="right").tolist())
        chosen.update((np.flatnonzero(np.diff(borders) > BIG_BLOCK) + 1).tolist())
        records = count_records(data) if lines.has_bom() else lines.count_dns()
        return records, self._cut(region, lines.feeds, borders, sorted(chosen))

    def _cut(
        self,
        region: Region,
        feeds: "NDArray[np.int64]",
        borders: "NDArray[np.int64]",
        chosen: list[int],
    ) -> Iterator[Block]:
        for number in chosen:
            start, end = int(borders[number - 1]), int(borders[number])
            line = region.line + int(self._numpy.searchsorted(feeds, start))
            yield from blocks(region.data[start:end], line)


class _Lines:
    """The lines of a text that ends with a line end, by array arithmetic."""

    def __init__(self, numpy: "ModuleType", data: bytes) -> None:
        self._numpy, self._size = numpy, len(data)
        self._text: NDArray[np.uint8] = numpy.frombuffer(data, numpy.uint8)
        self.feeds: NDArray[np.int64] = numpy.flatnonzero(self._text == _LF)
        self._starts: NDArray[np.int64] = numpy.empty(len(self.feeds), numpy.int64)
        self._starts[0] = 0
        numpy.add(self.feeds[:-1], 1, out=self._starts[1:])
        self._first: NDArray[np.uint8] = self._text[self._starts]
        self._continues = (self._first == _SPACE) | (self._first == _TAB)
        self._empty = self._first == _LF
        returns = numpy.flatnonzero(self._first == _CR)
        self._empty[returns] = self._text[self._starts[returns] + 1] == _LF
        self._dns = self._dn_lines()

    def _dn_lines(self) -> "NDArray[np.int64]":
        """Return the numbers of the dn lines."""
        some = self._numpy.flatnonzero((self._first | 32) == ord("d"))
        some = some[self._starts[some] < self._size - 3]
        starts = self._starts[some]
        some = some[(self._text[starts + 1] | 32) == ord("n")]
        found: NDArray[np.int64] = some[self._text[self._starts[some] + 2] == _COLON]
        return found

    def has_bom(self) -> bool:
        """Tell whether a line may begin with a byte order mark."""
        return BOM[0] in self._first

    def count_dns(self) -> int:
        """Return the number of dn lines."""
        return len(self._dns)

    def borders(self) -> "NDArray[np.int64]":
        """Return the start of the text, where blocks begin after an empty line, its end."""
        empty = self._numpy.flatnonzero(self._empty)
        ends = self.feeds[empty] + 1
        borders: NDArray[np.int64] = self._numpy.concatenate(([0], ends, [self._size]))
        return borders[: -1 if len(ends) and ends[-1] == self._size else None]

    def odd(self, bad_start: "NDArray[np.bool_]") -> "NDArray[np.int64]":
        """Return the starts of lines that begin with no name, and of lines that may be blank."""
        odd = self._starts[bad_start[self._first] & ~self._empty]
        folded = self._starts[self._continues]
        blank = self._text[folded + 1] <= _SPACE
        found: NDArray[np.int64] = self._numpy.concatenate((odd, folded[blank]))
        return found

    def blocks_without_dn(self, borders: "NDArray[np.int64]") -> "NDArray[np.int64]":
        """Return the borders after which neither comments and a dn line nor another border come."""
        numpy = self._numpy
        fine = self._empty.copy()
        fine[self._dns] = True
        begins = numpy.searchsorted(self._starts, borders[:-1])
        lines = begins
        if _HASH in self._first:
            told = numpy.flatnonzero(~self._continues & (self._first != _HASH))
            told = numpy.append(told, len(self._starts) - 1)
            lines = told[numpy.searchsorted(told[:-1], begins)]
        found: NDArray[np.int64] = borders[:-1][~fine[lines] | self._continues[begins]]
        return found


class CsvScan:
    """Finds the places in CSV text where something wanted stands."""

    def __init__(self, wanted: Wanted) -> None:
        """Compile what is wanted."""
        self._matcher = _Matcher(map(_literal, sorted((*wanted.classes, *wanted.parents))))

    def marks(self, text: bytes) -> list[int]:
        """Return the offsets of what is wanted, in order."""
        return self._matcher.places(text)


def _literal(word: str) -> bytes:
    return re.escape(word).encode().replace(b",", rb" *, *")


def _folded(word: str) -> bytes:
    letters = (re.escape(letter).encode() for letter in word)
    return _FOLDS.join(_BLANKS + b"," + _BLANKS if letter == b"," else letter for letter in letters)
