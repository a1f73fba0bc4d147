"""Fabrikam: an invented organisation with servers of Exchange 2010, 2016 and 2019, and one of 2003.

What has to be found in it was written by hand in `samples/fabrikam/expected.toml`.
"""

from collections.abc import Iterator
from typing import NamedTuple

from generator import ldif_writers
from generator.descriptors import (
    ADMINISTRATORS,
    ANONYMOUS,
    ANONYMOUS_SET,
    EVERYONE,
    EXTERNAL,
    EXTERNAL_SET,
    HUB,
    INHERIT_ONLY,
    LEGACY,
    LEGACY_SET,
    PARTNERS,
    PARTNERS_SET,
    RELAY,
    SERVERS_SET,
    SUBMIT,
    USERS,
    USERS_SET,
    allow,
    deny,
    descriptor,
    full_control,
    sid_bytes,
)
from generator.tree import CONFIGURATION, Draft, Item, Typed, child, draft, finish

_ORG = child(child(child(CONFIGURATION, "Services"), "Microsoft Exchange"), "Fabrikam")
_GROUPS = child(_ORG, "Administrative Groups")
_GROUP = child(_GROUPS, "Exchange Administrative Group (FYDIBOHF23SPDLT)")
_OLD_GROUP = child(_GROUPS, "First Administrative Group")
_ROUTING = child(child(_GROUP, "Routing Groups"), "Exchange Routing Group (DWBGZMFD01QNBJR)")
_TRANSPORT = child(_ORG, "Transport Settings")
_SECURITY_GROUPS = "OU=Microsoft Exchange Security Groups,DC=contoso,DC=com"
_EVERY_ADDRESS = ("0.0.0.0-255.255.255.255", "::-ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff")
_SERVERS = {
    "FAB-MB10": ("Version 14.3 (Build 30123.4)", 38),
    "FAB-EX16": ("Version 15.1 (Build 32507.6)", 16439),
    "FAB-EX19": ("Version 15.2 (Build 31118.7)", 16439),
}
_ADMINS = full_control(ADMINISTRATORS)
_SERVERS_MAY = allow(HUB, *SERVERS_SET)
_LEGACY_MAY = allow(LEGACY, *LEGACY_SET)


class Connector(NamedTuple):
    """One receive connector; None leaves an attribute out."""

    server: str
    name: str
    security: bytes | None
    flags: int | None = 7
    ranges: tuple[str, ...] | None = _EVERY_ADDRESS
    port: int = 25
    enabled: bool | None = True


CONNECTORS = (
    Connector(
        "FAB-MB10",
        "Default FAB-MB10",
        descriptor(allow(USERS, *USERS_SET), _SERVERS_MAY, _LEGACY_MAY, _ADMINS),
        31,
    ),
    Connector(
        "FAB-MB10",
        "Client FAB-MB10",
        descriptor(allow(USERS, *USERS_SET), _ADMINS),
        31,
        port=587,
    ),
    Connector(
        "FAB-MB10",
        "Scanners, floors 1 to 3",
        descriptor(allow(ANONYMOUS, *ANONYMOUS_SET, RELAY), _ADMINS),
        1,
        ("10.20.31.0-10.20.31.255", "10.20.30.7/24", "192.0.2.5"),
    ),
    Connector(
        "FAB-EX16",
        "Default Frontend FAB-EX16",
        descriptor(allow(ANONYMOUS, *ANONYMOUS_SET), _SERVERS_MAY, _LEGACY_MAY, _ADMINS),
        31,
    ),
    Connector(
        "FAB-EX16",
        "Open to the world",
        descriptor(allow(ANONYMOUS, *ANONYMOUS_SET, RELAY), _ADMINS),
        1,
        ("128.0.0.0/1", "0.0.0.0(128.0.0.0)"),
        port=2525,
    ),
    Connector(
        "FAB-EX16",
        "Trusted gateway",
        descriptor(allow(EXTERNAL, *EXTERNAL_SET), _ADMINS),
        33,
        ("198.51.100.16/28", "2001:db8:7::25"),
    ),
    Connector(
        "FAB-EX16",
        "Switched off",
        descriptor(allow(ANONYMOUS, *ANONYMOUS_SET, RELAY)),
        1,
        ("10.9.9.9",),
        enabled=False,
    ),
    Connector(
        "FAB-EX16",
        "Partner",
        descriptor(allow(PARTNERS, *PARTNERS_SET), allow(PARTNERS, RELAY, flags=INHERIT_ONLY)),
        1,
        ("203.0.113.0/24",),
    ),
    Connector("FAB-EX19", "Trusts everybody", descriptor(allow(EXTERNAL, *EXTERNAL_SET)), 32),
    Connector(
        "FAB-EX19",
        "Deny after allow",
        descriptor(allow(ANONYMOUS, SUBMIT, RELAY), deny(ANONYMOUS, RELAY)),
        1,
        ("10.1.0.0/16",),
    ),
    Connector(
        "FAB-EX19",
        "Deny before allow",
        descriptor(deny(ANONYMOUS, RELAY), allow(ANONYMOUS, SUBMIT, RELAY)),
        1,
        ("10.2.0.0/16",),
    ),
    Connector(
        "FAB-EX19",
        "Damaged",
        descriptor(allow(ANONYMOUS, SUBMIT, RELAY))[:-40],
        1,
        ("10.3.0.0/16",),
    ),
    Connector(
        "FAB-EX19", "Without ranges", descriptor(allow(ANONYMOUS, SUBMIT, RELAY)), 1, None, 2526
    ),
    Connector("FAB-EX19", "Everyone", descriptor(allow(EVERYONE, RELAY)), 1, ("10.4.0.0/16",)),
    Connector("FAB-EX19", "Not asked for", None, 1, ("10.5.0.0/16",)),
)


def organization() -> tuple[Item, ...]:
    """Return all objects, parents before children."""
    return finish((*_rights(), *_exchange()))


def files() -> dict[str, bytes]:
    """Return the dumps of the organisation by name."""
    items = organization()
    classes = ("msExchSmtpReceiveConnector", "msExchExchangeServer")
    chosen = [item for item in items if item.leaf_class in classes]
    only = (
        *("objectClass", "serialNumber", "msExchSmtpReceiveBindings"),
        *("msExchSmtpReceiveRemoteIPRanges", "msExchSMTPReceiveInboundSecurityFlag"),
    )
    return {
        "fabrikam.ldf": ldif_writers.ldifde(items).encode("cp1252", "\r\n"),
        "fabrikam-ldapsearch.ldif": ldif_writers.ldapsearch(items).encode("ascii", "\n"),
        "fabrikam-limited.ldf": ldif_writers.ldifde(chosen, only=only).encode("cp1252", "\r\n"),
    }


def _rights() -> Iterator[Draft]:
    parent = child(CONFIGURATION, "Extended-Rights")
    for name, guid in (
        ("ms-Exch-SMTP-Submit", SUBMIT),
        ("ms-Exch-SMTP-Accept-Any-Recipient", RELAY),
    ):
        yield draft(
            parent,
            name,
            ["controlAccessRight"],
            displayName=name.replace("-", " "),
            rightsGuid=guid,
            validAccesses=256,
        )
    yield draft(
        _SECURITY_GROUPS,
        "ExchangeLegacyInterop",
        ["group"],
        objectSid=sid_bytes(LEGACY),
        description="For servers of before Exchange 2007",
    )


def _exchange() -> Iterator[Draft]:
    services = child(CONFIGURATION, "Services")
    yield draft(
        child(services, "Microsoft Exchange"),
        "Fabrikam",
        ["container", "msExchOrganizationContainer"],
        msExchMixedMode=False,
    )
    yield draft(
        _ORG,
        "Transport Settings",
        ["container", "msExchTransportSettings"],
        delivContLength=10240,
        submissionContLength=10240,
        msExchRecipLimit=500,
        msExchTransportSettingsFlags=0,
    )
    domains = child(_TRANSPORT, "Accepted Domains")
    for name, flags in (("fabrikam.com", 4), ("partner.example", 2), ("*", 1)):
        yield draft(
            domains,
            "Everything" if name == "*" else name,
            ["msExchAcceptedDomain"],
            msExchAcceptedDomainName=name,
            msExchAcceptedDomainFlags=flags,
        )
    for group in (_OLD_GROUP, _GROUP):
        name = group.partition(",")[0].removeprefix("CN=")
        yield draft(_GROUPS, name, ["msExchAdminGroup"], legacyExchangeDN=f"/o=Fabrikam/ou={name}")
    yield from _old_server()
    for name in _SERVERS:
        yield from _server(name)
    yield draft(
        child(_ROUTING, "Connections"),
        "To the Internet",
        ["msExchConnector", "mailGateway", "msExchRoutingSMTPConnector"],
        routingList=("SMTP:*;1",),
        msExchSmtpSendEnabled=True,
        msExchSmtpSmartHost="smtp.isp.example,backup.isp.example",
        msExchSourceBridgeheadServersDN=(_server_dn("FAB-EX16"), _server_dn("FAB-EX19")),
    )


def _server_dn(name: str) -> str:
    return child(child(_GROUP, "Servers"), name)


def _server(name: str) -> Iterator[Draft]:
    serial, roles = _SERVERS[name]
    yield draft(
        child(_GROUP, "Servers"),
        name,
        ["server", "msExchExchangeServer"],
        serialNumber=serial,
        msExchCurrentServerRoles=roles,
        messageTrackingEnabled=True,
        networkAddress=(f"netbios:{name}", f"ncacn_ip_tcp:{name.lower()}.fabrikam.com"),
        legacyExchangeDN=f"/o=Fabrikam/ou=First/cn=Configuration/cn=Servers/cn={name}",
    )
    protocols = child(_server_dn(name), "Protocols")
    if name == "FAB-MB10":
        yield from _virtual_server(protocols)  # what an upgrade leaves behind
    for connector in CONNECTORS:
        if connector.server == name:
            yield draft(
                child(protocols, "SMTP Receive Connectors"),
                connector.name,
                ["msExchSmtpReceiveConnector"],
                **_settings(connector),
            )


def _settings(connector: Connector) -> dict[str, Typed]:
    values: dict[str, Typed | None] = {
        "nTSecurityDescriptor": connector.security,
        "msExchSmtpReceiveEnabled": connector.enabled,
        "msExchSmtpReceiveBindings": (
            f"0.0.0.0:{connector.port}",
            f"[::]:{connector.port}",
        ),
        "msExchSmtpReceiveRemoteIPRanges": connector.ranges,
        "msExchSMTPReceiveInboundSecurityFlag": connector.flags,
        "msExchSmtpReceiveMaxHopCount": 60,
        "msExchSmtpReceiveMaxMessageSize": 37748736,
    }
    return {name: value for name, value in values.items() if value is not None}


def _old_server() -> Iterator[Draft]:
    parent = child(_OLD_GROUP, "Servers")
    yield draft(
        parent,
        "FAB-OLD",
        ["server", "msExchExchangeServer"],
        serialNumber="Version 6.5 (Build 7638.2: Service Pack 2)",
        messageTrackingEnabled=True,
        legacyExchangeDN="/o=Fabrikam/ou=First/cn=Configuration/cn=Servers/cn=FAB-OLD",
    )
    yield from _virtual_server(child(child(parent, "FAB-OLD"), "Protocols"))


def _virtual_server(protocols: str) -> Iterator[Draft]:
    yield draft(
        child(protocols, "SMTP"),
        "1",
        ["protocolCfg", "protocolCfgSMTP", "protocolCfgSMTPServer"],
        adminDisplayName="Default SMTP Virtual Server",
        msExchServerBindings=(":25:",),
        msExchAuthenticationFlags=7,
        msExchSmtpRelayForAuth=True,
    )
