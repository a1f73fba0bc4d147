"""The comments and the last bytes of LDIF in, what the tool that wrote it says of the whole out.

ldapsearch heads a file with comments that name filter and attributes and ends it with the result
of the search; with `-LLL` it writes neither. ldifde and the others write an empty line behind the
last record too. Files are put together, so each such head counts for the part behind it only.
"""

import re
from typing import NamedTuple

TAIL = 300
"""The last bytes of a file, in which it shows whether its end is there."""
_HEAD = 4_096
"""The first bytes of a file, in which ldapsearch says what it was asked for."""
MARKS = ("# requesting: ", "# search result", "# numResponses: ", "# numEntries: ")
"""How comments begin that tell where a search begins or ends."""
_MARK = re.compile(
    rb"^(?:# requesting: ([^\r\n]*)|# (?:search result|num(?:Responses|Entries): ))", re.MULTILINE
)
_CLOSED = re.compile(rb"\n\r?\n\Z|^(?:#|search:|result:|pagedresults:)[^\n]*\n\Z", re.MULTILINE)
_SUMMARY = re.compile(rb"(?m)^# (?:num(?:Responses|Entries)|\d+ (?:entries|referrals))")


class Asked(NamedTuple):
    """What the records behind a line were asked for, as a comment says."""

    line: int
    """Number of the line."""
    names: frozenset[str] | None
    """In lower case; None for a part that has no such comment."""


def asked_in(text: bytes, line: int) -> tuple[Asked, ...]:
    """Return where searches begin and end in a text whose first line has the given number."""
    return tuple(
        Asked(line + text.count(b"\n", 0, match.start()), _names(match))
        for match in _MARK.finditer(text)
    )


def _names(match: re.Match[bytes]) -> frozenset[str] | None:
    names = match.group(1)
    return None if names is None else frozenset(names.decode("latin-1").lower().split())


def missing_end(dialect: str, head: bytes, tail: bytes) -> str:
    """Return what the tool that wrote a file would have written at its end; empty if it is there.

    A last line without line end is told for itself and no sign of anything more.
    """
    if dialect == "other":
        return ""
    if tail.endswith(b"\n") and not _CLOSED.search(tail):
        return f"no empty line at the end, as {dialect} writes one"
    if _announces_summary(dialect, head) and not _SUMMARY.search(tail):
        return f"the summary that {dialect} writes at the end is missing"
    return ""


def is_closed(tail: bytes) -> bool:
    """Tell whether the end of a file is one that any tool writes behind the last record."""
    return bool(_CLOSED.search(tail))


def _announces_summary(dialect: str, head: bytes) -> bool:
    """Tell whether a tool that begins a file so ends it with the number of its entries."""
    return dialect == "ldbsearch" or (dialect == "ldapsearch" and b"# LDAPv3" in _start(head))


def _start(head: bytes) -> bytes:
    """Return the first characters; in UTF-16 every other byte of them is zero."""
    return head.replace(b"\0", b"")[:_HEAD]
