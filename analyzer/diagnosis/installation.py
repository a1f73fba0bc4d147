"""What the program runs on and with: versions, encodings; no names of users, computers or paths."""

import locale
import os
import platform
import re
import struct
import sys
from collections.abc import Iterator
from importlib import metadata
from typing import NamedTuple

from analyzer.dump.read_options import scan_is_compiled
from analyzer.platform_calls import can_fork, cores
from analyzer.version import __version__

PACKAGE = "exchange-analyzer"
UNOFFICIAL = "python-ldap-build-windows"
"""A build of python-ldap by others, for Windows, which has no official one."""

_LDAP = ("python-ldap", UNOFFICIAL)
_NAME = re.compile(r"[A-Za-z0-9._-]+")
_EXTRA = re.compile(r"extra == [\"']([A-Za-z0-9._-]+)[\"']")


class InstallationFact(NamedTuple):
    """One thing about the installation."""

    name: str
    value: str
    problem: str = ""
    """What is wrong with it, and what helps; empty when nothing is."""


def installation(output_encoding: str) -> Iterator[InstallationFact]:
    """Yield what is known of the installation; `output_encoding` is that of standard output."""
    yield InstallationFact(PACKAGE, __version__)
    yield InstallationFact("Installed by", _installer())
    yield InstallationFact("Python", _python())
    yield InstallationFact("System", _system())
    yield InstallationFact("Processor cores", f"{cores() if can_fork() else 1} of {cores()} used")
    yield _scan()
    yield from _ldap()
    yield from _libraries()
    yield from _encodings(output_encoding)
    yield InstallationFact("Fonts", "none needed: reports are drawn where they are opened")


def _installer() -> str:
    try:
        text = metadata.distribution(PACKAGE).read_text("INSTALLER") or ""
    except metadata.PackageNotFoundError:
        return "nothing: run from its source"
    return text.strip() if _NAME.fullmatch(text.strip()) else "unknown"


def _python() -> str:
    bits = struct.calcsize("P") * 8
    return f"{platform.python_version()}, {platform.python_implementation()}, {bits} bits"


def _system() -> str:
    # Whoever builds a kernel may put any name behind the numbers.
    number = re.match(r"[0-9.]*", platform.release())
    library = " ".join(platform.libc_ver())
    parts = (platform.system(), number[0] if number else "", platform.machine(), library)
    return " ".join(part for part in parts if part.strip())


def _scan() -> InstallationFact:
    what = "Scan of big files"
    if not scan_is_compiled():
        return InstallationFact(what, "not compiled: minutes a GB, the same results")
    try:
        from analyzer.dump.line_scan import WIDTHS
    except ImportError:
        return InstallationFact(what, "compiled, but cannot be loaded", f"install {PACKAGE} again")
    return InstallationFact(what, f"compiled, {WIDTHS[-1]} bytes at a time")


def _ldap() -> Iterator[InstallationFact]:
    versions = {name: version for name in _LDAP if (version := _version(name))}
    if not versions:
        yield InstallationFact(_LDAP[0], "missing", f"install {PACKAGE} again")
    for name, version in versions.items():
        note = ", an unofficial build" if name == UNOFFICIAL else ""
        yield InstallationFact(name, f"{version}{note}")
    # A package called `ldif` brings another module of that name.
    owners = set(metadata.packages_distributions().get("ldif", ()))
    if others := owners - set(_LDAP):
        problem = f"uninstall {', '.join(sorted(others))}, then install python-ldap again"
        yield InstallationFact("Module ldif", "of more than one package", problem)


def _libraries() -> Iterator[InstallationFact]:
    for name, extra in sorted(_asked().items()):
        if version := _version(name):
            yield InstallationFact(name, version)
        elif extra:
            yield InstallationFact(name, f"not installed; it comes with {PACKAGE}[{extra}]")
        else:
            yield InstallationFact(name, "missing", f"install {PACKAGE} again")


def _asked() -> dict[str, str]:
    """Return the libraries that the package asks for, but for python-ldap, and for which extra."""
    try:
        lines = metadata.requires(PACKAGE) or ()
    except metadata.PackageNotFoundError:
        return {}
    asked = {}
    for line in lines:
        if match := _NAME.match(line):
            extra = _EXTRA.search(line)
            asked[match[0]] = extra[1] if extra else ""
    return {name: extra for name, extra in asked.items() if name not in _LDAP}


def _version(name: str) -> str:
    try:
        return metadata.version(name)
    except metadata.PackageNotFoundError:
        return ""


def _encodings(output: str) -> Iterator[InstallationFact]:
    yield _encoding("Encoding of output", output, "what it lacks is printed as \\u escapes")
    of_files = sys.getfilesystemencoding()
    yield _encoding("Encoding of file names", of_files, "LANG=C.UTF-8 allows all names")
    yield InstallationFact("Encoding of the locale", locale.getencoding())
    yield InstallationFact("Colour", "off by NO_COLOR" if os.environ.get("NO_COLOR") else "allowed")


def _encoding(name: str, encoding: str, consequence: str) -> InstallationFact:
    is_unicode = encoding.lower().replace("-", "").startswith("utf")
    return InstallationFact(name, encoding if is_unicode else f"{encoding}: {consequence}")
