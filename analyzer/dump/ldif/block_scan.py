"""A region in, the blocks of it out that have to be parsed.

Most of a dump is of no interest. Compiled code (`line_scan.pyx`) goes over its lines and chooses
all that could matter: what is of a wanted class, has a wanted attribute or stands in a wanted
place, and everything that a full parse would complain about or that is not written in the plainest
way. What is not chosen is an ordinary record of no interest, so that the results are those of
parsing every record.

One more kind of object costs nothing. The code needs no interpreter lock, so that the hash is
taken beside it. Where it could not be compiled, every record is parsed.
"""

from collections.abc import Iterable
from typing import NamedTuple

from msgspec.structs import replace

from analyzer.dump.encoding import is_utf8_text
from analyzer.dump.ldif.record_blocks import Block, blocks
from analyzer.dump.ldif.regions import Region
from analyzer.dump.ldif.search_comments import MARKS
from analyzer.dump.read_options import MAX_ATTRIBUTES
from analyzer.dump.wanted import Wanted, sought


class ChosenBlocks(NamedTuple):
    """What has to be parsed of a region, and what is known of the rest."""

    blocks: Iterable[Block]
    """Their lines are counted from 0."""
    passed_over: int
    """Records in the other blocks."""
    lines: int
    """Line feeds of the region."""
    utf8: bool
    """Whether all of it is UTF-8; a character may be split by the fold of a line."""
    marked: bool
    """Whether comments in it may tell of searches."""


def all_blocks(region: Region) -> ChosenBlocks:
    """Choose all there is."""
    data = region.data
    marked = any(mark.encode() in data for mark in MARKS)
    return ChosenBlocks(blocks(data, 0), 0, data.count(b"\n"), is_utf8_text(data), marked)


class LdifScan:
    """Finds the blocks of LDIF text that have to be parsed, and counts the records beside them."""

    def __init__(
        self, wanted: Wanted, max_record: int, *, utf8: bool = False, any_byte: bool = False
    ) -> None:
        """Prepare for what is wanted, in records of that many bytes at most.

        `utf8` says that text is UTF-8 without a look at it, `any_byte` that every byte is a letter
        of text that is none.

        Raises:
            ImportError: the code that scans is not compiled.
        """
        from analyzer.dump.line_scan import LdifWalk, Starts, Words

        classes, attributes = sought(wanted)
        self._walk = LdifWalk(
            Words(attributes),
            Words(classes),
            Starts(wanted.parents),
            Starts(mark.lower() for mark in MARKS),
            # A block of more may be above a limit.
            max_block=max_record,
            max_lines=MAX_ATTRIBUTES,
            utf8=utf8,
            any_byte=any_byte,
        )

    def choose(self, region: Region) -> ChosenBlocks:
        """Return what has to be parsed of a region, which must not be the final one."""
        passed_over = lines = 0
        utf8, marked = True, False
        walk = self._walk
        chosen: list[Block] = []
        for text, start, end in region.parts():
            for begin, stop, line in walk.blocks(text, start, end):
                # Separators of blanks are ours to find: for the scan they are lines of a block.
                chosen += blocks(text[begin:stop], lines + line)
                if stop < end and not _ends_a_record(text, stop):
                    chosen[-1] = replace(chosen[-1], unparted=True)
            passed_over += walk.passed_over
            lines += walk.lines
            utf8 = utf8 and walk.utf8
            marked = marked or walk.marked
        return ChosenBlocks(chosen, passed_over, lines, utf8, marked)


def _ends_a_record(text: bytes, end: int) -> bool:
    """Tell whether the last line before a place is one of blanks, which parts records."""
    return not text[text.rfind(b"\n", 0, end - 1) + 1 : end].strip(b" \t\r\n")
