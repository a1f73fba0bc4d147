"""Paths in, named streams of bytes out: plain, gzip, zip or standard input, hashed as read."""

import glob
import hashlib
import queue
import sys
import threading
import zipfile
import zlib
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import IO

from analyzer.errors import ReadError

CHUNK = 1 << 18
"""Bytes per read; 64 to 256 KiB is the fastest size measured."""
STDIN = "-"
MAX_RATIO = 200
"""Highest ratio of unpacked to packed bytes that is believed, once `RATIO_FREE` bytes are out."""
RATIO_FREE = 64 << 20
MAX_UNPACKED = 64 << 30
"""Most bytes that one packed file may unpack to."""

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
    """Why it cannot be read at all (encrypted, nested); empty when it can."""
    problems: list[str] = field(default_factory=list)
    """What went wrong while reading it: a cut archive, a wrong checksum."""
    _open: Callable[[], IO[bytes]] | None = None

    @contextmanager
    def open(self) -> Iterator[IO[bytes]]:
        """Open the stored bytes.

        Raises:
            ReadError: the file cannot be opened.
        """
        assert self._open is not None
        try:
            stream = self._open()
        except (OSError, zipfile.BadZipFile, RuntimeError, NotImplementedError) as error:
            raise ReadError(self.path, _plain(error)) from error
        if self.path == STDIN:
            yield stream
            return
        with stream:
            yield stream


def find_members(paths: Sequence[str]) -> Iterator[Member]:
    """Yield the streams behind paths: files, folders (all files below), globs, archives, `-`.

    Raises:
        ReadError: a path names nothing, or an archive cannot be listed.
    """
    for path in paths:
        if path == STDIN:
            yield Member(STDIN, 0, "", named=True, _open=lambda: sys.stdin.buffer)
            continue
        for file, named in _files(path):
            yield from _members_of(file, named)


def _files(path: str) -> Iterator[tuple[Path, bool]]:
    place = Path(path)
    try:
        if place.is_dir():
            found = sorted(item for item in place.rglob("*") if item.is_file())
            if not found:
                raise ReadError(path, "the folder holds no file")
            for item in found:
                yield item, False
            return
        if place.exists():
            yield place, True
            return
        matches = sorted(glob.glob(path, recursive=True)) if glob.has_magic(path) else []  # noqa: PTH207 (absolute patterns too)
    except (OSError, ValueError) as error:
        raise ReadError(path, _plain(error)) from error
    if not matches:
        raise ReadError(path, "no such file or folder")
    for match in matches:
        if Path(match).is_file():
            yield Path(match), True


def _members_of(file: Path, named: bool) -> Iterator[Member]:
    try:
        status = file.stat()
        with file.open("rb") as stream:
            magic = stream.read(4)
    except OSError as error:
        raise ReadError(str(file), _plain(error)) from error
    modified = _utc(status.st_mtime)
    if magic != b"PK\x03\x04":
        yield Member(
            str(file), status.st_size, modified, named, file, _open=lambda: file.open("rb")
        )
        return
    try:
        archive = zipfile.ZipFile(file)
        members = archive.infolist()
    except (OSError, zipfile.BadZipFile, ValueError, NotImplementedError) as error:
        raise ReadError(str(file), f"the zip archive cannot be read: {_plain(error)}") from error
    with archive:
        if any(info.filename == "[Content_Types].xml" for info in members):
            raise ReadError(
                str(file), "this is an Office document, not a dump; ask for the file as exported"
            )
        for info in members:
            if not info.is_dir():
                yield _zip_member(file, archive, info, modified)


def _zip_member(
    file: Path, archive: zipfile.ZipFile, info: zipfile.ZipInfo, modified: str
) -> Member:
    name = f"{file}!{info.filename}"
    member = Member(
        name, info.file_size, modified, named=False, _open=lambda: archive.open(info, "r")
    )
    if info.flag_bits & 0x1:
        member.refused = "the archive member is encrypted; unpack it with its password first"
    elif info.file_size > MAX_UNPACKED or _suspicious(info.file_size, info.compress_size):
        member.refused = "the archive member unpacks to far more than its size on disk (zip bomb?)"
    return member


class HashingReader:
    """Reads a stream in chunks while a thread of its own hashes what was read.

    hashlib releases the interpreter lock, so the hash costs no time beside the scan.
    """

    def __init__(self, stream: IO[bytes], member: Member, progress: Progress | None) -> None:
        """Read from `stream`, reporting progress under the member's name."""
        self._stream, self._member, self._progress = stream, member, progress
        self._hash = hashlib.sha256()
        self._queue: queue.Queue[bytes | None] = queue.Queue(maxsize=16)
        self._thread: threading.Thread | None = None
        self.bytes = 0

    def read(self) -> bytes:
        """Return the next chunk, empty at the end.

        Raises:
            ReadError: the stream cannot be read.
        """
        try:
            chunk = self._stream.read(CHUNK)
        except (zipfile.BadZipFile, zlib.error, EOFError) as error:
            self._member.problems.append(f"the archive is damaged: {_plain(error)}")
            chunk = b""
        except (OSError, ValueError, RuntimeError, NotImplementedError) as error:
            raise ReadError(self._member.path, _plain(error)) from error
        if chunk:
            self._feed(chunk)
            self.bytes += len(chunk)
            if self._progress is not None:
                self._progress(self._member.path, self.bytes, self._member.size)
        return chunk

    def _feed(self, chunk: bytes) -> None:
        if self._thread is None and self.bytes == 0 and len(chunk) < CHUNK:
            self._hash.update(chunk)
            return
        if self._thread is None:
            self._thread = threading.Thread(target=self._work, daemon=True)
            self._thread.start()
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
    """
    first = reader.read()
    while first and len(first) < 2 and (more := reader.read()):
        first += more
    if not first.startswith(b"\x1f\x8b"):
        if first:
            yield first
        while chunk := reader.read():
            yield chunk
        return
    yield from _gunzip(first, reader, member)


def _gunzip(first: bytes, reader: HashingReader, member: Member) -> Iterator[bytes]:
    unpacked, packed = 0, first
    inflater = zlib.decompressobj(31)
    while packed:
        try:
            chunk = inflater.decompress(packed, CHUNK)
        except zlib.error as error:
            member.problems.append(f"the gzip file is damaged: {error}")
            break
        unpacked += len(chunk)
        if unpacked > MAX_UNPACKED or _suspicious(unpacked, reader.bytes):
            member.problems.append(
                f"the gzip file unpacks to far more than its size; read up to {unpacked} bytes"
            )
            break
        if chunk:
            yield chunk
        packed = inflater.unconsumed_tail
        if inflater.eof:
            packed = (inflater.unused_data or reader.read()).lstrip(b"\0")
            if packed:
                inflater = zlib.decompressobj(31)
        elif not packed:
            packed = reader.read()
            if not packed:
                yield from filter(None, [inflater.flush()])
                if not inflater.eof:
                    member.problems.append("the gzip file is cut: its end is missing")
    while reader.read():
        pass


def _suspicious(unpacked: int, packed: int) -> bool:
    return unpacked > RATIO_FREE and unpacked > MAX_RATIO * max(packed, 1)


def _utc(timestamp: float) -> str:
    return datetime.fromtimestamp(timestamp, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def _plain(error: BaseException) -> str:
    if isinstance(error, OSError) and error.strerror:
        return error.strerror.lower()
    return " ".join(str(error).split()) or type(error).__name__
