"""Text of `serialNumber` in, the version of Exchange out; and what an edition is.

The one place that spells versions. Numbers as in Microsoft's table of Exchange build numbers
("Exchange Server build numbers and release dates"). The first build of the Subscription Edition is
15.2.2562.17, of 1 July 2025: the table itself could not be read, a copy of it says so
(Resolve-xopBuildSemVersToTextNameTDO.ps1 of tostka/verb-Ex2010), and mail of 2025 on is of such
builds and later ones of the same number. The directory adds 30000 to the build from 2007 on:
15.2.1118.7 is stored as `Version 15.2 (Build 31118.007)` (Microsoft, "Version error when you
install Exchange Server in RecoverServer mode").
"""

import re
from collections.abc import Iterable

from msgspec import Struct


class Edition(Struct, frozen=True, gc=False):
    """What decides which documented default holds for an object."""

    version: str | None = None
    """One of VERSIONS; None when the dump does not tell."""
    small_business_server: bool = False
    """Whether Exchange came with Small Business Server, which no dump says by itself."""


_VERSION_OF_NUMBER = {
    "6.0": "2000",
    "6.5": "2003",
    "8": "2007",
    "14": "2010",
    "15.0": "2013",
    "15.1": "2016",
    "15.2": "2019",
}
"""The major number, or both where several versions share the major one; oldest first."""
_SUBSCRIPTION_EDITION = "SE"
_FIRST_BUILD_OF_SE = 2562  # of 15.2, which it shares with 2019

VERSIONS = (*_VERSION_OF_NUMBER.values(), _SUBSCRIPTION_EDITION)
"""The versions by name, oldest first."""

_WITH_RECEIVE_CONNECTORS = VERSIONS[VERSIONS.index("2007") :]
# `Version 15.2 (Build 31118.7)`, or as the shell and file properties print it: 15.02.1118.007
_NUMBER = re.compile(r"([0-9]{1,4})\.([0-9]{1,4})(?:(?:\.| *\([Bb]uild +)([0-9]{1,6}))?")
_ADDED_TO_BUILD = 30000


def version_of(serial_numbers: Iterable[str]) -> str | None:
    """Return the version of the first `serialNumber` that names a known one."""
    for text in serial_numbers:
        match = _NUMBER.search(text)
        if match:
            version = _version(int(match[1]), int(match[2]), int(match[3] or 0))
            if version:
                return version
    return None


def _version(major: int, minor: int, build: int) -> str | None:
    both = f"{major}.{minor}"
    if both == "15.2" and build % _ADDED_TO_BUILD >= _FIRST_BUILD_OF_SE:
        return _SUBSCRIPTION_EDITION
    return _VERSION_OF_NUMBER.get(both) or _VERSION_OF_NUMBER.get(str(major))


def is_later_than_2003(version: str | None) -> bool:
    """Tell whether mail comes in through receive connectors, no longer virtual servers."""
    return version in _WITH_RECEIVE_CONNECTORS
