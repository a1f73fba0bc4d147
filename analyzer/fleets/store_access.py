"""A URL in, the file system and the open files behind it out, by way of fsspec.

This module alone opens connections, and only those that a URL in the arguments of `fleet` asks
for. Credentials are fsspec's business: a URL that holds some is refused, and what a store says when
it fails is told by its kind alone, since it may quote them.
"""

import errno
import io
import re
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from functools import lru_cache
from typing import IO, TYPE_CHECKING, Any

from analyzer.errors import OutputError, ReadError, UsageError

if TYPE_CHECKING:
    from _typeshed import WriteableBuffer

SCHEMES = ("s3", "az", "abfs", "gs", "sftp", "smb", "file")
_URL = re.compile(r"([A-Za-z][A-Za-z0-9+.:-]*)://([^/]*)")
_SIGNED = re.compile(r"(?i)[?&;][a-z-]*(sig|token|key|signature|credential|password)=")
BUFFER = 1 << 20
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
    if scheme_of(name) not in SCHEMES:
        known = ", ".join(SCHEMES)
        raise UsageError(f"URLs of this kind are not opened; expected one of {known}")
    if ":" in host_of(name).rpartition("@")[0] or _SIGNED.search(name):
        raise UsageError(
            "a URL may hold no password or signature: leave them to the configuration of fsspec"
        )


def open_stored(url: str) -> IO[bytes]:
    """Open a file of a store; what the store raises while it is read becomes an OSError."""
    try:
        system, path = behind(url)
        return io.BufferedReader(_StoredFile(system.open(path, "rb")), BUFFER)
    except Exception as error:
        raise OSError(errno.EIO, _kind_of(error)) from None


class _StoredFile(io.RawIOBase):
    """A file of a store, whose failures are an OSError each."""

    def __init__(self, behind: Any) -> None:
        self.behind = behind

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def readinto(self, buffer: "WriteableBuffer", /) -> int:
        room = memoryview(buffer).cast("B")
        try:
            data = self.behind.read(len(room))
        except Exception as error:
            raise OSError(errno.EIO, _kind_of(error)) from None
        room[: len(data)] = data
        return len(data)

    def seek(self, offset: int, whence: int = 0) -> int:
        try:
            return int(self.behind.seek(offset, whence))
        except Exception as error:
            raise OSError(errno.EIO, _kind_of(error)) from None

    def tell(self) -> int:
        return int(self.behind.tell())

    def close(self) -> None:
        with suppress(Exception):
            self.behind.close()
        super().close()


def scheme_of(url: str) -> str:
    """Return the scheme of a URL in lower case; empty for a path."""
    match = _URL.match(url)
    return match[1].lower() if match else ""


def host_of(url: str) -> str:
    """Return what stands between the scheme of a URL and its path."""
    match = _URL.match(url)
    return match[2] if match else ""


def behind(url: str) -> tuple[Any, str]:
    """Return the file system of a URL and the path in it; fsspec keeps one connection for each."""
    check_url(url)
    try:
        system, path = _fsspec().core.url_to_fs(url)
    except ImportError as error:
        scheme = scheme_of(url)
        raise UsageError(f"{scheme}:// needs the package {_package_of(error)}") from error
    return system, path


@lru_cache(maxsize=1)
def _fsspec() -> Any:
    try:
        import fsspec
    except ImportError:
        raise UsageError(_NO_FSSPEC) from None
    return fsspec


def _package_of(error: ImportError) -> str:
    return error.name or "that fsspec names for it"


@contextmanager
def told(name: str, kind: type[ReadError] | type[OutputError]) -> Iterator[None]:
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
