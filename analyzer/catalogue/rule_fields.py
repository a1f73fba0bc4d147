"""One key of a TOML table in, its checked value out; a Misfit says what is wrong with it."""

import enum
from collections.abc import Mapping
from typing import TypeVar

from analyzer.catalogue.near_names import near_name

RuleTable = Mapping[str, object]
"""One `[[rule]]` of a TOML file, or a table in it."""
_Choice = TypeVar("_Choice", bound=enum.StrEnum)


class Misfit(Exception):
    """What is wrong with a table, in one line."""

    def __init__(self, reason: str, key: str = "") -> None:
        """Say what is wrong and, where it is one, with which key."""
        self.key = key
        super().__init__(reason)


def refuse_unknown(table: RuleTable, known: frozenset[str]) -> None:
    """Raise Misfit when the table has a key that is not known."""
    for key in sorted(table.keys() - known):
        near = near_name(key, known)
        hint = f"; did you mean {near}?" if near else ""
        raise Misfit(f"unknown key {key!r:.60}{hint}", key)


def read_text(table: RuleTable, key: str, missing: str | None = None) -> str:
    """Return a text with single blanks; without a `missing` one it has to be there."""
    value = table.get(key)
    if value is None:
        if missing is None:
            raise Misfit(f"{key} is missing", key)
        return missing
    if not isinstance(value, str) or (missing is None and not value.strip()):
        raise Misfit(f"{key} is {value!r:.60}, expected text", key)
    return " ".join(value.split())


def read_lines(table: RuleTable, key: str) -> str:
    """Return a text with its lines, each with single blanks; empty when it is missing."""
    read_text(table, key, "")  # raises where it is none
    lines = str(table.get(key, "")).strip().splitlines()
    return "\n".join(" ".join(line.split()) for line in lines)


def read_texts(table: RuleTable, key: str) -> tuple[str, ...]:
    """Return a list of texts; empty when it is missing."""
    value = table.get(key)
    if value is None:
        return ()
    if not isinstance(value, list) or not all(isinstance(text, str) for text in value):
        raise Misfit(f"{key} is {value!r:.60}, expected a list of texts", key)
    return tuple(" ".join(text.split()) for text in value)


def read_truth(table: RuleTable, key: str) -> bool:
    """Return true or false; false when it is missing."""
    value = table.get(key, False)
    if not isinstance(value, bool):
        raise Misfit(f"{key} is {value!r:.60}, expected true or false", key)
    return value


def read_choice(
    table: RuleTable,
    key: str,
    choices: type[_Choice],
    missing: _Choice | None = None,
    allowed: tuple[_Choice, ...] = (),
) -> _Choice:
    """Return a member of the enumeration; without a `missing` one it has to be there."""
    value = table.get(key)
    if value is None and missing is not None:
        return missing
    for choice in allowed or choices:
        if value == choice:
            return choice
    words = ", ".join(allowed or choices)
    raise Misfit(f"{key} is {value!r:.60}, expected one of {words}", key)
