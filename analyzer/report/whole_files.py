"""Files written whole or not at all: beside the target first, then moved into place."""

import contextlib
import os
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import BinaryIO

from analyzer.errors import OutputError
from analyzer.platform_calls import MOVES_OPEN_FILES, is_reserved
from analyzer.report.part_files import open_part, remove_left_behind

Render = Callable[[BinaryIO], None]
"""Writes one output to an open binary file."""


def check_target(target: Path, *, overwrite: bool) -> None:
    """Look whether an output may be written, before any work is done for it.

    Raises:
        OutputError: the target is a folder, exists and is to be kept, has no folder, or is no name
            for a file.
    """
    if is_reserved(str(target)):
        raise OutputError(str(target), "Windows keeps this name for itself; choose another")
    if target.is_dir():
        raise OutputError(str(target), "is a folder; expected the name of a file")
    if not target.parent.is_dir():
        raise OutputError(str(target), f"the folder {target.parent} does not exist")
    if not overwrite and os.path.lexists(target):
        raise OutputError(str(target), "exists already and was kept; use --overwrite to replace it")


def write_files(outputs: Sequence[tuple[Path, Render]], *, overwrite: bool = False) -> None:
    """Write every output beside its target, and only when all are complete move them there.

    Raises:
        OutputError: one cannot be written; then none of the targets was touched, unless the
            failure was in moving the last ones into place.
    """
    for target, _ in outputs:
        check_target(target, overwrite=overwrite)
    for folder in {target.parent for target, _ in outputs}:
        remove_left_behind(folder)
    with contextlib.ExitStack() as stack:
        ready = [
            (stack.enter_context(_beside(target, render)), target) for target, render in outputs
        ]
        for temporary, target in ready:
            _move(temporary, target, overwrite=overwrite)


@contextlib.contextmanager
def _beside(target: Path, render: Render) -> Iterator[Path]:
    # The same folder is the same disk, so that the move is one step (POSIX rename).
    with _explained(target):
        temporary, stream = open_part(target)
    try:
        with _explained(target):
            render(stream)
            stream.flush()
            os.fsync(stream.fileno())
            if not MOVES_OPEN_FILES:
                stream.close()
        yield temporary
    finally:
        with contextlib.suppress(OSError):
            temporary.unlink(missing_ok=True)
        # What could not be flushed before cannot be now, on a full disk.
        with contextlib.suppress(OSError):
            stream.close()


def _move(temporary: Path, target: Path, *, overwrite: bool) -> None:
    check_target(target, overwrite=overwrite)
    with _explained(target):
        # A link to a file elsewhere is written through, as with an ordinary save.
        final = target.resolve() if target.is_symlink() else target
        temporary.replace(final)
        _sync_folder(final.parent)


@contextlib.contextmanager
def _explained(target: Path) -> Iterator[None]:
    try:
        yield
    except PermissionError as error:
        reason = "no permission to write here, or it is open in another program"
        raise OutputError(str(target), f"{reason}; close it, or choose another name") from error
    except OSError as error:
        reason = (error.strerror or str(error)).lower()
        raise OutputError(str(target), f"cannot be written: {reason}") from error


def _sync_folder(folder: Path) -> None:
    # So that the new name outlives a power cut; not every system can open a folder.
    with contextlib.suppress(OSError):
        handle = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)
