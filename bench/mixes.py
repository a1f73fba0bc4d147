"""A seed and shares in, dumps out that differ in what costs: content and layout, in records."""

import base64
import random
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import partial

from bench.inputs import CLASSES, CONFIGURATION, SERVER, SETTINGS, SYSTEM, WORDS, line

SERVERS_PER_GB = 250
"""Virtual servers of every mix unless another number is given, so that reading is measured."""
_POOL = 8_000_000
"""Bytes of records that a file is made of, in any order: more than a processor remembers."""
_ASIAN = [range(0x4E00, 0x9FA5), range(0x3041, 0x3097), range(0xAC00, 0xD7A4)]
_SEARCH = "# extended LDIF\n#\n# LDAPv3\n# base <> with scope subtree\n# requesting: ALL\n#\n\n"

Values = list[tuple[str, str | bytes]]


def _ldifde(dn: str, values: Values) -> str:
    head = f"dn: {dn}\r\nchangetype: add\r\n"
    return head + "".join(line(name, value) for name, value in values) + "\r\n"


def _folded(dn: str, values: Values, *, width: int, comments: int = 0) -> str:
    """Print a record as ldapsearch folds it; with comments more of them than it writes."""
    rdn, parent = dn.split(",")[:2]
    lines = ["# " + ", ".join(part.partition("=")[2] for part in (rdn, parent))]
    lines += _fold(f"dn: {dn}", width)
    for number, (name, value) in enumerate(values):
        if comments and number % comments == 0:
            lines += _fold(f"# {name}: {value!r}", width)
        plain = isinstance(value, str) and value.isascii()
        text = f": {value}" if plain else f":: {_base64(value)}"
        lines += _fold(name + text, width)
    return "\n".join([*lines, "", ""])


def _fold(text: str, width: int) -> list[str]:
    rest = (text[i : i + width - 1] for i in range(width, len(text), width - 1))
    return [text[:width], *(f" {part}" for part in rest)]


def _unfolded(dn: str, values: Values) -> str:
    return "\n".join([f"dn: {dn}", *(f"{name}: {value}" for name, value in values), "", ""])


def _base64(value: str | bytes) -> str:
    return base64.b64encode(value.encode() if isinstance(value, str) else value).decode()


def _words(chance: random.Random, most: int) -> str:
    return " ".join(chance.choices(WORDS, k=chance.randint(1, most)))


def _common(chance: random.Random) -> Values:
    """Return values as most objects have them: lines of 50 bytes, one in eleven of base64."""
    values: Values = [(f"adminProperty{n}", _words(chance, 6)) for n in range(12)]
    values.append(("description", _words(chance, 40)))
    return [*values, ("objectSid", chance.randbytes(28)), ("schemaIDGUID", chance.randbytes(16))]


def _short(chance: random.Random) -> Values:
    names = ["flags", "cn", "name", "rangeLower", "o", "isDefunct", "cost", "systemFlags"]
    return [(chance.choice(names), str(chance.randint(0, 9999))) for _ in range(40)]


def _certificates(chance: random.Random) -> Values:
    certificates = [("cACertificate", chance.randbytes(chance.randint(800, 2_000)))] * 2
    revoked = chance.choice((1_000, 6_000, 6_000, 200_000))
    return [*certificates, ("certificateRevocationList", chance.randbytes(revoked))]


def _options(chance: random.Random) -> Values:
    certificates = [("userCertificate;binary", chance.randbytes(chance.randint(20, 90)))] * 20
    return [*certificates, *[("description;lang-de", _words(chance, 6)) for _ in range(20)]]


def _display_names(chance: random.Random) -> Values:
    return [("attributeDisplayNames", f"{_words(chance, 1)},{_asian(chance)}") for _ in range(25)]


def _asian(chance: random.Random) -> str:
    letters = chance.choice(_ASIAN)
    return "".join(chr(chance.choice(letters)) for _ in range(chance.randint(3, 20)))


def _dns(chance: random.Random) -> Values:
    """Return nothing but a link: of such records the DN is a third."""
    return [("siteObject", f"CN={_words(chance, 2)},CN=Sites{CONFIGURATION}")]


@dataclass(frozen=True, slots=True)
class Mix:
    """What records hold, and how a tool prints them."""

    values: Callable[[random.Random], Values]
    layout: Callable[[str, Values], str]
    head: str = ""
    encoding: str = "utf-8"
    dn: str = ""
    """What every DN begins with."""


_76 = partial(_folded, width=76)
MIXES = {
    "common": Mix(_common, _ldifde),
    "short": Mix(_short, _ldifde),
    "short-lf": Mix(_short, _unfolded),
    "certificates": Mix(_certificates, _ldifde),
    "asian-base64": Mix(_display_names, _76),
    "asian": Mix(_display_names, _ldifde),
    "names": Mix(_dns, _unfolded),
    "ldapsearch": Mix(_common, _76, _SEARCH),
    "folds-3": Mix(_common, partial(_folded, width=3)),
    "comments": Mix(_common, partial(_folded, width=76, comments=2)),
    "options": Mix(_options, _ldifde),
    "8-bit": Mix(_common, _ldifde, encoding="cp1252", dn="Größe "),
    "utf-16": Mix(_common, _ldifde, "\N{BYTE ORDER MARK}", "utf-16-le"),
    "asian-utf-16": Mix(_display_names, _ldifde, "\N{BYTE ORDER MARK}", "utf-16-le"),
}
"""By name; `bench` times each of them."""


def mixed(
    size: int, seed: int, shares: Mapping[str, float], per_gb: int = SERVERS_PER_GB
) -> Iterator[bytes]:
    """Yield a dump of about `size` bytes in which each mix has its share of the records.

    `per_gb` virtual servers stand between them in every 1e9 bytes.
    """
    chance = random.Random(seed)
    first = MIXES[next(iter(shares))]
    encoding = first.encoding
    pools = {name: _pool(MIXES[name], chance) for name in shares}
    weights = list(shares.values())
    servers = 0
    written = len(head := first.head.encode(encoding))
    yield head
    while written < size:
        if servers * 1e9 < written * per_gb:
            servers += 1
            text = _server(servers, first.layout).encode(encoding)
        else:
            (pool,) = chance.choices(list(pools.values()), weights)
            text = chance.choice(pool)
        written += len(text)
        yield text


def _pool(mix: Mix, chance: random.Random) -> list[bytes]:
    pool: list[bytes] = []
    size = 0
    while size < _POOL:
        pool.append(_record(len(pool), mix, chance).encode(mix.encoding))
        size += len(pool[-1])
    return pool


def _record(number: int, mix: Mix, chance: random.Random) -> str:
    name = f"{mix.dn}{_words(chance, 3)} {number}"
    dn = f"CN={name},CN={chance.choice(WORDS)},CN=409,CN=DisplaySpecifiers"
    return mix.layout(dn + CONFIGURATION, [*_head(number, chance), *mix.values(chance)])


def _head(number: int, chance: random.Random) -> Values:
    classes: Values = [("objectClass", name) for name in ("top", chance.choice(CLASSES))]
    return [*classes, ("cn", f"object{number}"), *SYSTEM.items()]


def _server(number: int, layout: Callable[[str, Values], str]) -> str:
    classes = ("top", "protocolCfg", "protocolCfgSMTP", "protocolCfgSMTPServer")
    values: Values = [("objectClass", name) for name in classes]
    return layout(
        f"CN=1,{SERVER.format(number)}{CONFIGURATION}",
        [*values, *SYSTEM.items(), *SETTINGS.items(), ("msExchServerBindings", ":25:")],
    )
