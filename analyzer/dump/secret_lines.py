"""Text in, the same without the password out that has become part of another value.

A blank before a line makes it the rest of the line above (RFC 2849), password and all; so does a
lost line end. What stands under its own name is hidden by whoever knows the attributes.
"""

import re
from functools import lru_cache

HIDDEN = b"(secret, not shown)"
_NAME_AND_COLON = re.compile(
    rb"(?i)((?:[a-z0-9-]*password[a-z0-9-]*|[a-z0-9-]*pw)(?:;[a-z0-9=*.-]+)*[ \t]*::?).*", re.DOTALL
)
# A password attribute as it begins a line of LDIF, or, were the colon lost, by its full name.
_SECRET = re.compile(
    r"(?i)(?:password|pwd|[a-z]{3}pw)[a-z0-9-]*(?:;[a-z0-9=._-]*)*[ \t]*:"
    r"|msexch[a-z0-9-]*password|(?:authorized|user|unix|unixuser)password|unicodepwd|dbcspwd"
)
_LINE_IN_DN = re.compile(
    r"(?i)(?:password|pwd|[a-z]{3}pw)[a-z0-9-]*(?:;[a-z0-9=._-]*)*[ \t]*::?"
    r"(?! ?\(secret, not shown\)\Z)"
)


@lru_cache(maxsize=4096)
def is_secret(name: str) -> bool:
    """Tell whether an attribute of that name, in any letter case, holds a password."""
    return "password" in name.lower() or name.lower().endswith("pw")


def start_of_secret(text: str) -> int:
    """Return where in a text the name of a password, or what gives it away, stands; -1 without."""
    found = _SECRET.search(text)
    return found.start() if found else -1


def is_line_in_dn(text: str) -> bool:
    """Tell whether a DN holds what no DN does: another line, behind a return or a lost line end."""
    return "\r" in text or (":" in text and _LINE_IN_DN.search(text) is not None)


def mask(text: bytes) -> bytes:
    """Return a text that ends where the name of a secret and a colon stand in it."""
    if b":" not in text:
        return text
    return _NAME_AND_COLON.sub(rb"\1 " + HIDDEN, text, count=1)


def mask_text(text: str) -> str:
    """Return what `mask` returns of text."""
    return mask(text.encode("utf-8", "surrogateescape")).decode("utf-8", "surrogateescape")
