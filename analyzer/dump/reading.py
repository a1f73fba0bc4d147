"""What is known of one input after reading it."""

import enum
from collections.abc import Mapping

from msgspec import Struct

from analyzer.dump.entry import Entry, Unreadable
from analyzer.dump.whole_records import Signature


class ExportScope(enum.StrEnum):
    """Whether an export holds whole objects or only chosen attributes."""

    FULL = "full"
    LIMITED = "limited"


class Input(Struct, frozen=True):
    """One file, archive member or stream, and what the reader learned of it."""

    path: str
    bytes: int
    sha256: str
    modified: str
    """Time of last change of the file, ISO 8601 in UTC; empty when unknown."""
    format: str
    """`ldif`, `csv` or `snapshot`."""
    dialect: str
    """Tool it came from: `ldifde`, `ldapsearch`, `ldbsearch`, `studio`, `jxplorer`, `csvde`,
    `powershell`, `adexplorer` or `other`."""
    encoding: str
    """Python codec name in lower case with dashes."""
    line_ends: str
    """`LF`, `CRLF` or `mixed`; empty for a snapshot."""
    entries: int
    relevant_entries: int
    export_scope: ExportScope
    naming_context: str
    """The partition the entries come from, as DN; empty when it cannot be told."""
    warnings: tuple[str, ...]
    exported: Mapping[str, frozenset[Signature]]
    """Lower-case names of the wanted attributes that occur on any record.

    With each what the records that have it show of their export; nothing for a column of CSV.
    """
    binary_exported: bool = True
    """False when the export left out all octet-string values (`ldifde -n`, `-m`)."""
    top: str = ""
    """DN of the entry that all others at the start stand below; empty where there is none."""
    may_be_cut: bool | None = None
    """Whether entries may be missing at its end or for a limit; None when it is not known."""


class Reading(Struct, frozen=True):
    """All that was read of one input: what it is, its wanted entries, its damage."""

    input: Input
    entries: tuple[Entry, ...] = ()
    unreadable: tuple[Unreadable, ...] = ()
    changes: tuple[Unreadable, ...] = ()
    """The change records among the unreadable."""
    in_place: int = 0
    """How many of the unreadable may have been objects in a wanted place."""
