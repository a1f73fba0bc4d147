"""A sound report, settings file, rule file or logo in, the same with a few changes out.

What coverage finds in bytes seldom stays JSON, a package or TOML. Here the form stays and what is
said in it changes.
"""

import io
import json
import random
import re
import zipfile
from collections.abc import Callable, Iterator
from typing import Any

from fuzz.corpus import LOGOS, PROFILE, RULES, SETTINGS, WAIVERS, report_of_sample

TEXTS = (
    *("", " ", "\0", "\x1b[2J\x9b31m", "\u202e", "\ud800", "a\rb\nc", "\U000e0041", "\uffff"),
    *("0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59-14:00", "0001-01-01T00:00:00Z"),
    *("9999-12-31T23:59:59Z", "2016-12-31T23:59:60Z", "2016-12-31T23:59:59", "2026-W53-7"),
    *("99991231235959.0Z", "\xb2\xb3\xb9\u20745678901234.0Z"),
    *("nonsense", "idna", "hex_codec", "undefined", "unicode_escape", "utf-16-le", "cp037"),
    *("10.0.0.0/8", "10.0.0.0/0", "::/0", "fe80::1%x", "300.1.1.1/99", "10.0.0.1-10.0.0.0"),
    *("=1+1", "%s{0}{{7*7}}", "_x001B_", "<b>&amp;]]>", "http://evil.example/", "../../etc/x"),
    *("x" * 40_000, "A" * 64, "9" * 4_000, ", , ,", "TRUE", "set", "open", "smtp", "built-in"),
)
NUMBERS = (
    *(0, 1, -1, 2**31, 2**53, 2**63 - 1, 2**63, 2**64, 10**300, 10**4_200),
    *(1.5, 1e308, float("nan"), float("inf")),
)
TOML_VALUES = (
    *(
        "1",
        "-1",
        "1e999",
        "nan",
        "true",
        '"x"',
        '""',
        "[]",
        "{}",
        '["a", 1]',
        "a",
        "=",
        '"\\u001b"',
    ),
    *('"\\u0000"', '"a\\nb"', "9" * 5_000, "0x" + "f" * 9_000, "0b" + "1" * 50_000),
    *("[" * 100 + "]" * 100, "{a=" * 100 + "1" + "}" * 100, "[" * 5_000, "1979-05-27T07:32:00Z"),
    *("2000-02-30", '"' + "x" * 10_000 + '"', "[[" + "1," * 1_000 + "]]", '"http://evil.example/"'),
)
XML_VALUES = (
    *("", "0", "-1", "2000000000", "9" * 5_000, "XFE1", "A0", "A" * 1_000, "s", "n", "x", "../x"),
    *("\u202e", "_x001B_", "_xD800_", "&#13;", "1e999", "nan", "&e;", "x" * 300_000),
)


def results(rnd: random.Random, sound: bytes = report_of_sample(".json")) -> bytes:
    """Change values of a JSON document of results, mostly to others of their kind."""
    document = json.loads(sound)
    for _ in range(rnd.choice((1, 1, 1, 2, 5))):
        holder, key = rnd.choice(list(_places(document)))
        holder[key] = _other(rnd, holder[key])
    return json.dumps(document).encode()


def _places(node: Any) -> Iterator[tuple[Any, Any]]:
    steps = list(node.items() if isinstance(node, dict) else enumerate(node))
    for key, value in steps:
        yield node, key
        if isinstance(value, dict | list):
            yield from _places(value)


def _other(rnd: random.Random, value: Any) -> Any:
    if rnd.random() < 0.1:
        return rnd.choice((None, True, "x", 7, [], {}, rnd.choice(TEXTS), rnd.choice(NUMBERS)))
    if isinstance(value, str):
        return rnd.choice(TEXTS)
    if isinstance(value, list):
        return rnd.choice(([], value * 2, value[::-1], [rnd.choice(TEXTS)]))
    if isinstance(value, dict):
        changed = dict(value)
        if changed:
            name = rnd.choice(list(changed))
            changed[rnd.choice(TEXTS)] = changed.pop(name)
        return changed
    return rnd.choice((*NUMBERS, True, False, None, *TEXTS[:3]))


def workbook(rnd: random.Random, sound: bytes = report_of_sample(".xlsx")) -> bytes:
    """Change attributes, texts and elements of the parts of a workbook."""
    made = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(sound)) as package,
        zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as copy,
    ):
        names = package.namelist()
        wanted = [name for name in names if "sheet1" in name or not name.startswith("xl/w")]
        changed = {rnd.choice((*wanted, *names)) for _ in range(rnd.choice((1, 2, 4)))}
        for name in names:
            text = package.read(name).decode()
            for _ in range(rnd.randrange(1, 6) if name in changed else 0):
                text = _other_xml(rnd, text)
            copy.writestr(name, text.encode("utf-8", "surrogatepass"))
    return made.getvalue()


def _other_xml(rnd: random.Random, text: str) -> str:
    pattern = rnd.choice((r'"[^"]*"', ">[^<]+<", "<[^>]+>"))
    found = list(re.finditer(pattern, text))
    if not found:
        return text
    match = rnd.choice(found)
    old, value = match.group(), rnd.choice(XML_VALUES)
    new = {'"': f'"{value}"', ">": f">{value}<", "<": rnd.choice(("", old * 2, "<x>", "<!--"))}[
        old[0]
    ]
    return text[: match.start()] + new + text[match.end() :]


def settings(rnd: random.Random) -> bytes:
    """Change lines of a settings file."""
    return _other_toml(rnd, SETTINGS.decode())


def waivers(rnd: random.Random) -> bytes:
    """Change lines of a file of waivers."""
    return _other_toml(rnd, WAIVERS.decode())


def profile(rnd: random.Random) -> bytes:
    """Change lines of a profile."""
    return _other_toml(rnd, PROFILE.decode())


def rules(rnd: random.Random) -> bytes:
    """Change lines of a rule, with an id of its own."""
    text = rnd.choice(sorted(RULES.glob("*.toml"))).read_text()
    rule = rnd.choice(text.split("[[rule]]")[1:]).replace('id = "', 'id = "OWN-', 1)
    return _other_toml(rnd, f"[[rule]]{rule}")


def _other_toml(rnd: random.Random, text: str) -> bytes:
    lines = text.splitlines()
    for _ in range(rnd.choice((1, 1, 2, 4))):
        at = rnd.randrange(len(lines))
        key, equals, _ = lines[at].partition(" = ")
        match rnd.randrange(5):
            case 0 | 1 if equals:
                lines[at] = f"{key} = {rnd.choice(TOML_VALUES)}"
            case 2:
                lines[at] = f"{key}{'.a' * rnd.choice((1, 40, 8_000))} = 1"
            case 3:
                lines[at:at] = lines[at : at + 3]
            case _:
                del lines[at : at + rnd.choice((0, 1))]
        lines = lines or [""]
    return "\n".join(lines).encode()


def logo(rnd: random.Random) -> bytes:
    """Change bytes of a picture."""
    data = bytearray(rnd.choice(LOGOS))
    for _ in range(rnd.choice((1, 2, 5))):
        at = rnd.randrange(len(data))
        match rnd.randrange(3):
            case 0:
                data[at] = rnd.choice((0, 1, 0x7F, 0xFF, rnd.randrange(256)))
            case 1:
                del data[at : at + rnd.randrange(4)]
            case _:
                data[at:at] = bytes(rnd.randrange(256) for _ in range(3))
        data = data or bytearray(1)
    return bytes(data)


MUTATIONS: dict[str, Callable[[random.Random], bytes]] = {
    mutate.__name__: mutate
    for mutate in (results, workbook, settings, rules, waivers, profile, logo)
}
