"""A seed in, the dumps that the benchmark reads out."""

import base64
import random
from collections.abc import Iterator
from pathlib import Path

WORDS = [
    "alpha",
    "beta",
    "gamma",
    "delta",
    "omega",
    "printer",
    "queue",
    "site",
    "link",
    "display",
    "user",
    "config",
    "schema",
]
CLASSES = ("displaySpecifier", "controlAccessRight", "attributeSchema", "siteLink", "crossRef")
SYSTEM = {
    "instanceType": "4",
    "whenCreated": "20031014081502.0Z",
    "whenChanged": "20051118120000.0Z",
    "uSNCreated": "12345",
    "uSNChanged": "123456",
    "showInAdvancedViewOnly": "TRUE",
}
SETTINGS = {
    "adminDisplayName": "Default SMTP Virtual Server",
    "msExchAccessSSLFlags": "0",
    "msExchAuthenticationFlags": "7",
    "msExchIncomingConnectionTimeout": "1500",
    "msExchLogType": "0",
    "msExchMaxIncomingConnections": "2000000000",
    "msExchNTAuthenticationProviders": "GSSAPI,NTLM",
    "msExchServerAutoStart": "TRUE",
    "msExchSmtpBadMailDirectory": r"C:\Program Files\Exchsrvr\Mailroot\vsi 1\BadMail",
    "msExchSmtpDoMasquerade": "FALSE",
    "msExchSmtpFullyQualifiedDomainName": "ex01.contoso.com",
    "msExchSmtpInboundCommandSupportOptions": "7697601",
    "msExchSmtpLocalQueueDelayNotification": "720",
    "msExchSmtpLocalQueueExpirationTimeout": "2880",
    "msExchSmtpMaxHopCount": "30",
    "msExchSmtpMaxMessageSize": "0",
    "msExchSmtpMaxOutboundMsgPerDomain": "20",
    "msExchSmtpMaxOutgoingConnections": "1000",
    "msExchSmtpMaxOutgoingConnectionsPerDomain": "100",
    "msExchSmtpMaxRecipients": "64000",
    "msExchSmtpMaxSessionSize": "0",
    "msExchSmtpOutboundSecurityFlag": "0",
    "msExchSmtpOutgoingConnectionTimeout": "600",
    "msExchSmtpOutgoingPort": "25",
    "msExchSmtpQueueDirectory": r"C:\Program Files\Exchsrvr\Mailroot\vsi 1\Queue",
    "msExchSmtpRelayForAuth": "TRUE",
}
SERVER = (
    "CN=SMTP,CN=Protocols,CN=EX{:04d},CN=Servers,CN=First Administrative Group,"
    "CN=Administrative Groups,CN=Contoso Org,CN=Microsoft Exchange,CN=Services"
)
CONFIGURATION = ",CN=Configuration,DC=contoso,DC=com"
EVERY = 2000
"""One record in so many is a virtual server."""


def ldifde(size: int, seed: int, every: int = EVERY) -> Iterator[bytes]:
    """Yield records as ldifde prints them, about `size` bytes in all."""
    chance, written, number = random.Random(seed), 0, 0
    while written < size:
        number += 1
        server = number % every == 0
        record = _virtual_server(number, chance) if server else _noise(number, chance)
        text = record.encode()
        written += len(text)
        yield text


def csvde(size: int, columns: int, seed: int, between: str = " ") -> Iterator[bytes]:
    """Yield rows as csvde prints them: many columns, most of them empty.

    Between the words of their values stands what is given; `, ` and line ends have them quoted.
    """
    chance, written, number = random.Random(seed), 0, 0
    quote = '"' if between != " " else ""

    def value(words: list[str]) -> str:
        return quote + between.join(words) + quote

    names = ["objectClass", "cn", "distinguishedName", *SYSTEM, *SETTINGS]
    names += [f"attribute{i}" for i in range(columns - 1 - len(names))]
    yield ("DN," + ",".join(names) + "\r\n").encode()
    while written < size:
        number += 1
        server = number % EVERY == 0
        dn = (f"CN=1,{SERVER.format(number)}" if server else _place(number)) + CONFIGURATION
        kind = "protocolCfgSMTPServer" if server else chance.choice(CLASSES)
        cells = [f'"{dn}"', kind, str(number), f'"{dn}"', *SYSTEM.values()]
        cells += list(SETTINGS.values()) if server else [""] * len(SETTINGS)
        cells = [f'"{c}"' if "," in c and not c.startswith('"') else c for c in cells]
        rest = [""] * (columns - len(cells))
        for _ in range(12):
            rest[chance.randrange(len(rest))] = value(chance.choices(WORDS, k=12))
        rest[chance.randrange(len(rest))] = f"X'{chance.randbytes(400).hex()}'"
        text = (",".join(cells + rest) + "\r\n").encode()
        written += len(text)
        yield text


def make(file: Path, parts: Iterator[bytes]) -> Path:
    """Write a file unless it is there already."""
    if not file.exists():
        file.parent.mkdir(parents=True, exist_ok=True)
        beside = file.with_suffix(".part")
        with beside.open("wb") as stream:
            stream.writelines(parts)
        beside.replace(file)
    return file


def as_utf16(file: Path) -> Iterator[bytes]:
    """Yield the text of an ASCII file as ldifde -u writes it."""
    yield b"\xff\xfe"
    with file.open("rb") as stream:
        while chunk := stream.read(1 << 20):
            yield chunk.decode("ascii").encode("utf-16-le")


def _place(number: int) -> str:
    return f"CN=object{number},CN=409,CN=DisplaySpecifiers"


def _noise(number: int, chance: random.Random) -> str:
    lines = records_head(_place(number) + CONFIGURATION, ["top", chance.choice(CLASSES)], chance)
    for _ in range(chance.randint(8, 24)):
        lines.append(line("attributeDisplayNames", " ".join(chance.choices(WORDS, k=8))))
    for _ in range(chance.randint(0, 3)):
        lines.append(line("extensionData", chance.randbytes(chance.randint(50, 600))))
    return "".join(lines) + "\r\n"


def _virtual_server(number: int, chance: random.Random) -> str:
    classes = ["top", "protocolCfg", "protocolCfgSMTP", "protocolCfgSMTPServer"]
    lines = records_head(f"CN=1,{SERVER.format(number)}{CONFIGURATION}", classes, chance)
    lines += [line(name, value) for name, value in SETTINGS.items()]
    lines.append(line("msExchServerBindings", b":25:"))
    return "".join(lines) + "\r\n"


def records_head(dn: str, classes: list[str], chance: random.Random) -> list[str]:
    """Return the lines with which ldifde begins a record."""
    lines = [f"dn: {dn}\r\n", "changetype: add\r\n"]
    lines += [f"objectClass: {name}\r\n" for name in classes]
    lines += [line("cn", dn.partition(",")[0][3:]), line("distinguishedName", dn)]
    lines += [line(name, value) for name, value in SYSTEM.items()]
    return [*lines, line("objectGUID", chance.randbytes(16))]


def line(name: str, value: str | bytes) -> str:
    """Print a line as ldifde folds it: a long value begins on the next line."""
    text = value if isinstance(value, str) else base64.b64encode(value).decode()
    mark = ": " if isinstance(value, str) else ":: "
    if len(name) + len(mark) + len(text) <= 79:
        return f"{name}{mark}{text}\r\n"
    folded = "".join(f" {text[i : i + 78]}\r\n" for i in range(0, len(text), 78))
    return f"{name}{mark}\r\n{folded}"
