"""The first and last bytes of LDIF in, what the tool that wrote it says of the whole out.

ldapsearch heads a file with comments that name filter and attributes and ends it with the result
of the search; with `-LLL` it writes neither. ldifde and the others write an empty line behind the
last record too.
"""

import re

from analyzer.dump.reading import ExportScope

TAIL = 300
"""The last bytes of a file, in which it shows whether its end is there."""
_HEAD = 4_096
"""The first bytes of a file, in which ldapsearch says what it was asked for."""
_CLOSED = re.compile(rb"\n\r?\n\Z|^(?:#|search:|result:|pagedresults:)[^\n]*\n\Z", re.MULTILINE)
_SUMMARY = re.compile(rb"(?m)^# (?:num(?:Responses|Entries)|\d+ (?:entries|referrals))")


def requested_scope(head: bytes) -> ExportScope | None:
    """Return the scope that a comment of ldapsearch states, None without such a comment."""
    match = re.search(rb"(?m)^# requesting: ([^\r\n]*)", _start(head))
    if match is None:
        return None
    asked = match.group(1).split()
    whole = b"ALL" in asked or b"*" in asked
    return ExportScope.FULL if whole else ExportScope.LIMITED


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


def _announces_summary(dialect: str, head: bytes) -> bool:
    """Tell whether a tool that begins a file so ends it with the number of its entries."""
    return dialect == "ldbsearch" or (dialect == "ldapsearch" and b"# LDAPv3" in _start(head))


def _start(head: bytes) -> bytes:
    """Return the first characters; in UTF-16 every other byte of them is zero."""
    return head.replace(b"\0", b"")[:_HEAD]
