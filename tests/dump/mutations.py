"""Damage done to the samples by a seed: blocks doubled, bytes flipped, put in and left out."""

import random
from functools import cache
from pathlib import Path

SAMPLES = Path(__file__).parents[2] / "samples"
_LDIF_PIECES = (
    b"\n", b"\r\n", b" ", b"\n ", b"\n\n", b"\n \n", b"\t", b"\n\t", b"\r", b"\0", b"\xfc",
    b"\xef\xbb\xbf",
    b":", b"::", b":<", b"=", b",", b"+", b"\\", b'"', b"#", b"-", b";range=0-1",
    b"A", b"dn:", b"\n-\n",
    b"\n#x\n", b"\ndn: cn=a,dc=b\n", b"changetype: ", b"\nversion: 1\n", b"ref: x\n\n",
    b"cn=smtp,cn=protocols,", b"objectClass: protocolCfgSMTPServer\n", b"msExchServerBindings: x\n",
    b"search: 2\nresult: 4 x\n\n", b"dn:: Q049YQ==\n", b"x" * 70_000,
)  # fmt: skip
_CSV_PIECES = (
    b"\n", b"\r\n", b'"', b'""', b'"\n', b",", b";", b"|", b"\\", b"\\;", b"\r", b"\0", b"\xfc",
    b"X'00'",
    b"\xef\xbb\xbf", b"protocolCfgSMTPServer", b'\n"CN=a,DC=b",,\n', b"\n,,,\n",
    b"CN=SMTP,CN=Protocols,",
    b",,,,", b" ", b"System.Byte[]",
)  # fmt: skip


@cache
def texts(kind: str) -> tuple[bytes, ...]:
    """Return the samples of a kind, `ldif` or `csv`, as 8-bit text."""
    found = [
        path.read_bytes()
        for path in sorted(SAMPLES.rglob("*"))
        if path.suffix in ((".csv",) if kind == "csv" else (".ldf", ".ldif"))
    ]
    return tuple(_as_utf8(data) for data in found)


def _as_utf8(data: bytes) -> bytes:
    wide = data[:2] in (b"\xff\xfe", b"\xfe\xff")
    return data.decode("utf-16").encode() if wide else data


def header(data: bytes) -> bytes:
    """Return the first lines of CSV, up to the names of the columns."""
    first, second = (line + b"\n" for line in data.split(b"\n", 2)[:2])
    return first + second if first.startswith(b"#TYPE") else first


def piece(rnd: random.Random, kind: str, size: int = 6_000) -> bytes:
    """Return a stretch of a sample; of CSV with the header, so that it is taken for CSV."""
    data = rnd.choice(texts(kind))
    head = header(data) if kind == "csv" else b""
    start = rnd.randrange(len(data)) if rnd.random() < 0.7 else 0
    return head + data[max(start, len(head)) :][: rnd.choice((200, 2_000, size))]


def mutated(rnd: random.Random, data: bytes, kind: str, most: int = 8, keep: int = 0) -> bytes:
    """Return data with some damage behind the first `keep` bytes."""
    pieces = _CSV_PIECES if kind == "csv" else _LDIF_PIECES
    text = bytearray(data)
    for _ in range(rnd.randrange(most)):
        at = rnd.randrange(keep, len(text) + 1)
        what = rnd.random()
        if what < 0.6:
            text[at:at] = rnd.choice(pieces)
        elif what < 0.75:
            del text[at : at + rnd.randrange(1, 6)]
        elif what < 0.85 and at < len(text):
            text[at] = rnd.randrange(256)
        else:
            other = rnd.randrange(keep, len(text) + 1)
            text[at:at] = text[other : other + rnd.randrange(400)]
    if rnd.random() < 0.4:
        text = text.replace(b"\r\n", b"\n")
    return bytes(text)


_LINES = [
    *(b"dn: CN=a,DC=b", b"dn: CN=1,CN=SMTP,CN=Protocols,DC=b", b"DN: CN=c,DC=b", b"dn: CN=a,,"),
    *(b"dn:: Q049YSxEQz1i", b"dn:: Q049", b"dn:", b"dn: =", b"\xef\xbb\xbfdn: CN=d,DC=b"),
    *(b"dn: CN=s,CN=sm", b"dn: CN=\\2C,DC=b", b"version: 1", b"search: 2", b"result: 0 Success"),
    *(b"# comment", b"#", b" folded", b"\tfolded", b" ", b"  ", b"\t ", b"", b"", b"", b"\r"),
    *(b"cn: a", b"cn:: QUJD", b"cn:: QUJ", b"cn:: QU=D", b"cn:: QQ==", b"cn:: ", b"cn:: QU JD"),
    *(b" QUJD", b" QU", b" ==", b"cn:: \xe9", b"cn: \xe9", b"cn:< file:///a", b"cn;binary:: QUJD"),
    *(b"objectClass: top", b"objectClass: protocolCfgSMTPServer", b"objectClass: protocolCfg"),
    *(b" SMTPServer", b"objectClass:: cHJvdG9jb2xDZmdTTVRQU2VydmVy", b"OBJECTCLASS: msExch"),
    *(b"msExchSmtpMaxHopCount: 3", b"msExchSmtp", b" MaxHopCount: 3", b"changetype: add"),
    *(b"changetype: modify", b"changetype: ", b"changeType:: YWRk", b"no colon", b": a", b"-"),
    *(b"CNF:01234567-0123-0123-0123-0123456789ab", b"a::b", b"text: fe80::1", b"dnx: a", b"\0"),
]


def lines_of_ldif(rnd: random.Random) -> bytes:
    """Return lines that may occur in LDIF, in any order."""
    ends = rnd.choice(((b"\n",), (b"\r\n",), (b"\n", b"\n", b"\r\n", b"\r\r\n", b"\r")))
    count = rnd.choice((3, 10, 40))
    return b"".join(rnd.choice(_LINES) + rnd.choice(ends) for _ in range(rnd.randint(1, count)))


_MORE_LINES = [
    *(
        b"dn: CN=\xc3\xbc,DC=b",
        b"dn:: Q049w7w=",
        b"dn: CN=\\0ADEL:12,DC=b",
        b"dn: CN=\xe2\x84\xaa,DC=b",
        b"dn: CN=\xfc,DC=b",
        b"dn: CN=\xfc,CN=SMTP,CN=Protocols,DC=b",
        b"dn: CN=\xfc \\, \x81 , DC=b",
    ),
    *(b"distinguishedName:: Q049w7wsREM9Yg==", b"distinguishedName: CN=\xfc,DC=b,DC=c"),
    b"distinguishedName:: Q049MSxDTj1TTVRQLENOPVByb3RvY29scyxEQz1i",
    *(b"dn: CN=a\\,b,CN=SMTP,CN=Protocols,DC=c", b"dn: CN=1,CN=SMTP , CN=Protocols,DC=b"),
    *(b"dn: CN=1\\,CN=SMTP,CN=SMTP,CN=Protocols,DC=b", b"dn: CN=1,CN=SMTP,CN=Protocols\\, x,DC=b"),
    *(b"dn:: Q049MSxDTj1TTVRQLENOPVByb3RvY29scyxEQz1i", b"dn: CN=a:pw: x,DC=b"),
    *(b"distinguishedName: CN=a,DC=b,DC=c", b"distinguishedName:: Q049YSxEQz1iLERDPWM="),
    *(b"a;range=0-1: x", b"a;x: y", b"a;x;: y", b"objectClass;x: protocolCfgSMTPServer"),
    *(
        b"userPassword: x",
        b"msExchSmtpMaxHopCount;x: 3",
        b"a: \xe3\x81\x82",
        b"a: \xe3\x81",
        b" \x82",
    ),
    *(b"# requesting: ALL", b"# requesting: cn", b"# search result", b"# numResponses: 3"),
]


def folded(rnd: random.Random) -> bytes:
    """Return lines in any order, most of them folded at the same width, as some tool may do."""
    width, end = rnd.choice((1, 2, 3, 4, 5, 8, 20, 76)), rnd.choice((b"\n", b"\n", b"\r\n"))
    lines = []
    for line in rnd.choices(_LINES + 2 * _MORE_LINES, k=rnd.choice((3, 10, 40))):
        blank, step = rnd.choice((b" ",) * 19 + (b"\t",)), max(width - 1, 1)
        rest = [line[i : i + step] for i in range(width, len(line), step)]
        lines.append(line if rnd.random() < 0.2 else (end + blank).join([line[:width], *rest]))
    return end.join(lines)


_DN_PARTS = (
    "CN=a", "CN=b c", "DC=x", "OU=a(1)", "CN=SMTP,CN=Protocols", "CN=Configuration",
    "CN=a ", "CN= a", "CN=", "CN", "", "1=a", "CN=a=b", "CN=a+OU=b", r"CN=a\, b", "CN=a;b",
    r"CN=a\\, b", r"CN=ü\2c ", "CN=ü,CN=SMTP , CN=Protocols",
    "CN=a|b", "CN=ü", "<GUID=1>;CN=a",
)  # fmt: skip
_CELLS = (
    "", "", "", "", "top", "x y", "protocolCfgSMTPServer", "top;MSEXCHROUTINGGROUP", 'q"q', '"',
    "a,b", "a;b|c", "\t", "\n", "1\r\n2", "\r", "\\", "ü", "\ufeff", "'=x", "System.Byte[]",
    "X'00'", "y" * 70,
)  # fmt: skip


def table(rnd: random.Random) -> tuple[bytes, int]:
    """Return CSV by one of many habits, mostly well formed, and the size of its header."""
    delimiter = rnd.choice(",,,,;\t|" if rnd.random() < 0.9 else "=-:.!'/")
    names = ["objectClass", "cn", "a", "b", "c"][: rnd.randrange(1, 6)]
    column = rnd.choice((0, rnd.randrange(len(names) + 1)))
    names.insert(column, rnd.choice(("distinguishedName", "DN")))
    end, quoting = rnd.choice(("\n", "\r\n")), rnd.choice((0.0, 0.5, 1.0))

    def printed(cells: list[str]) -> str:
        return delimiter.join(
            '"' + cell.replace('"', '""') + '"'
            if rnd.random() < quoting or any(letter in cell for letter in f'\r\n"{delimiter}')
            else cell
            for cell in cells
        )

    head = rnd.choice(("", "", f"#TYPE x{end}")) + f"sep={delimiter}{end}" + printed(names) + end
    plain = rnd.random() < 0.7
    rows = []
    for _ in range(rnd.randrange(1, 30)):
        cells = rnd.choices(_CELLS, k=len(names) + rnd.choice((0,) * 30 + (-1, 1)))
        dn = rnd.choices(_DN_PARTS[: 6 if plain else None], k=rnd.randrange(1, 4))
        cells[column : column + 1] = [",".join(dn)]
        rows.append(printed(cells) + rnd.choice((end,) * 30 + ("\n", "\r\n", "\r", "\r\r\n", "")))
    encoding = rnd.choice(("utf-8", "utf-8", "cp1252"))
    text = "".join(rows).encode(encoding, "replace")
    return head.encode() + text, len(head)
