"""Several copies of one directory object in, the one changed last out."""

from collections.abc import Sequence
from typing import NamedTuple

from analyzer.directory.attributes import AttributeType, Syntax
from analyzer.directory.values import decode
from analyzer.dump.entry import Entry

_CHANGED = AttributeType("whenChanged", Syntax.TIME, "Last changed")
_NUMBER = AttributeType("uSNChanged", Syntax.LARGE_INTEGER, "Update sequence number")


class _Age(NamedTuple):
    """How new a copy is, greatest last; the names are those of the note."""

    whenChanged: str
    """ISO 8601; empty when unknown or in a local notation, which cannot be compared."""
    uSNChanged: int
    """-1 when unknown. Decides last, because every domain controller counts for itself."""
    attributes: int
    """How many the copy has."""


def keep_newest(copies: Sequence[Entry]) -> tuple[Entry, tuple[str, ...]]:
    """Return the copy changed last, and a note on each of the others.

    Undecided copies are told apart by the number of their attributes, then the first one is kept.
    """
    # max() keeps the first of equals, so the order of the inputs decides when nothing else does.
    kept = max(copies, key=_age)
    return kept, tuple(_note(other, kept) for other in copies if other is not kept)


def _age(entry: Entry) -> _Age:
    # A clock first: uSNChanged counts the changes of one domain controller, and two of them count
    # apart, so that it tells only between copies of the same one.
    changed = decode(_CHANGED, entry.get(_CHANGED.name), exported=True).value
    number = decode(_NUMBER, entry.get(_NUMBER.name), exported=True).value
    return _Age(
        # Without the Z it is a date in the language of whoever ran Export-Csv.
        changed if isinstance(changed, str) and changed.endswith("Z") else "",
        number if isinstance(number, int) else -1,
        len(entry.fields),
    )


def _note(other: Entry, kept: Entry) -> str:
    source = other.source
    where = f"{source.file}:{f'offset {source.offset}' if source.line is None else source.line}"
    if other.attributes == kept.attributes:
        return f"an identical copy stands at {where}"
    for name, mine, its in zip(_Age._fields, _age(kept), _age(other), strict=True):
        if mine != its:
            what = "fewer attributes" if name == "attributes" else f"lower {name}"
            return f"another copy stands at {where} and is not judged: {what}"
    return f"another copy stands at {where} and is not judged: nothing tells which is newer"
