"""The attribute lines of one record in, its attributes out: python-ldap decodes the values.

It reads a line once; what it made of it holds for the same line of the next records.
What python-ldap stumbles over is met before it: text after `value:<` is never opened, base64 with
a fault is told, and a name that no schema allows does not reach it.
"""

import io
import re
from collections.abc import Iterator, Mapping
from functools import lru_cache
from itertools import chain
from typing import NamedTuple

import ldif
from msgspec import Struct
from msgspec.structs import replace

from analyzer.dump.entry import STATEMENT, Attribute, Notation, Unreadable, shared
from analyzer.dump.ldif.known_lines import KnownLine, KnownLines
from analyzer.dump.ldif.unfolding import UnfoldedLines
from analyzer.dump.quoting import shown_name

_KNOWN = KnownLines()
_BASE64_ALPHABET = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"
_NAME = re.compile(rb"[A-Za-z0-9_][A-Za-z0-9_.-]*(?:;[A-Za-z0-9_=*.-]+)*\Z")
"""A name or OID with options; more than RFC 2849 allows: AD writes `member;range=0-*`."""


_FIRST_WORD = re.compile(rb"[^A-Za-z0-9]*([A-Za-z][A-Za-z0-9-]*)")
_NAMES_IT = re.compile(rb"(?i)\W{0,8}(?:dn|distinguishedname|objectclass)\b")
_SHORTEST_FOLD = 50
"""Characters of a value from which a tool may have folded it; the names before it differ."""
_LONGEST_ABOUT = 8_192
LONE_DASH = "a line '-' outside a change record"


class _Parser(ldif.LDIFParser):  # type: ignore[misc]  # python-ldap has no type information
    """python-ldap's parser, keeping the one record it is given."""

    entry: dict[str, list[bytes]]

    def handle(self, dn: str, entry: dict[str, list[bytes]]) -> None:
        """Take the record."""
        self.entry = entry


# Python 3.11 takes ten times as long for a member of an enumeration as for a name.
_PLAIN, _BASE64 = Notation.PLAIN, Notation.BASE64


class _Problem(NamedTuple):
    """The fields of an `Attribute` that say what is wrong with a value."""

    lost: str
    damaged: str
    raw: str


class _NewLine(Struct, frozen=True, gc=False):
    """A line that python-ldap has not read of late."""

    name: str
    notation: Notation
    text: bytes


class Limits(NamedTuple):
    """How much of one record is read."""

    attributes: int
    damage: int
    """Lines that cannot be read."""


class AttributeLines(NamedTuple):
    """The attributes of a record as they stand in its lines, before their values are decoded."""

    clean: list[KnownLine | _NewLine]
    """The lines that hold values, in their order."""
    places: dict[str, tuple[int, Notation]]
    """By name as spelled: the line of its first value among the unfolded ones, its notation."""
    problems: dict[str, _Problem]
    damage: list[Unreadable]
    """The lines that are no attribute, and the values that cannot be decoded."""


def attribute_lines(
    lines: UnfoldedLines, record: slice, file: str, most: Limits, *, cut: bool
) -> AttributeLines:
    """Return what stands in the lines of a record behind its dn line, up to one above a limit.

    `cut` says that the file ends with the record and without a line end.
    """
    texts, firsts, lasts = lines
    places: dict[str, tuple[int, Notation]] = {}
    problems: dict[str, _Problem] = {}
    clean: list[KnownLine | _NewLine] = []
    damage: list[Unreadable] = []
    unread: list[int] = []
    for i in range(record.start, record.stop):
        if len(places) > most.attributes or len(damage) > most.damage:
            break
        text = texts[i]
        known = _KNOWN.get(text)
        if known is not None:
            places.setdefault(known.name, (i, known.notation))
            clean.append(known)
            continue
        name_bytes, colon, rest = text.partition(b":")
        name = legal_name(name_bytes)
        if name is None or not colon:
            damage.append(Unreadable(file, firsts[i], lasts[i], _why_no_attribute(text, colon)))
            unread.append(i)
            continue
        spec = rest[:1]
        notation = _PLAIN
        if spec == b":":
            notation = _BASE64
            if not is_base64(rest[1:]):
                reason = f"value of {shown_name(name)} is not valid base64"
                damage.append(Unreadable(file, firsts[i], lasts[i], reason))
                problems[name] = _Problem("", "the value is not valid base64", _shown(rest[1:]))
                # A value of which something can be decoded is kept, marked as damaged.
                text = text if _decodes(text) else b""
        elif spec == b"<":
            notation = Notation.URL
            reason = "the value is a URL, which is never opened"
            problems[name] = _Problem(reason, "", _shown(rest[1:]))
            text = b""
            if problems[name].raw.startswith(STATEMENT):
                notation, problems[name] = Notation.STATED, problems[name]._replace(lost="")
        # The place of an attribute is that of its first value, as the report shows it.
        if name not in places:
            places[name] = (i, notation)
        if text:
            clean.append(_NewLine(name, notation, text))
    if unread:
        problems = _missing_parts(texts, unread, places) | problems
    if cut and record.stop > record.start:
        problems = _last_value(texts[record.stop - 1]) | problems
    return AttributeLines(clean, places, problems, damage)


def _missing_parts(
    texts: list[bytes], unread: list[int], places: Mapping[str, tuple[int, Notation]]
) -> dict[str, _Problem]:
    """Return the attributes of which an unreadable line may hold a value, or its rest."""
    problems: dict[str, _Problem] = {}
    spelled = {name.lower(): name for name in places}
    for i in unread:
        above, _, value = texts[i - 1].partition(b":")
        name = legal_name(above)
        if name is not None and name in places and _may_go_on(value, texts[i]):
            reason = "the line behind it cannot be read and may be its value, or the rest of it"
            problems[name] = _Problem("", reason, _shown(value.lstrip(b":")))
        word = _FIRST_WORD.match(texts[i])
        name = spelled.get(word.group(1).decode().lower()) if word else None
        if name is not None:
            reason = "another line that names the attribute cannot be read"
            problems.setdefault(name, _Problem("", reason, _shown(texts[i])))
    return problems


def _may_go_on(value: bytes, unread: bytes) -> bool:
    """Tell whether a line may be the value, or the rest, of a fold that lost its blank."""
    if not value.strip(b": "):
        return True
    if len(value) < _SHORTEST_FOLD:
        return False
    if value.startswith(b":"):
        return not unread.strip().translate(None, _BASE64_ALPHABET + b"=")
    return b":" not in unread


def _last_value(text: bytes) -> dict[str, _Problem]:
    """Return the attribute in whose value the file ends; a Boolean begins no other value."""
    above, colon, value = text.partition(b":")
    name = legal_name(above)
    if name is None or not colon or value.strip().upper() in (b"TRUE", b"FALSE"):
        return {}
    return {name: _Problem("", "the file ends inside this value", _shown(value.lstrip(b":")))}


def about_whom(texts: list[bytes]) -> str:
    """Return what the lines of a record that has no DN say of it, for whoever looks for a name."""
    shown: list[str] = []
    for text in texts:
        name, _, value = text.partition(b":")
        if value.startswith(b":") and is_base64(value[1:]):
            if name.lower() in (b"dn", b"distinguishedname", b"objectclass"):
                shown.append(from_base64(value[1:]).decode("utf-8", "replace"))
        elif _NAMES_IT.match(text):
            shown.append(text.decode("utf-8", "replace"))
    return "\n".join(shown)[:_LONGEST_ABOUT]


def fields_of(attributes: AttributeLines, lines: UnfoldedLines) -> dict[str, Attribute]:
    """Have python-ldap parse a record; return its attributes by lower-case name."""
    values, problems = _values_of(attributes), attributes.problems
    firsts, lasts = lines.firsts, lines.lasts
    fields: dict[str, Attribute] = {}
    respelled: dict[str, list[Attribute]] = {}
    for name, (i, notation) in attributes.places.items():
        held = values.get(name, ())
        attribute = Attribute(name, held, firsts[i], lasts[i], notation)
        if name in problems:
            attribute = replace(attribute, **problems[name]._asdict())
        # Names have no letter case (RFC 4512, 1.4), but `ldif` keeps two spellings apart.
        key = _lower(name)
        first = fields.setdefault(key, attribute)
        if first is not attribute:
            respelled.setdefault(key, [first]).append(attribute)
    return fields | {key: _merged(parts) for key, parts in respelled.items()}


def _values_of(attributes: AttributeLines) -> dict[str, tuple[bytes, ...]]:
    """Return the values by name as spelled; python-ldap is given the lines that are new to it."""
    read = _read_by_ldif([line.text for line in attributes.clean if isinstance(line, _NewLine)])
    values: dict[str, list[tuple[bytes, ...]]] = {}
    for line in attributes.clean:
        if isinstance(line, _NewLine):
            own = shared((next(read[line.name]),))
            if line.name not in attributes.problems:
                _KNOWN.learn(line.text, KnownLine(line.name, line.notation, own))
        else:
            own = line.values
        values.setdefault(line.name, []).append(own)
    return {
        name: parts[0] if len(parts) == 1 else shared(tuple(chain.from_iterable(parts)))
        for name, parts in values.items()
    }


def _read_by_ldif(lines: list[bytes]) -> dict[str, Iterator[bytes]]:
    """Return what python-ldap makes of the lines of attributes: the values of each in order."""
    if not lines:
        return {}
    # An empty DN: that of the record is judged by libldap, because the expression by which
    # `ldif` judges it takes time that doubles with every two characters of some DNs.
    parser = _Parser(io.StringIO(b"\n".join([b"dn:", *lines]).decode() + "\n\n"))
    parser.parse()
    return {name: iter(values) for name, values in parser.entry.items()}


def _merged(parts: list[Attribute]) -> Attribute:
    """Return an attribute that is written in several letter cases as one."""
    return replace(
        parts[0],
        values=tuple(chain.from_iterable(part.values for part in parts)),
        lost=next((part.lost for part in parts if part.lost), ""),
        damaged=next((part.damaged for part in parts if part.damaged), ""),
        raw=next((part.raw for part in parts if part.raw), ""),
    )


def from_base64(payload: bytes) -> bytes:
    """Return what python-ldap decodes of base64 that is valid."""
    parser = _Parser(io.BytesIO(b"dn:\nvalue::" + payload + b"\n\n"))
    parser.parse()
    return bytes(parser.entry["value"][0])


def is_base64(payload: bytes) -> bool:
    """Tell whether text is base64 to the letter; python-ldap's decoder skips what is none.

    The strict mode of `binascii.a2b_base64` is no judge: it takes `QUFB=` and three times as long.
    """
    payload = payload.strip()
    if len(payload) % 4:
        return False
    others = payload.translate(None, _BASE64_ALPHABET)
    return not others or (others in (b"=", b"==") and payload.endswith(others))


def _decodes(line: bytes) -> bool:
    """Tell whether python-ldap makes something of a line with a base64 value."""
    try:
        _Parser(io.BytesIO(b"dn:\n" + line + b"\n\n")).parse()
    except ValueError:
        return False
    return True


@lru_cache(maxsize=4096)
def _lower(name: str) -> str:
    return name.lower()


@lru_cache(maxsize=4096)
def legal_name(name: bytes) -> str | None:
    """Return the name of an attribute with its options; None for what is none."""
    return name.decode("ascii") if _NAME.match(name) else None


def _why_no_attribute(text: bytes, colon: bytes) -> str:
    if text == b"-":
        return LONE_DASH
    if not colon:
        return "a line without colon"
    return "a line that begins with no attribute name"


def _shown(raw: bytes) -> str:
    return raw.strip().decode("utf-8", "backslashreplace")
