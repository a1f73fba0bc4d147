"""The name of a file or folder in, out what reads and writes it: on this computer, or in a store.

Stores are what a URL names, by way of fsspec. This module alone opens connections, and only those
that a URL in the arguments of `fleet` asks for. Credentials are fsspec's business: a URL that
holds some is refused, and what a store says when it fails is told by its kind alone, since it may
quote them.
"""

import errno
import io
import re
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from functools import lru_cache, partial
from pathlib import Path
from typing import IO, Any, BinaryIO, cast

from analyzer.dump.members import Member, members_within
from analyzer.dump.plain_errors import reason_of
from analyzer.errors import OutputError, ReadError, UsageError
from analyzer.report.whole_files import Render, write_files

SCHEMES = ("s3", "az", "abfs", "gs", "sftp", "smb", "file")
_OBJECT_STORES = ("s3", "az", "abfs", "gs")
"""They show an object when all of it has arrived; in others a file is renamed when complete."""
_URL = re.compile(r"([A-Za-z][A-Za-z0-9+.:-]*)://([^/]*)")
_SIGNED = re.compile(r"(?i)[?&;][a-z-]*(sig|token|key|signature|credential|password)=")
_MAGIC = re.compile(r"[*?\[]")
_TIMES = ("LastModified", "last_modified", "mtime", "updated", "last_write_time")
_BUFFER = 1 << 20
_IN_MEMORY = 16 << 20
_NO_FSSPEC = 'URLs need fsspec: install "exchange-analyzer[fleet]"'


def is_url(name: str) -> bool:
    """Tell whether a name is a URL rather than a path."""
    return _URL.match(name) is not None


def check_url(name: str) -> None:
    """Look at a name before anything is opened; a path passes.

    Raises:
        UsageError: a URL of another kind, or with a password or a signature in it.
    """
    if not is_url(name):
        return
    if _scheme_of(name) not in SCHEMES:
        known = ", ".join(SCHEMES)
        raise UsageError(f"URLs of this kind are not opened; expected one of {known}")
    if ":" in _host_of(name).rpartition("@")[0] or _SIGNED.search(name):
        raise UsageError(
            "a URL may hold no password or signature: leave them to the configuration of fsspec"
        )


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
        self._whole_at_once = _scheme_of(url) in _OBJECT_STORES

    def has(self, name: str) -> bool:
        """Tell whether there is such a file."""
        with _told(self._url, OutputError):
            system, path = _behind(f"{self._url}/{name}")
            return bool(system.isfile(path))

    def read(self, name: str) -> bytes | None:
        """Return the bytes of a file, None when there is none or it cannot be read."""
        try:
            system, path = _behind(f"{self._url}/{name}")
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
        with tempfile.SpooledTemporaryFile(_IN_MEMORY) as whole, _told(url, OutputError):
            render(cast("BinaryIO", whole))
            whole.seek(0)
            system, path = _behind(url)
            with suppress(FileExistsError):
                system.makedirs(path.rpartition("/")[0], exist_ok=True)
            part = path if self._whole_at_once else f"{path}.exchange-analyzer.part"
            with system.open(part, "wb") as stream:
                while chunk := whole.read(_BUFFER):
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
    scheme = _scheme_of(url)
    with _told(url, ReadError):
        system, path = _behind(url)
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
        member = Member(name, size, _time(info), named, _open=partial(_open_stored, name))
        try:
            with member.open() as stream:
                yield from members_within(member, stream)
        except ReadError as error:
            if named:
                raise
            yield Member(name, 0, "", named=False, refused=error.reason)


def _open_stored(url: str) -> IO[bytes]:
    """Open a file of a store; what the store raises while it is read becomes an OSError."""
    try:
        system, path = _behind(url)
        return io.BufferedReader(_StoredFile(system.open(path, "rb")), _BUFFER)
    except Exception as error:
        raise OSError(errno.EIO, _kind_of(error)) from None


class _StoredFile(io.RawIOBase):
    """A file of a store, whose failures are an OSError each."""

    def __init__(self, behind: Any) -> None:
        self._behind = behind

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def readinto(self, buffer: "memoryview") -> int:  # type: ignore[override]
        try:
            data = self._behind.read(len(buffer))
        except Exception as error:
            raise OSError(errno.EIO, _kind_of(error)) from None
        buffer[: len(data)] = data
        return len(data)

    def seek(self, offset: int, whence: int = 0) -> int:
        try:
            return int(self._behind.seek(offset, whence))
        except Exception as error:
            raise OSError(errno.EIO, _kind_of(error)) from None

    def tell(self) -> int:
        return int(self._behind.tell())

    def close(self) -> None:
        with suppress(Exception):
            self._behind.close()
        super().close()


def _scheme_of(url: str) -> str:
    match = _URL.match(url)
    return match[1].lower() if match else ""


def _host_of(url: str) -> str:
    match = _URL.match(url)
    return match[2] if match else ""


def _base_of(url: str, scheme: str) -> str:
    """Return what stands before the path of a file in its URL; fsspec leaves the host out."""
    if scheme in _OBJECT_STORES:
        return f"{scheme}://"
    return f"{scheme}://{_host_of(url)}"


def _behind(url: str) -> tuple[Any, str]:
    """Return the file system of a URL and the path in it; fsspec keeps one connection for each."""
    check_url(url)
    try:
        return _fsspec().core.url_to_fs(url)  # type: ignore[no-any-return]
    except ImportError as error:
        scheme = _scheme_of(url)
        raise UsageError(f"{scheme}:// needs the package {_package_of(error)}") from error


@lru_cache(maxsize=1)
def _fsspec() -> Any:
    try:
        import fsspec
    except ImportError:
        raise UsageError(_NO_FSSPEC) from None
    return fsspec


def _package_of(error: ImportError) -> str:
    return error.name or "that fsspec names for it"


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


@contextmanager
def _told(name: str, kind: type[ReadError] | type[OutputError]) -> Iterator[None]:
    """Turn what a store raises into an error of ours."""
    try:
        yield
    except (ReadError, OutputError, UsageError):
        raise
    except Exception as error:
        raise kind(name, _kind_of(error)) from None


def _kind_of(error: Exception) -> str:
    """Return what went wrong, without a word that the store said."""
    if isinstance(error, FileNotFoundError):
        return "no such file or folder"
    if isinstance(error, PermissionError):
        return "no permission"
    return f"the store failed ({type(error).__name__})"
