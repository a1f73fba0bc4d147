"""Text in, the same without the password out that has become part of another value.

A blank before a line makes it the rest of the line above (RFC 2849), password and all; so does a
lost line end. What stands under its own name is hidden by whoever knows the attributes.
"""

import re

HIDDEN = b"(secret, not shown)"
_NAME_AND_COLON = re.compile(
    rb"(?i)((?:[a-z0-9-]*password[a-z0-9-]*|[a-z0-9-]*pw)(?:;[a-z0-9=*.-]+)*[ \t]*::?).*", re.DOTALL
)


def mask(text: bytes) -> bytes:
    """Return a text that ends where the name of a secret and a colon stand in it."""
    if b":" not in text:
        return text
    return _NAME_AND_COLON.sub(rb"\1 " + HIDDEN, text, count=1)


def mask_text(text: str) -> str:
    """Return what `mask` returns of text."""
    return mask(text.encode("utf-8", "surrogateescape")).decode("utf-8", "surrogateescape")
