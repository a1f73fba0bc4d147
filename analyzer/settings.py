"""Command line, environment and `exchange-analyzer.toml` in, one value per setting out.

The command line is strongest, then the environment (`EXCHANGE_ANALYZER_FAIL_ON`), then the file in
the working folder, then the default. Names are those of the long options without the dashes.
"""

import re
import tomllib
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import NamedTuple

from analyzer.errors import CatalogueError

FILE = "exchange-analyzer.toml"
PREFIX = "EXCHANGE_ANALYZER_"
SEVERITIES = ("critical", "high", "medium", "low", "info")

Value = bool | int | str | tuple[str, ...] | None

_UNITS = {"": 1, "K": 1 << 10, "M": 1 << 20, "G": 1 << 30}
_SIZE = re.compile(r"([0-9]{1,12}) *([KMG]?)(?:i?B)?", re.IGNORECASE)
_WORDS = {"true": True, "yes": True, "on": True, "1": True}
_WORDS |= {"false": False, "no": False, "off": False, "0": False}


def _flag(value: object) -> bool:
    found = _WORDS.get(value.lower()) if isinstance(value, str) else value
    if not isinstance(found, bool):
        raise ValueError(f"expected true or false, found {value!r:.60}")  # noqa: TRY004 (a bad value, not a bug)
    return found


def _text(value: object) -> str:
    if not isinstance(value, str) or "\0" in value:
        raise ValueError(f"expected text, found {value!r:.60}")
    return value


def _texts(value: object) -> tuple[str, ...]:
    parts = [value] if isinstance(value, str) else value
    if not isinstance(parts, list | tuple):
        raise ValueError(f"expected a list of texts, found {value!r:.60}")  # noqa: TRY004 (a bad value, not a bug)
    return tuple(_text(part) for part in parts)


def _jobs(value: object) -> int:
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


def _one_of(*words: str) -> Callable[[object], str]:
    def parse(value: object) -> str:
        if value not in words:
            raise ValueError(f"expected one of {', '.join(words)}, found {value!r:.60}")
        return str(value)

    return parse


class _Setting(NamedTuple):
    """One setting: where it stands in the file, how it is read, what it is otherwise."""

    section: str
    parse: Callable[[object], Value]
    default: Value


_SETTINGS: Mapping[str, _Setting] = {
    "fail-on": _Setting("audit", _one_of(*SEVERITIES, "never"), "never"),
    "strict": _Setting("audit", _flag, False),
    "overwrite": _Setting("audit", _flag, False),
    "rules": _Setting("audit", _texts, ()),
    "small-business-server": _Setting("audit", _flag, False),
    "encoding": _Setting("audit", _text, None),
    "parse-all": _Setting("audit", _flag, False),
    "jobs": _Setting("audit", _jobs, None),
    "max-record-size": _Setting("audit", _size, 64 << 20),
    "progress": _Setting("audit", _flag, True),
    "evidence": _Setting("audit", _one_of("findings", "all"), "findings"),
    "reproducible": _Setting("audit", _flag, False),
    "csv-raw": _Setting("audit", _flag, False),
    "client": _Setting("paper", _text, ""),
    "engagement": _Setting("paper", _text, ""),
    "prepared-by": _Setting("paper", _text, ""),
    "reviewer": _Setting("paper", _text, ""),
    "marking": _Setting("paper", _text, ""),
    "scope-label": _Setting("paper", _text, ""),
    "logo": _Setting("paper", _text, None),
    "paper": _Setting("paper", _one_of("a4", "letter"), "a4"),
}
_SECTIONS = ("audit", "paper")


class Choice(NamedTuple):
    """The value of a setting and where it came from."""

    value: Value
    origin: str
    """`default`, `command line`, the name of the file, or of the environment variable."""


class Settings:
    """The merged settings, by the names of their options."""

    def __init__(self, choices: Mapping[str, Choice]) -> None:
        """Take one choice per setting."""
        self._choices = choices

    def flag(self, name: str) -> bool:
        """Return a setting that is true or false."""
        return bool(self._choices[name].value)

    def number(self, name: str) -> int | None:
        """Return a setting that is a number, None when it has none."""
        value = self._choices[name].value
        return value if isinstance(value, int) else None

    def text(self, name: str) -> str:
        """Return a setting that is text, empty when it has none."""
        return str(self._choices[name].value or "")

    def texts(self, name: str) -> tuple[str, ...]:
        """Return a setting that is a list."""
        value = self._choices[name].value
        return value if isinstance(value, tuple) else ()

    def rows(self) -> Iterator[tuple[str, str, str, str]]:
        """Yield section, name, value and origin of every setting, for a reader."""
        for name, (value, origin) in self._choices.items():
            yield _SETTINGS[name].section, name, _shown(value), origin


def merge(given: Mapping[str, object], environment: Mapping[str, str], file: Path) -> Settings:
    """Merge what the command line gave with the environment and the settings file.

    Args:
        given: values by name, with dashes or underscores; None and empty lists are not given, and
            names that are no setting are passed over.
        environment: the process environment.
        file: the settings file; it need not exist.

    Raises:
        ValueError: a value of the command line is wrong; the text names the option.
        CatalogueError: the file or an environment variable has an unknown name or a wrong value.
    """
    choices = {name: Choice(item.default, "default") for name, item in _SETTINGS.items()}
    choices.update(_from_file(file))
    choices.update(_from_environment(environment))
    for argument, value in given.items():
        name = argument.replace("_", "-")
        if name in _SETTINGS and value is not None and value != []:
            try:
                choices[name] = Choice(_SETTINGS[name].parse(value), "command line")
            except ValueError as error:
                raise ValueError(f"--{name}: {error}") from error
    return Settings(choices)


def _from_file(file: Path) -> Iterator[tuple[str, Choice]]:
    try:
        document = tomllib.loads(file.read_bytes().decode("utf-8-sig"))
    except FileNotFoundError:
        return
    except OSError as error:
        raise CatalogueError(str(file), f"cannot read: {error.strerror}") from error
    except UnicodeDecodeError as error:
        raise CatalogueError(str(file), f"not UTF-8 at byte {error.start}") from error
    except (ValueError, RecursionError) as error:
        raise CatalogueError(str(file), f"not valid TOML: {error}") from error
    for section, table in document.items():
        if section not in _SECTIONS or not isinstance(table, dict):
            raise CatalogueError(
                str(file), f"unknown key {section!r:.60}; expected [audit] and [paper]"
            )
        for key, value in table.items():
            name = _name_of(key, section, str(file))
            yield name, _choose(name, value, file.name, str(file))


def _from_environment(environment: Mapping[str, str]) -> Iterator[tuple[str, Choice]]:
    for variable, value in sorted(environment.items()):
        if variable.startswith(PREFIX):
            key = variable.removeprefix(PREFIX).lower()
            name = _name_of(key, "", variable)
            parts = tuple(value.split(";")) if _SETTINGS[name].parse is _texts else value
            yield name, _choose(name, parts, variable, variable)


def _name_of(key: str, section: str, where: str) -> str:
    name = key.replace("_", "-")
    known = [item for item in _SETTINGS if section in ("", _SETTINGS[item].section)]
    if name in known:
        return name
    import difflib

    near = difflib.get_close_matches(name, known, n=1)
    hint = f"; did you mean {near[0]}?" if near else f"; expected one of {', '.join(known)}"
    place = f"[{section}] " if section else ""
    raise CatalogueError(where, f"unknown key {place}{key!r:.60}{hint}")


def _choose(name: str, value: object, origin: str, where: str) -> Choice:
    try:
        return Choice(_SETTINGS[name].parse(value), origin)
    except ValueError as error:
        raise CatalogueError(where, f"{name}: {error}") from error


def _shown(value: Value) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, tuple):
        return "; ".join(value)
    return "" if value is None else str(value)
