"""A seed in, a dump of virtual servers with many findings out: every one of them is set otherwise.

The servers of `bench.inputs` are all alike, which a writer that keeps what it has written before
finds easier than an organisation whose administrators went their own ways.
"""

import random
from collections.abc import Iterator

from bench.inputs import CONFIGURATION, line, records_head

_GROUPS = ("First Administrative Group", "Berlin", "Plant 4", "Overseas")
_NUMBERS = {
    "msExchAccessSSLFlags": (0, 8, 264),
    "msExchAuthenticationFlags": (0, 1, 2, 5, 7),
    "msExchIncomingConnectionTimeout": range(60, 7200, 60),
    "msExchLogType": (0, 1),
    "msExchMaxIncomingConnections": range(100, 5000, 100),
    "msExchSmtpInboundCommandSupportOptions": (7697601, 7697600, 7697537, 7681),
    "msExchSmtpLocalQueueDelayNotification": range(60, 2880, 60),
    "msExchSmtpLocalQueueExpirationTimeout": range(720, 10080, 60),
    "msExchSmtpMaxHopCount": range(10, 60),
    "msExchSmtpMaxMessageSize": range(0, 65536, 1024),
    "msExchSmtpMaxOutboundMsgPerDomain": range(0, 100),
    "msExchSmtpMaxOutgoingConnections": range(100, 2000, 50),
    "msExchSmtpMaxOutgoingConnectionsPerDomain": range(10, 500, 10),
    "msExchSmtpMaxRecipients": range(100, 64000, 100),
    "msExchSmtpMaxSessionSize": range(0, 65536, 1024),
    "msExchSmtpOutboundSecurityFlag": (0, 1, 2, 8),
    "msExchSmtpOutgoingConnectionTimeout": range(60, 1200, 60),
    "msExchSmtpOutgoingPort": (25, 25, 26, 2525),
}
_FLAGS = ("msExchSmtpDoMasquerade", "msExchSmtpRelayForAuth", "msExchServerAutoStart")
_CLASSES = ["top", "protocolCfg", "protocolCfgSMTP", "protocolCfgSMTPServer"]


def varied_servers(number: int, seed: int) -> Iterator[bytes]:
    """Yield so many virtual servers as ldifde prints them."""
    chance = random.Random(seed)
    for at in range(number):
        yield _virtual_server(at, chance).encode()


def _virtual_server(at: int, chance: random.Random) -> str:
    group = chance.choice(_GROUPS)
    dn = (
        f"CN=1,CN=SMTP,CN=Protocols,CN=MX{at:05d},CN=Servers,CN={group},CN=Administrative Groups,"
        f"CN=Contoso Org,CN=Microsoft Exchange,CN=Services{CONFIGURATION}"
    )
    folder = rf"{chance.choice('CDEF')}:\Exchsrvr\Mailroot\vsi {chance.randint(1, 9)}"
    settings = {
        "adminDisplayName": f"SMTP of MX{at:05d}",
        "msExchServerBindings": f":{chance.choice((25, 25, 25, 587))}:",
        "msExchSmtpBadMailDirectory": rf"{folder}\BadMail",
        "msExchSmtpQueueDirectory": rf"{folder}\Queue",
        "msExchSmtpFullyQualifiedDomainName": f"mx{at:05d}.contoso.com",
        **{name: str(chance.choice(values)) for name, values in _NUMBERS.items()},
        **{name: chance.choice(("TRUE", "FALSE")) for name in _FLAGS},
    }
    if chance.random() < 0.3:
        settings["msExchSmtpSmartHost"] = f"[10.{at % 250}.0.{chance.randint(1, 250)}]"
    head = records_head(dn, _CLASSES, chance)
    lines = head + [line(name, value) for name, value in settings.items()]
    return "".join(lines) + "\r\n"
