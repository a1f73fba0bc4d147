"""A dump in, the LDIF of its evidence, or of all its entries, out in pieces."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence

from msgspec.structs import replace

from analyzer.directory import kinds
from analyzer.directory.names import normalise_dn
from analyzer.dump.entry import Attribute, Entry, Notation
from analyzer.dump.reading import ExportScope, Input
from analyzer.errors import OutputError
from analyzer.extract.evidence_records import (
    Corrections,
    change_record_of,
    record_of,
    unreadable_record,
)
from analyzer.extract.extract_options import ExtractOptions
from analyzer.extract.knowledge import EntryPlace, corrections_for, place_in, read_back
from analyzer.extract.ldif_writer import comment
from analyzer.inventory import WANTED
from analyzer.open_dump import Dump
from analyzer.version import __version__

_ROUNDS = 4
"""A statement on one record can change what is concluded of another; then nothing is left."""
_OTHER_OBJECTS = "read again, it shows other objects than the dump; nothing was written, use --all"
_SINGLE = frozenset(
    row.name.lower() for kind in kinds.KINDS for row in kind.attributes if not row.multi
)
_NONE: Corrections = {}


def extract(dump: Dump, options: ExtractOptions) -> Iterator[bytes]:
    """Yield the text of an extract.

    Raises:
        ReadError: a named file is no dump.
        OutputError: what was made is not what the dump holds.
    """
    if options.redactor is not None:
        entries = [entry for reading in dump.readings for entry in reading.entries]
        options.redactor.learn(entry.dn for entry in entries)
        options.redactor.expect(entries)
    if options.everything:
        return _everything(dump, options)
    return iter(_evidence(dump, options))


def _everything(dump: Dump, options: ExtractOptions) -> Iterator[bytes]:
    yield _head(options)
    for entry in dump.entries:
        yield record_of(entry, options, _NONE)


def _evidence(dump: Dump, options: ExtractOptions) -> list[bytes]:
    """Return the records that an audit rests on, with what a reader could not know of them."""
    corrections: dict[EntryPlace, Corrections] = {}
    pieces = list(_records(dump, options, corrections))
    entries = [entry for reading in dump.readings for entry in reading.entries]
    order = {place_in(entry): number for number, entry in enumerate(entries)}
    twins = _twins(entries)
    for _ in range(_ROUNDS):
        if not dump.inventory.objects:
            break
        inventory = read_back(b"".join(pieces))
        more = corrections_for(dump.inventory, inventory, order, descriptors=options.descriptors)
        if more is None:
            raise OutputError("the extract", _OTHER_OBJECTS)
        known = dict(corrections)
        for place, correction in more.items():
            for twin in twins.get(place, (place,)):
                corrections[twin] = {**corrections.get(twin, {}), **correction}
        if corrections == known:
            break
        pieces = list(_records(dump, options, corrections))
    return pieces


def _twins(entries: Sequence[Entry]) -> dict[EntryPlace, list[EntryPlace]]:
    """Return the places of records of one DN with the same values, of which one is judged."""
    places: dict[str, list[Entry]] = defaultdict(list)
    for entry in entries:
        places[normalise_dn(entry.dn)].append(entry)
    return {
        place_in(entry): [place_in(e) for e in same if e.attributes == entry.attributes]
        for same in places.values()
        if len(same) > 1
        for entry in same
    }


def _records(
    dump: Dump, options: ExtractOptions, corrections: Mapping[EntryPlace, Corrections]
) -> Iterator[bytes]:
    yield _head(options)
    for reading in dump.readings:
        yield _asked_for(reading.input, reading.entries)
        for entry in reading.entries:
            whole = _rejoined(entry, reading.input)
            yield record_of(whole, options, corrections.get(place_in(entry), _NONE))
        judged = {normalise_dn(entry.dn) for each in dump.readings for entry in each.entries}
        for change in reading.changes:
            if normalise_dn(change.dn) in judged:
                yield change_record_of(change, options)
        yield from [unreadable_record(WANTED.parents[0])] * reading.in_place


def _head(options: ExtractOptions) -> bytes:
    # The comment right behind it tells it from the files of programs that fold at 76, too.
    what = "every entry" if options.everything else "what an audit rests on"
    redacted = ", names and addresses invented" if options.redactor else ""
    made = f"extract of exchange-analyzer {__version__}: {what}{redacted}"
    return b"version: 1\n" + comment(made)


def _asked_for(source: Input, entries: Iterable[Entry]) -> bytes:
    """Return the comment by which a reader knows whether the records hold whole objects."""
    if source.export_scope is ExportScope.FULL:
        return comment("requesting: ALL") + b"\n"
    names = {attribute.name for entry in entries for attribute in entry.fields.values()}
    asked = " ".join(sorted(names - {"all", "ALL", "*"}, key=str.lower))
    return (comment(f"requesting: {asked}") if asked else b"") + b"\n"


def _rejoined(entry: Entry, source: Input) -> Entry:
    """Return an entry whose attributes of one value have one: readers of CSV split every cell."""
    if source.format != "csv":
        return entry
    separator = b"|" if source.dialect == "studio" else b";"
    fields = {
        name: _as_one(attribute, separator) if name in _SINGLE else attribute
        for name, attribute in entry.fields.items()
    }
    return replace(entry, fields=fields)


def _as_one(attribute: Attribute, separator: bytes) -> Attribute:
    if attribute.notation is not Notation.CSV or len(attribute.values) < 2:
        return attribute
    return replace(attribute, values=(separator.join(attribute.values),))
