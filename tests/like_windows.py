"""Run the command with what Windows lacks taken away: like_windows.py ARGUMENT...

The libraries are loaded before, since theirs is another build there. What cannot be played are
paths: `pathlib` has classes for one system only.
"""

import importlib
import multiprocessing
import os
import shutil
import signal
import sys
import tempfile
from pathlib import Path
from types import ModuleType

LIBRARIES = (
    "chardet",
    "docx",
    "jinja2",
    "_ldap",
    "ldif",
    "lxml.etree",
    "msgspec",
    "tomli",
    "openpyxl",
    "pandas",
    "rich.progress",
    "rich.table",
    "typer.core",
)
LACKING = {
    os: "fork forkpty geteuid getuid getgid kill killpg mkfifo sched_getaffinity uname wait "
    "waitpid O_NOFOLLOW O_NONBLOCK O_CLOEXEC O_DIRECTORY",
    signal: "SIGKILL SIGHUP SIGALRM SIGPIPE SIGCHLD alarm setitimer",
}
MODULES = ("fcntl", "grp", "posix", "pty", "pwd", "resource", "termios", "tty")


class NtForTyper(ModuleType):
    """The module `os` as typer sees it: it expands wildcards where the system is called nt."""

    name = "nt"

    def __getattr__(self, name: str) -> object:
        return getattr(os, name)


def is_open(path: object) -> bool:
    """Tell whether this process has a file open."""
    file = Path(os.fspath(path)).resolve()
    return any(handle.resolve() == file for handle in Path("/proc/self/fd").iterdir())


def take_away() -> None:
    """Make this process as poor as one of Windows."""
    for module, names in LACKING.items():
        for name in names.split():
            delattr(module, name)
    for name in MODULES:
        sys.modules[name] = None
    shutil._use_fd_functions = False
    tempfile.TemporaryFile = tempfile.NamedTemporaryFile  # as it is there
    sys.modules["typer.core"].os = NtForTyper("os")
    sys.platform = "win32"
    real_open, real_replace, real_unlink = os.open, os.replace, os.unlink

    def open_file(path, *arguments, **others):
        if Path(path).is_dir():
            raise PermissionError(13, "Permission denied")
        return real_open(path, *arguments, **others)

    def replace(source, target, **others):
        if is_open(source) or is_open(target):
            raise PermissionError(13, "in use by another process")
        real_replace(source, target, **others)

    def unlink(path, **others):
        if is_open(path):
            raise PermissionError(13, "in use by another process")
        real_unlink(path, **others)

    def no_context(method=None):
        raise ValueError(f"cannot find context for {method!r}")

    os.open, os.replace, os.rename, os.unlink, os.remove = (
        open_file,
        replace,
        replace,
        unlink,
        unlink,
    )
    multiprocessing.get_context = no_context


if __name__ == "__main__":
    for library in LIBRARIES:
        importlib.import_module(library)
    take_away()
    if os.environ.get("WITHOUT_SCAN"):
        sys.modules["analyzer.dump.line_scan"] = None
    from analyzer.cli import main

    main()
