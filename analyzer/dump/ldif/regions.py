"""Chunks of LDIF text in, regions of whole blocks out: what can be read apart from the rest.

A region ends at a separator that is one beyond doubt, so that each region can be scanned, parsed
or given to another process without a look at its neighbours. Records are never cut apart by the
chunks in which a file happens to be read.
"""

import re
from collections.abc import Iterator
from typing import NamedTuple

from msgspec import Struct

from analyzer.dump.ldif.record_blocks import LEADING_BLANKS

_KEPT_OF_OVERSIZED = 65_536
_OVERLAP = 4_096
"""Bytes searched again with the next chunk: a border may be cut by the end of this one."""
_NAME_WITH_FOLDS = 64
_FOLD = re.compile(rb"\r*\n[ \t]")
# Looked for by find and rfind, many times as fast as an expression. `\n\r\r\n`, which a file has
# that went through text mode twice, is left to the expressions below.
_EMPTY_LINES = (b"\n\n", b"\n\r\n")
_RETURN = ord("\r")
_EMPTY = re.compile(rb"\n\r*\n")
# A line of blanks that no fold follows, or the place before a dn line.
_BLANK_OR_DN = re.compile(rb"\n(?:[ \t\r]*+\n(?=[^ \t\r\n])|(?=[dD][nN]:))")


class Part(NamedTuple):
    """Whole blocks in a text."""

    text: bytes
    start: int
    end: int


class Region(Struct, frozen=True):
    """Whole blocks, one after the other, as they stand in the file."""

    before: bytes
    """What earlier chunks left over."""
    chunk: bytes = b""
    end: int = 0
    """How much of the chunk follows."""
    final: bool = False
    """True for the last region of the stream."""
    skipped: int = 0
    """Bytes of a block above the size limit that are not in `data`."""
    lines: int = 0
    """Line feeds of such a block and of the separator behind it."""
    content: int = 0
    """Lines of such a block."""
    open_end: bool = False
    """True where the stream ends in such a block, without a line end."""

    @property
    def data(self) -> bytes:
        """The text, put together."""
        return b"".join((self.before, memoryview(self.chunk)[: self.end]))

    def parts(self) -> tuple[Part, ...]:
        """Return the text in parts of whole blocks, with little of it copied.

        Only the block that two chunks share is put together; the chunk, a mebibyte, stays.
        """
        first = min(_first_empty_line(self.chunk), self.end)
        joint = b"".join((self.before, memoryview(self.chunk)[:first]))
        return Part(joint, 0, len(joint)), Part(self.chunk, first, self.end)

    def line_feeds(self) -> int:
        """Return how many lines end in it, without a look at its blocks."""
        return self.lines or self.before.count(b"\n") + self.chunk.count(b"\n", 0, self.end)

    def last(self, size: int) -> bytes:
        """Return the last bytes of the text."""
        return (self.before[-size:] + self.chunk[max(0, self.end - size) : self.end])[-size:]


def regions(chunks: Iterator[bytes], max_block: int) -> Iterator[Region]:
    """Cut a stream of text into regions at separators.

    A block of more than `max_block` bytes comes as a region of its own, cut to its start, with
    `skipped` telling how much of it is left out. The last region is `final`, even if it is empty.
    """
    buffer, searched = bytearray(), 0
    for chunk in chunks:
        if end := _last_empty_line(chunk, 0):
            # The common case copies no more than what is left over on either side.
            yield Region(bytes(buffer), chunk, end)
            buffer[:] = chunk[end:]
            searched = 0
            continue
        # No empty line in a whole chunk: records without one between them, or one big record.
        buffer += chunk
        end = _last_border(buffer, searched)
        while end or len(buffer) > max_block + _OVERLAP:
            # The buffer is full: search it whole once more before its first record is given up.
            end = end or _last_border(buffer, 0) or _end_of_first(buffer)
            if end:
                data = bytes(memoryview(buffer)[:end])
                del buffer[:end]
                yield Region(data)
                end = 0
                continue
            # Its start is kept to say where it stands; the rest is dropped as it comes in.
            head = bytes(buffer[:_KEPT_OF_OVERSIZED])
            size, lines, content, open_end = _skip(buffer, chunks)
            skipped = max(1, size - len(head))
            yield Region(head, b"", 0, False, skipped, lines, content, open_end)
        searched = max(0, len(buffer) - _OVERLAP)
    yield Region(bytes(buffer), final=True)


def _skip(buffer: bytearray, chunks: Iterator[bytes]) -> tuple[int, int, int, bool]:
    """Drop text up to the next separator.

    Return its bytes, its lines, its lines before that, and whether the stream ends on the last.
    """
    skipped = lines = 0
    open_end = False
    while (separator := _first_separator(buffer)) is None:
        # A separator may be cut by the end of the chunk: the last bytes wait for the next.
        dropped = max(0, len(buffer) - _OVERLAP)
        lines += buffer.count(b"\n", 0, dropped)
        skipped += dropped
        del buffer[:dropped]
        chunk = next(chunks, b"")
        if not chunk:
            separator = (len(buffer), len(buffer))
            open_end = not buffer.endswith(b"\n")
            break
        buffer += chunk
    start, end = separator
    # The separator found may be the second of several: lines of blanks before it are no content.
    content = lines + buffer[:start].rstrip(b" \t\r\n").count(b"\n") + 1
    lines += buffer.count(b"\n", 0, end)
    del buffer[:end]
    return skipped + end, lines, content, open_end


def _first_separator(buffer: bytearray) -> tuple[int, int] | None:
    """Return where the first line lies that ends a record; None when there is none."""
    # A version line before a dn line is lost with the rest, as where the block is cut at dn lines.
    found = (_BLANK_OR_DN.search(buffer), _EMPTY.search(buffer))
    return min((match.span() for match in found if match), default=None)


def _blank_or_dn(buffer: bytearray, start: int) -> Iterator[tuple[int, int]]:
    """Yield the lines of blanks and the borders before a dn line.

    A version line, folded or with comments after it, belongs to the dn line behind it, not to the
    record before it.
    """
    for match in _BLANK_OR_DN.finditer(buffer, start):
        before = buffer.rfind(b"\n", 0, match.start()) + 1
        # Back over folds and comments to the line that they continue or follow.
        while before and buffer[before] in b" \t#":
            before = buffer.rfind(b"\n", 0, before - 1) + 1
        # The name may be folded too.
        name = _FOLD.sub(b"", buffer[before : before + _NAME_WITH_FOLDS])[:8].lower()
        if match.end() > match.start() + 1 or name != b"version:":
            yield match.span()


def _end_of_first(buffer: bytearray) -> int:
    """Return where a block ends in a buffer that has no border; 0 for nowhere.

    When it is read, it is cut there too: behind lines of blanks, and before any dn line.
    """
    leading = LEADING_BLANKS.match(buffer)
    span = leading.span() if leading else _first_separator(buffer)
    return span[1] if span else 0


def _last_border(buffer: bytearray, searched: int) -> int:
    """Return the end of the last separator that is one beyond doubt; 0 when there is none."""
    end = _last_empty_line(buffer, searched)
    return end or max((end for _, end in _blank_or_dn(buffer, searched)), default=0)


def _empty_lines_of(text: bytes | bytearray) -> tuple[bytes, ...]:
    """Return how empty lines may be written, first as a line ends: one search is enough."""
    # Of a line feed that a chunk begins with, what stood before it is not there.
    end = text.find(b"\n", 1)
    return _EMPTY_LINES[::-1] if end > 0 and text[end - 1] == _RETURN else _EMPTY_LINES


def _last_empty_line(text: bytes | bytearray, searched: int) -> int:
    """Return the end of the last empty line, where all are written alike; 0 when there is none."""
    for line in _empty_lines_of(text):
        if (at := text.rfind(line, searched)) >= 0:
            return at + len(line)
    return 0


def _first_empty_line(text: bytes) -> int:
    """Return the end of the first empty line; the end of the text without one."""
    for line in _empty_lines_of(text):
        if (at := text.find(line)) >= 0:
            return at + len(line)
    return len(text)
