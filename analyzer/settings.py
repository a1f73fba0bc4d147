"""Command line, environment and `exchange-analyzer.toml` in, one value per option out.

The command line is strongest, then the environment (`EXCHANGE_ANALYZER_FAIL_ON`), then the file in
the working folder, then the default. Names are those of the long options without the dashes.
"""

from collections.abc import Iterator, Mapping
from datetime import date
from ipaddress import IPv4Address, IPv6Address
from pathlib import Path
from typing import NamedTuple

from analyzer.errors import CatalogueError, UsageError
from analyzer.option_forms import OptionValue
from analyzer.options import OPTIONS, OptionRow
from analyzer.small_files import read_small_file

FILE = "exchange-analyzer.toml"
LARGEST_FILE = 1 << 20
"""Bytes of the settings file."""
PREFIX = "EXCHANGE_ANALYZER_"

_ROWS = {option.name: option for option in OPTIONS}
_SECTIONS = tuple(dict.fromkeys(option.section for option in OPTIONS if option.section))


class ChosenValue(NamedTuple):
    """The value of an option and where it came from."""

    value: OptionValue
    origin: str
    """`default`, `command line`, the name of the file, or of the environment variable."""


class Settings:
    """The merged options, by their names."""

    def __init__(self, choices: Mapping[str, ChosenValue]) -> None:
        """Take one choice per option."""
        self._choices = choices

    def flag(self, name: str) -> bool:
        """Return an option that is true or false."""
        return bool(self._choices[name].value)

    def number(self, name: str) -> int | None:
        """Return an option that is a number, None when it has none."""
        value = self._choices[name].value
        return value if isinstance(value, int) else None

    def size(self, name: str) -> int:
        """Return an option that is a size and always has one."""
        return int(str(self._choices[name].value))

    def text(self, name: str) -> str:
        """Return an option that is text, empty when it has none."""
        return str(self._choices[name].value or "")

    def texts(self, name: str) -> tuple[str, ...]:
        """Return an option that is a list."""
        value = self._choices[name].value
        return value if isinstance(value, tuple) else ()

    def address(self, name: str) -> IPv4Address | IPv6Address | None:
        """Return an option that is an address, None when it has none."""
        value = self._choices[name].value
        return value if isinstance(value, IPv4Address | IPv6Address) else None

    def day(self, name: str) -> date | None:
        """Return an option that is a date, None when it has none."""
        value = self._choices[name].value
        return value if isinstance(value, date) else None

    def rows(self) -> Iterator[tuple[str, str, str, str]]:
        """Yield section, name, value and origin of what can stand in the file, for a reader."""
        for section in _SECTIONS:
            for name, (value, origin) in self._choices.items():
                if _ROWS[name].section == section:
                    yield section, name, _shown(value), origin


def merge(given: Mapping[str, object], environment: Mapping[str, str], file: Path) -> Settings:
    """Merge what the command line gave with the environment and the settings file.

    Args:
        given: values by the names of the parameters; None and empty lists are not given.
        environment: the process environment.
        file: the settings file; it need not exist.

    Raises:
        UsageError: a value of the command line is wrong.
        CatalogueError: the file or an environment variable has an unknown name or a wrong value.
    """
    choices = {option.name: ChosenValue(option.default, "default") for option in OPTIONS}
    choices.update(_from_file(file))
    choices.update(_from_environment(environment))
    for option in OPTIONS:
        value = given.get(option.argument)
        if value is not None and value != []:
            try:
                choices[option.name] = ChosenValue(option.form.parse(value), "command line")
            except ValueError as error:
                raise UsageError(f"--{option.name}: {error}") from error
    return Settings(choices)


def _from_file(file: Path) -> Iterator[tuple[str, ChosenValue]]:
    from analyzer.toml_text import parse_toml

    try:
        document = parse_toml(read_small_file(file, LARGEST_FILE))
    except FileNotFoundError:
        return
    except OSError as error:
        raise CatalogueError(str(file), f"cannot read: {error.strerror}") from error
    except ValueError as error:
        raise CatalogueError(str(file), str(error)) from error
    for section, table in document.items():
        if section not in _SECTIONS or not isinstance(table, dict):
            expected = " and ".join(f"[{known}]" for known in _SECTIONS)
            raise CatalogueError(str(file), f"unknown key {section!r:.60}; expected {expected}")
        for key, value in table.items():
            option = _option_of(key, (section,), f"[{section}] ", str(file))
            yield option.name, _choose(option, value, file.name, str(file))


def _from_environment(environment: Mapping[str, str]) -> Iterator[tuple[str, ChosenValue]]:
    for variable, value in sorted(environment.items()):
        if variable.startswith(PREFIX):
            key = variable.removeprefix(PREFIX).lower()
            option = _option_of(key, _SECTIONS, "", variable)
            written = tuple(value.split(";")) if option.form.repeated else value
            yield option.name, _choose(option, written, variable, variable)


def _option_of(key: str, sections: tuple[str, ...], place: str, where: str) -> OptionRow:
    """Return the option that a key of the file or a variable names, with dashes or underscores."""
    name = key.replace("_", "-")
    known = [option.name for option in OPTIONS if option.section in sections]
    if name in known:
        return _ROWS[name]
    import difflib

    near = difflib.get_close_matches(name, known, n=1)
    hint = f"; did you mean {near[0]}?" if near else f"; expected one of {', '.join(known)}"
    raise CatalogueError(where, f"unknown key {place}{key!r:.60}{hint}")


def _choose(option: OptionRow, value: object, origin: str, where: str) -> ChosenValue:
    try:
        return ChosenValue(option.form.parse(value), origin)
    except ValueError as error:
        raise CatalogueError(where, f"{option.name}: {error}") from error


def _shown(value: OptionValue) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, tuple):
        return "; ".join(value)
    return "" if value is None else str(value)
