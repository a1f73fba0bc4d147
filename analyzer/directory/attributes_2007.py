"""The attributes that Exchange 2007 and later brought: receive and send connectors, domains.

Names, types and flags as in the decompiled schema classes of Exchange 2013, ReceiveConnectorSchema,
SmtpSendConnectorConfigSchema and AuthMechanisms; no document of Microsoft maps parameters of the
shell to attributes. Units are inferred: the type of a time span allows whole seconds only, and the
defaults of sizes are given in bytes. A label says what the setting is and, in brackets, which
parameter of the shell changes it. A name that no document confirms ends in `?`.
"""

from collections.abc import Mapping

from analyzer.directory.attributes import CONNECTOR, AttributeType, Syntax

_SECONDS = "seconds (inferred)"
_BYTES = "bytes (inferred)"

RECEIVE_AUTHENTICATION: Mapping[int, str] = {
    1: "Tls",
    2: "Integrated",
    4: "BasicAuth",
    8: "BasicAuthRequireTLS",
    16: "ExchangeServer",
    32: "ExternalAuthoritative",
}
"""Bits of msExchSMTPReceiveInboundSecurityFlag."""

_PROTOCOL_OPTIONS: Mapping[int, str] = {
    1: "SIZE",
    2: "SIZE without value",
    4: "BINARYMIME",
    8: "CHUNKING",
    16: "DSN",
    32: "ENHANCEDSTATUSCODES",
    128: "PIPELINING",
    256: "8BITMIME",
    512: "DomainSecure",
    1024: "LongAddresses",
    2048: "ORAR",
    4096: "SuppressXAnonymousTls",
    8192: "AdvertiseClientSettings",
    16384: "BareLinefeedRejection",
    32768: "Proxy",
    65536: "SMTPUTF8",
}
_PROTOCOL_RESTRICTIONS: Mapping[int, str] = {
    4: "RequireEHLODomain",
    8: "RequireTLS",
    16: "EnableAuthGSSAPI",
    32: "ExtendedProtectionTlsTerminatedAtProxy",
    32768: "LiveCredentialEnabled",
}
_OUTBOUND_SECURITY: Mapping[int, str] = {
    4: "RequireTLS",
    4194304: "ForceHELO",
    8388608: "IgnoreSTARTTLS",
}
# Bits 4 to 11 are a number, TlsAuthLevel; its bits have no names of their own.
_SEND_FLAGS: Mapping[int, str] = {
    2: "UseExternalDNSServers",
    4: "DomainSecure",
    8: "RequireOorg",
    8192: "FrontendProxy",
    131072: "CloudServicesMail",
    2097152: "smart host: BasicAuth",
    4194304: "smart host: BasicAuthRequireTLS",
    8388608: "smart host: ExchangeServer",
    16777216: "smart host: ExternalAuthoritative",
}
_ACCEPTED_DOMAIN_FLAGS: Mapping[int, str] = {
    1: "external relay",
    2: "internal relay",
    4: "default domain",
    8: "address book?",  # inferred from the documentation of AddressBookEnabled
    256: "outbound only",
}
# The order in which the documentation lists the names; the numbers themselves are in no document.
_RATE_SOURCES: Mapping[int, str] = {0: "None?", 1: "IPAddress?", 2: "User?", 3: "All?"}
_EXTENDED_PROTECTION: Mapping[int, str] = {0: "None", 1: "Allow?", 2: "Require?"}
_LOGGING: Mapping[int, str] = {0: "None", 1: "Verbose?"}
_TRANSPORT_ROLES: Mapping[int, str] = {32: "HubTransport", 16384: "FrontendTransport?"}


def _text(name: str, label: str, *, multi: bool = False) -> AttributeType:
    return AttributeType(name, Syntax.TEXT, label, multi)


def _number(name: str, label: str, unit: str = "") -> AttributeType:
    return AttributeType(name, Syntax.INTEGER, label, unit=unit)


def _choice(name: str, label: str, choices: Mapping[int, str]) -> AttributeType:
    return AttributeType(name, Syntax.INTEGER, label, choices=choices)


def _flags(name: str, label: str, flags: Mapping[int, str]) -> AttributeType:
    return AttributeType(name, Syntax.INTEGER, label, flags=flags)


RECEIVE_CONNECTOR = (
    AttributeType("msExchSmtpReceiveEnabled", Syntax.BOOLEAN, "Enabled"),
    _text("msExchSmtpReceiveBindings", "Local addresses and ports (Bindings)", multi=True),
    AttributeType(
        "msExchSmtpReceiveRemoteIPRanges",
        Syntax.REMOTE_RANGE,
        "Remote addresses (RemoteIPRanges)",
        multi=True,
    ),
    _flags(
        "msExchSMTPReceiveInboundSecurityFlag",
        "Authentication (AuthMechanism)",
        RECEIVE_AUTHENTICATION,
    ),
    _flags("msExchSmtpReceiveProtocolOptions", "ESMTP extensions offered", _PROTOCOL_OPTIONS),
    _flags("msExchSmtpReceiveProtocolRestrictions", "Demands on peers", _PROTOCOL_RESTRICTIONS),
    _choice(
        "msExchSMTPExtendedProtectionPolicy",
        "Extended protection (ExtendedProtectionPolicy)",
        _EXTENDED_PROTECTION,
    ),
    _text("msExchSMTPReceiveConnectorFQDN", "Name in HELO and EHLO (Fqdn)"),
    _text("msExchSmtpReceiveAdvertisedDomain", "Name for clients (ServiceDiscoveryFqdn)"),
    _text("msExchSmtpTLSCertificate", "Certificate (TlsCertificateName)"),
    _text("msExchSmtpReceiveBanner", "Banner"),
    AttributeType(
        "msExchSMTPReceiveDefaultAcceptedDomainLink", Syntax.DN, "Default domain (DefaultDomain)"
    ),
    _number("msExchSmtpReceiveConnectionTimeout", "Connection time-out", _SECONDS),
    _number(
        "msExchSmtpReceiveConnectionInactivityTimeout", "Connection inactivity time-out", _SECONDS
    ),
    _number("msExchSMTPReceiveRelayControl", "Message rate limit", "messages per minute"),
    _choice(
        "msExchSMTPReceiveMessageRateSource",
        "Message rate is counted by (MessageRateSource)",
        _RATE_SOURCES,
    ),
    _number("msExchSmtpReceiveMaxInboundConnections", "Limit connections (MaxInboundConnection)"),
    _number(
        "msExchSmtpReceiveMaxInboundConnectionsPerSource",
        "Limit connections per source (MaxInboundConnectionPerSource)",
    ),
    _number(
        "msExchSMTPReceiveMaxInboundConnectionsPercPerSource",
        "Limit connections per source, share (MaxInboundConnectionPercentagePerSource)",
        "percent",
    ),
    _number("msExchSmtpReceiveMaxHeaderSize", "Limit header size (MaxHeaderSize)", _BYTES),
    _number("msExchSmtpReceiveMaxHopCount", "Maximum hop count (MaxHopCount)"),
    _number("msExchSmtpReceiveMaxLocalHopCount", "Maximum local hop count (MaxLocalHopCount)"),
    _number("msExchSmtpReceiveMaxLogonFailures", "Limit failed logons (MaxLogonFailures)"),
    _number("msExchSmtpReceiveMaxMessageSize", "Limit message size (MaxMessageSize)", _BYTES),
    _number("msExchSmtpReceiveMaxProtocolErrors", "Limit protocol errors (MaxProtocolErrors)"),
    _number(
        "msExchSmtpReceiveMaxRecipientsPerMessage",
        "Limit recipients per message (MaxRecipientsPerMessage)",
    ),
    _choice(
        "msExchSmtpReceiveProtocolLoggingLevel",
        "Protocol logging (ProtocolLoggingLevel)",
        _LOGGING,
    ),
    _number("msExchSmtpReceiveTarpitInterval", "Tarpit interval (TarpitInterval)", _SECONDS),
    _number(
        "msExchSmtpReceiveMaxAcknowledgementDelay",
        "Delay of acknowledgement (MaxAcknowledgementDelay)",
        _SECONDS,
    ),
    _text(
        "msExchSmtpReceiveTlsDomainCapabilities",
        "What TLS peers may do (TlsDomainCapabilities)",
        multi=True,
    ),
    _choice("msExchSmtpReceiveRole", "Transport role (TransportRole)", _TRANSPORT_ROLES),
)

DESCRIPTION = (_text("adminDescription", "Comment"),)
"""Of every class; apart, because many objects have it that are of no interest."""

SEND_CONNECTOR = (
    *CONNECTOR,
    AttributeType("msExchSmtpSendEnabled", Syntax.BOOLEAN, "Enabled"),
    _number("msExchSmtpSendPort", "Port of the smart host (Port)"),
    _text("msExchSmtpSmartHost", "Smart hosts (SmartHosts)"),
    _number(
        "msExchSmtpSendConnectionTimeout",
        "Connection inactivity time-out (ConnectionInactivityTimeOut)",
        _SECONDS,
    ),
    _flags("msExchSmtpOutboundSecurityFlag", "Outbound security", _OUTBOUND_SECURITY),
    _flags("msExchSmtpSendFlags", "Send options", _SEND_FLAGS),
    _text("msExchSmtpOutboundSecurityUserName", "Outbound security: account"),
    AttributeType(
        "msExchSmtpOutboundSecurityPassword",
        Syntax.TEXT,
        "Outbound security: password",
        secret=True,
    ),
    _text("msExchSmtpSendTlsDomain", "Domain of the certificate (TlsDomain)"),
    _text("msExchSmtpTLSCertificate", "Certificate (TlsCertificateName)"),
    _text("msExchSMTPSendConnectorFQDN", "Name in HELO and EHLO (Fqdn)"),
    _number("msExchSmtpSendNdrLevel", "Error policies (ErrorPolicies)"),
    _choice(
        "msExchSmtpSendProtocolLoggingLevel", "Protocol logging (ProtocolLoggingLevel)", _LOGGING
    ),
    _text("msExchSmtpSendBindingIPAddress", "Source address (SourceIPAddress)"),
    _number("msExchSmtpMaxMessagesPerConnection", "Limit messages per connection"),
)
"""Of the class of SMTP connectors, as Exchange 2007 and later use it."""

ACCEPTED_DOMAIN = (
    _text("msExchAcceptedDomainName", "Domain (DomainName)"),
    _flags("msExchAcceptedDomainFlags", "Type and options", _ACCEPTED_DOMAIN_FLAGS),
)

TRANSPORT_SETTINGS = (
    _number("delivContLength", "Receiving message size (MaxReceiveSize)", "KB"),
    _number("submissionContLength", "Sending message size (MaxSendSize)", "KB"),
    _number("msExchRecipLimit", "Recipient limit (MaxRecipientEnvelopeLimit)"),
)

EXTENDED_RIGHT = (
    _text("rightsGuid", "GUID of the right"),
    _number("validAccesses", "Kind of right"),
)

GROUP = (
    AttributeType("objectSid", Syntax.SID, "SID"),
    _text("sAMAccountName", "Account name"),
)
