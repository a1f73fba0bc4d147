"""What is known of an attribute without a usable value, as a URL; in an extract it stands for one.

An extract holds records without the file around them, and what is not set there may not have been
exported here. So it states what cannot be concluded from it, in the one notation of RFC 2849 for a
value that stands elsewhere.
"""

from base64 import urlsafe_b64decode, urlsafe_b64encode
from typing import NamedTuple

from analyzer.dump.entry import STATEMENT


class Statement(NamedTuple):
    """What an extract states of an attribute."""

    state: str
    """One of `values.State`."""
    reason: str = ""
    raw: str = ""
    """The text of the value that is lost or cannot be decoded."""


def to_url(statement: Statement) -> str:
    """Return a statement as a URL of ASCII without blanks."""
    parts = (statement.reason, statement.raw) if statement.raw else (statement.reason,)
    encoded = [urlsafe_b64encode(part.encode("utf-8", "replace")).decode() for part in parts]
    return ",".join([f"{STATEMENT}{statement.state}", *encoded]).rstrip(",")


def from_url(url: str) -> Statement:
    """Return the statement of a URL; what is none of ours states that a value was lost."""
    state, *encoded = url.removeprefix(STATEMENT).split(",")
    try:
        parts = [urlsafe_b64decode(part).decode() for part in encoded[:2]]
    except ValueError:
        return Statement("lost", "the statement of the extract is damaged")
    return Statement(state, *parts)
