"""One stream in, its bytes out in chunks: unpacked when it is gzip, hashed as it is read."""

import hashlib
import queue
import struct
import threading
import zipfile
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO

from analyzer.errors import ReadError

CHUNK = 1 << 20
"""Bytes per read; a mebibyte is the fastest size measured."""
_FIRST_CHUNK = 1 << 17
"""Bytes of the first read, of which all records are parsed."""
_ARCHIVE_READ = 1 << 14
"""Bytes per read of an archive member; what a damaged read would have given is lost."""
STDIN = "-"
MAX_RATIO = 200
"""Highest ratio of unpacked to packed bytes that is believed, once `RATIO_FREE` bytes are out."""
RATIO_FREE = 64 << 20
MAX_UNPACKED = 64 << 30
"""Most bytes that one packed file may unpack to."""
BROKEN = (
    OSError,
    ValueError,
    RuntimeError,
    OverflowError,
    EOFError,
    struct.error,
    zipfile.BadZipFile,
    zlib.error,
)
"""What zipfile raises on damaged archives."""

Progress = Callable[[str, int, int], None]
"""Called with the input's name, bytes read so far and bytes in all (0 when unknown)."""


@dataclass(slots=True)
class Member:
    """One stream of a dump: a file, an archive member or standard input."""

    path: str
    """As shown; `archive.zip!member` for a member of an archive."""
    size: int
    """Bytes as stored on disk; 0 when unknown."""
    modified: str
    named: bool
    """True when the user named this very file, False when a folder or archive led to it."""
    file: Path | None = None
    """The plain file behind it; None for a member or a stream."""
    refused: str = ""
    """Why it cannot be read at all (encrypted, no permission); empty when it can."""
    in_archive: bool = False
    crc: int | None = None
    """Checksum that the archive states for the unpacked bytes."""
    problems: list[str] = field(default_factory=list)
    """What went wrong while reading it: a cut archive, a wrong checksum."""
    _open: Callable[[], IO[bytes]] | None = None
    """Opens what is not the file at that path."""

    @contextmanager
    def open(self) -> Iterator[IO[bytes]]:
        """Open the stored bytes.

        Raises:
            ReadError: the file cannot be opened.
        """
        try:
            stream = (self._open or self._open_file)()
        except BROKEN as error:
            raise ReadError(self.path, plain(error)) from error
        if self.path == STDIN:
            yield stream
            return
        with stream:
            yield stream

    def _open_file(self) -> IO[bytes]:
        return Path(self.path).open("rb")


class HashingReader:
    """Reads a stream in chunks while a thread of its own hashes what was read.

    hashlib releases the interpreter lock, so the hash costs no time beside the scan.
    """

    def __init__(self, stream: IO[bytes], member: Member, progress: Progress | None) -> None:
        """Read from `stream`, reporting progress under the member's name."""
        self._stream, self._member, self._progress = stream, member, progress
        self._hash = hashlib.sha256()
        self._queue: queue.Queue[bytes | None] = queue.Queue(maxsize=4)
        self._thread: threading.Thread | None = None
        self._crc = 0
        self.bytes = 0

    def read(self) -> bytes:
        """Return the next chunk, empty at the end.

        Raises:
            ReadError: the stream cannot be read.
        """
        try:
            chunk = self._next()
        except BROKEN as error:
            if not self._member.in_archive:
                raise ReadError(self._member.path, plain(error)) from error
            self._member.problems.append(f"the archive is damaged: {plain(error)}")
            self._member.crc = None
            chunk = b""
        if chunk:
            self._feed(chunk)
            self.bytes += len(chunk)
            if self._progress is not None:
                self._progress(self._member.path, self.bytes, self._member.size)
        return chunk

    def _next(self) -> bytes:
        if not isinstance(self._stream, zipfile.ZipExtFile):
            return self._stream.read(CHUNK if self.bytes else _FIRST_CHUNK)
        chunk = self._stream.read1(_ARCHIVE_READ)
        self._crc = zlib.crc32(chunk, self._crc)
        if not chunk and self._member.crc not in (None, self._crc):
            self._member.problems.append("the archive is damaged: a checksum is wrong")
        return chunk

    def _feed(self, chunk: bytes) -> None:
        if self._thread is None and self.bytes == 0 and len(chunk) < _FIRST_CHUNK:
            self._hash.update(chunk)
            return
        if self._thread is None:
            thread = threading.Thread(target=self._work, daemon=True)
            thread.start()
            self._thread = thread  # once it runs: an interrupted start leaves nothing to wait for
        self._queue.put(chunk)

    def _work(self) -> None:
        while (chunk := self._queue.get()) is not None:
            self._hash.update(chunk)

    def close(self) -> str:
        """End the hashing and return the SHA-256 of all that was read, as hex digits."""
        if self._thread is not None:
            self._queue.put(None)
            self._thread.join()
            self._thread = None
        return self._hash.hexdigest()


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
    while reader.read():
        pass


def _before_damage(inflater: "zlib._Decompress", packed: bytes) -> bytes:
    """Return what comes out before the byte that cannot be unpacked."""
    unpacked = bytearray()
    with suppress(zlib.error):
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


def is_suspicious(unpacked: int, packed: int) -> bool:
    """Tell whether a packed file gives more than any dump does."""
    return unpacked > RATIO_FREE and unpacked > MAX_RATIO * max(packed, 1)


def plain(error: BaseException) -> str:
    """Return the text of a foreign error on one line."""
    if isinstance(error, OSError) and error.strerror:
        return error.strerror.lower()
    return " ".join(str(error).split()) or type(error).__name__
