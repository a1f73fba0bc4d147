"""An open stream in, its bytes out in chunks, hashed as they are read."""

import hashlib
import queue
import threading
import zipfile
import zlib
from collections.abc import Callable
from contextlib import suppress
from typing import IO

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


class HashingReader:
    """Reads a stream in chunks while a thread of its own hashes what was read.

    hashlib releases the interpreter lock, so the hash costs no time beside the scan. Of a file the
    thread does the reading too, some chunks ahead, because most scans take longer than the hash.
    What may keep a reader waiting, such as a pipe, is not for a thread, which nobody could end.
    """

    def __init__(
        self, stream: IO[bytes], member: Member, progress: Progress | None, most: int
    ) -> None:
        """Read at most so many bytes from `stream`, reporting progress under the member's name."""
        self._stream, self._member, self._progress, self._most = stream, member, progress, most
        self._hash = hashlib.sha256()
        # From here to the thread what it is to hash; of a file from the thread what it has read.
        self._queue: queue.Queue[bytes | BaseException] = queue.Queue(maxsize=4)
        self._thread: threading.Thread | None = None
        self._ended = False
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
        self._ended = not chunk
        if chunk:
            self.bytes += len(chunk)
            if self.bytes > self._most:
                # What never ends, such as a device behind standard input, must end somewhere.
                reason = f"larger than the limit of {self._most} bytes (--max-input-size)"
                raise ReadError(self._member.path, reason)
            if self._progress is not None:
                self._progress(self._member.path, self.bytes, self._member.size)
        return chunk

    def _next(self) -> bytes:
        """Read on, and have it hashed."""
        if self._ended:
            return b""
        ahead = self._member.file is not None
        if self._thread is None or not ahead:
            chunk = self._from_stream()
            self._feed(chunk, self._read_ahead if ahead else self._hash_on)
            return chunk
        read = self._queue.get()
        if isinstance(read, BaseException):
            raise read
        return read

    def _from_stream(self) -> bytes:
        """Read on; the checksum of an archive member is ours to take, see `members._zip_member`."""
        if not isinstance(self._stream, zipfile.ZipExtFile):
            return self._stream.read(CHUNK if self.bytes else _FIRST_CHUNK)
        chunk = self._stream.read1(_ARCHIVE_READ)
        self._crc = zlib.crc32(chunk, self._crc)
        if not chunk and self._member.crc not in (None, self._crc):
            self._member.problems.append("the archive is damaged: a checksum is wrong")
        return chunk

    def _feed(self, chunk: bytes, work: Callable[[], None]) -> None:
        """Have a chunk hashed; a file of one small chunk is not worth a thread."""
        if self._thread is not None:
            self._queue.put(chunk)
            return
        self._hash.update(chunk)
        if self.bytes or len(chunk) >= _FIRST_CHUNK:
            thread = threading.Thread(target=work, daemon=True)
            thread.start()
            self._thread = thread  # once it runs: an interrupted start leaves nothing to wait for

    def _hash_on(self) -> None:
        while isinstance(chunk := self._queue.get(), bytes) and chunk:
            self._hash.update(chunk)

    def _read_ahead(self) -> None:
        try:
            while (chunk := self._stream.read(CHUNK)) and not self._ended:
                self._queue.put(chunk)
                self._hash.update(chunk)
            self._queue.put(b"")
        except BaseException as error:  # it is raised where the chunk is missed
            self._queue.put(error)

    def close(self) -> str:
        """End the hashing and return the SHA-256 of all that was read, as hex digits."""
        if self._thread is not None:
            if self._member.file is None:
                self._queue.put(b"")
            elif not self._ended:
                self._give_up()
            self._thread.join()
            self._thread = None
        return self._hash.hexdigest()

    def _give_up(self) -> None:
        """Have the thread end that reads ahead, though there is more."""
        self._ended = True
        while self._thread is not None and self._thread.is_alive():
            with suppress(queue.Empty):
                self._queue.get(timeout=0.01)
