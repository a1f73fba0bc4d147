"""Objects of an invented directory: names, attributes in the order in which a server sends them."""

import uuid
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

Typed = bool | int | str | bytes | tuple[str, ...]
Value = str | bytes

CONFIGURATION = "CN=Configuration,DC=contoso,DC=com"

# The server sends attributes by ascending internal id: X.500 attributes (2.5.4), then the
# arcs 1.2.840.113556.1.2 and .1.4, then Exchange (…1.4.7000.102); inside an arc by last number.
_SERVER_ORDER = (
    *("objectClass", "cn", "serialNumber", "description", "cACertificate", "distinguishedName"),
    *("instanceType", "whenCreated", "whenChanged", "displayName", "uSNCreated", "uSNChanged"),
    *("authOrig", "cost", "delivContLength", "showInAdvancedViewOnly", "adminDisplayName"),
    *("nTSecurityDescriptor", "objectSid"),
    *("deliveryMechanism", "submissionContLength", "routingList", "messageTrackingEnabled"),
    *("networkAddress", "name", "objectGUID", "versionNumber", "serverRole"),
    *("rightsGuid", "appliesTo", "systemFlags", "contextMenu", "adminPropertyPages"),
    *("classDisplayName", "legacyExchangeDN", "attributeDisplayNames", "objectCategory"),
    *("validAccesses", "dSCorePropagationData", "msExchAuthMailDisposition"),
    *("msExchServerBindings", "msExchSecureBindings", "msExchAuthenticationFlags"),
    *("msExchMaxIncomingConnections", "msExchLogType", "msExchAccessSSLFlags"),
    *("msExchServerAutoStart", "msExchNTAuthenticationProviders", "msExchIPSecurity"),
    *("msExchIncomingConnectionTimeout", "msExchSmtpMaxOutgoingConnections"),
    *("msExchSmtpOutgoingConnectionTimeout", "msExchSmtpMaxOutgoingConnectionsPerDomain"),
    *("msExchSmtpOutgoingPort", "msExchSmtpMaxHopCount", "msExchSmtpMaxMessageSize"),
    *("msExchSmtpMaxSessionSize", "msExchSmtpMaxRecipients"),
    *("msExchSmtpLocalQueueExpirationTimeout", "msExchSmtpLocalQueueDelayNotification"),
    *("msExchSmtpRemoteQueueExpirationTimeout", "msExchSmtpRemoteQueueDelayNotification"),
    *("msExchSmtpSmartHostType", "msExchSmtpMaxOutboundMsgPerDomain"),
    *("msExchSmtpOutboundSecurityFlag", "msExchSmtpInboundCommandSupportOptions"),
    *("msExchSmtpRelayForAuth", "msExchSmtpPerformReverseDnsLookup", "msExchSmtpDoMasquerade"),
    *("msExchSmtpSmartHost", "msExchSmtpBadMailDirectory", "msExchSmtpSendNDRTo"),
    *("msExchSmtpFullyQualifiedDomainName", "msExchSmtpPickupDirectory"),
    *("msExchSmtpQueueDirectory", "msExchSmtpOutboundSecurityUserName"),
    *("msExchSmtpOutboundSecurityPassword", "msExchSmtpRemoteQueueRetries"),
    *("msExchSmtpRelayIpList", "msExchRoutingMasterDN", "msExchSourceBridgeheadServersDN"),
    *("msExchTargetBridgeheadServersDN", "msExchRecipLimit", "dLMemDefault"),
    *("msExchRoutingGroupMembersBL", "msExchBridgeheadedLocalConnectorsDNBL"),
    *("msExchHomeRoutingGroup", "msExchEncryptedPassword"),
    *("msExchMixedMode", "msExchCurrentServerRoles", "msExchTransportSettingsFlags"),
    *("msExchAcceptedDomainName", "msExchAcceptedDomainFlags"),
    *("msExchSmtpReceiveBindings", "msExchSmtpReceiveEnabled", "msExchSmtpReceiveMaxHopCount"),
    *("msExchSmtpReceiveMaxMessageSize", "msExchSmtpReceiveRemoteIPRanges"),
    *("msExchSMTPReceiveInboundSecurityFlag", "msExchSmtpSendEnabled"),
)
_PLACE = {name: place for place, name in enumerate(_SERVER_ORDER)}


@dataclass(frozen=True, slots=True)
class Item:
    """One object as the server sends it."""

    dn: str
    attributes: Mapping[str, tuple[Value, ...]]
    """Values by name: text, or octets as bytes."""

    @property
    def leaf_class(self) -> str:
        """The last value of objectClass."""
        return str(self.attributes["objectClass"][-1])


@dataclass(frozen=True, slots=True)
class Draft:
    """One object before the attributes that every object has."""

    dn: str
    name: str
    classes: tuple[str, ...]
    own: Mapping[str, Typed]


def child(parent: str, name: str) -> str:
    """Return the DN of CN=name below a parent, escaped the way Active Directory writes it."""
    escaped = name.replace("\\", "\\\\").replace(",", "\\,").replace("\n", "\\0A")
    return f"CN={escaped},{parent}"


def draft(parent: str, name: str, classes: Sequence[str], **own: Typed) -> Draft:
    """Return CN=name below a parent, with its own attributes."""
    return Draft(child(parent, name), name, ("top", *classes), own)


def finish(drafts: Iterable[Draft]) -> tuple[Item, ...]:
    """Give each object what the system adds: times, update numbers, GUID, category."""
    return tuple(_finish(number, item) for number, item in enumerate(drafts))


def guid_of(dn: str) -> uuid.UUID:
    """Return the invented objectGUID of a DN."""
    return uuid.uuid5(uuid.NAMESPACE_X500, dn)


def octets_or_text(value: Typed) -> tuple[Value, ...]:
    """Return the values of a typed setting in the notation of the directory."""
    if isinstance(value, bool):
        return ("TRUE" if value else "FALSE",)
    if isinstance(value, tuple):
        return value
    return (value,) if isinstance(value, bytes) else (str(value),)


def _finish(number: int, item: Draft) -> Item:
    created = datetime(2003, 10, 14, 8, 15, 2, tzinfo=UTC) + timedelta(minutes=7 * number)
    changed = created + timedelta(days=400 + number)
    system: dict[str, Typed] = {
        "objectClass": item.classes,
        "cn": item.name,
        "distinguishedName": item.dn,
        "instanceType": 4,
        "whenCreated": f"{created:%Y%m%d%H%M%S}.0Z",
        "whenChanged": f"{changed:%Y%m%d%H%M%S}.0Z",
        "uSNCreated": 8200 + 3 * number,
        "uSNChanged": 91340 + 17 * number,
        "showInAdvancedViewOnly": True,
        "name": item.name,
        "objectGUID": guid_of(item.dn).bytes_le,
        "objectCategory": f"CN={_schema_name(item.classes[-1])},CN=Schema,{CONFIGURATION}",
        "dSCorePropagationData": "16010101000000.0Z",
    }
    values = {name: octets_or_text(value) for name, value in (system | dict(item.own)).items()}
    return Item(item.dn, {name: values[name] for name in sorted(values, key=_PLACE.__getitem__)})


def _schema_name(class_name: str) -> str:
    return _SCHEMA_NAMES.get(class_name, "Container")


_SCHEMA_NAMES = {
    "configuration": "Configuration",
    "displaySpecifier": "Display-Specifier",
    "site": "Site",
    "controlAccessRight": "Control-Access-Right",
    "certificationAuthority": "Certification-Authority",
    "msExchConfigurationContainer": "ms-Exch-Configuration-Container",
    "msExchOrganizationContainer": "ms-Exch-Organization-Container",
    "msExchAdminGroup": "ms-Exch-Admin-Group",
    "msExchExchangeServer": "ms-Exch-Exchange-Server",
    "msExchMessageDeliveryConfig": "ms-Exch-Message-Delivery-Config",
    "msExchRoutingGroup": "ms-Exch-Routing-Group",
    "msExchRoutingGroupConnector": "ms-Exch-Routing-Group-Connector",
    "msExchRoutingSMTPConnector": "ms-Exch-Routing-SMTP-Connector",
    "group": "Group",
    "msExchTransportSettings": "ms-Exch-Transport-Settings",
    "msExchAcceptedDomain": "ms-Exch-Accepted-Domain",
    "msExchSmtpReceiveConnector": "ms-Exch-Smtp-Receive-Connector",
    "protocolCfgSharedServer": "ms-Exch-Protocol-Cfg-Shared-Server",
    "protocolCfgSMTPServer": "ms-Exch-Protocol-Cfg-SMTP-Server",
}
