"""Paths in, the streams behind them out: files, folders, globs, archive members, standard input."""

import struct
import sys
import zipfile
import zlib
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import IO

from msgspec import Struct, field

from analyzer.dump.archive_limits import directory_excess, member_excess
from analyzer.dump.named_files import files_behind
from analyzer.dump.plain_errors import reason_of
from analyzer.errors import ReadError

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
_METHODS = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)
"""zipfile unpacks the other methods without a limit on what comes out of one read."""


class Member(Struct):
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
    once: bool = False
    """True for a stream that can be opened once only: standard input."""
    in_archive: bool = False
    crc: int | None = None
    """Checksum that the archive states for the unpacked bytes."""
    parts: "tuple[Member, ...]" = ()
    """The files that it is put together of, where a file was split."""
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
            raise ReadError(self.path, reason_of(error)) from error
        if self.path == STDIN:
            yield stream
            return
        with stream:
            yield stream

    def _open_file(self) -> IO[bytes]:
        return Path(self.path).open("rb")


def find_members(paths: "Sequence[str | Member]") -> Iterator[Member]:
    """Yield the streams behind paths: files, folders (all files below), globs, archives, `-`.

    A stream that was found already stands for itself.

    Raises:
        ReadError: a path names nothing, or an archive cannot be listed.
    """
    for path in paths:
        if isinstance(path, Member):
            yield path
            continue
        if path == STDIN:
            yield Member(STDIN, 0, "", named=True, once=True, _open=_standard_input)
            continue
        for file in files_behind(path):
            if file.refused:
                yield Member(str(file.path), 0, "", file.named, refused=file.refused)
                continue
            try:
                yield from _members_of(file.path, file.named)
            except ReadError as error:
                if file.named:
                    raise
                yield Member(str(file.path), 0, "", file.named, refused=error.reason)


def _standard_input() -> IO[bytes]:
    if sys.stdin is None:
        raise OSError("standard input is closed")
    return sys.stdin.buffer


def _members_of(file: Path, named: bool) -> Iterator[Member]:
    """Yield the streams of a file: the members of a zip archive, else the file itself."""
    try:
        status = file.stat()
        stream = file.open("rb")
    except OSError as error:
        raise ReadError(str(file), reason_of(error)) from error
    with stream:
        whole = Member(str(file), status.st_size, _utc(status.st_mtime), named, file)
        yield from members_within(whole, stream)


def members_within(whole: Member, stream: IO[bytes]) -> Iterator[Member]:
    """Yield the streams of an open file: the members of a zip archive, else the file itself.

    Members of an archive can be opened until the next one is asked for.

    Raises:
        ReadError: the file cannot be read, or an archive cannot be listed.
    """
    try:
        is_archive = stream.read(4) == b"PK\x03\x04"
        stream.seek(0)
    except OSError as error:
        raise ReadError(whole.path, reason_of(error)) from error
    if not is_archive:
        yield whole
        return
    try:
        if excess := directory_excess(stream):
            raise ReadError(whole.path, f"the zip archive is not opened: {excess}")
        archive = zipfile.ZipFile(stream)
    except BROKEN as error:
        reason = f"the zip archive cannot be read: {reason_of(error)}"
        raise ReadError(whole.path, reason) from error
    with archive:
        members = [info for info in archive.infolist() if not info.filename.endswith("/")]
        if any(info.filename == "[Content_Types].xml" for info in members):
            raise ReadError(
                whole.path, "this is an Office document, not a dump; ask for the file as exported"
            )
        if not members:
            raise ReadError(whole.path, "the zip archive holds no file")
        if excess := member_excess(archive.infolist()):
            raise ReadError(whole.path, f"the zip archive is not opened: {excess}")
        unpacked = 0
        for info in members:
            unpacked += info.file_size
            bomb = unpacked > MAX_UNPACKED or is_suspicious(unpacked, whole.size)
            yield _zip_member(whole, archive, info, bomb=bomb)


def _zip_member(
    whole: Member, archive: zipfile.ZipFile, info: zipfile.ZipInfo, *, bomb: bool
) -> Member:
    name = f"{whole.path}!{info.filename}"
    member = Member(
        name, info.file_size, whole.modified, named=False, _open=lambda: archive.open(info, "r")
    )
    member.in_archive = True
    # zipfile raises in place of handing over the last bytes of a member whose checksum is wrong,
    # and leaves the check out where it knows none. `HashingReader` checks instead and says so.
    member.crc = info.CRC
    del info.CRC
    if info.flag_bits & 0x1:
        member.refused = "the archive member is encrypted; unpack it with its password first"
    elif info.compress_type not in _METHODS:
        member.refused = (
            f"the archive member is packed by method {info.compress_type}; unpack it first"
        )
    elif bomb or is_suspicious(info.file_size, info.compress_size):
        member.refused = "the archive unpacks to far more than its size on disk (zip bomb?)"
    return member


def _utc(timestamp: float) -> str:
    with suppress(ValueError, OverflowError, OSError):
        return datetime.fromtimestamp(timestamp, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    return ""


def is_suspicious(unpacked: int, packed: int) -> bool:
    """Tell whether a packed file gives more than any dump does."""
    return unpacked > RATIO_FREE and unpacked > MAX_RATIO * max(packed, 1)
