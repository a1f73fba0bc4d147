"""A seed in, the dump of an organisation with many receive connectors out, descriptors and all."""

import random
import sys
from collections.abc import Iterator
from pathlib import Path

from bench.inputs import CONFIGURATION, line, records_head

_PER_SERVER = 10
_GROUP = (
    "CN=Servers,CN=Exchange Administrative Group (FYDIBOHF23SPDLT),CN=Administrative Groups,"
    "CN=Contoso Org,CN=Microsoft Exchange,CN=Services"
)
_VERSIONS = ("Version 14.3 (Build 30123.4)", "Version 15.1 (Build 32507.6)")
_PORTS = ("25", "587", "465", "717", "2525")
_EVERYTHING = ("0.0.0.0-255.255.255.255", "::-ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff")
_SETTINGS = {
    "msExchSmtpReceiveProtocolOptions": "445",
    "msExchSmtpReceiveProtocolRestrictions": "0",
    "msExchSMTPExtendedProtectionPolicy": "0",
    "msExchSmtpReceiveConnectionTimeout": "600",
    "msExchSmtpReceiveConnectionInactivityTimeout": "300",
    "msExchSMTPReceiveMessageRateSource": "1",
    "msExchSmtpReceiveMaxInboundConnections": "5000",
    "msExchSmtpReceiveMaxInboundConnectionsPerSource": "20",
    "msExchSMTPReceiveMaxInboundConnectionsPercPerSource": "2",
    "msExchSmtpReceiveMaxHeaderSize": "262144",
    "msExchSmtpReceiveMaxHopCount": "60",
    "msExchSmtpReceiveMaxLocalHopCount": "8",
    "msExchSmtpReceiveMaxLogonFailures": "3",
    "msExchSmtpReceiveMaxMessageSize": "37748736",
    "msExchSmtpReceiveMaxProtocolErrors": "5",
    "msExchSmtpReceiveMaxRecipientsPerMessage": "200",
    "msExchSmtpReceiveProtocolLoggingLevel": "0",
    "msExchSmtpReceiveTarpitInterval": "5",
    "msExchSmtpReceiveMaxAcknowledgementDelay": "30",
    "msExchSmtpReceiveRole": "16384",
}
"""What setup writes for every connector."""


def receive_connectors(number: int, seed: int) -> Iterator[bytes]:
    """Yield servers and their receive connectors as ldifde prints them."""
    chance, descriptors = random.Random(seed), _descriptors()
    for first in range(0, number, _PER_SERVER):
        server = f"EX{first // _PER_SERVER:04}"
        yield _server(server, chance)
        for position in range(first, min(first + _PER_SERVER, number)):
            yield _connector(server, position % _PER_SERVER, chance.choice(descriptors), chance)


def _descriptors() -> list[bytes]:
    """Return the few dozen descriptors that all connectors of a forest have between them."""
    sys.path.append(str(Path(__file__).parent.parent / "samples"))
    from generator.descriptors import RELAY, allow, descriptor
    from generator.fabrikam import CONNECTORS

    held = [connector.security for connector in CONNECTORS if connector.security]
    accounts = [f"S-1-5-21-2120000001-2120000002-2120000003-{last}" for last in range(2000, 2030)]
    return held + [descriptor(allow(account, RELAY)) for account in accounts]


def _server(name: str, chance: random.Random) -> bytes:
    dn = f"CN={name},{_GROUP}{CONFIGURATION}"
    lines = records_head(dn, ["top", "server", "msExchExchangeServer"], chance)
    lines.append(line("serialNumber", chance.choice(_VERSIONS)))
    lines.append(line("msExchCurrentServerRoles", "54"))
    return "".join([*lines, "\r\n"]).encode()


def _connector(server: str, number: int, security: bytes, chance: random.Random) -> bytes:
    place = f"CN=SMTP Receive Connectors,CN=Protocols,CN={server},{_GROUP}"
    dn = f"CN=Connector {number} {server},{place}{CONFIGURATION}"
    lines = records_head(dn, ["top", "msExchSmtpReceiveConnector"], chance)
    lines.append(line("nTSecurityDescriptor", security))
    port = chance.choice(_PORTS)
    lines += [line("msExchSmtpReceiveBindings", f"{local}:{port}") for local in ("0.0.0.0", "[::]")]
    own = [f"10.{chance.randrange(256)}.{chance.randrange(256)}.0/24" for _ in range(4)]
    ranges = _EVERYTHING if chance.random() < 0.5 else own
    lines += [line("msExchSmtpReceiveRemoteIPRanges", text) for text in ranges]
    lines.append(line("msExchSmtpReceiveEnabled", "TRUE"))
    lines.append(line("msExchSMTPReceiveInboundSecurityFlag", str(chance.choice((1, 7, 31)))))
    lines.append(line("msExchSMTPReceiveConnectorFQDN", f"{server.lower()}.contoso.com"))
    lines += [line(name, value) for name, value in _SETTINGS.items()]
    return "".join([*lines, "\r\n"]).encode()
