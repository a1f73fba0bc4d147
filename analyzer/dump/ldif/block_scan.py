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
from functools import partial
from typing import NamedTuple

from msgspec.structs import replace

from analyzer.dump.distinguished_names import MAX_DN
from analyzer.dump.ldif.record_blocks import Block, blocks
from analyzer.dump.ldif.regions import Region
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
    ascii: bool


def all_blocks(region: Region) -> ChosenBlocks:
    """Choose all there is."""
    data = region.data
    return ChosenBlocks(blocks(data, 0), 0, data.count(b"\n"), data.isascii())


class LdifScan:
    """Finds the blocks of LDIF text that have to be parsed, and counts the records beside them."""

    def __init__(self, wanted: Wanted, max_record: int) -> None:
        """Prepare for what is wanted, in records of that many bytes at most.

        Raises:
            ImportError: the code that scans is not compiled.
        """
        from analyzer.dump.line_scan import LdifWalk, ParentStarts, Words

        classes, attributes = sought(wanted)
        self._walk = partial(
            LdifWalk,
            attributes=Words(attributes),
            classes=Words(classes),
            parents=ParentStarts(wanted.parents),
            # A block of more bytes may be above a limit.
            max_block=min(MAX_DN, MAX_ATTRIBUTES, max_record),
        )

    def choose(self, region: Region) -> ChosenBlocks:
        """Return what has to be parsed of a region, which must not be the final one."""
        passed_over = lines = 0
        is_ascii = True
        chosen: list[Block] = []
        for text, start, end in region.parts():
            walk = self._walk(text, start, end)
            for begin, stop, line in walk.blocks():
                # Separators of blanks are ours to find: for the scan they are lines of a block.
                chosen += blocks(text[begin:stop], lines + line)
                if stop < end and not _ends_a_record(text, stop):
                    chosen[-1] = replace(chosen[-1], unparted=True)
            passed_over += walk.passed_over
            lines += walk.lines
            is_ascii = is_ascii and walk.ascii
        return ChosenBlocks(chosen, passed_over, lines, is_ascii)


def _ends_a_record(text: bytes, end: int) -> bool:
    """Tell whether the last line before a place is one of blanks, which parts records."""
    return not text[text.rfind(b"\n", 0, end - 1) + 1 : end].strip(b" \t\r\n")
