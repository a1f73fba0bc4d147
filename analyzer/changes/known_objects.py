"""Results in, the objects that they know out: by DN and objectGUID, with kind and settings."""

from collections.abc import Iterator, Mapping
from functools import lru_cache

from msgspec import Struct, field
from msgspec.structs import replace

from analyzer.directory import kinds
from analyzer.directory.names import Names, parse_names
from analyzer.results.object_keys import ObjectKey, guid_of_record
from analyzer.results.records import (
    AcceptedDomainRecord,
    ConnectorRecord,
    DescribedObject,
    ObjectRecord,
    Results,
    SendConnectorRecord,
    ServerRecord,
    SettingRecord,
)

_CLASSES = {kind.key: kind.object_class for kind in kinds.KINDS}


class KnownObject(Struct, frozen=True, eq=False):
    """One object as an audit knows it."""

    key: ObjectKey
    """What tells it from the other objects of the audit: its place, as a rule alone."""
    place: str
    """Its normalised DN."""
    dn: str
    guid: str
    """In lower case; empty when not known."""
    object_class: str
    """In lower case; empty when not known."""
    file: str
    deleted: bool
    organization: str | None = None
    server: str | None = None
    name: str | None = None
    settings: Mapping[str, SettingRecord] = field(default_factory=dict)


@lru_cache(maxsize=1 << 16)  # a DN stands on each of its findings, tests and rows of evidence
def names_of(dn: str) -> Names:
    """Return the names in a DN."""
    return parse_names(dn)


def place_of(dn: str) -> str:
    """Return the normalised DN."""
    return names_of(dn).normalised


def known_objects(results: Results) -> dict[ObjectKey, KnownObject]:
    """Return every object that stands in results, by its key.

    That is its normalised DN; where several objects have it, each has its objectGUID in its key.
    Those that were only judged, as routing groups are, have no settings there.
    """
    told = (*_described(results), *_proved(results))
    guids: dict[str, str] = {}
    shared: set[str] = set()
    for known in told:
        if known.guid and guids.setdefault(known.place, known.guid) != known.guid:
            shared.add(known.place)
    found: dict[ObjectKey, KnownObject] = {}
    for known in told:
        if known.place in shared:
            key = known.place, known.guid
            found.setdefault(key, replace(known, key=key))
            continue
        first = found.setdefault(known.key, known)
        # Of a workbook only the evidence has the GUIDs.
        if known.guid and not first.guid:
            found[known.key] = replace(first, guid=known.guid)
    for known in _judged(results):
        if known.place not in shared:
            found.setdefault(known.key, known)
    return found


def _described(results: Results) -> Iterator[KnownObject]:
    for record in results.described:
        if record.source is None:
            continue
        names = names_of(record.dn)
        yield KnownObject(
            key=names.normalised,
            place=names.normalised,
            dn=record.dn,
            guid=guid_of_record(record).lower(),
            object_class=class_of(record).lower(),
            file=record.source.file,
            deleted=names.deleted,
            organization=record.organization,
            server=names.server,
            name=record.name,
            settings=record.settings,
        )


def _proved(results: Results) -> Iterator[KnownObject]:
    """Yield the objects of the evidence, which has the GUIDs of those that nothing describes."""
    for row in results.evidence:
        names = names_of(row.dn)
        guid = (row.guid or "").lower()
        object_class = row.object_class.lower()
        place = names.normalised
        yield KnownObject(place, place, row.dn, guid, object_class, row.file, names.deleted)


def _judged(results: Results) -> Iterator[KnownObject]:
    dns = dict.fromkeys(evaluation.dn for evaluation in results.evaluations)
    dns.update(dict.fromkeys(finding.dn for finding in results.findings))
    for dn in dns:
        names = names_of(dn)
        yield KnownObject(names.normalised, names.normalised, dn, "", "", "", names.deleted)


def class_of(record: DescribedObject) -> str:
    """Return the class of an object as the schema spells it."""
    match record:
        case ServerRecord():
            return kinds.SERVER.object_class
        case ConnectorRecord():
            return _CLASSES.get(f"{record.kind}_connector", "")
        case SendConnectorRecord():
            return kinds.SEND_CONNECTOR.object_class
        case AcceptedDomainRecord():
            return kinds.ACCEPTED_DOMAIN.object_class
        case ObjectRecord():
            return _CLASSES.get(record.kind, "")
        case _:
            return record.kind_of_object.object_class
