"""Text of a big CSV file in, the lines that have to be read as rows out.

A line is passed over when it is a whole row that would be read without complaint and is not wanted:
its quotes are balanced and those of RFC 4180, it has no more cells than the header, its DN needs no
judgement by libldap, and no wanted class or place stands in it. The matcher finds what is
wanted and which DNs are in doubt. The shape of the rows comes from array arithmetic on one bit per
byte: separators and quotes are too many to be looked at one by one.
"""

import re
from itertools import groupby

import numpy as np

from analyzer.dump.bits import (
    Bits,
    Mask,
    Places,
    Words,
    after,
    at,
    before,
    behind_odd,
    places_of,
    words_at,
    words_of,
)
from analyzer.dump.csv_reader import CsvFormat
from analyzer.dump.ldif_reader import MAX_DN
from analyzer.dump.matcher import Matcher
from analyzer.dump.reading import Wanted

_QUOTE, _LF, _CR = b'"\n\r'
_DELIMITERS = (b",", b";", b"\t", b"|")
"""Separators that cannot stand in the plain part of a DN."""
_CONTROL = rb"\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\xff\\<>#+="
_SPECIAL = _CONTROL + rb"\t\r\n;|,\""
"""Bytes that a plain value of a DN is without."""
_TYPE = rb"[A-Za-z][A-Za-z0-9-]*"
_RDN = _TYPE + rb"=[^ " + _SPECIAL + rb"][^" + _SPECIAL + rb"]*"
_RDNS = rb"(?:" + _RDN + rb",)*"
_NO_RDN = _TYPE + rb"(?:[^A-Za-z0-9=-]|=[ " + _SPECIAL + rb"])"


class CsvScan:
    """Finds the lines of CSV text that have to be read."""

    def __init__(self, wanted: Wanted, csv_format: CsvFormat) -> None:
        """Compile what is wanted and what a DN must not look like."""
        self._format, delimiter = csv_format, csv_format.delimiter
        self._column = csv_format.layout.dn_column
        # The matcher takes half the time where words that begin alike are kept apart from others.
        words = sorted((*wanted.classes, *wanted.parents), key=_is_of_exchange)
        groups = groupby(words, key=_is_of_exchange)
        self._wanted = [Matcher(map(_literal, group)) for _, group in groups]
        self._doubtful = Matcher((_doubtful_quoted(delimiter), _doubtful_bare(delimiter)))

    def survey(self, text: bytes) -> tuple[list[int], list[int]]:
        """Return where lines end, and the numbers of the lines that have to be read.

        Args:
            text: begins at the start of a line; a last line without line feed ends at its end.
        """
        lines = _Lines(text, self._format.delimiter)
        chosen = lines.misshapen(self._column + 1, self._format.width)
        chosen |= lines.lengths > self._format.max_row
        places = [place for matcher in self._wanted for place in matcher.places(text)]
        chosen[lines.numbers(places)] = True
        chosen[self._with_doubtful_dn(text, lines, np.flatnonzero(~chosen))] = True
        return lines.ends.tolist(), np.flatnonzero(chosen).tolist()

    def _with_doubtful_dn(self, text: bytes, lines: "_Lines", numbers: Places) -> Places:
        """Return the lines, out of well-shaped ones, whose DN has to be judged."""
        long = numbers[lines.lengths[numbers] > MAX_DN]
        if len(long):
            starts, stops = lines.cells(long, self._column)
            long = long[stops - starts > MAX_DN]
        if not self._column:
            return np.concatenate((long, lines.numbers(self._doubtful.places(text))))
        cells, ends = _cut_out(text, *lines.cells(numbers, self._column))
        doubtful = np.searchsorted(ends, self._doubtful.places(cells))
        return np.concatenate((long, numbers[doubtful]))


class _Lines:
    """The lines of a text."""

    def __init__(self, text: bytes, delimiter: bytes) -> None:
        """Find the line ends, the quotes and the separators."""
        data = np.frombuffer(text, np.uint8)
        mask = np.equal(data, _LF)
        feeds = words_of(mask)
        returns = words_of(np.equal(data, _CR, out=mask))
        delimiters = words_of(np.equal(data, ord(delimiter), out=mask))
        self._quotes = words_of(np.equal(data, _QUOTE, out=mask))
        self._borders = feeds | returns | delimiters | self._quotes
        self._lone_returns = returns & ~before(feeds)
        self._cut = not text.endswith(b"\n")
        self.ends = places_of(feeds)
        if self._cut:
            self.ends = np.append(self.ends, len(text))
        self.lengths = _steps(self.ends, -1) - 1
        self._unbalanced, self._quoted = _quoted(self._quotes, self.ends)
        self._separators = Bits(delimiters & ~self._quoted)
        self._seen = self._separators.rank(self.ends)
        self._count = _steps(self._seen, 0)

    def numbers(self, places: "list[int] | Places") -> Places:
        """Return the numbers of the lines that places stand on."""
        return np.searchsorted(self.ends, places)

    def misshapen(self, least: int, most: int) -> Mask:
        """Tell which lines are no whole row of so many cells without any complaint."""
        found: Mask = self._unbalanced | (self._count < least - 1) | (self._count > most - 1)
        found[-1] |= self._cut
        odd = self._lone_returns | self._odd_quotes()
        if odd.any():
            found[self.numbers(places_of(odd))] = True
        return found

    def cells(self, numbers: Places, column: int) -> tuple[Places, Places]:
        """Return where the cells of a column begin and end on lines that have them."""
        stops, first = self.ends[numbers], self._seen[numbers] - self._count[numbers]
        starts = stops - self.lengths[numbers]
        if column:
            starts = self._separators.select(first + column - 1) + 1
        more = self._count[numbers] > column
        stops[more] = self._separators.select(first[more] + column)
        return starts, stops

    def _odd_quotes(self) -> Words:
        """Return the quotes that neither begin nor end a cell nor are doubled in it."""
        begins, ends = after(self._borders), before(self._borders)
        begins[0] |= np.uint64(1)
        return self._quotes & ~((self._quoted & begins) | (~self._quoted & ends))


def _quoted(quotes: Words, ends: Places) -> tuple[Mask, Words]:
    """Tell which lines have an odd number of quotes, and what is in quotes line by line."""
    quoted = behind_odd(quotes)
    inside = at(quoted, ends)
    unbalanced = inside.copy()
    unbalanced[1:] ^= inside[:-1]
    if inside.any():
        quoted = behind_odd(quotes | words_at(ends[unbalanced], len(quotes)))
    return unbalanced, quoted


def _steps(values: Places, first: int) -> Places:
    """Return the difference of each value to the one before it."""
    steps = values.copy()
    steps[0] -= first
    steps[1:] -= values[:-1]
    return steps


def _cut_out(text: bytes, starts: Places, stops: Places) -> tuple[bytes, Places]:
    """Return cells as lines, and where these end."""
    pairs = zip(starts.tolist(), stops.tolist(), strict=True)
    cells = b"".join([text[start:stop] + b"\n" for start, stop in pairs])
    return cells, np.cumsum(stops - starts + 1) - 1


def _is_of_exchange(word: str) -> bool:
    return word.startswith("msexch")


def _literal(word: str) -> bytes:
    return re.escape(word).encode().replace(b",", rb" *, *")


def _doubtful_quoted(delimiter: bytes) -> bytes:
    """Match where a DN in quotes is none that is valid at first sight."""
    end = rb"(?:[" + _CONTROL + rb"\t\r\n;|]|\"[^\r\n" + _escaped(delimiter) + rb"])"
    return rb"^\"" + _RDNS + rb"(?:[^A-Za-z]|" + _NO_RDN + rb"|" + _RDN + end + rb")"


def _doubtful_bare(delimiter: bytes) -> bytes:
    """Match where a DN without quotes is none that is valid at first sight."""
    if delimiter not in _DELIMITERS:
        return rb"^[^\"]"
    others = b"".join(_escaped(byte) for byte in (b"\t", b";", b"|") if byte != delimiter)
    rdns = b"" if delimiter == b"," else _RDNS
    end = rb"[\"" + _CONTROL + others + rb"]"
    return rb"^" + rdns + rb"(?:[^A-Za-z\"]|" + _NO_RDN + rb"|" + _RDN + end + rb")"


def _escaped(byte: bytes) -> bytes:
    return b"\\x" + byte.hex().encode()
