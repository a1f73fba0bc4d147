"""The table of attributes: name, syntax, single or multi-valued, unit, flag names, secret or not.

Sources: schema facts (attribute syntax, single-valued) of the Exchange 2003 schema; flag names as
documented for the IIS metabase twins AuthFlags (ms524513) and AccessSSLFlags (ms524954), and for
msExchSmtpSmartHostType (aa996573). Back-links count as multi-valued whatever the schema says: the
directory ignores isSingleValued for them (aa581343). A unit that no document states, but that the
documented defaults give away (720 next to "12 hours"), is marked as inferred.
"""

import enum
from collections.abc import Mapping

from msgspec import Struct, field


class Syntax(enum.Enum):
    """Attribute syntaxes of the directory, as far as the analyzer tells them apart."""

    BOOLEAN = "Boolean"
    INTEGER = "Integer"
    LARGE_INTEGER = "Large integer"
    TEXT = "Unicode string"
    DN = "DN"
    TIME = "Generalized time"
    OCTETS = "Octet string"
    GUID = "GUID"
    ADDRESS_LIST = "Address list"
    SECURITY_DESCRIPTOR = "NT security descriptor"
    SID = "SID"
    REMOTE_RANGE = "Range of addresses"


OCTET_SYNTAXES = frozenset(
    {Syntax.OCTETS, Syntax.GUID, Syntax.ADDRESS_LIST, Syntax.SECURITY_DESCRIPTOR, Syntax.SID}
)
"""Syntaxes that an export without binary values (`ldifde -n`) leaves out."""


class AttributeType(Struct, frozen=True, eq=False):
    """One row of the table; rows are told apart by identity."""

    name: str
    """As the schema spells it."""
    syntax: Syntax
    label: str
    """Name for readers, as the administration tool calls the setting."""
    multi: bool = False
    secret: bool = False
    unit: str = ""
    flags: Mapping[int, str] = field(default_factory=dict)
    """Bit value to name."""
    choices: Mapping[int, str] = field(default_factory=dict)
    """Enumerated value to name."""


def _boolean(name: str, label: str) -> AttributeType:
    return AttributeType(name, Syntax.BOOLEAN, label)


def _integer(name: str, label: str, unit: str = "") -> AttributeType:
    return AttributeType(name, Syntax.INTEGER, label, unit=unit)


def _flags(name: str, label: str, flags: Mapping[int, str]) -> AttributeType:
    return AttributeType(name, Syntax.INTEGER, label, flags=flags)


def _choice(name: str, label: str, choices: Mapping[int, str]) -> AttributeType:
    return AttributeType(name, Syntax.INTEGER, label, choices=choices)


def _text(name: str, label: str, *, multi: bool = False) -> AttributeType:
    return AttributeType(name, Syntax.TEXT, label, multi)


def _dn(name: str, label: str, *, multi: bool = False) -> AttributeType:
    return AttributeType(name, Syntax.DN, label, multi)


def _octets(name: str, label: str, *, multi: bool = False) -> AttributeType:
    return AttributeType(name, Syntax.OCTETS, label, multi)


def _secret(name: str, label: str, syntax: Syntax = Syntax.OCTETS) -> AttributeType:
    return AttributeType(name, syntax, label, secret=True)


AUTHENTICATION: Mapping[int, str] = {
    1: "anonymous",
    2: "basic",
    4: "integrated Windows",
    16: "digest",
    64: "Passport",
}
"""Bits of msExchAuthenticationFlags."""

SECURE_COMMUNICATION: Mapping[int, str] = {
    8: "TLS required",
    32: "client certificate accepted",
    64: "client certificate required",
    128: "client certificate mapped to an account",
    256: "128-bit encryption required",
}
"""Bits of msExchAccessSSLFlags."""

# Only the DSN bit was found in print (TechTarget, 2006); a question mark stands for "unverified".
INBOUND_COMMANDS: Mapping[int, str] = {
    64: "DSN",
    128: "ETRN?",
    1024: "TURN/ATRN?",
    4096: "ENHANCEDSTATUSCODES?",
    1048576: "CHUNKING?",
    2097152: "BINARYMIME?",
    4194304: "8BITMIME?",
}
"""Bits of msExchSmtpInboundCommandSupportOptions; a name that no document confirms ends in `?`."""

_SMART_HOST_TYPES: Mapping[int, str] = {
    0: "no smart host",
    1: "smart host after direct delivery was tried",
    2: "smart host",
}
_SENDER_DEFAULTS: Mapping[int, str] = {
    0: "refuse all senders but those listed",
    1: "accept all senders but those listed",
}

GENERIC = (
    _text("adminDisplayName", "Display name for administrators"),
    _text("displayName", "Display name"),
    _text("cn", "Common name"),
    AttributeType("whenCreated", Syntax.TIME, "Created"),
    AttributeType("whenChanged", Syntax.TIME, "Last changed"),
    AttributeType("uSNChanged", Syntax.LARGE_INTEGER, "Update sequence number of the last change"),
    AttributeType("objectGUID", Syntax.GUID, "Object GUID"),
    AttributeType("nTSecurityDescriptor", Syntax.SECURITY_DESCRIPTOR, "Permissions on the object"),
)

VIRTUAL_SERVER = (
    _boolean("msExchSmtpRelayForAuth", "Relay: all authenticated computers may relay"),
    AttributeType("msExchSmtpRelayIpList", Syntax.ADDRESS_LIST, "Relay: computers on the list"),
    AttributeType("msExchSubmitRelaySD", Syntax.SECURITY_DESCRIPTOR, "Relay: users and groups"),
    AttributeType("msExchIPSecurity", Syntax.ADDRESS_LIST, "Connection control"),
    _flags("msExchAuthenticationFlags", "Authentication", AUTHENTICATION),
    _integer("msExchAuthMailDisposition", "Resolve anonymous e-mail"),
    _text("msExchNTAuthenticationProviders", "Windows authentication packages"),
    _text("msExchDefaultDomain", "Default domain"),
    _text("msExchSaslLogonDomain", "SASL logon domain"),
    _flags("msExchAccessSSLFlags", "Secure communication", SECURE_COMMUNICATION),
    _integer("msExchAccessFlags", "Access permissions"),
    _text("msExchServerBindings", "IP addresses and ports", multi=True),
    _text("msExchSecureBindings", "IP addresses and TLS ports", multi=True),
    _text("msExchServerBindingsFiltering", "Filters applied per IP address", multi=True),
    _text("msExchServerBindingsTurflist", "Sender filter applied per IP address", multi=True),
    _integer("msExchMaxIncomingConnections", "Limit number of connections (inbound)"),
    _integer("msExchIncomingConnectionTimeout", "Time-out (inbound)", "seconds (inferred)"),
    _integer("msExchLogType", "Protocol logging"),
    _boolean("msExchServerAutoStart", "Start automatically"),
    _flags(
        "msExchSmtpInboundCommandSupportOptions",
        "ESMTP commands offered (inbound)",
        INBOUND_COMMANDS,
    ),
    _boolean("msExchSmtpEnableEXPN", "EXPN command"),
    _boolean("msExchSmtpEnableVRFY", "VRFY command"),
    _integer("msExchSmtpMaxMessageSize", "Limit message size", "bytes"),
    _integer("msExchSmtpMaxSessionSize", "Limit session size", "bytes (inferred)"),
    _boolean("msExchSmtpMaxOutboundMsgPerDomainFlag", "Limit messages per connection: on"),
    _integer("msExchSmtpMaxOutboundMsgPerDomain", "Limit messages per connection"),
    _integer("msExchSmtpMaxRecipients", "Limit recipients per message"),
    _text("msExchSmtpSendNDRTo", "Send copy of Non-Delivery Report to"),
    _text("msExchSmtpSendBadmailTo", "Send copy of badmail to"),
    _text("msExchSmtpBadMailDirectory", "Badmail directory"),
    _text("msExchSmtpQueueDirectory", "Queue directory"),
    _text("msExchSmtpPickupDirectory", "Pickup directory"),
    _text("msExchSmtpDropDirectory", "Drop directory"),
    _text("msExchSmtpRemoteQueueRetries", "Outbound: retry intervals"),
    _integer(
        "msExchSmtpRemoteQueueDelayNotification",
        "Outbound: delay notification",
        "minutes (inferred)",
    ),
    _integer(
        "msExchSmtpRemoteQueueExpirationTimeout",
        "Outbound: expiration timeout",
        "minutes (inferred)",
    ),
    _integer(
        "msExchSmtpLocalQueueDelayNotification", "Local: delay notification", "minutes (inferred)"
    ),
    _integer(
        "msExchSmtpLocalQueueExpirationTimeout", "Local: expiration timeout", "minutes (inferred)"
    ),
    _integer("msExchSmtpMaxOutgoingConnections", "Limit number of connections (outbound)"),
    _integer("msExchSmtpMaxOutgoingConnectionsPerDomain", "Limit connections per domain"),
    _integer("msExchSmtpOutgoingConnectionTimeout", "Time-out (outbound)", "seconds (inferred)"),
    _integer("msExchSmtpOutgoingPort", "TCP port (outbound)"),
    _integer("msExchSmtpOutgoingSecurePort", "TLS port (outbound)"),
    _integer("msExchSmtpOutboundSecurityFlag", "Outbound security"),
    _text("msExchSmtpOutboundSecurityUserName", "Outbound security: account"),
    _secret("msExchSmtpOutboundSecurityPassword", "Outbound security: password", Syntax.TEXT),
    _secret("msExchEncryptedPassword", "Encrypted password"),
    _secret("msExchSecurityPassword", "Security password"),
    _integer("msExchSmtpMaxHopCount", "Maximum hop count"),
    _boolean("msExchSmtpDoMasquerade", "Masquerade domain: on"),
    _text("msExchSmtpMasqueradeDomain", "Masquerade domain"),
    _text("msExchSmtpFullyQualifiedDomainName", "Fully-qualified domain name"),
    _text("msExchSmtpSmartHost", "Smart host"),
    _choice("msExchSmtpSmartHostType", "Smart host: use", _SMART_HOST_TYPES),
    _boolean("msExchSmtpPerformReverseDnsLookup", "Reverse DNS lookup on incoming messages"),
    _text("msExchSmtpExternalDNSServers", "External DNS servers"),
    _text("msExchAdminACL", "Administration access list"),
    _text("msExchAlternateServer", "Alternate server"),
    _dn("msExchHomeRoutingGroupDNBL", "Routing group (back-link)", multi=True),
    _dn("msExchBridgeheadedLocalConnectorsDNBL", "Local bridgehead of (back-link)", multi=True),
    _dn("msExchBridgeheadedRemoteConnectorsDNBL", "Remote bridgehead of (back-link)", multi=True),
    _dn("msExchAppliesToSmtpVSBL", "Message filters applied (back-link)", multi=True),
)
"""What protocolCfgSMTPServer itself may contain, without inherited attributes."""

PROTOCOL = (
    _dn("msExchPolicyList", "Policies", multi=True),
    _octets("msExchPolicyOptionList", "Policy pages", multi=True),
    AttributeType("msExchLogonACL", Syntax.SECURITY_DESCRIPTOR, "Logon access list"),
)

CONNECTOR = (
    _text("routingList", "Address spaces", multi=True),
    _integer("cost", "Cost"),
    _dn("msExchSourceBridgeheadServersDN", "Local bridgeheads", multi=True),
    _dn("msExchTargetBridgeheadServersDN", "Remote bridgeheads", multi=True),
    _choice("dLMemDefault", "Delivery restrictions: by default", _SENDER_DEFAULTS),
    _dn("authOrig", "Delivery restrictions: accept from", multi=True),
    _dn("unauthOrig", "Delivery restrictions: reject from", multi=True),
    _dn("dLMemSubmitPerms", "Delivery restrictions: accept from groups", multi=True),
    _dn("dLMemRejectPerms", "Delivery restrictions: reject from groups", multi=True),
    _integer("delivContLength", "Content restrictions: allowed size", "KB (inferred)"),
    _integer("msExchRoutingAcceptMessageType", "Content restrictions: allowed types"),
    _integer("msExchRoutingDisallowPriority", "Content restrictions: refused priorities"),
    _integer("activationStyle", "Delivery options: connection time"),
    _octets("activationSchedule", "Delivery options: schedule"),
    _dn("homeMTA", "Message transfer agent"),
    _integer("deliveryMechanism", "Delivery mechanism"),
    _secret("msExchEncryptedPassword", "Encrypted password"),
)

SMTP_CONNECTOR = (
    _text("msExchSmtpSmartHost", "Smart host"),
    _text("msExchSmtpTRNSmartHost", "Server to request mail from"),
    _text("msExchRoutingETRNDomains", "Domains to request mail for", multi=True),
    _text("msExchSmtpAuthorizedTRNAccounts", "Accounts allowed to request mail", multi=True),
    _integer("msExchSmtpOutboundSecurityFlag", "Outbound security"),
    _text("msExchSmtpOutboundSecurityUserName", "Outbound security: account"),
    _secret("msExchSmtpOutboundSecurityPassword", "Outbound security: password", Syntax.TEXT),
    _secret("msExchSecurityPassword", "Security password"),
)

ROUTING_GROUP_CONNECTOR = (
    _text("authorizedDomain", "Override account: domain"),
    _text("authorizedUser", "Override account: user"),
    _secret("authorizedPassword", "Override account: password"),
    _text("domainName", "Domain name"),
    _dn("targetMTAs", "Target message transfer agents", multi=True),
)

SERVER = (
    _text("serialNumber", "Version", multi=True),
    _integer("versionNumber", "Version number"),
    _text("networkAddress", "Network addresses", multi=True),
    _boolean("messageTrackingEnabled", "Message tracking"),
    _dn("msExchHomeRoutingGroup", "Routing group"),
    _dn("msExchResponsibleMTAServer", "Message transfer agent"),
    _integer("serverRole", "Server role"),
    _integer("msExchServerRole", "Front-end server"),
    _flags(
        "msExchCurrentServerRoles",
        "Server roles (2007 and later)",
        {2: "Mailbox", 4: "Client Access", 16: "Unified Messaging", 32: "Hub", 64: "Edge"},
    ),
    _text("type", "Edition (encoded)"),
    _text("legacyExchangeDN", "Legacy DN"),
)

ROUTING_GROUP = (
    _dn("msExchRoutingMasterDN", "Routing group master"),
    _dn("msExchRoutingGroupMembersDN", "Members", multi=True),
    _dn("msExchRoutingGroupMembersBL", "Members (back-link)", multi=True),
)

ADMINISTRATIVE_GROUP = (
    _integer("msExchAdminGroupMode", "Mode"),
    _text("legacyExchangeDN", "Legacy DN"),
)

ORGANIZATION = (
    _boolean("msExchMixedMode", "Mixed mode"),
    _integer("objectVersion", "Schema version of the organization"),
    _text("legacyExchangeDN", "Legacy DN"),
)

ADDRESS_TEMPLATES = (_text("gatewayProxy", "E-mail addresses", multi=True),)
"""Of recipient policies and of the Recipient Update Service."""

MESSAGE_DELIVERY = (
    _integer("submissionContLength", "Sending message size", "KB"),
    _integer("delivContLength", "Receiving message size", "KB"),
    _integer("msExchRecipLimit", "Recipient limit"),
    _text("msExchTurfListAction", "Sender filter: action"),
    _text("msExchTurfListNames", "Sender filter: names", multi=True),
    _integer("msExchTurfListOptions", "Sender filter: options"),
    _text("msExchLocalDomains", "Local domains", multi=True),
)
