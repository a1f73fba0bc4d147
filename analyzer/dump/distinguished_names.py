"""Text in, whether it is a DN, its levels and its partition out; libldap judges."""

import re
from typing import TypeAlias

# The compiled part of python-ldap alone: its package loads a whole client, a fifth of a start.
import _ldap

from analyzer.dump.secret_lines import is_line_in_dn

EXTENDED_DN = re.compile(r"(?:<(?:GUID|SID|WKGUID)=[^>]*>;){1,3}", re.IGNORECASE)
"""What stands before a DN when the control for extended DNs was sent (MS-ADTS 3.1.1.3.4.1.5)."""
MAX_DN = 65_536
"""Longest DN in bytes that is read; libldap needs memory in proportion."""
_ESCAPES = str.maketrans(
    {letter: f"\\{letter}" for letter in '\\,+"<>;='} | {"\0": r"\00", "\n": r"\0a", "\r": r"\0d"}
)

Level: TypeAlias = tuple[tuple[str, str], ...]
"""The types and the unescaped values of an RDN."""


def split_dn(text: str) -> list[Level] | None:
    """Return the levels of a DN, the lowest first; None for text that is no DN."""
    levels = _parsed(text)
    if levels is None:
        return None
    return [tuple([(name, value) for name, value, _ in level]) for level in levels]


def escaped(value: str) -> str:
    """Return a value as it stands in a DN (RFC 4514, section 2.4).

    Line ends are escaped too: a DN that begins with one reads as another.
    """
    if value.isalnum():
        return value
    text = value.translate(_ESCAPES)
    if text.endswith(" "):
        text = f"{text[:-1]}\\ "
    return f"\\{text}" if text.startswith(("#", " ")) else text


def is_dn(text: str) -> bool:
    """Tell whether a text is a DN, in time proportional to its length."""
    if len(text) > MAX_DN or "\0" in text or is_line_in_dn(text):
        return False
    return _parsed(text) is not None


def _parsed(text: str) -> list[list[tuple[str, str, int]]] | None:
    try:
        return _ldap.str2dn(text, 0) if text else []
    except (ValueError, _ldap.LDAPError):
        return None


def without_extension(text: str) -> str:
    """Return a DN without the `<GUID=...>;` and `<SID=...>;` of an extended one."""
    return EXTENDED_DN.sub("", text, count=1) if text.startswith("<") else text


def context_of(dn: str) -> str:
    """Return the naming context at the end of a DN: its DC parts and CN=Configuration before."""
    levels = split_dn(dn) or []
    rdns = ["+".join(f"{name}={escaped(value)}" for name, value in level) for level in levels]
    start = len(rdns)
    while start and rdns[start - 1].lower().startswith("dc="):
        start -= 1
    if start == len(rdns):
        return rdns[-1] if rdns else ""
    # The schema is a partition of its own below the configuration, and both are below the domain.
    for name in ("cn=configuration", "cn=schema"):
        if start and rdns[start - 1].lower() == name:
            start -= 1
    return ",".join(rdns[start:])


def is_below(dn: str, other: str) -> bool:
    """Tell whether a DN is below another one that is spelled by the same tool."""
    return dn.lower().endswith(f",{other.lower()}")
