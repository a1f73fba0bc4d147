"""Several copies of one directory object in, those that are not proved older out."""

from collections.abc import Sequence
from typing import NamedTuple

from analyzer.directory.attributes import AttributeType, Syntax
from analyzer.directory.values import State, decode
from analyzer.dump.entry import Entry

_CHANGED = AttributeType("whenChanged", Syntax.TIME, "Last changed")
_GUID = AttributeType("objectGUID", Syntax.GUID, "Object GUID")
_NUMBER = AttributeType("uSNChanged", Syntax.LARGE_INTEGER, "Update sequence number")


class Copies(NamedTuple):
    """What is known of the copies of one object."""

    newest: tuple[Entry, ...]
    """Those of which none is proved older than another; at least one."""
    notes: tuple[str, ...]
    """One on each of the others."""


class _Age(NamedTuple):
    """By what a copy is proved newer than another."""

    when: str
    """ISO 8601; empty when unknown or in a local notation, which cannot be compared."""
    number: int
    """-1 when unknown. Every domain controller counts its own changes."""
    file: str
    """Input it stands in, which comes from one domain controller."""


def sort_out(copies: Sequence[Entry]) -> Copies:
    """Leave out the copies that are older than another one."""
    ages = [_age(entry) for entry in copies]
    # Thousands of copies may be of one age, or of as many as there are: the newest proves most.
    newest_first = sorted(set(ages), reverse=True)
    whys = {
        age: next(filter(None, (_older(age, other) for other in newest_first)), "")
        for age in newest_first
    }
    notes: list[str] = []
    newest: list[Entry] = []
    for entry, age in zip(copies, ages, strict=True):
        if why := whys[age]:
            notes.append(f"another copy stands at {place_of(entry)} and is not judged: {why}")
        else:
            newest.append(entry)
    # Clocks and counters of several files can run in a circle; then nothing is proved.
    return Copies(tuple(newest), tuple(notes)) if newest else Copies(tuple(copies), ())


def guid_of(entry: Entry) -> str:
    """Return the GUID of an object as text; empty when it is not known."""
    guid = decode(_GUID, entry.get(_GUID.name), exported=True)
    return guid.text if guid.state is State.SET else ""


def place_of(entry: Entry) -> str:
    """Return where an entry stands, for a note."""
    source = entry.source
    return f"{source.file}:{f'offset {source.offset}' if source.line is None else source.line}"


def _older(age: _Age, other: _Age) -> str:
    """Return by what a copy is proved older than another; empty when it is not."""
    same_counter = age.file == other.file and age.number >= 0 and other.number >= 0
    if age.when and other.when and age.when != other.when:
        contradicted = same_counter and age.number > other.number
        return "lower whenChanged" if age.when < other.when and not contradicted else ""
    return "lower uSNChanged" if same_counter and age.number < other.number else ""


def _age(entry: Entry) -> _Age:
    changed = decode(_CHANGED, entry.get(_CHANGED.name), exported=True).value
    number = decode(_NUMBER, entry.get(_NUMBER.name), exported=True).value
    return _Age(
        # Without the Z it is a date in the language of whoever ran Export-Csv.
        changed if isinstance(changed, str) and changed.endswith("Z") else "",
        number if isinstance(number, int) else -1,
        entry.source.file,
    )
