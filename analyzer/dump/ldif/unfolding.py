"""The physical lines of a block in, its unfolded lines out, comments dropped.

Lines are unfolded as bytes, before any of them is decoded: a fold may part the bytes of one
character, and what folds must not depend on the code page (RFC 2849 folds bytes).
"""

import re
from collections.abc import Callable, Iterable
from typing import NamedTuple

from analyzer.dump.encoding import is_utf8
from analyzer.dump.secret_lines import mask

_COMMENT_TAIL = re.compile(rb"(?:CNF|DEL):[0-9A-Fa-f-]{36}")
"""ldapsearch writes the line feed in the name of a conflict or deleted object into its comment."""
BARE_RETURNS = "carriage returns inside its lines were read as line ends"
INDENTED = "a line of its class or changetype was read although a blank stands before it"
_INDENTED = re.compile(rb"\n[ \t](?=[cCoO])(?i:changetype|objectclass):")
_RETURN_BEFORE_NAME = re.compile(rb"\r[ \t]?[A-Za-z0-9][A-Za-z0-9.;=*_-]*:")
RECODED = b"\0recoded\0"
"""Put into a dn line in place of its blank when its bytes were no UTF-8; no DN can hold it."""


class UnfoldedLines(NamedTuple):
    """The unfolded lines of a block, comments dropped, and the physical lines they stand on."""

    texts: list[bytes]
    firsts: list[int]
    lasts: list[int]


class MendedLines(NamedTuple):
    """Numbered lines of a block, some of which are not as they stand in the file."""

    numbered: list[tuple[int, bytes]]
    notes: dict[int, str]
    """By number of the line what was done to it."""


def mended(data: bytes, physical: list[bytes], number: int) -> MendedLines | None:
    """Return lines, the first of which has the given number, with what evidently broke undone.

    None where nothing did, which costs next to nothing to see.
    """
    # Counting is faster than the expression, which looks at every line end of a file from Windows.
    returns = data.count(b"\r") != data.count(b"\r\n") and _RETURN_BEFORE_NAME.search(data)
    if not (returns or ((b"\n " in data or b"\n\t" in data) and _INDENTED.search(data))):
        return None
    lines = MendedLines([], {})
    for here, text in enumerate(physical, number):
        # To a reader who ends lines at line feeds only, the attributes behind the first one of
        # such a line are all part of its value.
        if _RETURN_BEFORE_NAME.search(text):
            lines.numbered.extend((here, part) for part in text.split(b"\r") if part)
            lines.notes[here] = BARE_RETURNS
        # It would be the rest of the line above, and the record of no class or no content.
        elif _INDENTED.match(b"\n" + text):
            lines.numbered.append((here, text[1:]))
            lines.notes[here] = INDENTED
        else:
            lines.numbered.append((here, text))
    return lines


def unfold(numbered: Iterable[tuple[int, bytes]]) -> UnfoldedLines:
    """Join the lines of a block, each with its number, with their folds."""
    texts: list[bytes] = []
    firsts: list[int] = []
    lasts: list[int] = []
    parts: list[bytes] = []
    comment = False
    for here, text in numbered:
        text = text.rstrip(b"\r")
        start = text[:1]
        # RFC 2849 continues a line by one space; a tab is met in files that were mailed.
        if start == b" " or start == b"\t":
            if comment:  # comments fold too
                continue
            if texts:
                parts.append(text[1:])
                lasts[-1] = here
                continue
        # Joined once for all folds of a line: a value of a mebibyte has some 13,000 of them.
        if parts:
            texts[-1] = _unfolded(texts[-1], parts)
            parts = []
        if comment and _COMMENT_TAIL.match(text):
            continue
        comment = start == b"#" or not text
        if not comment:
            texts.append(text)
            firsts.append(here)
            lasts.append(here)
    if parts:
        texts[-1] = _unfolded(texts[-1], parts)
    return UnfoldedLines(texts, firsts, lasts)


def _unfolded(text: bytes, parts: list[bytes]) -> bytes:
    """Return a line with its folds, one of which may be the line of a password."""
    rest = b"".join(parts)
    return text + (mask(rest) if b":" in rest else rest)


def recode(texts: list[bytes], to_utf8: Callable[[bytes], bytes]) -> None:
    """Turn the lines that are no UTF-8 into UTF-8, a dn line marked: its bytes are evidence."""
    for i, text in enumerate(texts):
        if is_utf8(text):
            continue
        if text[:3].lower() == b"dn:":
            texts[i] = text[:3] + RECODED + to_utf8(text[3:])
        else:
            texts[i] = to_utf8(text)
