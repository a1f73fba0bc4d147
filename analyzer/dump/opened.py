"""A member in, the same opened out: its first bytes, what they tell, its text and its hash."""

import mmap
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from itertools import chain
from pathlib import Path

from msgspec import Struct

from analyzer.dump.detect import HEAD_BYTES, Detected, detect
from analyzer.dump.encoding import is_converted, utf8_chunks
from analyzer.dump.hashing import HashingReader
from analyzer.dump.members import Member
from analyzer.dump.read_ahead import ReadAhead
from analyzer.dump.read_options import ReadOptions
from analyzer.dump.unpacking import content
from analyzer.errors import ReadError

HEAD_LIMIT = 4 << 20
"""Bytes up to which the end of the header of a CSV file is looked for."""
_LINES_BEFORE_HEADER = 2


class Opened(Struct, frozen=True):
    """One input as the reader of its format gets it: to be read forward, or to be sought in."""

    path: str
    """As shown, for the sources of what is read."""
    detected: Detected
    head: bytes
    """The first bytes, as they stand in the file."""
    chunks: Iterator[bytes]
    """All bytes from the first one on, unpacked and hashed on the way; to be read once."""
    file: Path | None = None
    """The plain file; None for what can only be read forward."""
    mapped: Callable[[], AbstractContextManager[mmap.mmap]] | None = None
    """Maps that file, which is hashed beside, in place of `chunks`; None where there is none."""
    ahead: Callable[[Iterator[bytes]], Iterator[bytes]] = iter
    """Has chunks made in a thread of its own, where that is worth it."""
    again: "Callable[[], AbstractContextManager[Opened]] | None" = None
    """Opens the same input once more; None for what can be read once only."""

    @property
    def is_converted(self) -> bool:
        """Whether the text is UTF-8 whatever the bytes were."""
        return is_converted(self.detected.encoding)

    def text(self) -> Iterator[bytes]:
        """Yield all of it as UTF-8 or 8-bit text, without the byte order mark."""
        return self.ahead(utf8_chunks(self.chunks, self.detected.encoding, self.detected.bom))


@contextmanager
def opened(member: Member, options: ReadOptions) -> Iterator[tuple[Opened, HashingReader]]:
    """Open a member; its hash is complete when all its chunks were read.

    Raises:
        ReadError: it is refused, cannot be opened, or is no dump.
    """
    if member.refused:
        raise ReadError(member.path, member.refused)
    with member.open() as stream:
        reader = HashingReader(stream, member, options.progress, options.max_input, options.begun)
        thread = ReadAhead()
        try:
            head, chunks = _peek(content(reader, member))
            detected = detect(member.path, head, options.encoding)
            ahead = thread.read if member.file is not None and reader.is_long else iter
            again = None if member.once else lambda: _opened_again(member, options)
            mapped = reader.mapped if member.file is not None else None
            yield (
                Opened(member.path, detected, head, chunks, member.file, mapped, ahead, again),
                reader,
            )
        finally:
            thread.close()
            reader.close()


@contextmanager
def _opened_again(member: Member, options: ReadOptions) -> Iterator[Opened]:
    with opened(member, options) as (source, _):
        yield source


def _peek(chunks: Iterator[bytes]) -> tuple[bytes, Iterator[bytes]]:
    """Return the first bytes of a stream and the whole stream.

    A header of CSV may be longer than the head (an Exchange schema names some 4,000 attributes),
    and lines as `sep=;` may stand before it: the head then goes on to its end.
    """
    first: list[bytes] = []
    size, lines = 0, 0
    for chunk in chunks:
        first.append(chunk)
        size += len(chunk)
        lines += chunk.count(b"\n")
        if size >= HEAD_BYTES and (lines > _LINES_BEFORE_HEADER or size >= HEAD_LIMIT):
            break
    head = b"".join(first)
    whole = head if head.count(b"\n", 0, HEAD_BYTES) <= _LINES_BEFORE_HEADER else head[:HEAD_BYTES]
    return whole, chain(first, chunks)
