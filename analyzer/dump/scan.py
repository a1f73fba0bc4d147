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

from analyzer.dump.framing import Block, Region, blocks
from analyzer.dump.reading import Wanted

if TYPE_CHECKING:
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
_DN = rb"^dn:(?:[^\n]|\n[ \t])*"
_NO_EQUALS = rb"(?:[^=,\n]|\n[ \t])*"
_TYPE = rb"[A-Za-z](?:[A-Za-z0-9-]|" + _FOLD + rb")*"
_BLOCK_START = rb"\n[ \t\r]*\n(?:#[^\n]*\n(?:[ \t][^\n]*\n)*)*"

_COMPLAINTS = (
    # A line that begins with no attribute name and colon, or with an option.
    rb"^" + _NAME + rb"[^A-Za-z0-9_.:-]",
    # A change record.
    rb"^changetype:[ ]*(?:[^a ]|a[^d]|ad[^d]|add[^\r\n]|add" + _LONE_CR + rb")",
    # Base64 with a wrong character, a blank in it, of a wrong length, with padding in mid-value.
    _BASE64 + rb"(?:[A-Za-z0-9+/= ]|" + _FOLD + rb")*(?:[^A-Za-z0-9+/= \r\n]|" + _LONE_CR + rb")",
    _BASE64 + _BLANKS + _CHAR + rb"+ ",
    _BASE64 + _BLANKS + rb"(?:" + _CHAR + rb"{4})*" + _CHAR + rb"{1,3}" + _LINE_END,
    _BASE64 + _BLANKS + _CHAR + rb"*=" + _FOLDS + rb"(?:[A-Za-z0-9+/]|=" + _FOLDS + rb"=)",
    # A DN that libldap has to judge: more than names, `=`, plain text and commas in this order.
    _DN + rb"(?:[\x00-\x08\x0b\x0c\x0e-\x1f\\\"<>;#+\x7f-\xff]|" + _LONE_CR + rb")",
    _DN + rb"=" + _NO_EQUALS + rb"=",
    _DN + rb"," + _NO_EQUALS + rb"(?:,|" + _LINE_END + rb")",
    rb"^dn:" + _NO_EQUALS + rb"(?:,|" + _LINE_END + rb")",
    _DN + rb"," + _BLANKS + rb"(?:[^A-Za-z \r\n]|" + _TYPE + rb"[^A-Za-z0-9=\r\n-])",
    rb"^dn:" + _BLANKS + rb"(?:[^A-Za-z \r\n]|" + _TYPE + rb"[^A-Za-z0-9=\r\n-])",
    _DN + rb"=" + _BLANKS + rb"(?:,|" + _LINE_END + rb")",
    # A block that does not begin with its dn, a line that continues nothing.
    _BLOCK_START + rb"(?:[^dD#\r\n \t]|[dD][^nN]|[dD][nN][^:])",
    rb"\n\r*\n[ \t]+[^ \t\r\n]",
)
_STARTS_WITH_DN = re.compile(rb"(?:[ \t\r]*\n|#[^\n]*\n(?:[ \t][^\n]*\n)*)*[dD][nN]:")
_DN_LINE = re.compile(rb"(?:\A|\n)(?:\xef\xbb\xbf)?[dD][nN]:")
_NAME_START = frozenset(b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_")
_OTHER_START = frozenset(b" \t\n#")
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
                *(rb"^" + _literal(name) + rb"[:;]" for name in sorted(wanted.attributes)),
                *(_DN + _folded(part) for part in wanted.dn_parts),
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
        text = np.frombuffer(data, np.uint8)
        feeds = np.flatnonzero(text == 10)
        self._counted = (data, len(feeds))
        starts = np.concatenate(([0], feeds[:-1] + 1))
        first = text[starts]
        odd = starts[self._bad_start[first]]
        odd = odd[(text[odd] != 13) | (text[np.minimum(odd + 1, len(text) - 1)] != 10)]
        records = self._records(data, text, starts, first, odd)
        closed = data if data.endswith((b"\n\n", b"\n\r\n")) else data + b"\n"
        places = [min(end, len(data) - 1) for end in self._matcher.places(closed)]
        places += odd.tolist()
        borders = self._borders(text, feeds)
        big = np.flatnonzero(np.diff(borders) > BIG_BLOCK)
        chosen = set(np.searchsorted(borders, places, side="right").tolist())
        chosen.update((big + 1).tolist())
        if not _STARTS_WITH_DN.match(data):
            chosen.add(1)
        return records, self._cut(region, feeds, borders, sorted(chosen))

    def _records(
        self,
        data: bytes,
        text: "NDArray[np.uint8]",
        starts: "NDArray[np.int64]",
        first: "NDArray[np.uint8]",
        odd: "NDArray[np.int64]",
    ) -> int:
        if (text[odd] == 0xEF).any():
            return count_records(data)
        lines = starts[(first | 32) == ord("d")]
        lines = lines[lines < len(text) - 2]
        is_dn = ((text[lines + 1] | 32) == ord("n")) & (text[lines + 2] == ord(":"))
        return int(self._numpy.count_nonzero(is_dn))

    def _borders(
        self, text: "NDArray[np.uint8]", feeds: "NDArray[np.int64]"
    ) -> "NDArray[np.int64]":
        """Return the start of the region, where blocks begin after an empty line, its end."""
        gap = self._numpy.diff(feeds)
        ends = feeds[1:]
        empty = (gap == 1) | ((gap == 2) & (text[ends - 1] == 13))
        inner = ends[empty] + 1
        return self._numpy.unique(self._numpy.concatenate(([0], inner, [len(text)])))

    def _cut(
        self,
        region: Region,
        feeds: "NDArray[np.int64]",
        borders: "NDArray[np.int64]",
        chosen: list[int],
    ) -> Iterator[Block]:
        for number in chosen:
            if number >= len(borders):
                continue
            start, end = int(borders[number - 1]), int(borders[number])
            line = region.line + int(self._numpy.searchsorted(feeds, start))
            yield from blocks(region.data[start:end], line)


class CsvScan:
    """Finds the places in CSV text where something wanted stands."""

    def __init__(self, wanted: Wanted) -> None:
        """Compile what is wanted."""
        self._matcher = _Matcher(map(_literal, sorted((*wanted.classes, *wanted.dn_parts))))

    def marks(self, text: bytes) -> list[int]:
        """Return the offsets of what is wanted, in order."""
        return self._matcher.places(text)


def _literal(word: str) -> bytes:
    return re.escape(word).encode()


def _folded(word: str) -> bytes:
    return _FOLDS.join(re.escape(letter).encode() for letter in word)
