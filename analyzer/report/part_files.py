"""A target in, the open file beside it out that is to take its place; those of killed runs removed.

Such a file is called `.report.xlsx.exchange-analyzer-0123456789ab.part`, and its process holds a
lock on it to the end. The system lets go of the lock of a process that was killed: what is called
so and can be locked is nobody's any more. A number of a process would tell less, on a disk that
several computers share.
"""

import errno
import os
import re
from contextlib import suppress
from pathlib import Path
from typing import BinaryIO

from analyzer.platform_calls import MOVES_OPEN_FILES, lock, open_own

_NAME = re.compile(r"\..*\.exchange-analyzer-[0-9a-f]{12}\.part", re.DOTALL)
_BUFFER = 1 << 20
_TRIES = 5
_KEPT = 40
"""Characters of the target's name: 255 bytes are all that a name may have."""


def open_part(target: Path) -> tuple[Path, BinaryIO]:
    """Make and lock a new file beside the target.

    Raises:
        OSError: it cannot be made.
    """
    for _ in range(_TRIES):
        name = f".{target.name[:_KEPT]}.exchange-analyzer-{os.urandom(6).hex()}.part"
        part = target.with_name(name)
        # "x" follows no link that somebody has put there; the mode follows the umask.
        stream = part.open("xb", buffering=_BUFFER)
        if lock(stream.fileno()) is not False and _is_named(part, stream.fileno()):
            return part, stream
        # Another run took it for left behind, between its making and its locking.
        stream.close()
    raise OSError(errno.EAGAIN, "another run removes what this one begins to write")


def remove_left_behind(folder: Path) -> None:
    """Remove the files of this kind that no process holds any more; what cannot be, stays."""
    with suppress(OSError), os.scandir(folder) as entries:
        for entry in entries:
            if _NAME.fullmatch(entry.name) and entry.is_file(follow_symlinks=False):
                with suppress(OSError):
                    _remove_unless_held(Path(entry.path))


def _remove_unless_held(part: Path) -> None:
    handle = open_own(part)
    if handle is None:
        part.unlink()
        return
    try:
        if lock(handle) and _is_named(part, handle):
            part.unlink()
    finally:
        os.close(handle)


def _is_named(part: Path, handle: int) -> bool:
    """Tell whether an open file still has its name."""
    if not MOVES_OPEN_FILES:
        return True
    try:
        return os.path.samestat(part.lstat(), os.fstat(handle))
    except FileNotFoundError:
        return False
