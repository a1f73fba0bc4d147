"""The first characters of LDIF in, the tool that wrote them out."""

import re

_HEAD = 65_536


def ldif_dialect(head: str) -> str:
    """Return the name of the tool that wrote the first characters of a file."""
    text = head[:_HEAD]
    if re.search(r"(?m)^# record \d+\r?$|^# returned \d+ records", text):
        return "ldbsearch"
    if re.search(
        r"(?m)^# (?:extended LDIF|LDAPv3|numResponses:|search result|pagedresults:)", text
    ):
        return "ldapsearch"
    if re.search(r"(?im)^dn:[^\n]*\r?\nchangetype: add\r?$", text):
        return "ldifde"
    # ldapsearch folds at 78, Directory Studio at 76 characters, JXplorer base64 only.
    folds = {len(line.rstrip("\r")) for line in _folded_lines(text)}
    if 78 in folds:
        return "ldapsearch"
    if re.match(r"version: 1\r?\n\r?\n", text) and max(folds, default=0) == 76:
        return "studio"
    if re.match(r"version: 1\r?\ndn:", text) and _only_base64_folds(text):
        return "jxplorer"
    return "other"


def _folded_lines(text: str) -> list[str]:
    """Return the lines that a folded line follows."""
    return re.findall(r"(?m)^([^\n]+)\n(?= [^\n])", text)


def _only_base64_folds(text: str) -> bool:
    first_lines = re.findall(r"(?m)^([^\s#][^\n]*)\n(?= )", text)
    return all(re.match(r"[^:]+::", line) for line in first_lines)
