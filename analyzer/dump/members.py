"""Paths in, the streams behind them out: files, folders, globs, archive members, standard input."""

import glob
import stat
import sys
import zipfile
from collections.abc import Iterator, Sequence
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import IO

from analyzer.dump.stream import BROKEN, MAX_UNPACKED, STDIN, Member, is_suspicious, plain
from analyzer.errors import ReadError

_METHODS = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)
"""zipfile unpacks the other methods without a limit on what comes out of one read."""


def find_members(paths: Sequence[str]) -> Iterator[Member]:
    """Yield the streams behind paths: files, folders (all files below), globs, archives, `-`.

    Raises:
        ReadError: a path names nothing, or an archive cannot be listed.
    """
    for path in paths:
        if path == STDIN:
            yield Member(STDIN, 0, "", named=True, _open=_standard_input)
            continue
        for file, named in _files(path):
            try:
                yield from _members_of(file, named)
            except ReadError as error:
                if named:
                    raise
                yield Member(str(file), 0, "", named, refused=error.reason)


def _standard_input() -> IO[bytes]:
    if sys.stdin is None:
        raise OSError("standard input is closed")
    return sys.stdin.buffer


def _files(path: str) -> Iterator[tuple[Path, bool]]:
    if not path:
        raise ReadError(path, "an empty text names no file")
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
        raise ReadError(path, plain(error)) from error
    if not matches:
        raise ReadError(path, "no such file or folder")
    for match in matches:
        if Path(match).is_file():
            yield Path(match), True


def _members_of(file: Path, named: bool) -> Iterator[Member]:
    try:
        status = file.stat()
        if not stat.S_ISREG(status.st_mode):
            # A pipe or device can be opened once only.
            yield Member(str(file), 0, "", named, _open=lambda: file.open("rb"))
            return
        with file.open("rb") as stream:
            magic = stream.read(4)
    except OSError as error:
        raise ReadError(str(file), plain(error)) from error
    modified = _utc(status.st_mtime)
    if magic != b"PK\x03\x04":
        yield Member(str(file), status.st_size, modified, named, file)
        return
    try:
        archive = zipfile.ZipFile(file)
    except BROKEN as error:
        raise ReadError(str(file), f"the zip archive cannot be read: {plain(error)}") from error
    with archive:
        members = [info for info in archive.infolist() if not info.filename.endswith("/")]
        if any(info.filename == "[Content_Types].xml" for info in members):
            raise ReadError(
                str(file), "this is an Office document, not a dump; ask for the file as exported"
            )
        if not members:
            raise ReadError(str(file), "the zip archive holds no file")
        unpacked = 0
        for info in members:
            unpacked += info.file_size
            bomb = unpacked > MAX_UNPACKED or is_suspicious(unpacked, status.st_size)
            yield _zip_member(file, archive, info, modified, bomb=bomb)


def _zip_member(
    file: Path, archive: zipfile.ZipFile, info: zipfile.ZipInfo, modified: str, *, bomb: bool
) -> Member:
    name = f"{file}!{info.filename}"
    member = Member(
        name, info.file_size, modified, named=False, _open=lambda: archive.open(info, "r")
    )
    member.in_archive = True
    # zipfile withholds the last bytes of a member whose checksum is wrong; without one it does not.
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
