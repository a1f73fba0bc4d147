"""Inputs and judged objects in, the records that the results hold of them out."""

from collections.abc import Iterable, Iterator, Mapping

from analyzer.directory import kinds
from analyzer.directory.accepted_domains import is_default, type_of
from analyzer.directory.extended_rights import is_built_in
from analyzer.directory.shared_mapping import SharedMapping
from analyzer.directory.smart_hosts import split_smart_hosts
from analyzer.directory.values import Setting, State
from analyzer.dump.entry import Entry, Unreadable
from analyzer.dump.reading import Input
from analyzer.inventory import DirectoryObject, Inventory
from analyzer.judge.subject import Subject
from analyzer.judge.surroundings import texts_of
from analyzer.relay.verdict import Relay
from analyzer.relay.virtual_server import is_leftover, left_by
from analyzer.results.records import (
    AcceptedDomainRecord,
    ChangeNote,
    ConnectorRecord,
    CopyRecord,
    ExtendedRightRecord,
    GrantRecord,
    InputRecord,
    ObjectRecord,
    ReceiveConnectorRecord,
    ReceiveRelayRecord,
    RelayRecord,
    SendConnectorRecord,
    SettingRecord,
    SourceRecord,
    UnreadableRecord,
    VirtualServerRecord,
)

_LATER_NOTE = (
    "Exchange 2007 and later take mail through receive connectors; "
    "what this object says may not be in use"
)
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
        top=source.top,
        may_be_cut=source.may_be_cut,
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
    later = (_LATER_NOTE,) if is_leftover(virtual_server) else ()
    return VirtualServerRecord(
        dn=virtual_server.dn,
        organization=virtual_server.organization,
        administrative_group=virtual_server.administrative_group,
        server=virtual_server.server,
        number=virtual_server.number,
        name=virtual_server.name,
        exchange_version=virtual_server.exchange_version,
        settings=setting_records(virtual_server.settings),
        source=source_record(virtual_server.entry),
        relay=None if subject.relay is None else relay_record(subject.relay),
        guid=virtual_server.guid,
        entry_sha256=virtual_server.entry.sha256,
        notes=(*virtual_server.notes, *later),
        connectors=tuple(connector.dn for connector in connectors),
        left_by=left_by(virtual_server),
        changes=change_records(virtual_server),
        copies=tuple(map(_copy_record, virtual_server.copies)),
    )


def receive_connector_record(subject: Subject) -> ReceiveConnectorRecord:
    """Describe one receive connector."""
    connector = subject.object
    facts = subject.around.mail_flow.listening(connector).facts
    return ReceiveConnectorRecord(
        dn=connector.dn,
        organization=connector.organization,
        administrative_group=connector.administrative_group,
        server=connector.server,
        name=connector.name,
        exchange_version=connector.exchange_version,
        enabled=facts.enabled,
        bindings=facts.bindings or (),
        remote_ranges=facts.remote_ranges,
        permission_groups=facts.permission_groups,
        settings=setting_records(connector.settings),
        source=source_record(connector.entry),
        relay=None if subject.relay is None else receive_relay_record(subject.relay),
        guid=connector.guid,
        entry_sha256=connector.entry.sha256,
        notes=connector.notes,
        left_by=connector.names.left_by,
        changes=change_records(connector),
        copies=tuple(map(_copy_record, connector.copies)),
    )


def send_connector_record(subject: Subject) -> SendConnectorRecord:
    """Describe one send connector."""
    connector = subject.object
    return SendConnectorRecord(
        dn=connector.dn,
        name=connector.name,
        enabled=_is_enabled(connector.settings["msExchSmtpSendEnabled"]),
        address_spaces=texts_of(connector, "routingList"),
        smart_hosts=split_smart_hosts(texts_of(connector, "msExchSmtpSmartHost")),
        settings=setting_records(connector.settings),
        source=source_record(connector.entry),
        organization=connector.organization,
        administrative_group=connector.administrative_group,
        routing_group=connector.names.routing_group,
        servers=texts_of(connector, "msExchSourceBridgeheadServersDN"),
        guid=connector.guid,
        entry_sha256=connector.entry.sha256,
        notes=connector.notes,
        changes=change_records(connector),
    )


def accepted_domain_record(subject: Subject) -> AcceptedDomainRecord:
    """Describe one accepted domain."""
    domain = subject.object
    name = domain.settings["msExchAcceptedDomainName"].value
    value = domain.settings["msExchAcceptedDomainFlags"].value
    flags = value if isinstance(value, int) else None
    return AcceptedDomainRecord(
        dn=domain.dn,
        name=None if name is None else str(name),
        type=type_of(flags),
        default=is_default(flags),
        source=source_record(domain.entry),
        settings=setting_records(domain.settings),
        organization=domain.organization,
        administrative_group=domain.administrative_group,
        guid=domain.guid,
        entry_sha256=domain.entry.sha256,
        notes=domain.notes,
        changes=change_records(domain),
    )


def _copy_record(copy: DirectoryObject) -> CopyRecord:
    return CopyRecord(source_record(copy.entry), setting_records(copy.settings), copy.entry.sha256)


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
        smart_host=text_of(smart_host) if smart_host else "",
        address_spaces=texts_of(connector, "routingList"),
        restrictions=tuple(_restrictions(connector)),
        outbound_account=_outbound_account(connector),
        settings=setting_records(connector.settings),
        source=source_record(connector.entry),
        changes=change_records(connector),
        notes=connector.notes,
    )


def extended_right_records(inventory: Inventory) -> Iterator[ExtendedRightRecord]:
    """Describe the rights that the dump defines otherwise than the built-in table does."""
    for right in inventory.of(kinds.EXTENDED_RIGHT):
        guid = right.settings["rightsGuid"].value
        if right.names.cn and isinstance(guid, str) and not is_built_in(right.names.cn, guid):
            yield ExtendedRightRecord(right.dn, guid, source_record(right.entry))


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
        settings=setting_records(judged.settings),
        source=source_record(judged.entry),
        notes=judged.notes,
        changes=change_records(judged),
    )


def text_of(setting: Setting) -> str:
    """Return a value for readers; empty where there is none."""
    return setting.text if setting.state is State.SET else ""


def source_record(entry: Entry) -> SourceRecord:
    """Describe where an object stands."""
    source = entry.source
    return SourceRecord(source.file, source.line, source.last_line, source.offset)


def change_records(changed: DirectoryObject) -> tuple[ChangeNote, ...]:
    """Describe the change records of the dump about an object."""
    return tuple(
        ChangeNote(change.text, tuple(sorted(change.attributes))) for change in changed.changes
    )


def setting_records(settings: Mapping[str, Setting]) -> Mapping[str, SettingRecord]:
    """Describe the settings of an object, by name; what is common to objects, once for all."""
    if isinstance(settings, SharedMapping):
        return settings.image(_setting)
    return {name: _setting(setting) for name, setting in settings.items()}


def relay_record(relay: Relay) -> RelayRecord:
    """Describe who may relay through a listener."""
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
        private_listener=relay.private_listener,
    )


def receive_relay_record(relay: Relay) -> ReceiveRelayRecord:
    """Describe who may relay through a receive connector."""
    common = relay_record(relay)
    return ReceiveRelayRecord(
        **{name: getattr(common, name) for name in common.__struct_fields__},
        anonymous_may_relay=relay.anonymous_may_relay,
        externally_secured=relay.externally_secured,
        grants=tuple(
            GrantRecord(grant.sid, grant.name, grant.right, grant.effect, grant.inherited)
            for grant in relay.grants
        ),
    )


def _is_enabled(setting: Setting) -> bool | None:
    """Tell whether a connector is in use, which it is without a value; None when not known."""
    if setting.state is State.NOT_SET:
        return True
    return setting.value if isinstance(setting.value, bool) else None


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


def _setting(setting: Setting) -> SettingRecord:
    return SettingRecord(
        setting.state,
        setting.value,
        setting.text,
        setting.line,
        setting.last_line,
        setting.raw,
        setting.reason or setting.doubt,
    )
