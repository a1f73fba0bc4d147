"""The name of a file or folder in, out what reads and writes it: here, or in a store."""

import re
import tempfile
from collections.abc import Iterator
from contextlib import suppress
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Any, BinaryIO, cast

from analyzer.dump.members import Member, members_within
from analyzer.dump.plain_errors import reason_of
from analyzer.errors import OutputError, ReadError
from analyzer.fleets.store_access import (
    BUFFER,
    behind,
    host_of,
    is_url,
    open_stored,
    scheme_of,
    told,
)
from analyzer.report.whole_files import Render, write_files

_OBJECT_STORES = ("s3", "az", "abfs", "gs")
"""They show an object when all of it has arrived; in others a file is renamed when complete."""
_MAGIC = re.compile(r"[*?\[]")
_TIMES = ("LastModified", "last_modified", "mtime", "updated", "last_write_time")
_IN_MEMORY = 16 << 20


class LocalFolder:
    """A folder of this computer that outputs go to."""

    def __init__(self, folder: str) -> None:
        """Take its path; what is written into it makes it."""
        self._folder = Path(folder)

    def has(self, name: str) -> bool:
        """Tell whether there is such a file."""
        return (self._folder / name).is_file()

    def read(self, name: str) -> bytes | None:
        """Return the bytes of a file, None when there is none or it cannot be read."""
        try:
            return (self._folder / name).read_bytes()
        except OSError:
            return None

    def write(self, name: str, render: Render) -> None:
        """Write a file whole or not at all.

        Raises:
            OutputError: it cannot be written.
        """
        target = self._folder / name
        try:
            target.parent.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise OutputError(str(target.parent), f"cannot be made: {reason_of(error)}") from error
        write_files([(target, render)], overwrite=True)


class StoreFolder:
    """A folder behind a URL that outputs go to."""

    def __init__(self, url: str) -> None:
        """Take its URL; it need not exist."""
        self._url = url.rstrip("/")
        self._whole_at_once = scheme_of(url) in _OBJECT_STORES

    def has(self, name: str) -> bool:
        """Tell whether there is such a file."""
        with told(self._url, OutputError):
            system, path = behind(f"{self._url}/{name}")
            return bool(system.isfile(path))

    def read(self, name: str) -> bytes | None:
        """Return the bytes of a file, None when there is none or it cannot be read."""
        try:
            system, path = behind(f"{self._url}/{name}")
            return bytes(system.cat_file(path))
        except Exception:
            return None

    def write(self, name: str, render: Render) -> None:
        """Write a file whole or not at all.

        Raises:
            OutputError: it cannot be written.
        """
        url = f"{self._url}/{name}"
        # A workbook is written with steps back, which no store takes.
        with tempfile.SpooledTemporaryFile(_IN_MEMORY) as whole, told(url, OutputError):
            render(cast("BinaryIO", whole))
            whole.seek(0)
            system, path = behind(url)
            with suppress(FileExistsError):
                system.makedirs(path.rpartition("/")[0], exist_ok=True)
            part = path if self._whole_at_once else f"{path}.exchange-analyzer.part"
            with system.open(part, "wb") as stream:
                while chunk := whole.read(BUFFER):
                    stream.write(chunk)
            if part != path:
                if system.exists(path):
                    _replace(system, part, path)
                else:
                    system.mv(part, path)


OutputFolder = LocalFolder | StoreFolder


def output_folder(name: str) -> OutputFolder:
    """Return the folder that outputs go to."""
    return StoreFolder(name) if is_url(name) else LocalFolder(name)


def stored_members(url: str) -> Iterator[Member]:
    """Yield the streams behind a URL: a file, all files of a folder, of a pattern, of an archive.

    Raises:
        ReadError: it names nothing, or the store does not answer.
    """
    scheme = scheme_of(url)
    with told(url, ReadError):
        system, path = behind(url)
        if _MAGIC.search(path):
            paths = sorted(found for found in system.glob(path) if system.isfile(found))
        elif system.isdir(path):
            paths = sorted(system.find(path))
        else:
            paths = [path]
        found = [(place, system.info(place)) for place in paths]
    if not found:
        raise ReadError(url, "no such file or folder")
    named = paths == [path]
    base = _base_of(url, scheme)
    for place, info in found:
        name = url if named else f"{base}{place}"
        size = int(info.get("size") or 0)
        member = Member(name, size, _time(info), named, _open=partial(open_stored, name))
        try:
            with member.open() as stream:
                yield from members_within(member, stream)
        except ReadError as error:
            if named:
                raise
            yield Member(name, 0, "", named=False, refused=error.reason)


def _base_of(url: str, scheme: str) -> str:
    """Return what stands before the path of a file in its URL; fsspec leaves the host out."""
    if scheme in _OBJECT_STORES:
        return f"{scheme}://"
    return f"{scheme}://{host_of(url)}"


def _replace(system: Any, part: str, path: str) -> None:
    """Put a complete file in the place of another: renaming over it, where the system can."""
    try:
        system.mv(part, path)
    except Exception:
        system.rm_file(path)
        system.mv(part, path)


def _time(info: dict[str, Any]) -> str:
    """Return the time of change that a store tells, ISO 8601 in UTC; empty when it tells none."""
    for key in _TIMES:
        value = info.get(key)
        with suppress(ValueError, OverflowError, OSError):
            if isinstance(value, int | float) and value > 0:
                value = datetime.fromtimestamp(value, UTC)
            if isinstance(value, datetime):
                return value.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    return ""
