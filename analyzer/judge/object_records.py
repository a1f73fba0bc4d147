"""Inputs and judged objects in, the records that the results hold of them out."""

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
from analyzer.judge.subject import Subject
from analyzer.judge.surroundings import Surroundings, texts_of
from analyzer.relay.verdict import Relay
from analyzer.results.records import (
    ConnectorRecord,
    InputRecord,
    ObjectRecord,
    RelayRecord,
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
_COMMA = re.compile(r"(?<!\\),")
"""Between two levels of a DN; one that belongs to a name has a backslash (RFC 4514)."""
_LEVELS_BELOW_SERVER = 3
"""Of a virtual server: CN=<number>,CN=SMTP,CN=Protocols."""


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
    virtual_server = subject.object
    connectors = subject.around.routes.by_bridgehead.get(virtual_server.names.normalised, ())
    later = (_LATER_NOTE,) if is_later_than_2003(virtual_server.exchange_version) else ()
    return VirtualServerRecord(
        dn=virtual_server.dn,
        organization=virtual_server.organization,
        administrative_group=virtual_server.administrative_group,
        server=virtual_server.server,
        number=virtual_server.number,
        name=virtual_server.name,
        exchange_version=virtual_server.exchange_version,
        settings=_settings(virtual_server.settings),
        source=_source(virtual_server.entry),
        relay=None if subject.relay is None else _relay(subject.relay),
        guid=virtual_server.guid,
        entry_sha256=virtual_server.entry.sha256,
        notes=(*virtual_server.notes, *later),
        connectors=tuple(connector.dn for connector in connectors),
    )


def server_records(subjects: Sequence[Subject], around: Surroundings) -> tuple[ServerRecord, ...]:
    """Describe the servers of the dump, then those that only virtual servers name."""
    routes = around.routes.by_server
    virtual_servers: dict[str, list[DirectoryObject]] = {}
    for subject in subjects:
        server_dn = subject.object.names.server_dn
        if subject.object.kind is kinds.VIRTUAL_SERVER and server_dn:
            virtual_servers.setdefault(server_dn, []).append(subject.object)
    known = [
        _known_server(server, len(virtual_servers.get(dn, ())), len(routes.get(dn, ())))
        for dn, server in around.servers.items()
    ]
    named = [
        _named_server(dn, on_it, len(routes.get(dn, ())))
        for dn, on_it in virtual_servers.items()
        if dn not in around.servers
    ]
    return (*known, *named)


def connector_record(subject: Subject) -> ConnectorRecord:
    """Describe one SMTP or routing group connector."""
    connector = subject.object
    smart_host = connector.settings.get("msExchSmtpSmartHost")
    return ConnectorRecord(
        dn=connector.dn,
        kind="smtp" if connector.kind is kinds.SMTP_CONNECTOR else "routing_group",
        name=connector.name or "",
        organization=connector.organization,
        administrative_group=connector.administrative_group,
        routing_group=connector.names.routing_group,
        bridgeheads=texts_of(connector, "msExchSourceBridgeheadServersDN"),
        smart_host=_text(smart_host) if smart_host else "",
        address_spaces=texts_of(connector, "routingList"),
        restrictions=tuple(_restrictions(connector)),
        outbound_account=_outbound_account(connector),
        settings=_settings(connector.settings),
        source=_source(connector.entry),
    )


def object_record(subject: Subject) -> ObjectRecord:
    """Describe one object of a kind that has no record of its own."""
    judged = subject.object
    return ObjectRecord(
        kind=judged.kind.key,
        heading=judged.kind.heading,
        plural=judged.kind.plural,
        dn=judged.dn,
        organization=judged.organization,
        administrative_group=judged.administrative_group,
        server=judged.server,
        name=judged.name,
        settings=_settings(judged.settings),
        source=_source(judged.entry),
        notes=judged.notes,
    )


def _relay(relay: Relay) -> RelayRecord:
    exposure = relay.exposure
    return RelayRecord(
        verdict=relay.verdict,
        confidence=relay.confidence,
        authenticated_may_relay=relay.authenticated_may_relay,
        mode=relay.mode,
        addresses=tuple(map(str, relay.networks)),
        reasons=relay.reasons,
        anonymous=relay.anonymous,
        basic=relay.basic,
        tls_required=relay.tls_required,
        addresses_covered=None if exposure is None else exposure.addresses,
        covers="" if exposure is None else exposure.covers,
        connection_control=relay.connection_control,
    )


def _known_server(server: DirectoryObject, virtual_servers: int, connectors: int) -> ServerRecord:
    return ServerRecord(
        dn=server.dn,
        organization=server.organization,
        administrative_group=server.administrative_group,
        name=server.server or server.name or "",
        exchange_version=server.exchange_version,
        version_text=_text(server.settings["serialNumber"]),
        roles=_roles(server.settings),
        in_dump=True,
        virtual_servers=virtual_servers,
        connectors=connectors,
        when_changed=_text(server.settings["whenChanged"]),
        settings=_settings(server.settings),
        source=_source(server.entry),
        notes=server.notes,
    )


def _named_server(dn: str, on_it: Sequence[DirectoryObject], connectors: int) -> ServerRecord:
    """Describe a server by the virtual servers on it, its DN as the first of them spells it."""
    first = on_it[0]
    spelled = _COMMA.split(first.dn, _LEVELS_BELOW_SERVER)[-1].strip()
    return ServerRecord(
        dn=spelled if normalise_dn(spelled) == dn else dn,
        organization=first.organization,
        administrative_group=first.administrative_group,
        name=first.server or "",
        exchange_version=None,
        version_text="",
        roles="",
        in_dump=False,
        virtual_servers=len(on_it),
        connectors=connectors,
        when_changed="",
        notes=(_NO_SERVER_NOTE,),
    )


def _roles(settings: Mapping[str, Setting]) -> str:
    """Return the roles that Exchange 2007 brought, or what a server is in a front-end topology."""
    if text := _text(settings["msExchCurrentServerRoles"]):
        return text
    for name in ("msExchServerRole", "serverRole"):
        value = settings[name].value
        if isinstance(value, int) and value in _FRONT_END:
            return _FRONT_END[value]
    return ""


def _restrictions(connector: DirectoryObject) -> Iterable[str]:
    for name in _RESTRICTIONS:
        setting = connector.settings[name]
        if setting.state is State.SET:
            yield f"{setting.attribute.label}: {setting.text}"


def _outbound_account(connector: DirectoryObject) -> State:
    """Tell whether the connector logs on by an account; half of one is one."""
    states = {connector.settings[name].state for name in _ACCOUNTS[connector.kind]}
    if State.SET in states:
        return State.SET
    return State.NOT_SET if states == {State.NOT_SET} else State.NOT_EXPORTED


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
