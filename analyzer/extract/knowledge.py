"""The inventory of a dump and that of its extract in, out what the extract has to state.

Whether an attribute is unset or was not exported is concluded from the whole file: from its other
records, its columns, its end. An extract has only some of the records, so it is read again as any
dump is, and what is concluded from it otherwise than from the dump is stated in it.
"""

from collections.abc import Mapping
from io import BytesIO
from typing import IO

from analyzer.directory.statements import Statement
from analyzer.directory.values import Setting, State
from analyzer.dump.entry import Entry
from analyzer.dump.members import Member
from analyzer.dump.read_member import read_member
from analyzer.dump.read_options import ReadOptions
from analyzer.extract.evidence_records import DESCRIPTOR, Corrections
from analyzer.inventory import WANTED, Inventory, build_inventory

# Domain controllers count apart; in one file the numbers of two would prove one record newer.
_COUNTER, _NO_COUNTER = "uSNChanged", Statement(State.NOT_EXPORTED)

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
    dump: Inventory, extract: Inventory, order: Mapping[EntryPlace, int], *, descriptors: bool
) -> Mapping[EntryPlace, Corrections] | None:
    """Return what to write otherwise, by the place of the entry; None if the objects are others.

    Args:
        dump: what the dump shows.
        extract: what the extract shows, whose records stand in order of their lines.
        order: the numbers of the entries of the dump in the extract.
        descriptors: whether the extract has nTSecurityDescriptor.
    """
    if [obj.kind for obj in dump.objects] != [obj.kind for obj in extract.objects]:
        return None
    corrections: dict[EntryPlace, dict[str, Statement | bytes]] = {}
    for original, copy in zip(dump.objects, extract.objects, strict=True):
        # Of an object that several records show, each record is judged by itself, too.
        originals = sorted(original.copies or [original], key=lambda o: order[place_in(o.entry)])
        copies = sorted(copy.copies or [copy], key=lambda c: c.entry.source.line or 0)
        if len(originals) != len(copies):
            for record in originals:
                corrections.setdefault(place_in(record.entry), {})[_COUNTER] = _NO_COUNTER
            continue
        for record, again in zip(originals, copies, strict=True):
            for name, setting in record.settings.items():
                if name.lower() == DESCRIPTOR and not descriptors:
                    continue
                correction = _correction(setting, again.settings[name])
                if correction is not None and (name != _COUNTER or not original.copies):
                    corrections.setdefault(place_in(record.entry), {})[name] = correction
    return corrections


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
