"""An open stream in, its bytes out in chunks, hashed as they are read."""

import hashlib
import mmap
import queue
import threading
import zipfile
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import IO

from analyzer.dump.begun_hash import BegunHash
from analyzer.dump.members import BROKEN, Member
from analyzer.dump.plain_errors import reason_of
from analyzer.errors import ReadError

CHUNK = 1 << 20
"""Bytes per read; a mebibyte is the fastest size measured."""
_FIRST_CHUNK = 1 << 17
"""Bytes of the first read, of which all records are parsed."""
_ARCHIVE_READ = 1 << 14
"""Bytes per read of an archive member; what a damaged read would have given is lost."""

Progress = Callable[[str, int, int], None]
"""Called with the input's name, bytes read so far and bytes in all (0 when unknown)."""


@contextmanager
def mapping(path: str) -> Iterator[None]:
    """Name the file in the error where one cannot be mapped.

    Raises:
        ReadError: it cannot.
    """
    try:
        yield
    except (OSError, ValueError) as error:
        raise ReadError(path, f"cannot be mapped: {reason_of(error)}") from error


class HashingReader:
    """Reads a stream in chunks while a thread of its own hashes what was read.

    hashlib releases the interpreter lock, so the hash costs no time beside the scan.
    """

    def __init__(
        self,
        stream: IO[bytes],
        member: Member,
        progress: Progress | None,
        most: int,
        begun: BegunHash | None = None,
    ) -> None:
        """Read at most so many bytes from `stream`, reporting progress under the member's name.

        `begun` may be the hash of this very file.
        """
        self._stream, self._member, self._progress, self._most = stream, member, progress, most
        self._begun = begun
        self._digest = ""
        self._hash = hashlib.sha256()
        self._queue: queue.Queue[bytes | None] = queue.Queue(maxsize=8)
        self._thread: threading.Thread | None = None
        self._crc = 0
        self.bytes = 0

    def read(self) -> bytes:
        """Return the next chunk, empty at the end.

        Raises:
            ReadError: the stream cannot be read, or there is more of it than the limit.
        """
        try:
            chunk = self._next()
        except BROKEN as error:
            if not self._member.in_archive:
                raise ReadError(self._member.path, reason_of(error)) from error
            self._member.problems.append(f"the archive is damaged: {reason_of(error)}")
            self._member.crc = None
            chunk = b""
        if chunk:
            self._feed(chunk)
            self._count(len(chunk))
        return chunk

    @property
    def is_long(self) -> bool:
        """Whether there is so much to read that threads are worth their start."""
        return self._thread is not None

    @contextmanager
    def mapped(self) -> Iterator[mmap.mmap]:
        """Map the file, and hash all of it while it is read; wait for the end of that.

        Raises:
            ReadError: it cannot be mapped, or there is more of it than the limit.
        """
        begun = self._begun
        if begun is not None and not begun.is_of(self._stream):
            begun.close()
            begun = None
        if begun is None:
            with mapping(self._member.path):
                begun = BegunHash(self._stream)
        try:
            self._count(len(begun.view) - self.bytes)
            yield begun.view
            self._digest = begun.digest(self._stream)
        finally:
            begun.close()

    def _count(self, size: int) -> None:
        """Count bytes and tell how many there were.

        Raises:
            ReadError: they are too many.
        """
        self.bytes += size
        if self.bytes > self._most:
            # What never ends, such as a device behind standard input, must end somewhere.
            reason = f"larger than the limit of {self._most} bytes (--max-input-size)"
            raise ReadError(self._member.path, reason)
        if self._progress is not None:
            self._progress(self._member.path, self.bytes, self._member.size)

    def _next(self) -> bytes:
        """Read on; the checksum of an archive member is ours to take, see `members._zip_member`."""
        if not isinstance(self._stream, zipfile.ZipExtFile):
            return self._stream.read(CHUNK if self.bytes else _FIRST_CHUNK)
        chunk = self._stream.read1(_ARCHIVE_READ)
        self._crc = zlib.crc32(chunk, self._crc)
        if not chunk and self._member.crc not in (None, self._crc):
            self._member.problems.append("the archive is damaged: a checksum is wrong")
        return chunk

    def _feed(self, chunk: bytes) -> None:
        """Have a chunk hashed; a file of one small chunk is not worth a thread."""
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
        return self._digest or self._hash.hexdigest()
