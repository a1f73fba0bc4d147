"""The inventory of a dump and that of its extract in, out what the extract has to state.

Whether an attribute is unset or was not exported is concluded from the whole file: from its other
records, its columns, its end. An extract has only some of the records, so it is read again as any
dump is, and what is concluded from it otherwise than from the dump is stated in it.
"""

from collections.abc import Mapping, Sequence
from io import BytesIO
from typing import IO

from analyzer.directory.statements import Statement
from analyzer.directory.values import Setting, State
from analyzer.dump.entry import Entry
from analyzer.dump.members import Member
from analyzer.dump.read_member import read_member
from analyzer.dump.read_options import ReadOptions
from analyzer.extract.evidence_records import DESCRIPTOR, Corrections
from analyzer.inventory import WANTED, DirectoryObject, Inventory, build_inventory

EntryPlace = tuple[str, int | None, int | None]
"""File, line and offset of an entry."""


def place_in(entry: Entry) -> EntryPlace:
    """Return where an entry stands."""
    return entry.source.file, entry.source.line, entry.source.offset


def read_back(text: bytes) -> Inventory:
    """Return what a reader makes of an extract."""

    def stream() -> IO[bytes]:
        return BytesIO(text)

    member = Member("extract", len(text), "", named=True, _open=stream)
    return build_inventory([read_member(member, WANTED, ReadOptions(jobs=1))])


def corrections_for(
    dump: Inventory, extract: Inventory, *, descriptors: bool
) -> Mapping[EntryPlace, Corrections] | None:
    """Return what to write otherwise, by the place of the entry; None if the objects are others."""
    pairs = _pairs(dump.objects, extract.objects)
    if pairs is None:
        return None
    corrections: dict[EntryPlace, dict[str, Statement | bytes]] = {}
    for original, copy in pairs:
        for name, setting in original.settings.items():
            if name.lower() == DESCRIPTOR and not descriptors:
                continue
            correction = _correction(setting, copy.settings[name])
            if correction is not None:
                corrections.setdefault(place_in(original.entry), {})[name] = correction
    return corrections


def _pairs(
    originals: Sequence[DirectoryObject], copies: Sequence[DirectoryObject]
) -> list[tuple[DirectoryObject, DirectoryObject]] | None:
    if [obj.kind for obj in originals] != [obj.kind for obj in copies]:
        return None
    return list(zip(originals, copies, strict=True))


def _correction(expected: Setting, found: Setting) -> Statement | bytes | None:
    """Return what makes the reader find what is expected; None where it does."""
    if (expected.state, expected.doubt) == (found.state, found.doubt):
        return None
    match expected.state:
        case State.NOT_SET:
            return Statement(State.NOT_SET, expected.doubt)
        case State.SET if isinstance(expected.value, bool | int):
            # CSV may have it in the words of a language.
            return str(expected.value).upper().encode()
        case _:
            raw = expected.raw or "" if expected.state is not State.NOT_EXPORTED else ""
            return Statement(expected.state, expected.reason, raw)
