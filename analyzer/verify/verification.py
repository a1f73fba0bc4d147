"""The outcome of verifying a report: one point for each thing that was looked at."""

from collections.abc import Sequence

from msgspec import Struct

from analyzer.visible_text import shorten

MOST_NAMED = 20
"""Faults of one kind that are named one by one."""

_LONGEST = 160


class Point(Struct, frozen=True):
    """One thing that was looked at."""

    name: str
    ok: bool
    detail: str
    checked: bool = True
    """False when something that is needed was not given; `ok` is then True."""


class Verification(Struct, frozen=True):
    """All that was looked at, in the order of looking."""

    points: tuple[Point, ...]

    @property
    def ok(self) -> bool:
        """Tell whether nothing failed."""
        return all(point.ok for point in self.points)


def listed(name: str, wrong: Sequence[str], good: str) -> Point:
    """Return a point that names what is wrong, or says what is good."""
    if not wrong:
        return Point(name, True, good)
    named = ", ".join(map(quote, wrong[:MOST_NAMED]))
    rest = len(wrong) - MOST_NAMED
    return Point(name, False, f"do not agree: {named}{f' and {rest:,} more' if rest > 0 else ''}")


def same(name: str, claimed: str, found: str) -> Point:
    """Return whether a hash is as the report claims."""
    is_same = found == claimed
    return Point(name, is_same, found if is_same else f"recorded {quote(claimed)}, found {found}")


def unchecked(name: str, why: str) -> Point:
    """Return a point that could not be looked at."""
    return Point(name, True, f"not checked: {why}", checked=False)


def quote(text: str) -> str:
    """Return text of a report or a dump on one line, hidden characters visible."""
    return shorten(text, _LONGEST) or "nothing"
