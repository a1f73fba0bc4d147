"""What one rule, or one clause of it, says about one object."""

from collections.abc import Iterable
from sys import intern

from msgspec import Struct

from analyzer.catalogue.rule import Outcome

_MOST_NAMES = 5


class CheckVerdict(Struct, frozen=True, gc=False):
    """The outcome of a check, with what is known about it."""

    outcome: Outcome
    reason: str | None = None
    """Why the object could not be judged; None when it passed or failed.

    The same few reasons stand on thousands of objects: each text is there once.
    """
    attribute: str = ""
    """Attribute that failed, where a rule looks at several."""
    detail: str = ""
    """What is known about this failure beyond the rule's own text."""
    assumed: bool = False
    briefly: str = ""
    """The same in a few words, for the title of the finding; may be empty."""


PASSED = CheckVerdict(Outcome.PASSED)
FAILED = CheckVerdict(Outcome.FAILED)


def failed(detail: str, *, assumed: bool = False) -> CheckVerdict:
    """Return the verdict on an object that fails, with what is known about it."""
    return CheckVerdict(Outcome.FAILED, detail=detail, assumed=assumed)


def not_evaluable(reason: str) -> CheckVerdict:
    """Return the verdict on an object that the dump does not let anybody judge."""
    return CheckVerdict(Outcome.NOT_EVALUABLE, intern(reason))


def not_applicable(reason: str) -> CheckVerdict:
    """Return the verdict on an object that the rule does not speak about."""
    return CheckVerdict(Outcome.NOT_APPLICABLE, intern(reason))


def list_names(names: Iterable[str]) -> str:
    """Return names in order, cut where they would fill a page."""
    ordered = sorted(set(names), key=str.casefold)
    more = len(ordered) - _MOST_NAMES
    return ", ".join(ordered[:_MOST_NAMES]) + (f" and {more} more" if more > 0 else "")
