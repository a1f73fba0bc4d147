"""Hand-made objects of Exchange 2007 and later: servers, connectors, domains, settings."""

from typing import Any

from analyzer.dump.entry import Entry

ORGANIZATION = "CN=Contoso Org,CN=Microsoft Exchange,CN=Services,CN=Configuration,DC=contoso,DC=com"
GROUP = (
    f"CN=Exchange Administrative Group (FYDIBOHF23SPDLT),CN=Administrative Groups,{ORGANIZATION}"
)
ROUTING_GROUP = f"CN=Exchange Routing Group (DWBGZMFD01QNBJR),CN=Routing Groups,{GROUP}"
SERIALS = {
    "2007": "Version 8.3 (Build 30083.6)",
    "2010": "Version 14.3 (Build 30123.4)",
    "2013": "Version 15.0 (Build 31497.2)",
    "2016": "Version 15.1 (Build 32507.6)",
    "2019": "Version 15.2 (Build 31118.7)",
    "SE": "Version 15.2 (Build 32562.17)",
}
MAILBOX, EDGE = 2, 64


def server_dn(name: str = "EX1") -> str:
    return f"CN={name},CN=Servers,{GROUP}"


def connector_dn(name: str, server: str = "EX1") -> str:
    return f"CN={name},CN=SMTP Receive Connectors,CN=Protocols,{server_dn(server)}"


def server(
    build: Any, version: str = "2016", name: str = "EX1", role: int = MAILBOX, **more: Any
) -> Entry:
    values = {
        "serialNumber": [SERIALS[version]],
        "msExchCurrentServerRoles": role,
        "networkAddress": [f"ncacn_ip_tcp:{name.lower()}.contoso.com", f"netbios:{name}"],
        "messageTrackingEnabled": True,
    }
    return build.entry(server_dn(name), "msExchExchangeServer", **{**values, **more})


def receive_connector(build: Any, name: str = "Relay", server: str = "EX1", **values: Any) -> Entry:
    values.setdefault("msExchSmtpReceiveBindings", ["0.0.0.0:25"])
    values.setdefault("msExchSmtpReceiveRemoteIPRanges", ["10.1.2.0/24"])
    return build.entry(connector_dn(name, server), "msExchSmtpReceiveConnector", **values)


def send_connector(build: Any, name: str = "Internet", **values: Any) -> Entry:
    values.setdefault("msExchSmtpSendEnabled", True)
    values.setdefault("routingList", ["SMTP:*;1"])
    values.setdefault("msExchSourceBridgeheadServersDN", [server_dn()])
    dn = f"CN={name},CN=Connections,{ROUTING_GROUP}"
    return build.entry(dn, "msExchRoutingSMTPConnector", **values)


def accepted_domain(build: Any, name: str, flags: int | None = 0) -> Entry:
    dn = f"CN={name.replace('*', 'star')},CN=Accepted Domains,CN=Transport Settings,{ORGANIZATION}"
    return build.entry(
        dn, "msExchAcceptedDomain", msExchAcceptedDomainName=name, msExchAcceptedDomainFlags=flags
    )


def transport_settings(build: Any, **values: Any) -> Entry:
    dn = f"CN=Transport Settings,{ORGANIZATION}"
    values.setdefault("msExchTransportSettingsFlags", 0)
    return build.entry(dn, "msExchTransportSettings", **values)
