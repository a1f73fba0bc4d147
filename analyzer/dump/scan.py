"""Bytes of a big file in, the blocks or rows that have to be read out.

Most of a dump is of no interest. Compiled code (`lines.pyx`) goes over its lines and chooses all
that could matter: what is of a wanted class, has a wanted attribute or stands in a wanted place,
and everything that a full parse would complain about or that is not written in the plainest way.
What is not chosen is an ordinary record of no interest, so that the results are those of parsing
every record.

One more kind of object costs nothing. The code needs no interpreter lock, so that the hash is
taken beside it. Where it could not be compiled, every record is parsed.
"""

import re
from collections.abc import Iterable, Iterator
from functools import partial
from importlib.util import find_spec
from typing import NamedTuple

from analyzer.dump.csv_reader import CsvFormat
from analyzer.dump.framing import Block, Region, blocks
from analyzer.dump.ldif_reader import MAX_ATTRIBUTES, MAX_DN
from analyzer.dump.reading import Wanted

_DN_LINE = re.compile(rb"\n(?:\xef\xbb\xbf)?[dD][nN]:")


def available() -> bool:
    """Tell whether the set-up could compile the code that scans."""
    return find_spec("analyzer.dump.lines") is not None


def count_records(data: bytes) -> int:
    """Return the number of `dn:` lines."""
    first = _DN_LINE.match(b"\n" + data[:8]) is not None
    return first + len(_DN_LINE.findall(data))


class Found(NamedTuple):
    """What a scan finds in a text."""

    records: int
    lines: int
    """Line feeds."""
    ascii: bool
    blocks: Iterable[Block]
    """The blocks that have to be parsed; their lines are counted from 0."""


class Survey(NamedTuple):
    """What a scan finds in CSV text."""

    lines: int
    chosen: Iterable[tuple[int, int]]
    """The number and the start of each line that has to be read."""


class LdifScan:
    """Finds the blocks of LDIF text that have to be parsed, and counts the records beside them."""

    def __init__(self, wanted: Wanted, max_record: int) -> None:
        """Prepare for what is wanted, in records of that many bytes at most.

        Raises:
            ImportError: the code that scans is not compiled.
        """
        from analyzer.dump.lines import LdifLines, Places, Words

        self._lines = partial(
            LdifLines,
            attributes=Words(wanted.attributes),
            classes=Words(wanted.classes),
            places=Places(wanted.parents),
            # A block of more bytes may be above a limit.
            max_block=min(MAX_DN, MAX_ATTRIBUTES, max_record),
        )

    def find(self, region: Region) -> Found:
        """Return what is in a region, which must not be the final one."""
        records = lines = 0
        is_ascii = True
        chosen: list[Block] = []
        for text, start, end in region.parts():
            part = self._lines(text, start, end)
            chosen += _cut(text, part.blocks(), lines)
            records += part.records
            lines += part.lines
            is_ascii = is_ascii and part.ascii
        return Found(records, lines, is_ascii, chosen)


def _cut(text: bytes, chosen: list[tuple[int, int, int]], lines: int) -> Iterator[Block]:
    for start, end, line in chosen:
        yield from blocks(text[start:end], lines + line)


class CsvScan:
    """Finds the lines of CSV text that have to be read.

    A line is passed over when it is a whole row that would be read without complaint and is not
    wanted: its quotes are balanced and those of RFC 4180, it has no more cells than the header, its
    DN needs no judgement by libldap, and no wanted class or place stands in it.
    """

    def __init__(self, wanted: Wanted, csv_format: CsvFormat) -> None:
        """Prepare for what is wanted.

        Raises:
            ImportError: the code that scans is not compiled.
        """
        from analyzer.dump.lines import CsvLines, Places, Words

        classes = bytearray(csv_format.width)
        for column in csv_format.class_columns:
            classes[column] = True
        self._lines = partial(
            CsvLines,
            classes=Words(wanted.classes),
            places=Places(wanted.parents),
            delimiter=csv_format.delimiter,
            dn_column=csv_format.layout.dn_column,
            class_columns=bytes(classes),
            max_row=csv_format.max_row,
            max_dn=MAX_DN,
        )

    def survey(self, text: bytes) -> Survey:
        """Return what is in a text that begins at the start of a line."""
        end = text.rfind(b"\n") + 1
        lines = self._lines(text[:end])
        chosen = lines.rows()
        if end == len(text):
            return Survey(lines.lines, chosen)
        return Survey(lines.lines + 1, [*chosen, (lines.lines, end)])
