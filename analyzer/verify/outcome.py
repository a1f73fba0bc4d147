"""The outcome of checking a report: one line for each thing that was looked at."""

from collections.abc import Sequence
from dataclasses import dataclass

from analyzer.visible_text import shorten

MOST_NAMED = 20
"""Faults of one kind that are named one by one."""

_LONGEST = 160


@dataclass(frozen=True, slots=True)
class Check:
    """One thing that was looked at."""

    name: str
    ok: bool
    detail: str
    checked: bool = True
    """False when something that the check needs was not given; `ok` is then True."""


@dataclass(frozen=True, slots=True)
class Verification:
    """All that was looked at, in the order of looking."""

    lines: tuple[Check, ...]

    @property
    def ok(self) -> bool:
        """Tell whether nothing failed."""
        return all(line.ok for line in self.lines)


def listed(name: str, wrong: Sequence[str], good: str) -> Check:
    """Return a check that names what is wrong, or says what is good."""
    if not wrong:
        return Check(name, True, good)
    named = ", ".join(quote(item) for item in wrong[:MOST_NAMED])
    rest = len(wrong) - MOST_NAMED
    return Check(name, False, f"do not agree: {named}{f' and {rest:,} more' if rest > 0 else ''}")


def unchecked(name: str, why: str) -> Check:
    """Return a check that could not be made."""
    return Check(name, True, f"not checked: {why}", checked=False)


def quote(text: str) -> str:
    """Return text of a report or a dump on one line, hidden characters visible."""
    return shorten(text, _LONGEST) or "nothing"
