"""The SMTP virtual servers of Contoso, each with the truth about it, decided by hand.

`relay` and `fails` were written down from the rules (results-contract page, rules VS-01 to VS-15),
not taken from a run of the analyzer: the samples test the analyzer, not the other way round.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from ipaddress import IPv4Network

from analyzer.directory.address_list import encode_address_list
from generator.tree import Typed

PASSWORD = "PLANTED-SECRET-outbound-password"
PASSWORD_OCTETS = b"PLANTED-SECRET-octets\x00\x01"

RELAY_FOR_AUTH = "msExchSmtpRelayForAuth"
RELAY_LIST = "msExchSmtpRelayIpList"


@dataclass(frozen=True, slots=True)
class Relay:
    """Who may relay, as a full LDIF export shows it."""

    verdict: str
    authenticated: bool | None
    mode: str | None = None
    addresses: tuple[str, ...] = ()
    confidence: str = "decided"


@dataclass(frozen=True, slots=True)
class VirtualServer:
    """One virtual server: what was changed after installation, and what that amounts to."""

    server: str
    number: int
    name: str
    relay: Relay
    fails: tuple[str, ...]
    """Rules VS-01 to VS-15 that it fails in a full export."""
    changes: Mapping[str, Typed | None] = field(default_factory=dict)
    """Settings that differ from a fresh installation; None removes one."""
    conflict: bool = False
    """A second object of the same name, renamed by replication."""


def grant(*networks: str) -> bytes:
    """Return a relay list that lets only these networks through."""
    return encode_address_list(grant=[IPv4Network(network) for network in networks])


def deny(*networks: str) -> bytes:
    """Return a relay list that lets everybody through but these networks."""
    return encode_address_list(deny=[IPv4Network(network) for network in networks])


def settings(item: VirtualServer, exchange: str, host: str) -> dict[str, Typed]:
    """Return all settings of a virtual server: the defaults of KB 321757 and the changes."""
    mail_root = rf"C:\Program Files\Exchsrvr\Mailroot\vsi {item.number}"
    values: dict[str, Typed | None] = {
        "adminDisplayName": item.name,
        "msExchServerBindings": (":25:",),
        "msExchAuthenticationFlags": 7,
        "msExchMaxIncomingConnections": 2000000000,
        "msExchLogType": 0,
        "msExchAccessSSLFlags": 0,
        "msExchServerAutoStart": True,
        "msExchNTAuthenticationProviders": "GSSAPI,NTLM",
        "msExchIncomingConnectionTimeout": 1500,
        "msExchSmtpMaxOutgoingConnections": 1000,
        "msExchSmtpOutgoingConnectionTimeout": 600,
        "msExchSmtpMaxOutgoingConnectionsPerDomain": 100,
        "msExchSmtpOutgoingPort": 25,
        "msExchSmtpMaxHopCount": {"2000": 15, "2003": 30}[exchange],
        "msExchSmtpMaxMessageSize": 0,
        "msExchSmtpMaxSessionSize": 0,
        "msExchSmtpMaxRecipients": 64000,
        "msExchSmtpLocalQueueExpirationTimeout": 2880,
        "msExchSmtpLocalQueueDelayNotification": 720,
        "msExchSmtpRemoteQueueExpirationTimeout": 2880,
        "msExchSmtpRemoteQueueDelayNotification": 720,
        "msExchSmtpSmartHostType": 0,
        "msExchSmtpMaxOutboundMsgPerDomain": 20,
        "msExchSmtpOutboundSecurityFlag": 0,
        "msExchSmtpInboundCommandSupportOptions": 7697601,
        "msExchSmtpRelayForAuth": True,
        "msExchSmtpPerformReverseDnsLookup": False,
        "msExchSmtpDoMasquerade": False,
        "msExchSmtpBadMailDirectory": rf"{mail_root}\BadMail",
        "msExchSmtpFullyQualifiedDomainName": host,
        "msExchSmtpPickupDirectory": rf"{mail_root}\PickUp",
        "msExchSmtpQueueDirectory": rf"{mail_root}\Queue",
        "msExchSmtpRemoteQueueRetries": "15,30,60,240",
    }
    values |= item.changes
    return {name: value for name, value in values.items() if value is not None}


_AFTER_LOGON = Relay("authenticated", True)
_NOBODY = Relay("closed", False)

VIRTUAL_SERVERS = (
    VirtualServer("EX01", 1, "Default SMTP Virtual Server", _AFTER_LOGON, ("VS-09",)),
    VirtualServer(
        "EX01",
        2,
        "Partner relay; two hosts",
        Relay("listed", False, "only_listed", ("10.1.2.3/32", "10.1.2.4/32")),
        ("VS-01", "VS-09"),
        {
            "msExchServerBindings": ("192.168.10.5:25:",),
            RELAY_FOR_AUTH: False,
            RELAY_LIST: grant("10.1.2.3", "10.1.2.4"),
        },
    ),
    VirtualServer(
        "EX01",
        3,
        "POP3 and IMAP4 clients",
        _AFTER_LOGON,
        (),
        {
            "msExchServerBindings": ("192.168.10.6:25:",),
            "msExchAuthenticationFlags": 6,
            "msExchAccessSSLFlags": 8,
        },
    ),
    VirtualServer(
        "EX02",
        1,
        "Default SMTP Virtual Server",
        _NOBODY,
        ("VS-01", "VS-09"),
        {RELAY_FOR_AUTH: False},
    ),
    VirtualServer(
        "EX02",
        2,
        "Application relay",
        Relay("open", True, "all_except", ("192.0.2.7/32",)),
        ("VS-09",),
        {"msExchServerBindings": ("192.168.10.21:25:",), RELAY_LIST: deny("192.0.2.7")},
    ),
    VirtualServer(
        "EX02",
        3,
        "Inbound from the Internet",
        Relay("closed", False, "only_listed", ("0.0.0.0/32",)),
        ("VS-01", "VS-09"),
        {
            "msExchServerBindings": ("192.168.10.22:25:",),
            RELAY_FOR_AUTH: False,
            RELAY_LIST: grant("0.0.0.0/32"),
        },
    ),
    VirtualServer(
        "OLD01",
        1,
        "Default SMTP Virtual Server",
        _AFTER_LOGON,
        ("VS-09",),
        {"msExchSmtpFullyQualifiedDomainName": "OLD01.CONTOSO.COM"},
    ),
    VirtualServer(
        "OLD01",
        2,
        "Branch offices",
        _AFTER_LOGON,
        ("VS-03", "VS-09"),
        {"msExchServerBindings": ("192.168.10.31:25:",), "msExchSmtpMaxHopCount": 30},
    ),
    VirtualServer(
        "SALES-GW1",
        1,
        "Default SMTP Virtual Server",
        Relay("open", True, "only_listed", ("0.0.0.0/0",)),
        ("VS-09",),
        {RELAY_LIST: grant("0.0.0.0/0")},
    ),
    VirtualServer(
        "SALES-GW1",
        2,
        "Internet mail to the provider",
        Relay("listed", True, "only_listed", ("203.0.113.10/32", "198.51.100.20/32")),
        ("VS-09", "VS-11", "VS-12"),
        {
            "msExchServerBindings": ("203.0.113.5:25:",),
            RELAY_LIST: grant("203.0.113.10", "198.51.100.20"),
            "msExchSmtpSmartHost": "[192.0.2.9]",
            "msExchSmtpSmartHostType": 2,
        },
    ),
    VirtualServer(
        "SALES-GW1",
        3,
        "Remote sales staff",
        Relay("authenticated", True, "all_except", ("198.51.100.0/24",)),
        ("VS-09",),
        {
            "msExchServerBindings": ("203.0.113.6:25:",),
            "msExchAuthenticationFlags": 6,
            RELAY_LIST: deny("198.51.100.0/24"),
        },
    ),
    VirtualServer(
        "SALES-OLD",
        1,
        "Default SMTP Virtual Server",
        Relay("authenticated", None, confidence="assumed"),
        ("VS-01", "VS-09"),
        {RELAY_FOR_AUTH: None},
    ),
    VirtualServer(
        "SALES-OLD",
        2,
        "Ordering system, old",
        _AFTER_LOGON,
        ("VS-13",),
        {
            "msExchServerBindings": ("192.168.20.12:25:",),
            "msExchAuthenticationFlags": 5,
            "msExchSmtpInboundCommandSupportOptions": 7697601 - 64 - 1048576,
        },
    ),
    VirtualServer(
        "ZRH-EX1",
        1,
        "Virtueller Standardserver für SMTP",
        Relay(
            "listed",
            False,
            "only_listed",
            ("10.20.0.0/16", "192.168.50.0/24", "192.168.51.0/24", "192.168.60.7/32"),
        ),
        ("VS-01", "VS-09"),
        {
            RELAY_FOR_AUTH: False,
            RELAY_LIST: grant(
                "10.20.0.0/16", "192.168.50.0/24", "192.168.51.0/24", "192.168.60.7/32"
            ),
        },
    ),
    VirtualServer(
        "ZRH-EX1",
        2,
        "Scanner und Drucker",
        _AFTER_LOGON,
        ("VS-08", "VS-09"),
        {
            "msExchServerBindings": ("192.168.30.5:25:", "192.168.30.5:2525:"),
            "msExchSecureBindings": (":465:",),
        },
    ),
    VirtualServer(
        "ZRH-EX1",
        3,
        "Virenfilter (Port 2526)",
        _AFTER_LOGON,
        ("VS-07", "VS-09"),
        {"msExchServerBindings": (":2526:",)},
    ),
    VirtualServer(
        "ZRH-EX2",
        1,
        "Default SMTP Virtual Server",
        _AFTER_LOGON,
        ("VS-09", "VS-15"),
        {
            "msExchSmtpFullyQualifiedDomainName": "mail.contoso.com",
            "msExchSmtpQueueDirectory": r"D:\Mailroot\vsi 1\Queue",
        },
    ),
    VirtualServer(
        "ZRH-EX2",
        2,
        "Ausgang zum Provider",
        _AFTER_LOGON,
        ("VS-09",),
        {
            "msExchServerBindings": ("192.168.30.22:25:",),
            "msExchSmtpOutboundSecurityUserName": r"CONTOSO\relay",
            "msExchSmtpOutboundSecurityPassword": PASSWORD,
            "msExchEncryptedPassword": PASSWORD_OCTETS,
        },
    ),
    VirtualServer(
        "ZRH-EX2", 2, "Default SMTP Virtual Server", _AFTER_LOGON, ("VS-09",), conflict=True
    ),
    VirtualServer(
        "ZRH-EX2",
        3,
        "Rundschreiben",
        _AFTER_LOGON,
        ("VS-02", "VS-03", "VS-04", "VS-05", "VS-06", "VS-09"),
        {
            "msExchServerBindings": ("192.168.30.23:25:",),
            "msExchSmtpMaxRecipients": 100,
            "msExchSmtpMaxHopCount": 15,
            "msExchSmtpMaxOutgoingConnections": 5000,
            "msExchSmtpMaxOutgoingConnectionsPerDomain": 500,
            "msExchMaxIncomingConnections": 500,
            "msExchIPSecurity": grant("10.30.0.0/16"),
            "msExchLogType": 1,
        },
    ),
)
