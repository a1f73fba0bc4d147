"""Entries in, Exchange objects out: recognised, named, dated, with typed settings."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import NamedTuple

from msgspec import Struct
from msgspec.structs import replace

from analyzer.directory import kinds
from analyzer.directory.address_list import AddressList
from analyzer.directory.attributes import OCTET_SYNTAXES, Syntax
from analyzer.directory.copies import guid_of, place_of, sort_out
from analyzer.directory.editions import version_of
from analyzer.directory.kinds import KindOfObject
from analyzer.directory.names import Names, normalise_dn, parse_names
from analyzer.directory.values import Setting, State, absent, differing
from analyzer.dump.entry import Entry, Unreadable
from analyzer.dump.quoting import quoted_dn, shown_class, shown_name
from analyzer.dump.reading import Input, Reading
from analyzer.dump.wanted import Wanted, is_of_another_class, lower_class
from analyzer.dump.whole_records import OF_EVERY_OBJECT
from analyzer.entry_settings import (
    ANOTHER_LIST,
    ShownByInput,
    canonical,
    occurring_names,
    settings_of,
    without_moved_cells,
    without_secrets,
)
from analyzer.errors import ReadError

_KINDS_OF_CLASS = {
    name: tuple(kind for kind in kinds.KINDS if kind.object_class.lower() == name)
    for name in {kind.object_class.lower() for kind in kinds.KINDS}
}
_SPELLED = {row.name.lower(): row.name for kind in kinds.KINDS for row in kind.attributes}
_PLACED = tuple(kind for kind in kinds.KINDS if kind.path)
_PREFIX = "msexch"
_OF_RECIPIENTS = {"legacyexchangedn"}
"""What a Global Catalog gives of servers too; some of the other classes have nothing else."""


def _own_names(same_class: Iterable[KindOfObject]) -> frozenset[str]:
    """Return the attributes of a class of which a whole record has one, if there are any."""
    names = {name for kind in same_class for name in occurring_names(kind.own_attributes)}
    return frozenset(names - _OF_RECIPIENTS if kinds.SERVER in same_class else names)


_AUXILIARY = {
    kind.object_class.lower(): kind.own_attributes[0].name.lower()
    for kind in kinds.KINDS
    if kind.is_auxiliary
}
_LISTS = {
    kind: [row.name for row in kind.attributes if row.syntax is Syntax.ADDRESS_LIST]
    for kind in kinds.KINDS
}
"""Attributes that hold lists of addresses, by kind."""
_COMMON = frozenset({"objectsid"})
"""What users and computers have as well, of which there are more than groups."""


def _with_article(kind: KindOfObject) -> str:
    return f"{'an' if kind.singular.startswith('SMTP') else 'a'} {kind.singular}"


WANTED = Wanted(
    classes=frozenset(_KINDS_OF_CLASS),
    # The verdict on a listener depends on what its export holds, be it on another object's record.
    attributes=frozenset(
        name
        for kind in kinds.KINDS
        if kind.is_listener
        for name in occurring_names(kind.own_attributes)
    ),
    parents=tuple("".join(f"cn={name}," for name in kind.path) for kind in _PLACED),
    octets=frozenset(
        row.name.lower()
        for kind in kinds.KINDS
        for row in kind.attributes
        if row.syntax in OCTET_SYNTAXES
    ),
    what="Exchange",
    auxiliary=_AUXILIARY,
    telling=frozenset(_AUXILIARY.values()) - _COMMON,
    in_place=" or ".join(map(_with_article, _PLACED)),
    place_classes=frozenset(kind.object_class.lower() for kind in _PLACED),
    own={name: _own_names(same_class) for name, same_class in _KINDS_OF_CLASS.items()},
    prefix=_PREFIX,
    known=frozenset(occurring_names(row for kind in kinds.KINDS for row in kind.attributes)).union(
        OF_EVERY_OBJECT
    ),
)
"""What the readers have to hand over."""
MAX_OBJECTS = 25_000
"""Most objects of interest of one run; an organization of Exchange 2003 has 1,000 servers at most.

Each takes some fifteen kilobytes of memory and thirty of the results, twice that in a full export.
"""
MAX_NETWORKS = 300_000
"""Most networks in the lists of all objects, equal lists counted once; each takes 700 bytes."""


class ChangeRecord(NamedTuple):
    """A record of the dump that changes an object (`changetype` other than add)."""

    text: str
    """What it does and where it stands, in words."""
    attributes: frozenset[str] = frozenset()
    """Names in lower case of what it changes; empty when it may change everything."""

    def concerns(self, names: Iterable[str]) -> bool:
        """Tell whether one of these attributes may have another value after it."""
        return not self.attributes or any(name.lower() in self.attributes for name in names)


class DirectoryObject(Struct, frozen=True):
    """One object of interest: who it is, its settings, where it stands."""

    kind: KindOfObject
    dn: str
    names: Names
    organization: str | None
    administrative_group: str | None
    server: str | None
    """Name of the server it belongs to (for a server its own)."""
    number: int | None
    name: str | None
    """`adminDisplayName`, else cn."""
    exchange_version: str | None
    """One of `editions.VERSIONS`; None when unknown."""
    settings: Mapping[str, Setting]
    """Every attribute of the class that the table knows, by schema name."""
    entry: Entry
    """Its record, without the attributes: those are the settings, and take as much again."""
    input: Input
    guid: str | None
    notes: tuple[str, ...]
    changes: tuple[ChangeRecord, ...] = ()
    """Change records of the dump about it: its settings may be others by now."""
    copies: "tuple[DirectoryObject, ...]" = ()
    """What each of several records shows, where none of them is proved newer than another."""

    @property
    def object_class(self) -> str:
        """Its class as the schema spells it."""
        return self.kind.object_class


class Inventory(Struct, frozen=True):
    """All objects of interest of a dump, in order of the inputs."""

    objects: tuple[DirectoryObject, ...]
    unread: int = 0
    """How many records that cannot be read may have been listeners."""

    def of(self, kind: KindOfObject) -> tuple[DirectoryObject, ...]:
        """Return the objects of one kind."""
        return tuple(obj for obj in self.objects if obj.kind is kind)


class _Candidate(NamedTuple):
    """An entry that is an object of interest."""

    kind: KindOfObject
    entry: Entry
    names: Names
    shown: ShownByInput


class _Group(NamedTuple):
    """The records of one object that count, and what is to be told of them."""

    copies: list[_Candidate]
    notes: tuple[str, ...]
    dns: frozenset[str]
    """Normalised DNs of all its records."""


def build_inventory(readings: Sequence[Reading]) -> Inventory:
    """Recognise the objects of interest and decode their settings.

    An entry is recognised by its object class, or without one by the containers above it. Of
    several records of an object the one proved newest is kept; without a proof all are, and what
    they differ in is not known.

    Raises:
        ReadError: there are more objects than any organization has.
    """
    groups = [_sorted_out(records) for records in _grouped(_find_candidates(readings))]
    counted = [group for group in groups if not group.copies[0].kind.is_auxiliary]
    if len(counted) > MAX_OBJECTS:
        reason = (
            f"{len(counted)} Exchange objects; more than {MAX_OBJECTS} are no organization's, "
            "and several organizations can be audited one by one"
        )
        raise ReadError(counted[MAX_OBJECTS].copies[0].shown.input.path, reason)
    changes = _changes(readings)
    versions: dict[str, str | None] = {}
    objects: dict[int, DirectoryObject] = {}
    budget = _NetworkBudget()
    # Servers first: what stands on one has its version.
    in_order = sorted(enumerate(groups), key=lambda numbered: not _is_server(numbered[1]))
    for number, group in in_order:
        built = _build_group(group, versions, changes)
        if built.kind is kinds.SERVER:
            dn, version = built.names.normalised, built.exchange_version
            # What stands on one of several servers of a DN does not tell on which of them.
            versions[dn] = version if versions.setdefault(dn, version) == version else None
        budget.take(built)
        objects[number] = built
    unread = sum(reading.in_place for reading in readings)
    return Inventory(tuple(objects[number] for number in range(len(groups))), unread)


class _NetworkBudget:
    """Counts the networks in the lists of all objects; a list that several hold counts once."""

    def __init__(self) -> None:
        self._seen: dict[int, AddressList] = {}
        self._networks = 0

    def take(self, directory_object: DirectoryObject) -> None:
        """Count those of an object.

        Raises:
            ReadError: there are too many.
        """
        for name in _LISTS[directory_object.kind]:
            listed = directory_object.settings[name].decoded
            if isinstance(listed, AddressList) and id(listed) not in self._seen:
                self._seen[id(listed)] = listed
                self._networks += len(listed.networks) + len(listed.also_granted)
        if self._networks > MAX_NETWORKS:
            reason = (
                f"more than {MAX_NETWORKS} networks in lists of addresses; no lists are so long"
            )
            raise ReadError(directory_object.input.path, reason)


def _is_server(group: _Group) -> bool:
    return group.copies[0].kind is kinds.SERVER


def _find_candidates(readings: Iterable[Reading]) -> Iterator[_Candidate]:
    for reading in readings:
        shown = ShownByInput(reading, WANTED)
        for entry in reading.entries:
            names = parse_names(entry.dn)
            kind = _recognise(entry, names)
            if kind is not None:
                hidden = without_secrets(entry, named=shown.has_secrets)
                if shown.has_secrets:
                    hidden = without_moved_cells(kind, hidden)
                if hidden.dn != entry.dn:
                    names = parse_names(hidden.dn)
                yield _Candidate(kind, hidden, names, shown)


def _recognise(entry: Entry, names: Names) -> KindOfObject | None:
    """Return the kind of an entry: by its most special class, else by its place.

    A class that is another one beyond doubt settles it, so the place counts only where the export
    left the classes out or destroyed them.
    """
    classes = entry.get("objectClass")
    if classes is not None:
        for value in reversed(classes.values):
            same_class = _KINDS_OF_CLASS.get(lower_class(value))
            if same_class is not None:
                return _tell_apart(same_class, entry, names)
        if is_of_another_class(classes, WANTED):
            return None
    return next((kind for kind in _PLACED if names.containers[: len(kind.path)] == kind.path), None)


def _tell_apart(same_class: Sequence[KindOfObject], entry: Entry, names: Names) -> KindOfObject:
    """Return the kind of an entry among those of its class: the one without marks by default."""
    plain = next(kind for kind in same_class if not kind.marks)
    return next((kind for kind in same_class if _has_marks(kind, entry, names)), plain)


def _has_marks(kind: KindOfObject, entry: Entry, names: Names) -> bool:
    return bool(kind.marks) and (
        any(name.startswith(kind.marks) for name in entry.fields)
        or any(home in names.containers for home in kind.homes)
    )


def _grouped(candidates: Iterable[_Candidate]) -> list[list[_Candidate]]:
    """Put the records of each object together: by GUID, or by DN where one has none.

    Objects of several GUIDs are different ones whatever their DNs: of names that lost letters to
    `?` two may be the same.
    """
    groups: dict[tuple[KindOfObject, str], list[_Candidate]] = {}
    without_guid: list[_Candidate] = []
    guids_of: dict[tuple[KindOfObject, str], set[str]] = defaultdict(set)
    order: dict[int, int] = {}
    for number, candidate in enumerate(candidates):
        order[id(candidate)] = number
        guid = guid_of(candidate.entry)
        if guid:
            groups.setdefault((candidate.kind, guid), []).append(candidate)
            guids_of[candidate.kind, candidate.names.normalised].add(guid)
        else:
            without_guid.append(candidate)
    for candidate in without_guid:
        dn = candidate.names.normalised
        guids = guids_of.get((candidate.kind, dn), set())
        key = next(iter(guids)) if len(guids) == 1 else f"dn {dn}"
        groups.setdefault((candidate.kind, key), []).append(candidate)
    for records in groups.values():
        records.sort(key=lambda candidate: order[id(candidate)])
    return sorted(groups.values(), key=lambda records: order[id(records[0])])


def _sorted_out(records: list[_Candidate]) -> _Group:
    """Leave out the records of an object that are proved older than another one."""
    dns = frozenset(candidate.names.normalised for candidate in records)
    if len(records) == 1:
        return _Group(records, (), dns)
    newest, notes = sort_out([candidate.entry for candidate in records])
    identities = set(map(id, newest))
    kept = [candidate for candidate in records if id(candidate.entry) in identities]
    return _Group(kept, notes, dns)


def _build_group(
    group: _Group, versions: Mapping[str, str | None], changes: Mapping[str, list[ChangeRecord]]
) -> DirectoryObject:
    built = [_build(candidate, versions) for candidate in group.copies]
    if len(built) > 1:
        built = [_not_from_its_copies(copy, built) for copy in built]
    first, *others = built
    about = tuple(change for dn in sorted(group.dns) for change in changes.get(dn, ()))
    if not (others or about or group.notes):
        return first
    attributes = [candidate.entry.attributes for candidate in group.copies] if others else []
    different = [
        other
        for other, its_own in zip(others, attributes[1:], strict=True)
        if its_own != attributes[0] or not _is_same(first, other)
    ]
    notes = [
        f"an identical copy stands at {place_of(other.entry)}"
        for other in others
        if other not in different
    ]
    if different:
        first = _merged([first, *different])
    notes += [change.text for change in about]
    return replace(first, notes=(*first.notes, *group.notes, *notes), changes=about)


def _not_from_its_copies(copy: DirectoryObject, copies: list[DirectoryObject]) -> DirectoryObject:
    """Return a copy that has no attribute unset because another copy of the object has it."""
    unknown = {
        name: absent(setting.attribute, exported=False)
        for name, setting in copy.settings.items()
        if setting.doubt == ANOTHER_LIST
        and any(other.settings[name].state is not State.NOT_SET for other in copies)
    }
    return replace(copy, settings={**copy.settings, **unknown}) if unknown else copy


def _is_same(one: DirectoryObject, other: DirectoryObject) -> bool:
    def said(directory_object: DirectoryObject) -> list[tuple[object, ...]]:
        settings = directory_object.settings.values()
        return [(s.state, s.value, s.raw, s.doubt) for s in settings]

    return said(one) == said(other)


def _merged(copies: list[DirectoryObject]) -> DirectoryObject:
    """Return one object for several records of which none is proved newer."""
    # Where a value is taken from a record, it is that one, and the place of the object is its.
    base = max(copies, key=lambda copy: sum(s.state is State.SET for s in copy.settings.values()))
    ordered = [base, *(copy for copy in copies if copy is not base)]
    places = [place_of(copy.entry) for copy in ordered]
    settings = {
        name: differing([copy.settings[name] for copy in ordered], places) for name in base.settings
    }
    notes = [
        f"one of {len(copies)} copies of which none is proved newer stands at {place}"
        for place in sorted(places)
    ]
    versions = {copy.exchange_version for copy in copies}
    return replace(
        base,
        settings=settings,
        exchange_version=base.exchange_version if len(versions) == 1 else None,
        notes=tuple(dict.fromkeys((*(note for copy in ordered for note in copy.notes), *notes))),
        copies=tuple(ordered),
    )


def _build(candidate: _Candidate, versions: Mapping[str, str | None]) -> DirectoryObject:
    kind, entry, names, shown = candidate
    settings = settings_of(kind, entry, shown)
    display_name, guid = settings["adminDisplayName"], settings["objectGUID"]
    is_server = kind is kinds.SERVER
    version = version_of(entry.texts("serialNumber")) if is_server else None
    return DirectoryObject(
        kind=kind,
        dn=entry.dn,
        names=names,
        organization=names.organization,
        administrative_group=names.administrative_group,
        server=names.cn if is_server else names.server,
        number=names.number if "number" in kind.identity else None,
        name=str(display_name.value) if display_name.value else names.cn,
        exchange_version=version if is_server else versions.get(names.server_dn),
        settings=settings,
        entry=replace(entry, fields={}),
        input=shown.input,
        guid=guid.text if guid.state is State.SET else None,
        notes=(*entry.notes, *_name_notes(entry, names), *_gap_notes(entry), *_class_notes(entry)),
    )


def _name_notes(entry: Entry, names: Names) -> Iterator[str]:
    if names.conflict:
        yield "conflict object: replication renamed it because two objects had the same name"
    if names.deleted:
        yield "deleted object"
    if names.lost_letters and entry.source.offset is None:  # a snapshot is Unicode throughout
        yield "the ? in its DN may stand for letters that were lost in the export"
    for other in entry.texts("distinguishedName")[:1]:
        if other != entry.dn and normalise_dn(other) != names.normalised:
            yield f"distinguishedName differs from the DN of the record{quoted_dn(other)}"


def _gap_notes(entry: Entry) -> Iterator[str]:
    """Say that the record is not whole: what is missing in it may be any attribute."""
    if entry.damaged:
        yield "a line of the record cannot be read; attributes that are not there count as lost"
    if entry.cut:
        yield "the file is cut in this record; attributes that are not there count as lost"


def _class_notes(entry: Entry) -> Iterator[str]:
    """Say by what an object was recognised whose class is none."""
    classes = entry.get("objectClass")
    if classes is None:
        return
    if any(lower_class(value) in _KINDS_OF_CLASS for value in classes.values):
        return
    shown = ", ".join(map(shown_class, entry.texts("objectClass"))) or "empty"
    yield f"recognised by its place: its class is not readable as one ({shown})"


def _changes(readings: Iterable[Reading]) -> dict[str, list[ChangeRecord]]:
    """Return the change records of all inputs by the normalised DN of what they change."""
    found: dict[str, list[ChangeRecord]] = defaultdict(list)
    for reading in readings:
        for record in reading.changes:
            found[normalise_dn(record.dn)].append(_change(record))
    return found


def _change(record: Unreadable) -> ChangeRecord:
    spelled = sorted(changed_attributes(record))
    how = record.reason.partition(":")[0]
    what = f"changes {', '.join(spelled)}" if spelled else "may change all of it"
    return ChangeRecord(
        f"the change record at {record.file}:{record.line} ({how}) {what}",
        frozenset(name.lower() for name in spelled),
    )


def changed_attributes(record: Unreadable) -> frozenset[str]:
    """Return what a change record changes, as the schema spells it, and words for all others.

    What stands in the place of a name may be anything, a password too.
    """
    names = {canonical(name) for name in record.changed or ()}
    return frozenset(_SPELLED.get(name) or shown_name(name) for name in names)
