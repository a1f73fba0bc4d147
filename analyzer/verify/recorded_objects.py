"""Results in, the objects they record out, with typed settings, to be judged again."""

from collections.abc import Iterator, Mapping
from typing import Protocol

from msgspec.structs import replace

from analyzer.directory import kinds
from analyzer.directory.attributes import OCTET_SYNTAXES, AttributeType, Syntax
from analyzer.directory.kinds import KindOfObject
from analyzer.directory.names import parse_names
from analyzer.directory.remote_ranges import read_ranges
from analyzer.directory.syntaxes import decode_value
from analyzer.directory.values import Setting, State
from analyzer.dump.entry import Entry, Notation, Source
from analyzer.dump.reading import Input
from analyzer.inventory import ChangeRecord, DirectoryObject, Inventory
from analyzer.results import records
from analyzer.results.records import Results, SettingRecord, SourceRecord

_CONNECTORS = {"smtp": kinds.SMTP_CONNECTOR, "routing_group": kinds.ROUTING_GROUP_CONNECTOR}
_KINDS = {kind.key: kind for kind in kinds.KINDS}


class _Record(Protocol):
    """What the records of objects have in common."""

    @property
    def dn(self) -> str: ...
    @property
    def name(self) -> str | None: ...
    @property
    def organization(self) -> str | None: ...
    @property
    def administrative_group(self) -> str | None: ...
    @property
    def settings(self) -> Mapping[str, SettingRecord]: ...
    @property
    def changes(self) -> tuple[records.ChangeNote, ...]: ...


def recorded_inventory(results: Results) -> Inventory:
    """Return the recorded objects.

    Raises ValueError when a setting holds what no dump can have given, and LookupError when an
    object names an input, or a kind, that is not there.
    """
    return Inventory(tuple(_objects(results)))


def _objects(results: Results) -> Iterator[DirectoryObject]:
    inputs = {source.path: _input(source) for source in results.inputs}
    for listener in results.listeners:
        version = listener.exchange_version
        judged = _object(listener.kind_of_object, listener, listener.source, inputs, version)
        copies = tuple(_copy(judged, copy, inputs) for copy in listener.copies)
        yield replace(judged, copies=copies) if copies else judged
    for server in results.servers:
        if server.source is not None:
            yield _object(kinds.SERVER, server, server.source, inputs, server.exchange_version)
    for connector in results.connectors:
        yield _object(_CONNECTORS[connector.kind], connector, connector.source, inputs)
    for sender in results.send_connectors:
        yield _object(kinds.SEND_CONNECTOR, sender, sender.source, inputs)
    for domain in results.accepted_domains:
        yield _object(kinds.ACCEPTED_DOMAIN, domain, domain.source, inputs)
    for right in results.extended_rights:
        yield _right(right, inputs)
    for other in results.objects:
        yield _object(_KINDS[other.kind], other, other.source, inputs)


def _right(right: records.ExtendedRightRecord, inputs: Mapping[str, Input]) -> DirectoryObject:
    """Return a definition of a right, of which nothing but its GUID is recorded."""
    source = right.source
    place = Source(source.file, source.line, source.last_line, source.offset)
    settings = {
        row.name: Setting(row, State.NOT_EXPORTED) for row in kinds.EXTENDED_RIGHT.attributes
    }
    settings["rightsGuid"] = replace(
        settings["rightsGuid"], state=State.SET, value=right.rights_guid, text=right.rights_guid
    )
    return DirectoryObject(
        kind=kinds.EXTENDED_RIGHT,
        dn=right.dn,
        names=parse_names(right.dn),
        organization=None,
        administrative_group=None,
        server=None,
        number=None,
        name=None,
        exchange_version=None,
        settings=settings,
        entry=Entry(right.dn, {}, place),
        input=inputs[source.file],
        guid=None,
        notes=(),
    )


def _copy(
    judged: DirectoryObject, copy: records.CopyRecord, inputs: Mapping[str, Input]
) -> DirectoryObject:
    """Return what one of several records of an object shows."""
    source = copy.source
    place = Source(source.file, source.line, source.last_line, source.offset)
    return replace(
        judged,
        settings={row.name: _setting(row, copy.settings) for row in judged.kind.attributes},
        entry=Entry(judged.dn, {}, place),
        input=inputs[source.file],
        changes=(),
    )


def _object(
    kind: KindOfObject,
    record: _Record,
    source: SourceRecord,
    inputs: Mapping[str, Input],
    version: str | None = None,
) -> DirectoryObject:
    names = parse_names(record.dn)
    place = Source(source.file, source.line, source.last_line, source.offset)
    guid = record.settings.get("objectGUID")
    return DirectoryObject(
        kind=kind,
        dn=record.dn,
        names=names,
        organization=record.organization,
        administrative_group=record.administrative_group,
        server=names.server,
        number=names.number if "number" in kind.identity else None,
        name=record.name,
        exchange_version=version,
        settings={row.name: _setting(row, record.settings) for row in kind.attributes},
        entry=Entry(record.dn, {}, place),
        input=inputs[source.file],
        guid=guid.text if guid is not None and guid.state is State.SET else None,
        notes=(),
        changes=tuple(
            ChangeRecord(change.text, frozenset(change.attributes)) for change in record.changes
        ),
    )


def _setting(row: AttributeType, settings: Mapping[str, SettingRecord]) -> Setting:
    recorded = settings[row.name]
    setting = Setting(
        row,
        recorded.state,
        recorded.value,
        recorded.text,
        recorded.raw,
        recorded.line,
        recorded.last_line,
        reason=recorded.reason,
        doubt=recorded.reason if recorded.state is State.NOT_SET else "",
    )
    # Octets stand as hex in both; their structure, on which verdicts rest, stands in neither.
    if (
        recorded.state is State.SET
        and not row.secret
        and not row.multi
        and row.syntax in OCTET_SYNTAXES
    ):
        value = bytes.fromhex(str(recorded.value))
        return replace(setting, decoded=decode_value(row, value, Notation.PLAIN).structure)
    if recorded.state is State.SET and row.syntax is Syntax.REMOTE_RANGE:
        texts = recorded.value if isinstance(recorded.value, tuple) else (str(recorded.value),)
        return replace(setting, decoded=read_ranges(map(str, texts)))
    return setting


def _input(source: records.InputRecord) -> Input:
    return Input(
        path=source.path,
        bytes=source.bytes,
        sha256=source.sha256,
        modified=source.modified,
        format=source.format,
        dialect=source.dialect,
        encoding=source.encoding,
        line_ends=source.line_ends,
        entries=source.entries,
        relevant_entries=source.relevant_entries,
        export_scope=source.export_scope,
        naming_context=source.naming_context or "",
        warnings=source.warnings,
        exported={},
    )
