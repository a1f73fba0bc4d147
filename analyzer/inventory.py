"""Entries in, Exchange objects out: recognised, named, dated, with typed settings."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import NamedTuple

from analyzer.directory import kinds
from analyzer.directory.address_list import AddressList
from analyzer.directory.attributes import OCTET_SYNTAXES, AttributeType, Syntax
from analyzer.directory.copies import keep_newest
from analyzer.directory.editions import version_of
from analyzer.directory.kinds import KindOfObject
from analyzer.directory.names import Names, normalise_dn, parse_names
from analyzer.directory.shared_mapping import Common, SharedMapping
from analyzer.directory.values import Setting, State, absent, decode
from analyzer.dump.entry import Attribute, Entry, Notation
from analyzer.dump.quoting import holds_secret_line, is_secret, quoted_dn, shown_option
from analyzer.dump.reading import ExportScope, Input, Reading
from analyzer.dump.wanted import Wanted
from analyzer.errors import ReadError

_KIND_OF_CLASS = {kind.object_class.lower(): kind for kind in kinds.KINDS}
_ATTRIBUTES = {kind: {row.name.lower(): row for row in kind.attributes} for kind in kinds.KINDS}
_NEVER_IMPLIED = "ntsecuritydescriptor"
_SECRET = b"(secret, not shown)"
_CUT = "the file ends inside this record"
_MOVED = "a line of a password attribute stands inside the value, which is not shown"
_SHIFTED = (
    "a cell of the row does not fit its column; the cells may have moved, and with them a "
    "password, so that no text of the row is shown"
)
_REJOINED = "the cell holds separators; they belong to the value, the attribute has only one"

WANTED = Wanted(
    classes=frozenset(_KIND_OF_CLASS),
    # The verdict on a listener depends on what its export holds, be it on another object's record.
    attributes=frozenset(
        row.name.lower() for kind in kinds.KINDS if kind.is_listener for row in kind.own_attributes
    ),
    known=frozenset(
        {"objectclass", "distinguishedname"}.union(*(_ATTRIBUTES[kind] for kind in kinds.KINDS))
    ),
    parents=tuple(
        "".join(f"cn={name}," for name in kind.path) for kind in kinds.KINDS if kind.path
    ),
    what="Exchange",
)
"""What the readers have to hand over."""


@dataclass(frozen=True, slots=True)
class DirectoryObject:
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
    settings: SharedMapping[Setting]
    """Every attribute of the class that the table knows, by schema name."""
    entry: Entry
    """As it stands in the dump, but for the values of secrets."""
    input: Input
    guid: str | None
    notes: tuple[str, ...]

    @property
    def object_class(self) -> str:
        """Its class as the schema spells it."""
        return self.kind.object_class


@dataclass(frozen=True, slots=True)
class Inventory:
    """All objects of interest of a dump, in order of the inputs."""

    objects: tuple[DirectoryObject, ...]

    def of(self, kind: KindOfObject) -> tuple[DirectoryObject, ...]:
        """Return the objects of one kind."""
        return tuple(obj for obj in self.objects if obj.kind is kind)


class _Candidate(NamedTuple):
    """An entry that is an object of interest."""

    kind: KindOfObject
    entry: Entry
    names: Names
    input: Input
    absent: Common[Setting]
    """The settings of an object of this kind and input that has no attribute at all."""
    notes: tuple[str, ...] = ()


MAX_OBJECTS = 6_000
"""Most objects of interest of one run; an organization of Exchange 2003 has 1,000 servers at most.

Each takes up to forty kilobytes of memory, and seventy of the results.
"""


MAX_NETWORKS = 300_000
"""Most networks in the lists of all objects, equal lists counted once; each takes 700 bytes."""


def build_inventory(readings: Sequence[Reading]) -> Inventory:
    """Recognise the objects of interest and decode their settings.

    An entry is recognised by its object class, or without one by the containers above it. Of
    several copies of an object the one changed last is kept, with a note on where the others stand.

    Raises:
        ReadError: there are more objects than any organization has.
    """
    candidates = _without_copies(_find_candidates(readings))
    if len(candidates) > MAX_OBJECTS:
        reason = (
            f"{len(candidates)} Exchange objects; more than {MAX_OBJECTS} are no organization's, "
            "and several organizations can be audited one by one"
        )
        raise ReadError(candidates[MAX_OBJECTS].input.path, reason)
    versions = {
        candidate.names.normalised: version_of(candidate.entry.texts("serialNumber"))
        for candidate in candidates
        if candidate.kind is kinds.SERVER
    }
    return Inventory(tuple(_bounded(_build(candidate, versions) for candidate in candidates)))


def _bounded(objects: Iterable[DirectoryObject]) -> Iterator[DirectoryObject]:
    """Pass objects on, up to so many networks in their lists."""
    seen: dict[int, AddressList] = {}
    networks = 0
    for directory_object in objects:
        for setting in directory_object.settings.values():
            listed = setting.decoded
            if isinstance(listed, AddressList) and id(listed) not in seen:
                seen[id(listed)] = listed
                networks += len(listed.networks) + len(listed.also_granted)
        if networks > MAX_NETWORKS:
            reason = (
                f"more than {MAX_NETWORKS} networks in lists of addresses; no lists are so long"
            )
            raise ReadError(directory_object.input.path, reason)
        yield directory_object


def _find_candidates(readings: Iterable[Reading]) -> Iterator[_Candidate]:
    for reading in readings:
        templates = _absent_settings(reading)
        has_passwords = any(is_secret(name) for entry in reading.entries for name in entry.fields)
        for entry in map(_without_moved_secrets, reading.entries):
            names = parse_names(entry.dn)
            kind = _recognise(entry, names)
            if kind is not None:
                shown = _without_moved_cells(entry, kind) if has_passwords else entry
                yield _Candidate(kind, shown, names, reading.input, templates[kind])


def _recognise(entry: Entry, names: Names) -> KindOfObject | None:
    """Return the kind of an entry: by its most special class, else by its place.

    A class that another kind of object has settles it, so the place counts only where the export
    left the classes out or destroyed them.
    """
    classes = entry.get("objectClass")
    if classes is not None:
        for value in reversed(classes.values):
            kind = _KIND_OF_CLASS.get(value.strip().lower().decode("latin-1"))
            if kind is not None:
                return kind
        if classes.values and not (classes.lost or classes.damaged):
            return None
    return next((kind for kind in kinds.KINDS if _stands_as(kind, names)), None)


def _stands_as(kind: KindOfObject, names: Names) -> bool:
    """Tell whether the containers above an object are those of a kind that has some."""
    return bool(kind.path) and names.containers[: len(kind.path)] == kind.path


def _absent_settings(reading: Reading) -> dict[KindOfObject, Common[Setting]]:
    names = set(reading.input.exported).union(*(entry.fields for entry in reading.entries))
    occurring = {name.partition(";")[0] for name in names}
    return {
        kind: Common(
            {
                row.name: absent(row, exported=_is_exported(name, row, reading.input, occurring))
                for name, row in rows.items()
            }
        )
        for kind, rows in _ATTRIBUTES.items()
    }


def _is_exported(name: str, row: AttributeType, source: Input, occurring: set[str]) -> bool:
    if name in occurring:
        return True
    # Servers hand out nTSecurityDescriptor only on request (MS-ADTS 3.1.1.3.4.1.11), and Export-Csv
    # writes no columns but those of the first object.
    if name == _NEVER_IMPLIED or source.dialect == "powershell":
        return False
    if source.export_scope is not ExportScope.FULL:
        return False
    return source.binary_exported or row.syntax not in OCTET_SYNTAXES


def _without_copies(candidates: Iterable[_Candidate]) -> list[_Candidate]:
    copies: dict[str, list[_Candidate]] = {}
    for candidate in candidates:
        copies.setdefault(candidate.names.normalised, []).append(candidate)
    return [same[0] if len(same) == 1 else _newest(same) for same in copies.values()]


def _newest(copies: list[_Candidate]) -> _Candidate:
    kept, notes = keep_newest([candidate.entry for candidate in copies])
    return next(copy for copy in copies if copy.entry is kept)._replace(notes=notes)


def _build(candidate: _Candidate, versions: Mapping[str, str | None]) -> DirectoryObject:
    kind, entry, names, source, _, _ = candidate
    settings = _settings(candidate)
    display_name, guid = settings["adminDisplayName"], settings["objectGUID"]
    is_server = kind is kinds.SERVER
    return DirectoryObject(
        kind=kind,
        dn=entry.dn,
        names=names,
        organization=names.organization,
        administrative_group=names.administrative_group,
        server=names.cn if is_server else names.server,
        number=names.number if "number" in kind.identity else None,
        name=str(display_name.value) if display_name.value else names.cn,
        exchange_version=versions.get(names.normalised if is_server else names.server_dn),
        settings=settings,
        entry=_without_secrets(entry),
        input=source,
        guid=guid.text if guid.state is State.SET else None,
        notes=(*entry.notes, *_name_notes(entry, names), *candidate.notes),
    )


def _settings(candidate: _Candidate) -> SharedMapping[Setting]:
    entry, rows = candidate.entry, _ATTRIBUTES[candidate.kind]
    settings: dict[str, Setting] = {}
    if entry.cut:
        settings = {row.name: absent(row, exported=False, reason=_CUT) for row in rows.values()}
    # An attribute may stand with an option, `;binary` or `;range=0-1499` (RFC 4511 section 4.1.4),
    # once or in several parts; Entry.get puts the parts together.
    with_options: set[str] = set()
    for name, attribute in entry.fields.items():
        plain, _, option = name.partition(";")
        row = rows.get(plain)
        if row is None or (option and plain in with_options):
            continue
        if option:
            with_options.add(plain)
            setting = decode(row, entry.get(plain), exported=True)
            settings[row.name] = setting._replace(
                reason=f"exported with the option {shown_option(option)}"
            )
        # The reader of a CSV file does not know the schema and splits every cell that holds a
        # separator.
        elif attribute.notation is Notation.CSV and len(attribute.values) > 1 and not row.multi:
            setting = decode(row, _rejoin(attribute, candidate.input), exported=True)
            settings[row.name] = setting._replace(reason=setting.reason or _REJOINED)
        else:
            settings[row.name] = decode(row, attribute, exported=True)
    return SharedMapping(candidate.absent, settings)


def _rejoin(attribute: Attribute, source: Input) -> Attribute:
    """Undo the split of a cell: what looked like a separator belongs to the only value."""
    separator = b"|" if source.dialect == "studio" else b";"
    return attribute._replace(values=(separator.join(attribute.values),))


def _name_notes(entry: Entry, names: Names) -> Iterator[str]:
    if names.conflict:
        yield "conflict object: replication renamed it because two objects had the same name"
    if names.deleted:
        yield "deleted object"
    for other in entry.texts("distinguishedName")[:1]:
        if other != entry.dn and normalise_dn(other) != names.normalised:
            yield f"distinguishedName differs from the DN of the record{quoted_dn(other)}"


def _without_moved_secrets(entry: Entry) -> Entry:
    """Drop the values into which a line with a password was folded, as when a line end is lost."""
    moved = [
        name
        for name, attribute in entry.fields.items()
        if not is_secret(name)
        and (any(map(holds_secret_line, attribute.values)) or holds_secret_line(attribute.raw))
    ]
    if not moved:
        return entry
    lost = {name: entry.fields[name]._replace(values=(), lost=_MOVED, raw="") for name in moved}
    return replace(entry, fields={**entry.fields, **lost})


def _without_moved_cells(entry: Entry, kind: KindOfObject) -> Entry:
    """Drop the text of a row of CSV in which cells have moved: a password may be among them.

    A cell that is not of the syntax of its column shows it.
    """
    rows = _ATTRIBUTES[kind]
    cells = {
        name: attribute
        for name, attribute in entry.fields.items()
        if name in rows and attribute.notation is Notation.CSV and not attribute.lost
    }
    states = {name: decode(rows[name], cell, exported=True).state for name, cell in cells.items()}
    if State.UNDECODABLE not in states.values():
        return entry
    hidden = {
        name: cell._replace(values=(), lost=_SHIFTED)
        for name, cell in cells.items()
        if states[name] is State.UNDECODABLE or rows[name].syntax is Syntax.TEXT
    }
    return replace(entry, fields={**entry.fields, **hidden})


def _without_secrets(entry: Entry) -> Entry:
    secrets = [name for name in entry.fields if is_secret(name)]
    if not secrets:
        return entry
    hidden = {name: _hide(entry.fields[name]) for name in secrets}
    return replace(entry, fields={**entry.fields, **hidden})


def _hide(attribute: Attribute) -> Attribute:
    return attribute._replace(values=tuple(_SECRET for _ in attribute.values), raw="", damaged="")
