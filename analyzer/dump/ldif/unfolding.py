"""The physical lines of a block in, its unfolded lines out, comments dropped.

Lines are unfolded as bytes, before any of them is decoded: a fold may part the bytes of one
character, and what folds must not depend on the code page (RFC 2849 folds bytes).
"""

import re
from collections.abc import Callable
from typing import NamedTuple

from analyzer.dump.encoding import is_utf8

_COMMENT_TAIL = re.compile(rb"(?:CNF|DEL):[0-9A-Fa-f-]{36}")
"""ldapsearch writes the line feed in the name of a conflict or deleted object into its comment."""
RECODED = b"\0recoded\0"
"""Put into a dn line in place of its blank when its bytes were no UTF-8; no DN can hold it."""


class UnfoldedLines(NamedTuple):
    """The unfolded lines of a block, comments dropped, and the physical lines they stand on."""

    texts: list[bytes]
    firsts: list[int]
    lasts: list[int]


def unfold(physical: list[bytes], number: int) -> UnfoldedLines:
    """Join the lines of a block, the first of which has the given number, with their folds."""
    texts: list[bytes] = []
    firsts: list[int] = []
    lasts: list[int] = []
    parts: list[bytes] = []
    comment = False
    for here, text in enumerate(physical, number):
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
            texts[-1] += b"".join(parts)
            parts = []
        if comment and _COMMENT_TAIL.match(text):
            continue
        comment = start == b"#" or not text
        if not comment:
            texts.append(text)
            firsts.append(here)
            lasts.append(here)
    if parts:
        texts[-1] += b"".join(parts)
    return UnfoldedLines(texts, firsts, lasts)


def recode(texts: list[bytes], to_utf8: Callable[[bytes], bytes]) -> None:
    """Turn the lines that are no UTF-8 into UTF-8, a dn line marked: its bytes are evidence."""
    for i, text in enumerate(texts):
        if is_utf8(text):
            continue
        if text[:3].lower() == b"dn:":
            texts[i] = text[:3] + RECODED + to_utf8(text[3:])
        else:
            texts[i] = to_utf8(text)
