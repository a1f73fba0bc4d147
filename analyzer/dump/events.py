"""What the reader of a format yields: entries, the unreadable, the passed over, at last the end.

Every reader of `formats.FORMATS` is a generator of these. Whoever counts, keeps or hands on is a
consumer of them and changes nothing in the reader. Each record of a file is told by one event:
as an `Entry`, as an `Unreadable` whose `record` is True, or as one of a number of `PassedOver`.
"""

from typing import NamedTuple

from msgspec import Struct

from analyzer.dump.entry import Entry, Unreadable


class PassedOver(NamedTuple):
    """Readable records of no interest: counted, not handed over; one event for a whole batch."""

    records: int


class End(Struct, frozen=True):
    """The end of an input, and what the reader learnt of it on the way; always the last event."""

    utf8: bool = True
    """False when there was text that is no UTF-8."""
    foreign: tuple[bytes, ...] = ()
    """The first words that are no UTF-8, from which their code page may be told."""
    unended_line: int | None = None
    """The last line, when no line end is behind it."""
    columns: frozenset[str] | None = None
    """Lower-case attribute names of a header; None where only the entries tell what there is."""
    result_codes: frozenset[int] = frozenset()
    """LDAP result codes behind the entries (4 is: size limit exceeded)."""
    naming_context: str = ""
    """The partition that the file itself names; empty where only the entries tell."""
    warnings: tuple[str, ...] = ()
    """What a reader noticed that is no damage of a place."""
    missing: str = ""
    """What the tool that wrote the file would have written at its end; empty if all is there."""


Event = Entry | Unreadable | PassedOver | End
