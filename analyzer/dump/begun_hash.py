"""A file to be mapped in, its map and its hash out: taken beside whatever is done with the map.

Hashing takes longer than all else that is done with a snapshot, and needs nothing but the file. It
may begin before the rest of the program is loaded: this module imports little, to be there first.
"""

import hashlib
import mmap
import os
import stat
import threading
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from typing import IO

_PAYS_FROM = 8 << 20
"""Bytes from which hashing takes longer than a thread to start."""
_PIECE = 1 << 26
"""Bytes that are hashed at once: at each end the thread waits for its turn, or is told to end."""
_SNAPSHOT = b"win-ad-ob\0"
"""What is read forward is hashed as it is read: what was hashed and what was read are the same."""


class BegunHash:
    """The SHA-256 of one file, taken by a thread of its own.

    That thread waits for nobody and holds no lock while it hashes.
    """

    def __init__(self, file: IO[bytes]) -> None:
        """Begin with an open file, which is mapped."""
        self._status = os.fstat(file.fileno())
        self.view = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)
        """The file, for its reader as well: what is mapped once is mapped for both."""
        self._digest = ""
        self._ended = False
        self._thread = threading.Thread(target=self._work, daemon=True)
        self._thread.start()

    def _work(self) -> None:
        digest = hashlib.sha256()
        with memoryview(self.view) as whole:
            for start in range(0, len(whole), _PIECE):
                if self._ended:
                    return
                with whole[start : start + _PIECE] as piece:
                    digest.update(piece)
        self._digest = digest.hexdigest()

    def is_of(self, file: IO[bytes]) -> bool:
        """Tell whether an open file is the one that is hashed, and still as it was."""
        status, before = os.fstat(file.fileno()), self._status
        return os.path.samestat(status, before) and (status.st_size, status.st_mtime_ns) == (
            before.st_size,
            before.st_mtime_ns,
        )

    def digest(self, file: IO[bytes]) -> str:
        """Wait for the end and return hex digits, taken again of a file changed meanwhile."""
        self._thread.join()
        if not (self._digest and self.is_of(file)):
            self._work()
        return self._digest

    def close(self) -> None:
        """End the hashing, done or not, and let the file go."""
        self._ended = True
        self._thread.join()
        self.view.close()


def begin_hash(paths: Sequence[str]) -> BegunHash | None:
    """Begin with the hash of the only input, if that is a long snapshot; None for all else.

    What is wrong with an input is told by whoever reads it.
    """
    if len(paths) != 1:  # big inputs are read by processes of their own, which take no thread along
        return None
    with suppress(OSError, ValueError):
        path = Path(paths[0])
        status = path.stat()
        if stat.S_ISREG(status.st_mode) and status.st_size >= _PAYS_FROM:
            with path.open("rb") as file:
                if file.read(len(_SNAPSHOT)) == _SNAPSHOT:
                    return BegunHash(file)
    return None
