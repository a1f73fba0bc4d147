"""Attribute bytes in, typed settings out, by the table of attributes."""

import enum
from functools import lru_cache
from typing import NamedTuple

from analyzer.directory.address_list import AddressList
from analyzer.directory.attributes import OCTET_SYNTAXES, AttributeType, Syntax
from analyzer.directory.security_descriptor import SecurityDescriptor
from analyzer.directory.syntaxes import Decoded, as_text, decode_value, is_guid_text
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


class Setting(NamedTuple):
    """One attribute of one object, typed; a named tuple for the reason that `Attribute` is one."""

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
    decoded: AddressList | SecurityDescriptor | None = None
    """The structure inside an octet string, where there is one."""


class _Content(NamedTuple):
    """What a setting takes from its values alone."""

    value: Value
    text: str
    raw: str
    reason: str = ""
    structure: AddressList | SecurityDescriptor | None = None


_TEXTS = {
    State.SET: "set (secret, not shown)",
    State.NOT_SET: "not set",
    State.NOT_EXPORTED: "not exported",
    State.LOST: "lost in the export",
    State.UNDECODABLE: "undecodable",
}


def absent(attribute_type: AttributeType, *, exported: bool, reason: str = "") -> Setting:
    """Return the setting of an attribute that the object does not have in the dump."""
    state = State.NOT_SET if exported else State.NOT_EXPORTED
    return Setting(attribute_type, state, text=_TEXTS[state], reason=reason)


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
    if attribute.lost:
        return _without_value(attribute_type, attribute, State.LOST, attribute.lost)
    if attribute.damaged:
        return _without_value(attribute_type, attribute, State.UNDECODABLE, attribute.damaged)
    if not attribute.values or (attribute.notation is Notation.CSV and not any(attribute.values)):
        return absent(attribute_type, exported=exported)
    if attribute_type.secret:
        return _without_value(attribute_type, attribute, State.SET)
    try:
        content = _decode_values(attribute_type, attribute.values, attribute.notation)
    except ValueError as odd:
        attribute = attribute._replace(raw=_raw(attribute_type, attribute.values))
        return _without_value(attribute_type, attribute, State.UNDECODABLE, str(odd))
    return Setting(
        attribute_type,
        State.SET,
        content.value,
        content.text,
        content.raw,
        attribute.line,
        attribute.last_line,
        attribute.notation,
        content.reason,
        content.structure,
    )


def _without_value(
    attribute_type: AttributeType, attribute: Attribute, state: State, reason: str = ""
) -> Setting:
    if attribute_type.secret and reason:
        reason = "a secret, its text is not shown"  # the reader's words may quote the value
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
        return _Content(_together(decoded), ", ".join(value.text for value in decoded), raw)
    # The directory cannot hold two; a file put together from several exports can.
    if len(set(values)) > 1:
        raise ValueError(f"{len(values)} different values of a single-valued attribute")
    value, text, reason, structure = decode_value(attribute_type, values[0], notation)
    if len(values) > 1:
        again = f"the same value stands {len(values)} times"
        reason = f"{again}; {reason}" if reason else again
    return _Content(value, text, raw, reason, structure)


def _together(decoded: list[Decoded]) -> tuple[str, ...] | tuple[int, ...]:
    # One syntax decodes them all, so they are all numbers or all text.
    numbers = tuple(one.value for one in decoded if isinstance(one.value, int))
    return numbers or tuple(one.value for one in decoded if isinstance(one.value, str))


# Objects of a snapshot may share one value of a mebibyte that cannot be decoded.
@lru_cache(maxsize=256)
def _raw(attribute_type: AttributeType, values: tuple[bytes, ...]) -> str:
    syntax = attribute_type.syntax
    is_text = syntax not in OCTET_SYNTAXES or (syntax is Syntax.GUID and is_guid_text(values[0]))
    texts = map(as_text if is_text else bytes.hex, values)
    return "\n".join(texts)
