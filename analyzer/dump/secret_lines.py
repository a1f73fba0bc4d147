"""Text in, the same without the password out that has become part of another value.

A blank before a line makes it the rest of the line above (RFC 2849), password and all; so does a
lost line end. What stands under its own name is hidden by whoever knows the attributes.
"""

import re
from collections.abc import Iterator
from functools import lru_cache

HIDDEN = b"(secret, not shown)"
_LETTERS = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-"
_LONGEST_NAME = 320
"""Bytes before a colon in which the name of an attribute, with its options, is looked for."""
# Compiled when first needed, as for few dumps: it takes a millisecond.
# A password attribute as it begins a line of LDIF, or, were the colon lost, by its full name.
_SECRET = (
    r"(?i)(?:password|pwd|[a-z]{3}pw)[a-z0-9-]*(?:;[a-z0-9=._-]*)*[ \t]*:"
    r"|msexch[a-z0-9-]*password|(?:authorized|user|unix|unixuser)password|unicodepwd|dbcspwd"
)
_LINE_IN_DN = (
    r"(?i)(?:password|pwd|[a-z]{3}pw)[a-z0-9-]*(?:;[a-z0-9=._-]*)*[ \t]*::?"
    r"(?! ?\(secret, not shown\)\Z)"
)


@lru_cache(maxsize=4096)
def is_secret(name: str) -> bool:
    """Tell whether an attribute of that name, in any letter case, holds a password."""
    return "password" in name.lower() or name.lower().endswith("pw")


def start_of_secret(text: str) -> int:
    """Return where in a text the name of a password, or what gives it away, stands; -1 without."""
    found = re.search(_SECRET, text)
    return found.start() if found else -1


def is_line_in_dn(text: str) -> bool:
    """Tell whether a DN holds what no DN does: another line, behind a return or a lost line end."""
    return "\r" in text or (":" in text and re.search(_LINE_IN_DN, text) is not None)


def mask(text: bytes) -> bytes:
    """Return a text that ends where the name of a secret and a colon stand in it."""
    if b":" not in text or not may_name_secret(text):
        return text
    for colon, words in _words_before_colons(text.lower()):
        if any(b"password" in word or word.endswith(b"pw") for word in words):
            return text[: colon + 1] + b" " + HIDDEN
    return text


def may_name_secret(text: bytes) -> bool:
    """Tell whether a text holds what the name of every secret holds."""
    lowered = text.lower()
    return b"password" in lowered or b"pw" in lowered


def mask_text(text: str) -> str:
    """Return what `mask` returns of text."""
    return mask(text.encode("utf-8", "surrogateescape")).decode("utf-8", "surrogateescape")


def names_before_colons(text: bytes, names: tuple[bytes, ...]) -> Iterator[bytes]:
    """Yield the names, given in lower case, behind which a colon stands in a text.

    The word before the colon may begin with the end of something else.
    """
    for _, words in _words_before_colons(text.lower()):
        for word in words:
            if word.endswith(names):
                yield max((name for name in names if word.endswith(name)), key=len)


def _words_before_colons(text: bytes) -> Iterator[tuple[int, list[bytes]]]:
    """Yield each colon and what may be the name before it, options aside."""
    # No expression, because one that begins with any number of letters takes quadratic time.
    colon = text.find(b":")
    begin = 0
    while colon >= 0:
        before = text[max(begin, colon - _LONGEST_NAME) : colon].rstrip(b" \t")
        yield colon, [part[len(part.rstrip(_LETTERS)) :] for part in before.split(b";")]
        begin, colon = colon + 1, text.find(b":", colon + 1)
