"""What a stream holds in, its content out in chunks: unpacked when it is gzip."""

import zlib
from collections.abc import Iterator
from contextlib import suppress

from analyzer.dump.hashing import CHUNK, HashingReader
from analyzer.dump.members import MAX_UNPACKED, Member, is_suspicious
from analyzer.errors import ReadError


def content(reader: HashingReader, member: Member) -> Iterator[bytes]:
    """Yield the content of a stream in chunks, unpacked when it is gzip.

    A cut or damaged gzip file yields what can be unpacked; the member's `problems` then say so.

    Raises:
        ReadError: the stream cannot be read, or it is damaged and nothing can be unpacked.
    """
    empty = True
    for chunk in _chunks(reader, member):
        yield chunk
        empty = False
    if empty and member.problems:
        raise ReadError(member.path, member.problems[0])


def _chunks(reader: HashingReader, member: Member) -> Iterator[bytes]:
    first = reader.read()
    while first and len(first) < 2 and (more := reader.read()):
        first += more
    if first.startswith(b"\x1f\x8b") and not member.in_archive:
        yield from _gunzip(first, reader, member)
        return
    if first:
        yield first
    while chunk := reader.read():
        yield chunk


def _gunzip(first: bytes, reader: HashingReader, member: Member) -> Iterator[bytes]:
    unpacked, packed = 0, first
    inflater = zlib.decompressobj(31)
    # A copy before each step: zlib hands over nothing of a step in which it meets damage.
    while packed:
        before = inflater.copy()
        try:
            chunk = inflater.decompress(packed, CHUNK)
        except zlib.error as error:
            member.problems.append(f"the gzip file is damaged: {error}")
            yield from filter(None, [_before_damage(before, packed)])
            break
        unpacked += len(chunk)
        if unpacked > MAX_UNPACKED or is_suspicious(unpacked, reader.bytes):
            member.problems.append(
                f"the gzip file unpacks to far more than its size; read up to {unpacked} bytes"
            )
            break
        if chunk:
            yield chunk
        packed = inflater.unconsumed_tail
        if inflater.eof:
            packed = _after_padding(inflater.unused_data, reader)
            inflater = zlib.decompressobj(31)
        elif not packed:
            packed = reader.read()
            if not packed:
                yield from filter(None, [inflater.flush()])
                if not inflater.eof:
                    member.problems.append("the gzip file is cut: its end is missing")
    # The hash is that of the file, so that the rest of it is read too.
    while reader.read():
        pass


def _before_damage(inflater: "zlib._Decompress", packed: bytes) -> bytes:
    """Return what comes out before the byte that cannot be unpacked."""
    unpacked = bytearray()
    with suppress(zlib.error):
        # Byte by byte, so that all before the faulty one comes out.
        for at in range(len(packed)):
            unpacked += inflater.decompress(packed[at : at + 1])
    return bytes(unpacked)


def _after_padding(packed: bytes, reader: HashingReader) -> bytes:
    """Return what follows the zero bytes after the end of a gzip member; empty at the end."""
    while not (rest := packed.lstrip(b"\0")):
        packed = reader.read()
        if not packed:
            return b""
    return rest
