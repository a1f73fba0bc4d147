"""Contoso: the configuration partition of an invented forest with Exchange 2000 and 2003."""

from collections.abc import Iterator
from typing import NamedTuple

from generator.tree import CONFIGURATION, Draft, Item, Typed, child, draft, finish, guid_of
from generator.virtual_servers import PASSWORD, VIRTUAL_SERVERS, VirtualServer, settings

ORGANIZATION = "Contoso Org"
FIRST, SALES, ZURICH = "First Administrative Group", "Sales, EMEA", "Erste Gruppe Zürich"

_SERVICES = child(CONFIGURATION, "Services")
_EXCHANGE = child(_SERVICES, "Microsoft Exchange")
_ORG = child(_EXCHANGE, ORGANIZATION)
_GROUPS = child(_ORG, "Administrative Groups")
_BUILDS = {
    "2000": ("Version 6.0 (Build 6249.4: Service Pack 3)", 6249),
    "2003": ("Version 6.5 (Build 7638.2: Service Pack 2)", 7638),
}
_CERTIFICATE = bytes(range(256)) * 4


class Server(NamedTuple):
    """One Exchange server."""

    name: str
    group: str
    version: str
    host: str


SERVERS = (
    Server("EX01", FIRST, "2003", "ex01.contoso.com"),
    Server("EX02", FIRST, "2003", "ex02.contoso.com"),
    Server("OLD01", FIRST, "2000", "old01.contoso.com"),
    Server("SALES-GW1", SALES, "2003", "sales-gw1.contoso.com"),
    Server("SALES-OLD", SALES, "2000", "sales-old.contoso.com"),
    Server("ZRH-EX1", ZURICH, "2003", "zrh-ex1.contoso.com"),
    Server("ZRH-EX2", ZURICH, "2003", "zrh-ex2.contoso.com"),
)
SERVER = {server.name: server for server in SERVERS}


def organization() -> tuple[Item, ...]:
    """Return all objects of the partition, parents before children."""
    return finish((*_noise(), *_exchange()))


def servers_and_virtual_servers() -> tuple[Item, ...]:
    """Return what a search for the two classes finds."""
    wanted = {"msExchExchangeServer", "protocolCfgSMTPServer"}
    return tuple(item for item in organization() if item.leaf_class in wanted)


def virtual_servers_only() -> tuple[Item, ...]:
    """Return what a search for the SMTP virtual servers finds."""
    return tuple(item for item in organization() if item.leaf_class == "protocolCfgSMTPServer")


def virtual_server_dn(item: VirtualServer) -> str:
    """Return the DN of a virtual server."""
    return child(_smtp(item.server), _common_name(item))


def _common_name(item: VirtualServer) -> str:
    if not item.conflict:
        return str(item.number)
    return f"{item.number}\nCNF:{guid_of(f'conflict {item.server}')}"


def _server_dn(name: str) -> str:
    return child(child(child(_GROUPS, SERVER[name].group), "Servers"), name)


def _smtp(server: str) -> str:
    return child(child(_server_dn(server), "Protocols"), "SMTP")


def _noise() -> Iterator[Draft]:
    """Return what surrounds Exchange: texts in many scripts, rights, a certificate, decoys."""
    yield Draft(CONFIGURATION, "Configuration", ("top", "configuration"), {"instanceType": 13})
    specifiers = child(CONFIGURATION, "DisplaySpecifiers")
    yield draft(CONFIGURATION, "DisplaySpecifiers", ["container"])
    for language, word, street in (
        ("407", "Benutzer", "Straße"),
        ("409", "User", "Street"),
        ("40C", "Utilisateur", "Numéro et rue"),
        ("411", "ユーザー", "番地"),
        ("419", "Пользователь", "Улица"),
    ):
        yield draft(specifiers, language, ["container"])
        yield draft(
            child(specifiers, language),
            "user-Display",
            ["displaySpecifier"],
            adminPropertyPages=(
                "1,{6dfe6485-a212-11d0-bcd5-00c04fd8d5b6}",
                "2,{77597368-7b15-11d0-a0c2-080036af3f03}",
            ),
            classDisplayName=word,
            attributeDisplayNames=(f"streetAddress,{street}", f"cn,{word}"),
        )
    # A decoy: the class name in a text value must not make a virtual server.
    yield draft(
        child(specifiers, "409"),
        "protocolCfgSMTPServer-Display",
        ["displaySpecifier"],
        classDisplayName="objectClass: protocolCfgSMTPServer",
        attributeDisplayNames=("msExchSmtpRelayForAuth,Relay for authenticated computers",),
        contextMenu="0,CN=1,CN=SMTP,CN=Protocols,CN=EX99,CN=Servers",
    )
    rights = child(CONFIGURATION, "Extended-Rights")
    yield draft(CONFIGURATION, "Extended-Rights", ["container"])
    for name, guid in (
        ("ms-Exch-SMTP-Submit", "a18293f1-0685-4540-aa63-e32df421b3a2"),
        ("ms-Exch-SMTP-Accept-Any-Recipient", "5c82f031-4e4c-4326-88e1-8c4f0cad9de5"),
    ):
        yield draft(
            rights,
            name,
            ["controlAccessRight"],
            displayName=name.replace("-", " "),
            rightsGuid=guid,
            appliesTo=("a8df7498-c5ea-11d1-bbcb-0080c76670c0",),
            validAccesses=256,
        )
    sites = child(CONFIGURATION, "Sites")
    yield draft(CONFIGURATION, "Sites", ["sitesContainer"])
    yield draft(sites, "Default-First-Site-Name", ["site"], systemFlags=1107296256)
    yield draft(sites, "Zürich-Altstetten", ["site"], description="Büro, 2. Stock")
    yield draft(CONFIGURATION, "Services", ["container"], systemFlags=-2147483648)
    keys = child(_SERVICES, "Public Key Services")
    yield draft(_SERVICES, "Public Key Services", ["container"])
    yield draft(keys, "AIA", ["container"])
    yield draft(
        child(keys, "AIA"), "Contoso CA", ["certificationAuthority"], cACertificate=_CERTIFICATE
    )


def _exchange() -> Iterator[Draft]:
    yield draft(_SERVICES, "Microsoft Exchange", ["container", "msExchConfigurationContainer"])
    yield draft(
        _EXCHANGE,
        ORGANIZATION,
        ["container", "msExchOrganizationContainer"],
        legacyExchangeDN=f"/o={ORGANIZATION}",
    )
    yield draft(_ORG, "Global Settings", ["container", "msExchContainer"])
    yield draft(
        child(_ORG, "Global Settings"),
        "Message Delivery",
        ["msExchMessageDeliveryConfig"],
        delivContLength=10240,
        submissionContLength=10240,
        msExchRecipLimit=5000,
    )
    yield draft(_ORG, "Administrative Groups", ["container", "msExchAdminGroupContainer"])
    for group in (FIRST, SALES, ZURICH):
        yield from _group(group)


def _group(name: str) -> Iterator[Draft]:
    dn = child(_GROUPS, name)
    yield draft(
        _GROUPS,
        name,
        ["msExchAdminGroup"],
        displayName=name,
        legacyExchangeDN=f"/o={ORGANIZATION}/ou={name}",
    )
    yield draft(dn, "Servers", ["container", "msExchServersContainer"])
    for server in SERVERS:
        if server.group == name:
            yield from _server(server)
    if name in _ROUTING:
        yield from _routing(name)


def _server(server: Server) -> Iterator[Draft]:
    parent, dn = child(child(_GROUPS, server.group), "Servers"), _server_dn(server.name)
    text, build = _BUILDS[server.version]
    yield draft(
        parent,
        server.name,
        ["server", "msExchExchangeServer"],
        serialNumber=text,
        adminDisplayName=server.name,
        messageTrackingEnabled=server.name != "EX02",
        networkAddress=(
            f"ncacn_vns_spp:{server.name}",
            f"netbios:{server.name}",
            f"ncacn_np:{server.name}",
            f"ncacn_ip_tcp:{server.host}",
            f"ncalrpc:{server.name}",
        ),
        versionNumber=build,
        serverRole=0,
        legacyExchangeDN=f"/o={ORGANIZATION}/ou={server.group}"
        f"/cn=Configuration/cn=Servers/cn={server.name}",
    )
    yield draft(dn, "Protocols", ["protocolCfg", "protocolCfgShared", "protocolCfgSharedServer"])
    yield draft(child(dn, "Protocols"), "SMTP", ["container", "msExchProtocolCfgSMTPContainer"])
    for item in VIRTUAL_SERVERS:
        if item.server == server.name:
            own: dict[str, Typed] = settings(item, server.version, server.host)
            if (item.server, item.number) == ("EX01", 1):
                own["msExchBridgeheadedLocalConnectorsDNBL"] = (_INTERNET, _TO_ZURICH)
            yield draft(
                _smtp(server.name),
                _common_name(item),
                ["protocolCfg", "protocolCfgSMTP", "protocolCfgSMTPServer"],
                **own,
            )


_ROUTING = {FIRST: "First Routing Group", ZURICH: "Routinggruppe Zürich"}
_MASTER = {FIRST: "EX01", ZURICH: "ZRH-EX1"}


def _connections(group: str) -> str:
    routing_groups = child(child(_GROUPS, group), "Routing Groups")
    return child(child(routing_groups, _ROUTING[group]), "Connections")


_INTERNET = child(_connections(FIRST), "Internet Mail SMTP Connector")
_TO_ZURICH = child(_connections(FIRST), "To Zürich")


def _routing(group: str) -> Iterator[Draft]:
    parent = child(child(_GROUPS, group), "Routing Groups")
    connections = _connections(group)
    yield draft(
        child(_GROUPS, group), "Routing Groups", ["container", "msExchRoutingGroupContainer"]
    )
    yield draft(
        parent,
        _ROUTING[group],
        ["container", "msExchRoutingGroup"],
        msExchRoutingMasterDN=_server_dn(_MASTER[group]),
        msExchRoutingGroupMembersBL=tuple(
            _server_dn(server.name) for server in SERVERS if server.group == group
        ),
    )
    yield draft(child(parent, _ROUTING[group]), "Connections", ["msExchConnectors"])
    smtp = ["msExchConnector", "mailGateway", "msExchRoutingSMTPConnector"]
    common: dict[str, Typed] = {
        "deliveryMechanism": 2,
        "routingList": ("SMTP:*;1",),
        "dLMemDefault": 1,
        "msExchSmtpOutboundSecurityFlag": 0,
    }
    if group == FIRST:
        yield draft(
            connections,
            "Internet Mail SMTP Connector",
            smtp,
            msExchSourceBridgeheadServersDN=(child(_smtp("EX01"), "1"),),
            **common,
        )
        yield draft(
            connections,
            "To Zürich",
            ["msExchConnector", "msExchRoutingGroupConnector"],
            cost=1,
            msExchSourceBridgeheadServersDN=(child(_smtp("EX01"), "1"),),
            msExchTargetBridgeheadServersDN=(child(_smtp("ZRH-EX1"), "1"),),
        )
        return
    yield draft(
        connections,
        "Provider über Smarthost",
        smtp,
        msExchSourceBridgeheadServersDN=(child(_smtp("ZRH-EX2"), "2"),),
        msExchSmtpSmartHost="smtp.provider.example",
        msExchSmtpOutboundSecurityUserName="contoso",
        msExchSmtpOutboundSecurityPassword=PASSWORD,
        authOrig=("CN=Direktion,CN=Users,DC=contoso,DC=com",),
        **(common | {"routingList": ("SMTP:*;5", "SMTP:provider.example;1"), "dLMemDefault": 0}),
    )
