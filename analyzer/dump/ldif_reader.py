"""One block of LDIF in, entries out: python-ldap's `ldif` parses every record, `ldap.dn` every DN.

The framing before it is ours: comments dropped, lines unfolded (as bytes, as RFC 2849 says), text
in another code page turned into UTF-8, and one record at a time handed over, so that a bad record
costs one record and a bad value costs one value. The DN never reaches the parser of `ldif`, whose
regular expression for DNs takes exponential time; `ldap.dn.is_dn` judges it instead.
"""

import hashlib
import io
import re
from collections.abc import Callable, Iterator
from functools import lru_cache
from itertools import chain, pairwise
from typing import NamedTuple

import ldap.dn
import ldif

from analyzer.dump.damage import joined
from analyzer.dump.entry import Attribute, Entry, Notation, Source, Unreadable
from analyzer.dump.framing import BOM

_NAME = re.compile(rb"[A-Za-z0-9_][A-Za-z0-9_.-]*(?:;[A-Za-z0-9_=*.-]+)*\Z")
_BASE64_ALPHABET = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"
_OUTSIDE_RECORDS = (b"version:", b"search:", b"result:", b"ref:", b"control:", b"text:")
_COMMENT_TAIL = re.compile(rb"(?:CNF|DEL):[0-9A-Fa-f-]{36}")
"""ldapsearch writes the line feed in the name of a conflict or deleted object into its comment."""
_RECODED = b"\0recoded\0"
"""Put into a dn line in place of its blank when its bytes were no UTF-8; no DN can hold it."""
EXTENDED_DN = re.compile(r"(?:<(?:GUID|SID|WKGUID)=[^>]*>;){1,3}", re.IGNORECASE)
MAX_DN = 65_536
"""Longest DN in bytes that is read; libldap needs memory in proportion."""
MAX_ATTRIBUTES = 65_536
"""Most attributes of a record; the schema with Exchange knows about 4,000."""


class _Record(ldif.LDIFParser):  # type: ignore[misc]  # python-ldap has no type information
    """python-ldap's parser, keeping the one record it is given."""

    entry: dict[str, list[bytes]]

    def handle(self, dn: str, entry: dict[str, list[bytes]]) -> None:
        """Take the record."""
        self.entry = entry


class Trailer(NamedTuple):
    """Lines around the records: a version, a referral, the result of a search."""

    result_code: int | None
    """LDAP result code (4 is: size limit exceeded); None when the lines tell none."""


class _Lines(NamedTuple):
    """The unfolded lines of a block, comments dropped, and the physical lines they stand on."""

    texts: list[bytes]
    firsts: list[int]
    lasts: list[int]


def read_block(
    data: bytes, line: int, file: str, to_utf8: Callable[[bytes], bytes], *, final: bool = False
) -> Iterator[Entry | Unreadable | Trailer]:
    """Yield the entries of a block, and what could not be read of it.

    Args:
        data: the lines of the block, as they stand in the file.
        line: number of its first line.
        file: name of the file, for the sources.
        to_utf8: turns the bytes of a line that is no UTF-8 into UTF-8.
        final: True when nothing follows the block in the file.
    """
    physical = data.split(b"\n")
    open_end = physical[-1] != b""
    unmarked = [text.removeprefix(BOM) for text in physical] if BOM in data else physical
    lines = _unfold(unmarked, line)
    if not data.isascii():
        _recode(lines.texts, to_utf8)
    starts = [i for i, text in enumerate(lines.texts) if text[:3].lower() == b"dn:"]
    first = starts[0] if starts else len(lines.texts)
    if first and _is_header(lines.texts[:first]):
        yield Trailer(_result_code(lines.texts[:first]))
    elif first:
        yield Unreadable(file, lines.firsts[0], lines.lasts[first - 1], "a record without dn")
    for start, end in pairwise([*starts, len(lines.texts)]):
        last = end
        if end < len(lines.texts) and lines.texts[end - 1][:8].lower() == b"version:":
            last -= 1
        begin, stop = lines.firsts[start] - line, lines.lasts[last - 1] - line + 1
        cut = open_end and stop == len(physical)
        text = b"\n".join(physical[begin:stop])
        digest = hashlib.sha256(text if cut else text + b"\n").hexdigest()
        yield from _read_record(lines, start, last, file, digest, cut=cut and final)


def is_dn(text: str) -> bool:
    """Tell whether a text is a DN, in time proportional to its length."""
    return len(text) <= MAX_DN and "\0" not in text and bool(ldap.dn.is_dn(text))


def _unfold(physical: list[bytes], number: int) -> _Lines:
    texts: list[bytes] = []
    firsts: list[int] = []
    lasts: list[int] = []
    parts: list[bytes] = []
    comment = False
    for here, text in enumerate(physical, number):
        text = text.rstrip(b"\r")
        start = text[:1]
        if start == b" " or start == b"\t":
            if comment:
                continue
            if texts:
                parts.append(text[1:])
                lasts[-1] = here
                continue
        if parts:
            texts[-1] += b"".join(parts)
            parts = []
        if comment and _COMMENT_TAIL.match(text):
            continue
        comment = start == b"#" or not text
        if not comment:
            texts.append(text)
            firsts.append(here)
            lasts.append(here)
    if parts:
        texts[-1] += b"".join(parts)
    return _Lines(texts, firsts, lasts)


def _recode(texts: list[bytes], to_utf8: Callable[[bytes], bytes]) -> None:
    """Turn the lines that are no UTF-8 into UTF-8, the dn aside: how it was written is evidence."""
    for i, text in enumerate(texts):
        if text[:3].lower() != b"dn:" and not is_utf8(text):
            texts[i] = to_utf8(text)
        elif not is_utf8(text):
            texts[i] = text[:3] + _RECODED + to_utf8(text[3:])


def _result_code(texts: list[bytes]) -> int | None:
    for text in texts:
        match = re.match(rb"result: (\d{1,3})\b", text)
        if match:
            return int(match.group(1))
    return None


def _is_header(texts: list[bytes]) -> bool:
    if texts[0].lower().startswith((b"search:", b"result:")):
        return True
    return all(text.lower().startswith(_OUTSIDE_RECORDS) for text in texts)


@lru_cache(maxsize=4096)
def _legal_name(name: bytes) -> str | None:
    return name.decode("ascii") if _NAME.match(name) else None


def _read_record(
    lines: _Lines, start: int, end: int, file: str, sha256: str, *, cut: bool
) -> Iterator[Entry | Unreadable]:
    texts, firsts, lasts = lines
    first, last = firsts[start], lasts[end - 1]
    if cut and end - start == 1:
        yield Unreadable(file, first, last, "the file is cut: it ends inside this record")
        return
    dn, reason = _dn_of(texts[start])
    if dn is None:
        yield Unreadable(file, first, last, reason)
        return
    places: dict[str, tuple[int, Notation]] = {}
    problems: dict[str, _Problem] = {}
    clean = [b"dn:"]
    damage: list[Unreadable] = []
    for i in range(start + 1, end):
        text = texts[i]
        name_bytes, colon, rest = text.partition(b":")
        name = _legal_name(name_bytes)
        if name is None or not colon:
            damage.append(Unreadable(file, firsts[i], lasts[i], _why_no_attribute(text, colon)))
            continue
        spec = rest[:1]
        notation = Notation.PLAIN
        if spec == b":":
            notation = Notation.BASE64
            if not _is_base64(rest):
                reason = f"value of {name} is not valid base64"
                damage.append(Unreadable(file, firsts[i], lasts[i], reason))
                problems[name] = _Problem("", "the value is not valid base64", _shown(rest[1:]))
                text = text if _decodes(text) else b""
        elif spec == b"<":
            notation = Notation.URL
            problems[name] = _Problem(
                "the value is a URL, which is never opened", "", _shown(rest[1:])
            )
            text = b""
        if name not in places:
            places[name] = (i, notation)
        if text:
            clean.append(text)
    if len(places) > MAX_ATTRIBUTES:
        yield Unreadable(file, first, last, f"a record of more than {MAX_ATTRIBUTES} attributes")
        return
    fields = _fields(clean, places, problems, lines)
    changetype = fields.get("changetype")
    if changetype is not None and {v.strip().lower() for v in changetype.values} != {b"add"}:
        kind = b", ".join(changetype.values).decode("utf-8", "replace")
        yield Unreadable(file, first, last, f"changetype {kind}: a change record, not content")
        return
    notes = tuple(
        f"{name}: only a part of the values was exported"
        for name in fields
        if ";range=" in name and not name.endswith("-*")
    )
    if texts[start].startswith(_RECODED, 3):
        dn = _dn_from_base64(fields, dn)
    lost_end = cut and bool(damage) and damage[-1].last_line == last
    yield Entry(dn, fields, Source(file, first, last), sha256, notes, lost_end)
    yield from joined(damage)


class _Problem(NamedTuple):
    lost: str
    damaged: str
    raw: str


def _fields(
    clean: list[bytes],
    places: dict[str, tuple[int, Notation]],
    problems: dict[str, _Problem],
    lines: _Lines,
) -> dict[str, Attribute]:
    """Have python-ldap parse a record; return its attributes by lower-case name."""
    parser = _Record(io.StringIO(b"\n".join(clean).decode() + "\n\n"))
    parser.parse()
    values = parser.entry
    firsts, lasts = lines.firsts, lines.lasts
    fields: dict[str, Attribute] = {}
    respelled: dict[str, list[Attribute]] = {}
    for name, (i, notation) in places.items():
        found = tuple(values.get(name, ()))
        attribute = Attribute(name, found, firsts[i], lasts[i], notation)
        if name in problems:
            attribute = attribute._replace(**problems[name]._asdict())
        first = fields.setdefault(name.lower(), attribute)
        if first is not attribute:
            respelled.setdefault(name.lower(), [first]).append(attribute)
    return fields | {key: _merged(parts) for key, parts in respelled.items()}


def _merged(parts: list[Attribute]) -> Attribute:
    """Return an attribute that is written in several letter cases as one."""
    return parts[0]._replace(
        values=tuple(chain.from_iterable(part.values for part in parts)),
        lost=next((part.lost for part in parts if part.lost), ""),
        damaged=next((part.damaged for part in parts if part.damaged), ""),
        raw=next((part.raw for part in parts if part.raw), ""),
    )


def _dn_of(line: bytes) -> tuple[str | None, str]:
    spec, rest = line[3:4], line[4:]
    if spec == b"<":
        return None, "the dn is a URL, which is never opened"
    if spec == b":":
        if not _is_base64(line[3:]):
            return None, "the dn is not valid base64"
        parser = _Record(io.BytesIO(b"dn:\nvalue::" + rest + b"\n\n"))
        try:
            parser.parse()
            text = parser.entry["value"][0].decode()
        except UnicodeDecodeError:
            return None, "the dn is base64 of something that is not UTF-8"
    else:
        text = line[3:].removeprefix(_RECODED).decode().lstrip(" ")
    if text.startswith("<"):
        text = EXTENDED_DN.sub("", text, count=1)
    if not is_dn(text):
        shown = text if len(text) <= 120 else text[:117] + "..."
        return None, f"the dn is not valid: {shown!r}"
    return text, ""


def _dn_from_base64(fields: dict[str, Attribute], dn: str) -> str:
    """Return the DN of a base64 distinguishedName: it is right where a raw dn line may not be."""
    named = fields.get("distinguishedname")
    if named is None or named.notation is not Notation.BASE64 or len(named.values) != 1:
        return dn
    text = named.values[0].decode("utf-8", "replace")
    return text if is_dn(text) else dn


def _why_no_attribute(text: bytes, colon: bytes) -> str:
    if text == b"-":
        return "a line '-' outside a change record"
    if not colon:
        return "a line without colon"
    return "a line that begins with no attribute name"


def _is_base64(rest: bytes) -> bool:
    payload = rest[1:].strip()
    others = payload.translate(None, _BASE64_ALPHABET)
    if len(payload) % 4:
        return False
    return not others or (others in (b"=", b"==") and payload.endswith(others))


def _decodes(line: bytes) -> bool:
    """Tell whether python-ldap makes something of a line with a base64 value."""
    try:
        _Record(io.BytesIO(b"dn:\n" + line + b"\n\n")).parse()
    except ValueError:
        return False
    return True


def is_utf8(data: bytes) -> bool:
    """Tell whether bytes are valid UTF-8."""
    try:
        data.decode()
    except UnicodeDecodeError:
        return False
    return True


def _shown(raw: bytes) -> str:
    return raw.strip().decode("utf-8", "backslashreplace")
