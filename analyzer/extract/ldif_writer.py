"""Names and values in, lines of LDIF as RFC 2849 has them out: UTF-8, LF, folded."""

import re
from base64 import b64encode
from collections.abc import Iterable, Iterator

from analyzer.visible_text import one_line

_WIDTH = 76
"""Longest line in bytes, as in the examples of RFC 2849."""
# SAFE-STRING of RFC 2849, without the control characters that it allows: python-ldap strips some of
# them from the start of a value. A blank at the end should be base64 too (note 8 of the RFC).
_SAFE = re.compile(rb"(?![ :<])[\x20-\x7e]*(?<! )\Z")


def value_line(name: str, value: bytes) -> bytes:
    """Return the line, or the folded lines, of one value."""
    start = name.encode()
    if not value:
        return start + b":\n"
    if _SAFE.match(value):
        return _folded(start + b": " + value)
    return _folded(start + b":: " + b64encode(value))


def url_line(name: str, url: str) -> bytes:
    """Return the line of a value that stands elsewhere."""
    return _folded(f"{name}:< {url}".encode("ascii"))


def comment(text: str) -> bytes:
    """Return a comment, which is one line however long, so that it can be searched for."""
    return b"# " + one_line(text).encode("utf-8", "backslashreplace") + b"\n"


def record(dn: str, lines: Iterable[bytes], comments: Iterable[bytes] = ()) -> bytes:
    """Return a record with the comments above it and the empty line behind it."""
    return b"".join((*comments, value_line("dn", dn.encode()), *lines, b"\n"))


def _folded(line: bytes) -> bytes:
    if len(line) <= _WIDTH:
        return line + b"\n"
    return b"\n".join(_parts(line)) + b"\n"


def _parts(line: bytes) -> Iterator[bytes]:
    yield line[:_WIDTH]
    # The blank that continues a line is one of its bytes.
    for start in range(_WIDTH, len(line), _WIDTH - 1):
        yield b" " + line[start : start + _WIDTH - 1]
