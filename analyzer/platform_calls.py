"""What Linux, macOS and Windows do in their own ways: the only module that asks which one it is.

The rest of the program calls what every Python has. `tests/test_other_systems.py` runs it with all
that Windows lacks taken away.
"""

import os
import stat
import sys
from collections.abc import Callable
from pathlib import PurePath, PureWindowsPath
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from multiprocessing.process import BaseProcess

ON_WINDOWS = sys.platform == "win32"
MOVES_OPEN_FILES = not ON_WINDOWS
"""Windows neither moves nor removes a file that is open, so that it needs no lock either."""

_DEVICES = frozenset(
    ["CON", "PRN", "AUX", "NUL", "CONIN$", "CONOUT$"]
    + [f"{port}{number}" for port in ("COM", "LPT") for number in "123456789¹²³"]
)
_AT_ONCE = getattr(os, "O_NONBLOCK", 0)
_AS_BYTES = getattr(os, "O_BINARY", 0)


def cores() -> int:
    """Return how many processes can work at the same time."""
    if sys.platform == "linux":
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def can_fork() -> bool:
    """Tell whether there is a fork to rely on; the libraries of macOS do not survive one."""
    return sys.platform == "linux"


def open_ordinary(path: PurePath) -> int:
    """Open a file to read its bytes, whatever it is, without waiting for anybody.

    Raises:
        OSError, ValueError: it cannot be opened.
    """
    # Without O_NONBLOCK opening a pipe would wait for somebody who writes into it.
    return os.open(path, os.O_RDONLY | _AT_ONCE | _AS_BYTES)


def is_reserved(path: str) -> bool:
    """Tell whether Windows takes a name for a device or for a stream within a file.

    `NUL.xlsx` is the device NUL, in any folder; `a.xlsx:b.xlsx` would be hidden inside `a.xlsx`.
    See "Naming Files, Paths, and Namespaces" and "File Streams" in Microsoft's Win32 documents.
    """
    if not ON_WINDOWS:
        return False
    place = PureWindowsPath(path)
    stem = place.name.partition(".")[0].rstrip(" ").upper()
    return stem in _DEVICES or ":" in place.name or place.drive.startswith("\\\\.\\")


def leads_elsewhere(status: os.stat_result) -> bool:
    """Tell whether something, looked at itself, is a link or a junction of Windows."""
    junction = getattr(stat, "IO_REPARSE_TAG_MOUNT_POINT", None)
    tag = getattr(status, "st_reparse_tag", 0)
    return stat.S_ISLNK(status.st_mode) or (tag != 0 and tag == junction)


if sys.platform == "win32":

    def forked(work: Callable[..., None], *arguments: object) -> "BaseProcess":
        """Raise: there is no fork; `can_fork` tells before."""
        raise NotImplementedError

    def open_own(path: PurePath) -> int | None:
        """Return None: a file that nobody holds can be removed, any other cannot."""
        return None

    def lock(handle: int) -> bool | None:
        """Return True: who has a file open holds it."""
        return True

else:
    import fcntl

    def forked(work: Callable[..., None], *arguments: object) -> "BaseProcess":
        """Return a process by fork that will do some work and ends with this one."""
        # Most inputs are too small for processes; they need not wait for this to load.
        from multiprocessing import get_context

        return get_context("fork").Process(target=work, args=arguments, daemon=True)

    def open_own(path: PurePath) -> int | None:
        """Open a file to remove it, as long as it is an ordinary one of this user with one name.

        Raises:
            OSError: it cannot be opened, or is another's or something else.
        """
        # A link or a pipe may have taken the name meanwhile.
        handle = os.open(path, os.O_RDWR | os.O_NOFOLLOW | os.O_NONBLOCK)
        status = os.fstat(handle)
        is_own = stat.S_ISREG(status.st_mode) and status.st_uid == os.geteuid()
        if is_own and status.st_nlink == 1:
            return handle
        os.close(handle)
        raise PermissionError(path)

    def lock(handle: int) -> bool | None:
        """Lock an open file; False when another process holds it, None on a disk without locks."""
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
        except OSError:
            return None
        return True
