"""Small files with one oddity each; what is due for each stands in quirks/expected.toml."""

import base64
from ipaddress import IPv4Network

from analyzer.directory.address_list import encode_address_list
from generator.virtual_servers import deny, grant

_SERVERS = (
    "CN=EX01,CN=Servers,CN={group},CN=Administrative Groups,CN=Contoso Org,"
    "CN=Microsoft Exchange,CN=Services,CN=Configuration,DC=contoso,DC=com"
)
_FIRST = "First Administrative Group"
_COOKIE = "# pagedresults: cookie=AwAAAAAAAAA="


def _dn(number: int | str, group: str = _FIRST) -> str:
    return f"CN={number},CN=SMTP,CN=Protocols," + _SERVERS.format(group=group)


def _record(number: int, *more: str, dn: str = "", group: str = _FIRST) -> list[str]:
    """Return a virtual server of ten lines and the lines that are added to it."""
    return [
        dn or f"dn: {_dn(number, group)}",
        "objectClass: top",
        "objectClass: protocolCfg",
        "objectClass: protocolCfgSMTP",
        "objectClass: protocolCfgSMTPServer",
        f"cn: {number}",
        f"adminDisplayName: Virtual Server {number}",
        f"msExchServerBindings:: {_base64(f':{24 + number}:')}",
        "msExchAuthenticationFlags: 7",
        "msExchSmtpRelayForAuth: FALSE",
        *more,
    ]


def _container(*more: str) -> list[str]:
    """Return an object of four lines that is no virtual server."""
    return [
        "dn: CN=Protocols," + _SERVERS.format(group=_FIRST),
        "objectClass: top",
        "objectClass: protocolCfgSharedServer",
        "cn: Protocols",
        *more,
    ]


def _base64(value: str | bytes) -> str:
    return base64.b64encode(value.encode() if isinstance(value, str) else value).decode()


def _text(*records: list[str]) -> str:
    return "\n".join("\n".join([*lines, ""]) for lines in records)


def _ldif(*records: list[str]) -> bytes:
    return _text(*records).encode("ascii")


def _replace(lines: list[str], old: str, new: str) -> list[str]:
    return [line.replace(old, new) for line in lines]


def _lower_names(lines: list[str]) -> list[str]:
    dn, *rest = (line.partition(":") for line in lines)
    types = dn[2].replace("CN=", "cn=").replace("DC=", "dc=")
    lowered = [
        f"{name.lower()}:{value.lower() if name == 'objectClass' else value}"
        for name, _, value in rest
    ]
    return [f"dn:{types}", *lowered]


def _fold(lines: list[str], width: int, sign: str = " ") -> list[str]:
    folded: list[str] = []
    for line in lines:
        folded.append(line[:width])
        rest = range(width, len(line), width - 1)
        folded += [sign + line[at : at + width - 1] for at in rest]
    return folded


def _relay_list(octets: bytes) -> str:
    return f"msExchSmtpRelayIpList:: {_base64(octets)}"


def _csv_wide_and_long() -> bytes:
    """Return a csvde file with 1,100 columns and one field of 140,000 characters."""
    names = ["objectClass", "cn", "msExchSmtpRelayForAuth", "attributeCertificate"]
    columns = ["DN", *names, *(f"extensionAttribute{number}" for number in range(1, 1096))]
    rows = [
        [f'"{_dn(1)}"', "protocolCfgSMTPServer", "1", "FALSE", ""],
        [
            '"CN=Contoso CA,CN=AIA,CN=Configuration,DC=contoso,DC=com"',
            "certificationAuthority",
            "Contoso CA",
            "",
            "X'" + "30820122" * 17500 + "'",
        ],
        [f'"{_dn(2)}"', "protocolCfgSMTPServer", "2", "TRUE", ""],
    ]
    padded = [row + [""] * (len(columns) - len(row)) for row in rows]
    return "\r\n".join([",".join(row) for row in [columns, *padded]] + [""]).encode("ascii")


_CONFLICT = "2\\0ACNF:d802a241-e923-5140-911b-284c22a080c1"
_ZURICH_DN = _dn(1, "Erste Gruppe Zürich")
_ZURICH = [
    *_record(1, dn=f"dn: {_ZURICH_DN}"),
    f"distinguishedName:: {_base64(_ZURICH_DN)}",
]
_BOTH_LISTS = encode_address_list(
    grant=[IPv4Network("10.1.2.3/32")], deny=[IPv4Network("192.0.2.7/32")]
)
_REFERRAL = ["# search reference", "ref: ldap://DomainDnsZones.contoso.com/DC=DomainDnsZones"]
_TRAILER = ["# search result", "search: 2", "result: 0 Success", "", "# numResponses: 3"]

_HOSTILE = (
    '=HYPERLINK("http://203.0.113.99/","Gateway")',
    "+1+cmd|' /C calc'!A0",
    "@SUM(1,1)",
    "<script>alert(1)</script>",
    "[red]x[/red] {{7*7}}",
    "gnp\u202egepj.exe",
    "\x1b]0;owned\x07",
    "https://203.0.113.99/ mailto:a@b",
)
"""Names that a program could take for a formula, markup, a link or a command of the terminal."""


def _named(number: int, name: str) -> list[str]:
    return [
        f"adminDisplayName:: {_base64(name)}" if line.startswith("adminDisplayName") else line
        for line in _record(number)
    ]


QUIRKS: dict[str, bytes] = {
    "hostile-names.ldif": _ldif(
        *(_named(number, name) for number, name in enumerate(_HOSTILE, start=1))
    ),
    # Encodings
    "utf8-bom.ldif": b"\xef\xbb\xbf" + _ldif(_record(1), _record(2)),
    "utf8-bom-mid-file.ldif": _ldif(_record(1))
    + b"\n\xef\xbb\xbf"
    + _ldif(["version: 1"], _record(2)),
    "utf8-dn-raw.ldif": _text(_ZURICH[:10]).encode("utf-8"),
    "utf16le-no-bom.ldf": _text(_record(1), _record(2)).replace("\n", "\r\n").encode("utf-16-le"),
    "utf16be.ldf": b"\xfe\xff"
    + _text(_record(1), _record(2)).replace("\n", "\r\n").encode("utf-16-be"),
    "utf16-two-files.ldf": b"".join(
        b"\xff\xfe" + text.replace("\n", "\r\n").encode("utf-16-le")
        for text in (_text(_record(1)) + "\n", _text(_record(2)))
    ),
    "cp1252-dn-with-base64-distinguishedname.ldf": _text(_ZURICH).encode("cp1252"),
    "cp1252-dn-alone.ldf": _text(_ZURICH[:10]).encode("cp1252"),
    # Lines
    "mixed-line-ends.ldif": b"".join(
        line + (b"\r\n" if number % 2 else b"\n")
        for number, line in enumerate(_ldif(_record(1), _record(2)).splitlines())
    ),
    "blank-separator-with-spaces.ldif": "\n".join(
        [*_record(1), "   ", *_record(2), "\t", *_record(3), ""]
    ).encode(),
    "no-final-newline.ldif": _ldif(_record(1), _record(2)).rstrip(b"\n"),
    "many-blank-lines.ldif": b"\n\n" + _ldif(_record(1), [""], [""], _record(2), [""]),
    "tab-continuation.ldif": _ldif(_fold(_record(1), 60, "\t")),
    "fold-width-3.ldif": _ldif(_fold(_record(1), 3)),
    "ldifde-fold.ldf": _ldif(
        [
            *_record(1)[:6],
            "adminDisplayName: ",
            " A name of the kind that ldifde puts on a line of its own because it is too lo",
            " ng for the line of its attribute",
            "description: ",
            *_record(1)[7:],
        ]
    ).replace(b"\n", b"\r\n"),
    "two-exports-glued-without-blank-line.ldif": "\n".join([*_record(1), *_record(2), ""]).encode(),
    "mid-file-version.ldif": _ldif(
        ["version: 1"], _record(1), ["version: 1", *_record(2)], ["version: 1"], _record(3)
    ),
    # Comments and blocks that are no entries
    "paging-comment-above-dn.ldif": _ldif(_record(1), [_COOKIE, *_record(2)], [_COOKIE]),
    "folded-comment-hides-dn.ldif": _ldif(
        [f"# next entry: {_dn(1)}", f" dn: {_dn(9)}", *_record(1)]
    ),
    "conflict-object-comment.ldif": _ldif(
        [
            "# extended LDIF",
            "#",
        ],
        [
            "# 2",
            "CNF:d802a241-e923-5140-911b-284c22a080c1, SMTP, Protocols, EX01, Servers, F",
            " irst Administrative Group, Administrative Groups, Contoso Org, contoso.com",
            *_record(2, dn=f"dn: {_dn(_CONFLICT)}"),
        ],
        ["# 3, SMTP", *_record(3)],
    ),
    "ref-and-result-blocks.ldif": _ldif(_record(1), _REFERRAL, [*_REFERRAL], _record(2), _TRAILER),
    "changetype-modify.ldif": _ldif(
        _record(1),
        [
            f"dn: {_dn(1)}",
            "changetype: modify",
            "replace: msExchSmtpRelayForAuth",
            "msExchSmtpRelayForAuth: TRUE",
            "-",
        ],
        [f"dn: {_dn(4)}", "changetype: delete"],
        [_record(2)[0], "changetype: add", *_record(2)[1:]],
    ),
    # Names
    "dn-in-capitals.ldif": _ldif(_record(1, dn=f"DN: {_dn(1)}"), _record(2)),
    "lower-case-names.ldif": _ldif(_lower_names(_record(1)), _lower_names(_record(2))),
    "attribute-in-two-spellings.ldif": _ldif(
        _record(1, "MSEXCHSERVERBINDINGS: 192.168.10.5:2525:")
    ),
    "base64-objectclass.ldif": _ldif(
        _replace(
            _record(1, dn=f"dn:: {_base64(_dn(1))}"),
            "objectClass: protocolCfgSMTPServer",
            f"objectClass:: {_base64('protocolCfgSMTPServer')}",
        )
    ),
    "extended-dn-guid-sid.ldif": _ldif(
        _record(
            1,
            dn="dn: <GUID=cf7d0f41-1c36-4d5a-9f9f-0a1b2c3d4e5f>;"
            f"<SID=010500000000000515000000>;{_dn(1)}",
        )
    ),
    "range-option.ldif": _ldif(
        [
            *_replace(_record(1), "msExchServerBindings::", "msExchServerBindings;range=0-1::"),
            "msExchServerBindings;range=0-1: 192.168.10.5:2525:",
        ]
    ),
    "no-objectclass.ldif": _ldif(
        [f"dn: {_dn(1)}", "msExchSmtpRelayForAuth: FALSE"],
        [f"dn: {_dn(2)}"],
        ["dn: CN=SMTP,CN=Protocols," + _SERVERS.format(group=_FIRST)],
    ),
    "outside-server-tree.ldif": _ldif(
        _record(
            1,
            dn="dn: CN=Strays,CN=System Policies,CN=Contoso Org,CN=Microsoft Exchange,"
            "CN=Services,CN=Configuration,DC=contoso,DC=com",
        )
    ),
    "no-exchange.ldif": _ldif(
        ["dn: CN=Configuration,DC=contoso,DC=com", "objectClass: configuration"],
        ["dn: CN=Sites,CN=Configuration,DC=contoso,DC=com", "objectClass: sitesContainer"],
    ),
    # Damage
    "bad-base64-value.ldif": _ldif(_record(1, "msExchSmtpRelayIpList:: GAAAg%%%"), _record(2)),
    "truncated-last-record.ldif": _ldif(_record(1), _record(2)).removesuffix(b"Auth: FALSE\n"),
    "dn-invalid.ldif": _ldif(
        _record(1), ["dn: CN=broken,,=x", "objectClass: top", "cn: broken"], _record(2)
    ),
    "line-without-colon.ldif": _ldif(
        _record(1), _container("this line has no mark after its name"), _record(2)
    ),
    "url-value.ldif": _ldif(
        _record(1, "msExchSmtpRelayIpList:< file:///tmp/ldapsearch-msExchSmtpRelayIpList-a1b2c3")
    ),
    "values-of-wrong-syntax.ldif": _ldif(
        _replace(_record(1, "msExchSmtpMaxHopCount: abc"), "Auth: FALSE", "Auth: yes")
    ),
    # Relay lists
    "relay-list-zero-length.ldif": _ldif(_record(1, "msExchSmtpRelayIpList:")),
    "relay-list-without-groups.ldif": _ldif(_record(1, _relay_list(encode_address_list()))),
    "relay-list-truncated.ldif": _ldif(_record(1, _relay_list(deny("192.0.2.7")[:-6]))),
    "relay-list-of-both-kinds.ldif": _ldif(_record(1, _relay_list(_BOTH_LISTS))),
    "relay-list-by-two-masks.ldif": _ldif(
        _record(1, _relay_list(grant("10.1.0.0/16", "192.0.2.7/32")))
    ),
    # CSV
    "csvde-wide-and-long.csv": _csv_wide_and_long(),
}
