"""The forms that values of options take, and a value as it was written in, the parsed one out."""

import re
from collections.abc import Callable
from datetime import UTC, date, datetime
from ipaddress import IPv4Address, IPv6Address, ip_address
from typing import NamedTuple

OptionValue = bool | int | str | tuple[str, ...] | IPv4Address | IPv6Address | date | None

_UNITS = {"": 1, "K": 1 << 10, "M": 1 << 20, "G": 1 << 30}
_SIZE = re.compile(r"([0-9]{1,12}) *([KMG]?)(?:i?B)?", re.IGNORECASE)
_WORDS = {"true": True, "yes": True, "on": True, "1": True}
_WORDS |= {"false": False, "no": False, "off": False, "0": False}


class Form(NamedTuple):
    """How a value is written and read."""

    parse: Callable[[object], OptionValue]
    """From what the command line, the environment or the settings file hold; raises ValueError."""
    repeated: bool = False
    """Whether the option may be given several times; in the environment `;` stands between."""


def _flag(value: object) -> bool:
    switch = _WORDS.get(value.lower()) if isinstance(value, str) else value
    if not isinstance(switch, bool):
        raise ValueError(f"expected true or false, found {value!r:.60}")  # noqa: TRY004 (a bad value, not a bug)
    return switch


def _text(value: object) -> str:
    if not isinstance(value, str) or "\0" in value:
        raise ValueError(f"expected text, found {value!r:.60}")
    return value


def _texts(value: object) -> tuple[str, ...]:
    parts = [value] if isinstance(value, str) else value
    if not isinstance(parts, list | tuple):
        raise ValueError(f"expected a list of texts, found {value!r:.60}")  # noqa: TRY004 (a bad value, not a bug)
    return tuple(_text(part) for part in parts)


def _processes(value: object) -> int:
    text = str(value)
    if not re.fullmatch(r"[0-9]{1,4}", text) or text.strip("0") == "":
        raise ValueError(f"expected a number of processes from 1 on, found {value!r:.60}")
    return int(text)


def _size(value: object) -> int:
    match = _SIZE.fullmatch(str(value).strip())
    size = int(match[1]) * _UNITS[match[2].upper()] if match else 0
    if size < 1:
        raise ValueError(f"expected a size such as 64M or 1GiB, found {value!r:.60}")
    return size


def _port(value: object) -> int:
    text = str(value)
    if not re.fullmatch(r"[0-9]{1,5}", text) or not 0 < int(text) < 1 << 16:
        raise ValueError(f"expected a port from 1 to 65535, found {value!r:.60}")
    return int(text)


def _address(value: object) -> IPv4Address | IPv6Address:
    try:
        address = ip_address(str(value))
    except ValueError as error:
        raise ValueError(f"{value!r:.60}: expected an IPv4 or IPv6 address") from error
    # A zone names an interface of this machine, not the host.
    if "%" in str(address):
        raise ValueError(f"{value!r:.60}: expected an address without a zone")
    return address


def _day(value: object) -> date:
    # TOML has dates of its own; a time is a date to Python, too.
    if isinstance(value, date) and not isinstance(value, datetime):
        return value
    try:
        # `fromisoformat` takes weeks and dates without dashes, too.
        return datetime.strptime(str(value), "%Y-%m-%d").replace(tzinfo=UTC).date()
    except ValueError as error:
        raise ValueError(f"{value!r:.60}: expected a date such as 2026-11-24") from error


FLAG = Form(_flag)
TEXT = Form(_text)
TEXTS = Form(_texts, repeated=True)
PROCESSES = Form(_processes)
SIZE = Form(_size)
PORT = Form(_port)
ADDRESS = Form(_address)
DAY = Form(_day)


def one_of(*words: str) -> Form:
    """Return the form of a choice between words."""
    return Form(lambda value: _choice(value, words))


def some_of(*words: str) -> Form:
    """Return the form of a list of some of these words."""
    return Form(lambda value: tuple(_choice(part, words) for part in _texts(value)), repeated=True)


def _choice(value: object, words: tuple[str, ...]) -> str:
    if value not in words:
        raise ValueError(f"expected one of {', '.join(words)}, found {value!r:.60}")
    return str(value)
