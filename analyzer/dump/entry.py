"""What the readers yield: directory entries as they stand in the dump, and the unreadable."""

import enum
from collections.abc import Mapping
from functools import lru_cache

from msgspec import Struct
from msgspec.structs import replace


class Notation(enum.StrEnum):
    """How a value is written in the dump."""

    PLAIN = "plain"
    BASE64 = "base64"
    URL = "url"
    CSV = "csv"
    HEX = "hex"
    SNAPSHOT = "snapshot"
    STATED = "stated"
    """An extract states what is known of the attribute, in place of a value."""


_LONGEST_SHARED = 2048
"""Bytes of the values that are looked up among those of other entries."""
STATEMENT = "x-exchange-analyzer:"
"""How the URL begins that an extract has in place of a value; `raw` of its attribute holds it."""


class Source(Struct, frozen=True):
    """Where something stands: physical lines are 1-based; a snapshot has an offset and no lines."""

    file: str
    line: int | None
    last_line: int | None
    offset: int | None = None


class Attribute(Struct, frozen=True, gc=False):
    """One attribute of one entry, values as bytes (text is UTF-8).

    Of a dump with millions of them none is part of a cycle, so that Python need not look for one.
    """

    name: str
    """As spelled at its first occurrence in the entry, with its options."""
    values: tuple[bytes, ...]
    line: int | None
    """Line of the first value; in CSV the first line of the row."""
    last_line: int | None
    notation: Notation
    """Notation of the first value."""
    lost: str = ""
    """Why the export tool destroyed the value; empty when it did not."""
    damaged: str = ""
    """Why a value in the file could not be decoded; empty when all could."""
    raw: str = ""
    """The text in the file of the first value that is lost or damaged."""


def shared(values: tuple[bytes, ...]) -> tuple[bytes, ...]:
    """Return values, the same object for equal ones: thousands of entries hold the same few."""
    return _shared(values) if sum(map(len, values)) <= _LONGEST_SHARED else values


@lru_cache(maxsize=8192)
def _shared(values: tuple[bytes, ...]) -> tuple[bytes, ...]:
    return values


class Entry(Struct, frozen=True):
    """One directory object as it stands in the dump."""

    dn: str
    fields: Mapping[str, Attribute]
    """By attribute name in lower case, options and all."""
    source: Source
    sha256: str = ""
    """SHA-256 of the bytes of the lines `source.line` to `source.last_line` in the file."""
    notes: tuple[str, ...] = ()
    """What the reader had to decide about this entry, one sentence each."""
    cut: bool = False
    """True when the file ends with the entry and not as its tool ends a file."""
    damaged: bool = False
    """True when a line inside the entry could not be read."""
    may_be_cut: bool = False
    """True when the file ends with the entry, of a tool whose ends are not known."""
    requested: frozenset[str] | None = None
    """Lower-case names that the search asked for, by its own comment; None without one."""

    @property
    def gap(self) -> str:
        """Why an absent attribute may stand in what is missing; empty when nothing is missing."""
        if self.damaged:
            return "a line of this record cannot be read, and it may have stood there"
        return "the file is cut in this record" if self.cut else ""

    @property
    def attributes(self) -> dict[str, tuple[bytes, ...]]:
        """Values by attribute name in lower case, without the places."""
        return {name: attribute.values for name, attribute in self.fields.items()}

    def get(self, name: str) -> Attribute | None:
        """Return the attribute of that name in any letter case, its options aside, or None."""
        return self.fields.get(name.lower()) or self._with_options(name.lower() + ";")

    def _with_options(self, start: str) -> Attribute | None:
        spelled = [attribute for key, attribute in self.fields.items() if key.startswith(start)]
        if not spelled:
            return None
        values = tuple(value for attribute in spelled for value in attribute.values)
        return replace(spelled[0], values=values)

    def texts(self, name: str) -> tuple[str, ...]:
        """Return the values of an attribute as text; empty when it is absent."""
        attribute = self.get(name)
        if attribute is None:
            return ()
        return tuple(value.decode("utf-8", "backslashreplace") for value in attribute.values)


class Unreadable(Struct, frozen=True):
    """A record, or a value of a record, that could not be read."""

    file: str
    line: int | None
    last_line: int | None
    reason: str
    offset: int | None = None
    record: bool = False
    """True for a whole record, False for a line or value of one or for lines of none."""
    dn: str = ""
    """The DN of the record, or text that holds it, where that can be read."""
    changed: frozenset[str] | None = None
    """Of a change record the attributes it names, in lower case, none for all; else None."""
    faults: int = 1
    """How many faults, one behind the other, it stands for."""
