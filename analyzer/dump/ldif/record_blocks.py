"""The text of a region in, its blocks out.

A block is a run of lines up to a separator line. A separator line is empty or holds only blanks
(RFC 2849 knows the empty one; hand-edited and mailed files have the other). A line of blanks that
a continuation line follows is part of a fold, not a separator. Only LF ends a line.
"""

import re
from collections.abc import Iterator

from msgspec import Struct

BOM = b"\xef\xbb\xbf"
LEADING_BLANKS = re.compile(rb"(?:[ \t\r]*+\n)++")
_SEPARATOR = re.compile(rb"\n((?:[ \t\r]*+\n)++)")
_DN = re.compile(rb"^(?:\xef\xbb\xbf)?[dD][nN]:", re.MULTILINE)


class Block(Struct, frozen=True):
    """The lines between two separators."""

    data: bytes
    line: int
    """1-based number of its first line."""
    unparted: bool = False
    """Whether a record follows without an empty line."""


def blocks(data: bytes, line: int) -> Iterator[Block]:
    """Yield the blocks of a region whose first line has the given number."""
    leading = LEADING_BLANKS.match(data)
    start = leading.end() if leading else 0
    line += data.count(b"\n", 0, start)
    for match in _SEPARATOR.finditer(data, start):
        end = match.end()
        # An indented line behind blanks continues the fold: a value may hold a run of spaces that
        # fills a line of its own. Behind an empty line it continues nothing.
        if data[end : end + 1] in (b" ", b"\t") and not _has_empty_line(match.group(1)):
            continue
        yield Block(data[start : match.start() + 1], line)
        line += data.count(b"\n", start, end)
        start = end
    if start < len(data):
        yield Block(data[start:], line)


def single_records(block: Block) -> Iterator[Block]:
    """Yield the records of a block that has several, without an empty line between them."""
    # Some writers leave the empty line out, and so does `cat` of two files without a last line end.
    start, line = 0, block.line
    for match in _DN.finditer(block.data):
        end = match.start()
        if end > start:
            yield Block(block.data[start:end], line)
        line += block.data.count(b"\n", start, end)
        start = end
    yield Block(block.data[start:], line)


def _has_empty_line(blanks: bytes) -> bool:
    return any(not line.strip(b"\r") for line in blanks.split(b"\n")[:-1])
