"""Paths in, the files behind them out: files, folders, globs; links and devices told apart.

A folder of evidence comes from strangers. A link in it may point at any file of this computer, at
itself, or at a device that never ends, so it is followed only where somebody names it.
"""

import fnmatch
import os
import re
import stat
from collections.abc import Iterator
from pathlib import Path, PurePath
from typing import NamedTuple

from analyzer.dump.plain_errors import reason_of
from analyzer.errors import ReadError
from analyzer.platform_calls import is_reserved, leads_elsewhere

_MAGIC = re.compile(r"[*?\[]")
_LINK = "a link, which is not followed inside a folder; name it to have it read"
_KINDS = (
    (stat.S_ISFIFO, "a named pipe"),
    (stat.S_ISSOCK, "a socket"),
    (stat.S_ISCHR, "a device"),
    (stat.S_ISBLK, "a device"),
)


class NamedFile(NamedTuple):
    """One file that a path leads to."""

    path: Path
    named: bool
    """True when the user named this very file, False when a folder or a glob led to it."""
    refused: str = ""
    """Why it is not read; empty when it is."""


def files_behind(path: str) -> Iterator[NamedFile]:
    """Yield the files behind a path, those that are not read with the reason.

    Raises:
        ReadError: it names nothing, or something that is no file.
    """
    if not path:
        raise ReadError(path, "an empty text names no file")
    if is_reserved(path):
        raise ReadError(path, "Windows keeps this name for a device or a part of a file")
    place = Path(path)
    try:
        mode = _mode(place)
        if mode is not None and stat.S_ISDIR(mode):
            yield from _or_nothing(path, _below(place), "the folder holds no file")
        elif mode is not None:
            if reason := refusal(mode):
                raise ReadError(path, f"{reason}; write it to a file first, or use - for a stream")
            yield NamedFile(place, named=True)
        else:
            matches = map(_told, _expand(path)) if _MAGIC.search(path) else iter(())
            yield from _or_nothing(path, matches, "no such file or folder")
    except (OSError, ValueError) as error:
        raise ReadError(path, reason_of(error)) from error


def refusal(mode: int) -> str:
    """Return what something is that is no regular file; empty for a regular file."""
    if stat.S_ISREG(mode):
        return ""
    kind = next((name for is_kind, name in _KINDS if is_kind(mode)), "no regular file")
    return f"this is {kind}"


def _mode(place: Path) -> int | None:
    """Return what stands there, links followed; None when nothing does."""
    try:
        return place.stat().st_mode
    except (FileNotFoundError, NotADirectoryError):
        return None


def _or_nothing(path: str, files: Iterator[NamedFile], nothing: str) -> Iterator[NamedFile]:
    first = next(files, None)
    if first is None:
        raise ReadError(path, nothing)
    yield first
    yield from files


def _below(folder: Path) -> Iterator[NamedFile]:
    """Yield all files below a folder, sorted; what is no regular file with its reason."""
    unlisted: list[NamedFile] = []

    def note(error: OSError) -> None:
        unlisted.append(NamedFile(Path(error.filename), named=False, refused=reason_of(error)))

    places = []
    for parent, folders, files in os.walk(folder, onerror=note):
        links = [name for name in folders if leads_elsewhere(Path(parent, name).lstat())]
        # Python 3.11 knows no junctions of Windows, and would follow them.
        folders[:] = [name for name in folders if name not in links]
        places += [Path(parent, name) for name in (*links, *files)]
    yield from sorted([*unlisted, *map(_told, places)])


def _told(place: Path) -> NamedFile:
    status = place.lstat()
    reason = _LINK if leads_elsewhere(status) else refusal(status.st_mode)
    return NamedFile(place, named=False, refused=reason)


def _expand(pattern: str) -> Iterator[Path]:
    """Yield the files that a pattern matches, sorted.

    As the shell does it, with `**` for any folders below; the standard library would follow links
    to folders, and so run in circles where one leads back up.
    """
    base, rest = split_pattern(Path(pattern))
    found = (place for place in _matches(Path(base), rest) if _is_for_reading(place))
    yield from sorted(set(found))


def split_pattern(pattern: PurePath) -> tuple[PurePath, list[str]]:
    r"""Return the folder that a pattern begins in, and its parts from the first with a wildcard on.

    The root is no part of the pattern: long paths of Windows begin with `\\?\`.
    """
    parts, fixed = pattern.parts, 1 if pattern.anchor else 0
    start = next(
        (at for at, part in enumerate(parts) if at >= fixed and _MAGIC.search(part)), len(parts)
    )
    return type(pattern)(*parts[:start]), list(parts[start:])


def _is_for_reading(place: Path) -> bool:
    return leads_elsewhere(place.lstat()) or not place.is_dir()


def _matches(base: Path, parts: list[str]) -> Iterator[Path]:
    if not parts:  # nothing to expand: only the root looked like a pattern
        return
    first, *rest = parts
    while first == "**" and rest[:1] == ["**"]:
        rest = rest[1:]
    if first == "**":
        yield from _matches(base, rest or ["*"])
        for entry in _entries(base):
            if _is_folder(entry):
                yield from _matches(Path(entry.path), parts)
        return
    for entry in _entries(base):
        hidden = entry.name.startswith(".") and not first.startswith(".")
        if hidden or not fnmatch.fnmatch(entry.name, first):
            continue
        if not rest:
            yield Path(entry.path)
        elif _is_folder(entry):
            yield from _matches(Path(entry.path), rest)


def _is_folder(entry: os.DirEntry[str]) -> bool:
    is_folder = entry.is_dir(follow_symlinks=False)
    return is_folder and not leads_elsewhere(entry.stat(follow_symlinks=False))


def _entries(folder: Path) -> list[os.DirEntry[str]]:
    try:
        with os.scandir(folder) as entries:
            return list(entries)
    except (FileNotFoundError, NotADirectoryError, PermissionError):
        return []
