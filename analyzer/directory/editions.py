"""Text of `serialNumber` in, the version of Exchange out; and what an edition is.

The one place that spells versions. Numbers as in Microsoft's table of Exchange build numbers.
"""

import re
from collections.abc import Iterable
from typing import NamedTuple


class Edition(NamedTuple):
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
    "15.2": "2019",  # of the Subscription Edition too, which only the build tells apart
}
"""The major number, or both where several versions share the major one; oldest first."""

VERSIONS = tuple(_VERSION_OF_NUMBER.values())
"""The versions by name, oldest first."""

_FIRST_WITH_RECEIVE_CONNECTORS = VERSIONS.index("2007")
_NUMBER = re.compile(r"([0-9]+)\.([0-9]+)")


def version_of(serial_numbers: Iterable[str]) -> str | None:
    """Return the version of the first `serialNumber` that names a known one."""
    for text in serial_numbers:
        match = _NUMBER.search(text)
        if match:
            version = _VERSION_OF_NUMBER.get(match[0]) or _VERSION_OF_NUMBER.get(match[1])
            if version:
                return version
    return None


def is_later_than_2003(version: str | None) -> bool:
    """Tell whether mail comes in through receive connectors, no longer virtual servers."""
    return version in VERSIONS[_FIRST_WITH_RECEIVE_CONNECTORS:]
