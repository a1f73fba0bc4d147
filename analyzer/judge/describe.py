"""Inputs, rules, virtual servers, servers and connectors as the records of the results."""

import re
from collections.abc import Iterable, Mapping, Sequence
from functools import lru_cache

from analyzer.directory import kinds
from analyzer.directory.editions import is_later_than_2003
from analyzer.directory.names import normalise_dn
from analyzer.directory.values import Setting, State
from analyzer.dump.entry import Entry, Unreadable
from analyzer.dump.reading import Input
from analyzer.inventory import DirectoryObject
from analyzer.judge.subject import Subject, Surroundings, texts_of
from analyzer.results.records import (
    ConnectorRecord,
    InputRecord,
    ObjectRecord,
    ServerRecord,
    SettingRecord,
    SourceRecord,
    UnreadableRecord,
    VirtualServerRecord,
)

_ABSENT = (State.NOT_SET, State.NOT_EXPORTED)
_LATER_NOTE = (
    "Exchange 2007 and later take mail through receive connectors; "
    "what this object says may not be in use"
)
_NO_SERVER_NOTE = "the server object is not in the dump; named by its virtual servers"
_RESTRICTIONS = (
    "authOrig",
    "unauthOrig",
    "dLMemSubmitPerms",
    "dLMemRejectPerms",
    "delivContLength",
    "msExchRoutingAcceptMessageType",
    "msExchRoutingDisallowPriority",
)
_ACCOUNTS = {
    kinds.SMTP_CONNECTOR: (
        "msExchSmtpOutboundSecurityUserName",
        "msExchSmtpOutboundSecurityPassword",
    ),
    kinds.ROUTING_GROUP_CONNECTOR: ("authorizedUser", "authorizedPassword"),
}
_FRONT_END = {0: "back-end", 1: "front-end"}
_PARENT = re.compile(r"(?<!\\),")


def input_record(source: Input) -> InputRecord:
    """Describe one input."""
    return InputRecord(
        path=source.path,
        bytes=source.bytes,
        sha256=source.sha256,
        format=source.format,
        dialect=source.dialect,
        encoding=source.encoding,
        entries=source.entries,
        relevant_entries=source.relevant_entries,
        export_scope=source.export_scope,
        naming_context=source.naming_context or None,
        warnings=source.warnings,
        line_ends=source.line_ends,
        modified=source.modified,
    )


def unreadable_record(unreadable: Unreadable) -> UnreadableRecord:
    """Describe a record or value that could not be read."""
    return UnreadableRecord(
        file=unreadable.file,
        line=unreadable.line,
        last_line=unreadable.last_line,
        reason=unreadable.reason,
        offset=unreadable.offset,
    )


def virtual_server_record(subject: Subject) -> VirtualServerRecord:
    """Describe one SMTP virtual server."""
    item = subject.item
    later = (_LATER_NOTE,) if is_later_than_2003(item.exchange_version) else ()
    return VirtualServerRecord(
        dn=item.dn,
        organization=item.organization,
        administrative_group=item.administrative_group,
        server=item.server,
        number=item.number,
        name=item.name,
        exchange_version=item.exchange_version,
        settings=_settings(item.settings),
        source=_source(item.entry),
        relay=subject.relay,
        guid=item.guid,
        entry_sha256=item.entry.sha256,
        notes=(*item.notes, *later),
        connectors=tuple(
            connector.dn
            for connector in subject.around.routes.by_bridgehead.get(
                subject.item.names.normalised, ()
            )
        ),
    )


def server_records(subjects: Sequence[Subject], around: Surroundings) -> tuple[ServerRecord, ...]:
    """Describe the servers of the dump, then those that only virtual servers name."""
    routes = around.routes.by_server
    virtual: dict[str, list[Subject]] = {}
    for subject in subjects:
        if subject.item.kind is kinds.VIRTUAL_SERVER and subject.item.names.server_dn:
            virtual.setdefault(subject.item.names.server_dn, []).append(subject)
    known = [
        _known_server(item, len(virtual.get(dn, ())), len(routes.get(dn, ())))
        for dn, item in around.servers.items()
    ]
    named = [
        _named_server(dn, subjects, len(routes.get(dn, ())))
        for dn, subjects in virtual.items()
        if dn not in around.servers
    ]
    return (*known, *named)


def connector_record(subject: Subject) -> ConnectorRecord:
    """Describe one SMTP or routing group connector."""
    item = subject.item
    smart_host = item.settings.get("msExchSmtpSmartHost")
    return ConnectorRecord(
        dn=item.dn,
        kind="smtp" if item.kind is kinds.SMTP_CONNECTOR else "routing_group",
        name=item.name or "",
        organization=item.organization,
        administrative_group=item.administrative_group,
        routing_group=subject.item.names.routing_group,
        bridgeheads=texts_of(item, "msExchSourceBridgeheadServersDN"),
        smart_host=_text(smart_host) if smart_host else "",
        address_spaces=texts_of(item, "routingList"),
        restrictions=tuple(_restrictions(item)),
        outbound_account=_outbound_account(item),
        settings=_settings(item.settings),
        source=_source(item.entry),
    )


def object_record(subject: Subject) -> ObjectRecord:
    """Describe one object of a kind that has no record of its own."""
    item = subject.item
    return ObjectRecord(
        kind=item.kind.key,
        heading=item.kind.heading,
        plural=item.kind.plural,
        dn=item.dn,
        organization=item.organization,
        administrative_group=item.administrative_group,
        server=item.server,
        name=item.name,
        settings=_settings(item.settings),
        source=_source(item.entry),
        notes=item.notes,
    )


def _known_server(item: DirectoryObject, virtual_servers: int, connectors: int) -> ServerRecord:
    return ServerRecord(
        dn=item.dn,
        organization=item.organization,
        administrative_group=item.administrative_group,
        name=item.server or item.name or "",
        exchange_version=item.exchange_version,
        version_text=_text(item.settings["serialNumber"]),
        roles=_roles(item.settings),
        in_dump=True,
        virtual_servers=virtual_servers,
        connectors=connectors,
        when_changed=_text(item.settings["whenChanged"]),
        settings=_settings(item.settings),
        source=_source(item.entry),
        notes=item.notes,
    )


def _named_server(dn: str, subjects: Sequence[Subject], connectors: int) -> ServerRecord:
    item = subjects[0].item
    # Three levels up: CN=<number>,CN=SMTP,CN=Protocols.
    spelled = _PARENT.split(item.dn, 3)[-1].strip()
    return ServerRecord(
        dn=spelled if normalise_dn(spelled) == dn else dn,
        organization=item.organization,
        administrative_group=item.administrative_group,
        name=item.server or "",
        exchange_version=None,
        version_text="",
        roles="",
        in_dump=False,
        virtual_servers=len(subjects),
        connectors=connectors,
        when_changed="",
        notes=(_NO_SERVER_NOTE,),
    )


def _roles(settings: Mapping[str, Setting]) -> str:
    if text := _text(settings["msExchCurrentServerRoles"]):
        return text
    for name in ("msExchServerRole", "serverRole"):
        value = settings[name].value
        if isinstance(value, int) and value in _FRONT_END:
            return _FRONT_END[value]
    return ""


def _restrictions(item: DirectoryObject) -> Iterable[str]:
    for name in _RESTRICTIONS:
        setting = item.settings[name]
        if setting.state is State.SET:
            yield f"{setting.attribute.label}: {setting.text}"


def _outbound_account(item: DirectoryObject) -> str:
    states = {item.settings[name].state for name in _ACCOUNTS[item.kind]}
    if State.SET in states:
        return "set"
    return "not_set" if states == {State.NOT_SET} else "not_exported"


def _text(setting: Setting) -> str:
    return setting.text if setting.state is State.SET else ""


def _source(entry: Entry) -> SourceRecord:
    source = entry.source
    return SourceRecord(source.file, source.line, source.last_line, source.offset)


def _settings(settings: Mapping[str, Setting]) -> dict[str, SettingRecord]:
    return {
        name: _absent(setting) if setting.state in _ABSENT else _setting(setting)
        for name, setting in settings.items()
    }


def _setting(setting: Setting) -> SettingRecord:
    return SettingRecord(
        setting.state,
        setting.value,
        setting.text,
        setting.line,
        setting.last_line,
        setting.raw,
        setting.reason,
    )


# Half of the settings of an object are not in the dump, which says nothing else about them.
_absent = lru_cache(maxsize=1024)(_setting)
