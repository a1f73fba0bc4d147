"""Text in, whether it is a DN and in which partition out; libldap judges."""

import re

import ldap.dn

from analyzer.dump.secret_lines import is_line_in_dn

EXTENDED_DN = re.compile(r"(?:<(?:GUID|SID|WKGUID)=[^>]*>;){1,3}", re.IGNORECASE)
"""What stands before a DN when the control for extended DNs was sent (MS-ADTS 3.1.1.3.4.1.5)."""
MAX_DN = 65_536
"""Longest DN in bytes that is read; libldap needs memory in proportion."""


def is_dn(text: str) -> bool:
    """Tell whether a text is a DN, in time proportional to its length."""
    if len(text) > MAX_DN or "\0" in text or is_line_in_dn(text):
        return False
    return bool(ldap.dn.is_dn(text))


def without_extension(text: str) -> str:
    """Return a DN without the `<GUID=...>;` and `<SID=...>;` of an extended one."""
    return EXTENDED_DN.sub("", text, count=1) if text.startswith("<") else text


def context_of(dn: str) -> str:
    """Return the naming context at the end of a DN: its DC parts and CN=Configuration before."""
    try:
        rdns = ldap.dn.explode_dn(dn)
    except ldap.DECODING_ERROR:
        return ""
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
