"""Attribute bytes in, typed settings out, by the table of attributes."""

import enum
from collections.abc import Sequence
from functools import lru_cache

from msgspec import Struct
from msgspec.structs import replace

from analyzer.directory.attributes import OCTET_SYNTAXES, AttributeType, Syntax
from analyzer.directory.statements import from_url
from analyzer.directory.syntaxes import (
    Decoded,
    Structure,
    as_text,
    decode_together,
    decode_value,
    is_guid_text,
    is_sid_text,
)
from analyzer.dump.entry import Attribute, Notation

Value = bool | int | str | tuple[str | int, ...] | None
"""A decoded value: true/false, a number, text, or a list of a multi-valued attribute."""


class State(enum.StrEnum):
    """What the dump tells about one attribute of one object."""

    SET = "set"
    NOT_SET = "not_set"
    NOT_EXPORTED = "not_exported"
    LOST = "lost"
    UNDECODABLE = "undecodable"


class Setting(Struct, frozen=True, gc=False):
    """One attribute of one object, typed."""

    attribute: AttributeType
    state: State
    value: Value = None
    """True/False, a number, text, a tuple when multi-valued; octets as lower-case hex.

    None unless set, and for secrets.
    """
    text: str = ""
    """Value or state for readers: flags by name, units spelled out, decoded lists."""
    raw: str | None = None
    """The value as evidence: text as it stands, octets as lower-case hex, one value per line.

    None when there is none, and for secrets.
    """
    line: int | None = None
    last_line: int | None = None
    notation: Notation | None = None
    reason: str = ""
    """Why the state is lost or undecodable, or what was decided about the value."""
    decoded: Structure | None = None
    """What the value is made of, where there is more to it than a text."""
    doubt: str = ""
    """Why an absent value may not be unset; empty when there is no doubt, and for other states."""


class _Content(Struct, frozen=True, gc=False):
    """What a setting takes from its values alone."""

    value: Value
    text: str
    raw: str
    reason: str = ""
    structure: Structure | None = None


EMPTY_CELL = "CSV writes a zero-length value as it writes none, as an empty cell"

# Python 3.11 takes ten times as long for a member of an enumeration as for a name.
_STATED, _CSV, _SET = Notation.STATED, Notation.CSV, State.SET
_SECRET_REASON = "a secret, its text is not shown"  # the reader's words may quote the value
_LONGEST_SHOWN = 120
"""Characters of a value in the reason why copies differ."""
_TEXTS = {
    State.SET: "set (secret, not shown)",
    State.NOT_SET: "not set",
    State.NOT_EXPORTED: "not exported",
    State.LOST: "lost in the export",
    State.UNDECODABLE: "undecodable",
}


def absent(
    attribute_type: AttributeType, *, exported: bool, reason: str = "", doubt: str = ""
) -> Setting:
    """Return the setting of an attribute that the object does not have in the dump.

    `doubt` says why a value may be there all the same; what was not exported is not known anyway.
    """
    if not exported:
        return Setting(
            attribute_type, State.NOT_EXPORTED, text=_TEXTS[State.NOT_EXPORTED], reason=reason
        )
    return Setting(
        attribute_type, State.NOT_SET, text=_TEXTS[State.NOT_SET], reason=reason, doubt=doubt
    )


def without(attribute_type: AttributeType, state: State, reason: str) -> Setting:
    """Return the setting of an attribute that no value is known of."""
    if attribute_type.secret:
        reason = _SECRET_REASON
    return Setting(attribute_type, state, text=_TEXTS[state], reason=reason)


def differing(settings: Sequence[Setting], places: Sequence[str]) -> Setting:
    """Return one setting for those of several copies, the first of which gives the place.

    A copy that does not show the attribute contradicts none that shows a value; otherwise what
    differs is not known.
    """
    first, *others = settings
    if all(_says_the_same(first, other) for other in others):
        return first
    known = [s for s in settings if s.state is not State.NOT_EXPORTED]
    if first.state is not State.NOT_EXPORTED and all(_says_the_same(first, s) for s in known):
        if first.state is not State.NOT_SET or first.doubt:
            return first
        return replace(first, doubt="another copy of the object does not show it")
    shown = (f"{_shown(s)} at {place}" for s, place in zip(settings, places, strict=True))
    unknown = without(first.attribute, State.UNDECODABLE, f"copies differ: {', '.join(shown)}")
    return replace(
        unknown, raw=first.raw, line=first.line, last_line=first.last_line, notation=first.notation
    )


def _says_the_same(one: Setting, other: Setting) -> bool:
    return (one.state, one.value, one.raw, one.doubt) == (
        other.state,
        other.value,
        other.raw,
        other.doubt,
    )


def _shown(setting: Setting) -> str:
    text = setting.text if setting.state is State.SET else _TEXTS[setting.state]
    return text if len(text) <= _LONGEST_SHOWN else text[: _LONGEST_SHOWN - 3] + "..."


def doubt_in_csv(attribute_type: AttributeType) -> str:
    """Say why an empty cell may be a value: octets can be none at all and yet be set."""
    return EMPTY_CELL if attribute_type.syntax in OCTET_SYNTAXES else ""


def decode(
    attribute_type: AttributeType, attribute: Attribute | None, *, exported: bool
) -> Setting:
    """Decode one attribute of an object, None standing for one that the object does not have.

    `exported` tells an attribute without value from one that was never exported; an empty cell of a
    CSV file is no value. Several values of a single-valued attribute are undecodable unless they
    are all the same.
    """
    if attribute is None:
        return absent(attribute_type, exported=exported)
    values, notation = attribute.values, attribute.notation
    if notation is _STATED:
        return _stated(attribute_type, attribute)
    if attribute.lost:
        return _without_value(attribute_type, attribute, State.LOST, attribute.lost)
    if attribute.damaged:
        return _without_value(attribute_type, attribute, State.UNDECODABLE, attribute.damaged)
    if notation is _CSV and not any(values):
        doubt = doubt_in_csv(attribute_type)
        return absent(attribute_type, exported=exported, doubt=doubt)
    if not values:
        return absent(attribute_type, exported=exported)
    if attribute_type.secret:
        return _without_value(attribute_type, attribute, _SET)
    try:
        content = _decode_values(attribute_type, values, notation)
    except ValueError as odd:
        attribute = replace(attribute, raw=_raw(attribute_type, values))
        return _without_value(attribute_type, attribute, State.UNDECODABLE, str(odd))
    return Setting(
        attribute_type,
        _SET,
        content.value,
        content.text,
        content.raw,
        attribute.line,
        attribute.last_line,
        notation,
        content.reason,
        content.structure,
    )


def _stated(attribute_type: AttributeType, attribute: Attribute) -> Setting:
    """Return the setting that an extract states; its line proves nothing, so it has none."""
    state, reason, raw = from_url(attribute.raw)
    if state in (State.NOT_SET, State.NOT_EXPORTED):
        exported = state == State.NOT_SET
        doubt = reason if exported else ""
        why = "" if exported else reason
        return absent(attribute_type, exported=exported, reason=why, doubt=doubt)
    if state == State.SET and attribute_type.secret:
        return Setting(attribute_type, State.SET, text=_TEXTS[State.SET])
    if state == State.SET and attribute_type.syntax is Syntax.TIME:
        return Setting(attribute_type, State.SET, raw, raw, raw, reason=reason)
    known = State.LOST if state == State.LOST else State.UNDECODABLE
    bare = replace(attribute, line=None, last_line=None, raw=raw)
    return _without_value(attribute_type, bare, known, reason)


def _without_value(
    attribute_type: AttributeType, attribute: Attribute, state: State, reason: str = ""
) -> Setting:
    if attribute_type.secret and reason:
        reason = _SECRET_REASON
    return Setting(
        attribute_type,
        state,
        text=_TEXTS[state],
        raw=None if attribute_type.secret else attribute.raw,
        line=attribute.line,
        last_line=attribute.last_line,
        notation=attribute.notation,
        reason=reason,
    )


# The servers of an organization hold the same few values in most of their attributes.
@lru_cache(maxsize=4096)
def _decode_values(
    attribute_type: AttributeType, values: tuple[bytes, ...], notation: Notation
) -> _Content:
    raw = _raw(attribute_type, values)
    if attribute_type.multi:
        decoded = [decode_value(attribute_type, value, notation) for value in values]
        text = ", ".join(value.text for value in decoded)
        reason = "; ".join(dict.fromkeys(value.reason for value in decoded if value.reason))
        structure = decode_together(attribute_type, decoded)
        return _Content(_together(decoded), text, raw, reason, structure)
    # The directory cannot hold two; a file put together from several exports can.
    if len(set(values)) > 1:
        raise ValueError(f"{len(values)} different values of a single-valued attribute")
    only = decode_value(attribute_type, values[0], notation)
    reason = only.reason
    if len(values) > 1:
        again = f"the same value stands {len(values)} times"
        reason = f"{again}; {reason}" if reason else again
    return _Content(only.value, only.text, raw, reason, only.structure)


def _together(decoded: list[Decoded]) -> tuple[str, ...] | tuple[int, ...]:
    # One syntax decodes them all, so they are all numbers or all text.
    numbers = tuple(one.value for one in decoded if isinstance(one.value, int))
    return numbers or tuple(one.value for one in decoded if isinstance(one.value, str))


# Objects of a snapshot may share one value of a mebibyte that cannot be decoded.
@lru_cache(maxsize=256)
def _raw(attribute_type: AttributeType, values: tuple[bytes, ...]) -> str:
    syntax, first = attribute_type.syntax, values[0]
    is_text = (
        syntax not in OCTET_SYNTAXES
        or (syntax is Syntax.GUID and is_guid_text(first))
        or (syntax is Syntax.SID and is_sid_text(first))
    )
    texts = map(as_text if is_text else bytes.hex, values)
    return "\n".join(texts)
