"""A small forest as text, made to be damaged: the truth about it is known, every line is at hand.

Nothing here comes from the readers: records are written out the way ldifde, ldapsearch and csvde
write them (facts in the comments), so that a test can take away, bend or repeat any part.
"""

import base64
import csv
import io
import uuid
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from ipaddress import IPv4Network

from analyzer.directory.address_list import encode_address_list

CONFIGURATION = "CN=Configuration,DC=contoso,DC=com"
ORGANIZATION = f"CN=Contoso Org,CN=Microsoft Exchange,CN=Services,{CONFIGURATION}"
GROUP = f"CN=AG1,CN=Administrative Groups,{ORGANIZATION}"

LIST = "msExchSmtpRelayIpList"
FOR_AUTH = "msExchSmtpRelayForAuth"
FLAGS = "msExchAuthenticationFlags"

BOOKKEEPING = (
    "instanceType",
    "whenCreated",
    "whenChanged",
    "uSNCreated",
    "uSNChanged",
    "showInAdvancedViewOnly",
    "name",
    "objectGUID",
    "objectCategory",
    "dSCorePropagationData",
    "distinguishedName",
)

Pair = tuple[str, bytes]


def grant(*networks: str) -> bytes:
    """A relay list that lets only these networks through."""
    return encode_address_list(grant=[IPv4Network(network) for network in networks])


def deny(*networks: str) -> bytes:
    """A relay list that lets everybody through but these networks."""
    return encode_address_list(deny=[IPv4Network(network) for network in networks])


@dataclass(frozen=True)
class Record:
    """One object: its DN and its attributes in order, one pair for each value."""

    dn: str
    pairs: tuple[Pair, ...]

    def without(self, *names: str) -> "Record":
        dropped = {name.lower() for name in names}
        return replace(self, pairs=tuple(p for p in self.pairs if p[0].lower() not in dropped))

    def only(self, names: Iterable[str]) -> "Record":
        kept = {name.lower() for name in names}
        return replace(self, pairs=tuple(p for p in self.pairs if p[0].lower() in kept))

    def having(self, **values: bytes | None) -> "Record":
        """The same with other values; None takes an attribute away."""
        rest = self.without(*values)
        added = tuple((name, value) for name, value in values.items() if value is not None)
        return replace(rest, pairs=rest.pairs + added)

    def renamed(self, dn: str) -> "Record":
        return replace(self, dn=dn)

    def names(self) -> list[str]:
        return list(dict.fromkeys(name for name, _ in self.pairs))


def virtual_server_dn(number: int, server: str) -> str:
    return f"CN={number},CN=SMTP,CN=Protocols,CN={server},CN=Servers,{GROUP}"


def _object(
    dn: str, classes: Iterable[str], usn: int, own: Mapping[str, bytes], guid: str = ""
) -> Record:
    """An object as ldifde prints it whole: classes, bookkeeping, then what its class adds."""
    name = dn.split(",", 1)[0].partition("=")[2].encode()
    leaf = list(classes)[-1]
    pairs = [("objectClass", value.encode()) for value in classes]
    pairs += [
        ("cn", name),
        ("distinguishedName", dn.encode()),
        ("instanceType", b"4"),
        ("whenCreated", b"20031014120602.0Z"),
        ("whenChanged", b"20041220120602.0Z"),
        ("uSNCreated", str(usn).encode()),
        ("uSNChanged", str(usn + 1000).encode()),
        ("showInAdvancedViewOnly", b"TRUE"),
        ("name", name),
        ("objectGUID", uuid.uuid5(uuid.NAMESPACE_X500, guid or dn).bytes_le),
        ("objectCategory", f"CN={leaf},CN=Schema,{CONFIGURATION}".encode()),
        ("dSCorePropagationData", b"16010101000000.0Z"),
    ]
    return Record(dn, (*pairs, *own.items()))


def virtual_server(server: str, usn: int, **changes: bytes | None) -> Record:
    """A virtual server with the defaults of KB 321757 that the verdict looks at, and changes."""
    own: dict[str, bytes | None] = {
        "adminDisplayName": b"Default SMTP Virtual Server",
        "msExchServerBindings": b":25:",
        FLAGS: b"7",
        "msExchAccessSSLFlags": b"0",
        "msExchLogType": b"0",
        "msExchMaxIncomingConnections": b"2000000000",
        "msExchSmtpMaxRecipients": b"64000",
        "msExchSmtpMaxHopCount": b"30",
        "msExchSmtpSmartHostType": b"0",
        "msExchSmtpOutgoingPort": b"25",
        "msExchSmtpFullyQualifiedDomainName": f"{server.lower()}.contoso.com".encode(),
        "msExchSmtpBadMailDirectory": b"C:\\Program Files\\Exchsrvr\\Mailroot\\vsi 1\\BadMail",
        FOR_AUTH: b"TRUE",
    } | changes
    classes = ("top", "protocolCfg", "protocolCfgSMTP", "protocolCfgSMTPServer")
    present = {name: value for name, value in own.items() if value is not None}
    return _object(virtual_server_dn(1, server), classes, usn, present)


def server(name: str, usn: int) -> Record:
    own = {
        "serialNumber": b"Version 6.5 (Build 7638.2: Service Pack 2)",
        "versionNumber": b"7638",
        "networkAddress": f"ncacn_ip_tcp:{name.lower()}.contoso.com".encode(),
        "msExchHomeRoutingGroup": f"CN=RG1,CN=Routing Groups,{GROUP}".encode(),
    }
    return _object(
        f"CN={name},CN=Servers,{GROUP}", ("top", "server", "msExchExchangeServer"), usn, own
    )


def connector(usn: int) -> Record:
    own = {
        "routingList": b"SMTP:*;1",
        "msExchSourceBridgeheadServersDN": virtual_server_dn(1, "OPEN").encode(),
        "msExchSmtpSmartHost": b"[203.0.113.9]",
        "deliveryMechanism": b"0",
    }
    dn = f"CN=Internet,CN=Connections,CN=RG1,CN=Routing Groups,{GROUP}"
    return _object(dn, ("top", "msExchConnector", "msExchRoutingSMTPConnector"), usn, own)


VERDICTS = {
    "OPEN": "open",
    "HALVES": "open",
    "LISTED": "listed",
    "PUBLIC": "listed",
    "NOANON": "authenticated",
    "LOGON": "authenticated",
    "CLOSED": "closed",
}
"""Who may relay on each server, by the contract."""


def forest() -> list[Record]:
    """Seven servers, a virtual server on each, and a connector; `VERDICTS` is the truth."""
    lists: dict[str, dict[str, bytes | None]] = {
        "OPEN": {LIST: deny("192.0.2.7/32"), FOR_AUTH: b"FALSE"},
        "HALVES": {LIST: grant("0.0.0.0/1", "128.0.0.0/1")},
        "LISTED": {LIST: grant("10.1.2.3/32", "10.1.2.4/32"), FOR_AUTH: b"FALSE"},
        "PUBLIC": {LIST: grant("203.0.113.0/24"), "msExchLogType": b"1"},
        "NOANON": {LIST: deny("192.0.2.7/32"), FLAGS: b"6"},
        "LOGON": {},
        "CLOSED": {FOR_AUTH: b"FALSE"},
    }
    records: list[Record] = []
    for at, (name, changes) in enumerate(lists.items()):
        records.append(server(name, 8000 + 20 * at))
        records.append(virtual_server(name, 8010 + 20 * at, **changes))
    return [*records, connector(9000)]


def beside(listener: Record, records: list[Record]) -> list[Record]:
    """A virtual server among the records of the forest, and what damage to it may reach.

    Before it stands its own server, behind it the next one with its virtual server, then the
    connector. The others are as far from it as in any dump, and take most of the time.
    """
    *pairs, last = records
    before = pairs.index(listener) - 1
    turned = [*pairs[before:], *pairs[:before]]
    return [*turned[:4], last]


def _is_safe(value: bytes) -> bool:
    """RFC 2849: SAFE-STRING, and no blank at the end."""
    return (
        value.isascii()
        and not set(value) & {0, 10, 13}
        and not value.startswith((b" ", b":", b"<"))
        and not value.endswith(b" ")
    )


def ldif_lines(record: Record) -> list[bytes]:
    """The lines of a record as ldifde writes them, one for each value, without line ends."""
    lines = [b"dn: " + record.dn.encode(), b"changetype: add"]
    for name, value in record.pairs:
        if _is_safe(value):
            lines.append(name.encode() + b": " + value)
        else:
            lines.append(name.encode() + b":: " + base64.b64encode(value))
    return lines


def ldif(records: Iterable[Record], end: bytes = b"\r\n") -> bytes:
    """LDIF as ldifde prints it: an empty line behind every record."""
    return b"".join(end.join([*ldif_lines(record), b"", b""]) for record in records)


def ldapsearch(records: Iterable[Record], requesting: str = "ALL") -> bytes:
    """LDIF as ldapsearch prints it, with the comments that say what was asked for."""
    kept = list(records)
    head = (
        f"# extended LDIF\n#\n# LDAPv3\n# base <{CONFIGURATION}> with scope subtree\n"
        f"# filter: (objectClass=*)\n# requesting: {requesting}\n#\n\n"
    )
    tail = (
        "# search result\nsearch: 2\nresult: 0 Success\n\n"
        f"# numResponses: {len(kept) + 1}\n# numEntries: {len(kept)}\n"
    )
    blocks = (
        b"\n".join([line for line in ldif_lines(record) if line != b"changetype: add"]) + b"\n\n"
        for record in kept
    )
    return head.encode() + b"".join(blocks) + tail.encode()


def csv_cell(values: list[bytes]) -> str:
    """A cell as csvde writes it: text as it is, octets as X'..', values joined by semicolons."""
    texts = []
    for value in values:
        is_text = value.isascii() and all(32 <= byte < 127 for byte in value)
        texts.append(value.decode() if is_text else f"X'{value.hex()}'")
    return ";".join(texts)


def csvde(records: Iterable[Record], columns: Iterable[str] | None = None) -> bytes:
    """CSV as csvde prints it: the leaf class only, columns in order of first occurrence."""
    kept = list(records)
    names = list(columns or dict.fromkeys(name for record in kept for name in record.names()))
    buffer = io.StringIO(newline="")
    writer = csv.writer(buffer, lineterminator="\r\n")
    writer.writerow(["DN", *names])
    for record in kept:
        cells = []
        for name in names:
            values = [value for key, value in record.pairs if key == name]
            cells.append(csv_cell(values[-1:] if name == "objectClass" else values))
        writer.writerow([record.dn, *cells])
    return buffer.getvalue().encode()
