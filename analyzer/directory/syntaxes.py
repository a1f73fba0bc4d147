"""The bytes of one value in, its typed form and its text for readers out, by attribute syntax.

A value that does not fit its syntax raises ValueError: half a value or a guessed one could turn a
wrong setting into a right one. For the same reason nothing is trimmed but blanks around a Boolean
or a number, which no such value has, and nothing translated but the Booleans of a spreadsheet.
"""

import re
import uuid
from collections.abc import Callable, Iterable, Mapping
from datetime import datetime
from functools import lru_cache

from msgspec import Struct

from analyzer.directory.address_list import AddressList, Mode, decode_address_list
from analyzer.directory.attributes import AttributeType, Syntax
from analyzer.directory.boolean_words import truth_of_word
from analyzer.directory.principals import well_known_name
from analyzer.directory.remote_ranges import RemoteRanges, parse_range, read_ranges
from analyzer.directory.security_descriptor import (
    SecurityDescriptor,
    decode_security_descriptor,
    describe,
    guid_to_text,
    sid_to_text,
)
from analyzer.dump.entry import Notation

_BOOLEANS = {b"TRUE": True, b"FALSE": False}
_NUMBER = re.compile(rb"-?[0-9]{1,20}")
_GENERALIZED_TIME = re.compile(rb"([0-9]{4})" + 5 * rb"([0-9]{2})" + rb"(?:[.,][0-9]+)?Z")
_GUID_SIZE = 16
DENIED_NAMES = "hosts of domains that are not decoded"
"""What stands for the names on a list that denies some."""
_SID_TEXT = re.compile(rb"S-1-(?:[0-9]{1,10}|0x[0-9A-Fa-f]{12})(?:-[0-9]{1,10}){0,15}")
_BLANKS = " \t\N{NO-BREAK SPACE}"
BLANKS_AROUND = "blanks around the value were left out"
"""What is said of a value that was copied, mailed or edited on its way."""
SPREADSHEET_WORD = "the word of a spreadsheet's language"
"""What is said of a Boolean that a spreadsheet program translated."""


Structure = AddressList | SecurityDescriptor | RemoteRanges
"""What a value is made of, where there is more to it than a text."""


class Decoded(Struct, frozen=True, gc=False):
    """One value of an attribute."""

    value: bool | int | str
    """Octets as lower-case hex, a SID in its text form."""
    text: str
    """For readers: flags by name, units spelled out, structures in words."""
    reason: str = ""
    """What was decided about the value, if anything was."""
    structure: Structure | None = None


def decode_value(attribute_type: AttributeType, value: bytes, notation: Notation) -> Decoded:
    """Decode one value.

    Raises:
        ValueError: The value does not fit the syntax of the attribute.
    """
    return _DECODERS[attribute_type.syntax](attribute_type, value, notation)


def decode_together(attribute_type: AttributeType, decoded: list[Decoded]) -> Structure | None:
    """Return what all values of a multi-valued attribute make together, where that is something."""
    if attribute_type.syntax is Syntax.REMOTE_RANGE:
        return read_ranges(str(value.value) for value in decoded)
    return None


def as_text(value: bytes) -> str:
    r"""Return bytes as text; what is no UTF-8 stays visible as \xNN."""
    return value.decode("utf-8", "backslashreplace")


def is_guid_text(value: bytes) -> bool:
    """Tell whether a GUID is written as text, as ldbsearch and PowerShell do."""
    return len(value) > _GUID_SIZE


def is_sid_text(value: bytes) -> bool:
    """Tell whether a SID is written as text, as ldbsearch and PowerShell do."""
    return value.startswith(b"S-")


def _boolean(_: AttributeType, value: bytes, notation: Notation) -> Decoded:
    bare, reason = _without_blanks(value)
    # PowerShell writes True and False, everything else TRUE and FALSE.
    truth = _BOOLEANS.get(bare.upper())
    if truth is None and notation is Notation.CSV:
        word = as_text(bare)
        truth = truth_of_word(word)
        reason = "; ".join(filter(None, (f"{word} is {SPREADSHEET_WORD}", reason)))
    if truth is None:
        raise ValueError("neither TRUE nor FALSE")
    return Decoded(truth, "TRUE" if truth else "FALSE", reason)


def _integer(attribute_type: AttributeType, value: bytes, _: Notation) -> Decoded:
    bare, reason = _without_blanks(value)
    number = _number(bare, 32)
    if attribute_type.flags:
        return Decoded(number, _flags_text(number, attribute_type.flags), reason)
    if attribute_type.choices:
        name = attribute_type.choices.get(number, "not documented")
        return Decoded(number, f"{number} ({name})", reason)
    unit = attribute_type.unit.removesuffix(" (inferred)")
    return Decoded(number, f"{number} {unit}".rstrip(), reason)


def _large_integer(_: AttributeType, value: bytes, __: Notation) -> Decoded:
    bare, reason = _without_blanks(value)
    number = _number(bare, 64)
    return Decoded(number, str(number), reason)


def _without_blanks(value: bytes) -> tuple[bytes, str]:
    """Return a value without the blanks around it, and what to say of that."""
    if value[:1].isalnum() and value[-1:].isalnum():
        return value, ""
    bare = as_text(value).strip(_BLANKS).encode()
    return bare, BLANKS_AROUND if bare != value else ""


def _number(value: bytes, bits: int) -> int:
    if not _NUMBER.fullmatch(value):
        raise ValueError("not a decimal number")
    number = int(value)
    if not -(1 << bits - 1) <= number < 1 << bits - 1:
        raise ValueError(f"does not fit into {bits} bits")
    return number


def _flags_text(number: int, flags: Mapping[int, str]) -> str:
    # The directory stores unsigned words as signed numbers.
    bits = number & 0xFFFFFFFF
    names = [name for bit, name in flags.items() if bits & bit]
    if unnamed := bits & ~sum(flags):
        names.append(f"{unnamed:#x}")
    return f"{number} ({', '.join(names) or 'none'})"


def _text(_: AttributeType, value: bytes, __: Notation) -> Decoded:
    text = as_text(value)
    return Decoded(text, text)


def _time(_: AttributeType, value: bytes, notation: Notation) -> Decoded:
    match = _GENERALIZED_TIME.fullmatch(value)
    if match:
        # The constructor refuses a 13th month; strptime would, too, in five times the time.
        year, month, day, hour, minute, second = map(int, match.groups())
        text = f"{datetime(year, month, day, hour, minute, second).isoformat()}Z"
        return Decoded(text, text)
    if notation is Notation.CSV and value:
        # PowerShell writes times in the language of whoever exported; no guess at day and month.
        text = as_text(value)
        return Decoded(text, text, "date in a local notation, kept as text")
    raise ValueError("not a generalized time")


def _octets(_: AttributeType, value: bytes, __: Notation) -> Decoded:
    return Decoded(value.hex(), value.hex())


def _guid(_: AttributeType, value: bytes, __: Notation) -> Decoded:
    octets = uuid.UUID(as_text(value)).bytes_le if is_guid_text(value) else value
    return Decoded(octets.hex(), guid_to_text(octets))


def _sid(_: AttributeType, value: bytes, __: Notation) -> Decoded:
    if not is_sid_text(value):
        sid = sid_to_text(value)
    elif _SID_TEXT.fullmatch(value):
        sid = value.decode("ascii")
    else:
        raise ValueError("no SID")
    name = well_known_name(sid)
    return Decoded(sid, f"{sid} ({name})" if name else sid)


def _remote_range(_: AttributeType, value: bytes, __: Notation) -> Decoded:
    text = as_text(value)
    parse_range(text)  # refuses what is no range
    return Decoded(text, text)


def _address_list(_: AttributeType, value: bytes, __: Notation) -> Decoded:
    return _decode_list(value)


# The servers of an organization tend to have the same few lists and descriptors.
@lru_cache(maxsize=256)
def _decode_list(value: bytes) -> Decoded:
    listed = decode_address_list(value)
    return Decoded(value.hex(), _list_text(listed), listed.assumption, listed)


def _list_text(listed: AddressList) -> str:
    networks = _joined(listed.networks)
    if listed.mode is Mode.ONLY_LISTED:
        if listed.grants_nobody:
            return f"nobody ({networks})" if networks else "nobody"
        return f"only {networks}"
    excepted = ", ".join(filter(None, (networks, DENIED_NAMES if listed.denies_names else "")))
    text = f"all except {excepted}" if excepted else "all, without exception"
    also = _joined(listed.also_granted)
    return f"{text}; also granted: {also}" if also else text


def _joined(networks: Iterable[object]) -> str:
    return ", ".join(map(str, networks))


def _security_descriptor(_: AttributeType, value: bytes, __: Notation) -> Decoded:
    return _decode_descriptor(value)


@lru_cache(maxsize=256)
def _decode_descriptor(value: bytes) -> Decoded:
    descriptor = decode_security_descriptor(value)
    return Decoded(value.hex(), describe(descriptor), structure=descriptor)


_DECODERS: Mapping[Syntax, Callable[[AttributeType, bytes, Notation], Decoded]] = {
    Syntax.BOOLEAN: _boolean,
    Syntax.INTEGER: _integer,
    Syntax.LARGE_INTEGER: _large_integer,
    Syntax.TEXT: _text,
    Syntax.DN: _text,
    Syntax.TIME: _time,
    Syntax.OCTETS: _octets,
    Syntax.GUID: _guid,
    Syntax.ADDRESS_LIST: _address_list,
    Syntax.SECURITY_DESCRIPTOR: _security_descriptor,
    Syntax.SID: _sid,
    Syntax.REMOTE_RANGE: _remote_range,
}
