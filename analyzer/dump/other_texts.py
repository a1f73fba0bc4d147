"""The first characters of a text in, what it is and what to do about it out, if it is no dump.

Much of it was a dump once: printed by another tool, or changed by a mail, an editor or a transfer.
None of that is read, because what such a way took from the values cannot be told from them.
"""

import re
from typing import NamedTuple

_HEAD = 65_536


class OtherText(NamedTuple):
    """Text that is no dump."""

    what: str
    cure: str = ""
    """What to do about it; empty where another export is the only way."""


class _Mark(NamedTuple):
    pattern: re.Pattern[str]
    text: OtherText


def _at_start(pattern: str, what: str, cure: str = "") -> _Mark:
    return _Mark(re.compile(r"\A\s*(?:" + pattern + ")"), OtherText(what, cure))


def _on_a_line(pattern: str, what: str, cure: str = "") -> _Mark:
    return _Mark(re.compile("^(?:" + pattern + ")", re.MULTILINE), OtherText(what, cure))


_AS_EXPORTED = "ask for the file as it was exported, packed (zip) where it is mailed"
_NO_DUMP = ", not a dump"

# RDNs as quoted-printable has them, up to a soft line break or the end of the DN.
_QUOTED_PRINTABLE = (
    r"(?i:dn: ?|[^\n]*\")(?:(?i:cn|ou|dc|o)=3D[^,=\n]*+,)+(?:(?i:cn|ou|dc|o)(?:=3D|=\r?\n)|=\r?\n)"
)
_MARKS = (
    _at_start(r"<Objs ", "PowerShell CLIXML" + _NO_DUMP, "use Export-Csv or, better, ldifde"),
    _at_start(r"<\?xml|<!DOCTYPE|<html|<[a-zA-Z]", "XML or HTML" + _NO_DUMP),
    _at_start(r"\{\\rtf", "RTF, the text of a word processor", _AS_EXPORTED),
    _at_start(r"[\[{]\s*(?:[\"{\[\]}\d-]|true|false|null)", "JSON" + _NO_DUMP),
    _at_start(r"-{10,}\r?\n", "the text log of a collection tool" + _NO_DUMP),
    _at_start(r"-----BEGIN ", "PEM or PGP, text that is encrypted or signed", _AS_EXPORTED),
    _at_start(r"begin(?:-base64)? [0-7]{3} ", "a uuencoded file", "unpack it first"),
    _at_start(r"Windows Registry Editor|REGEDIT4", "a registry export" + _NO_DUMP),
    _at_start(r"DN: [^\n]*\n\t[^\n\t:]+: ", "text printed by curl" + _NO_DUMP),
    _on_a_line(_QUOTED_PRINTABLE, "a mail in quoted-printable", "save its attachment instead"),
    _on_a_line(
        r"Expanding base '|ld = ldap_open|Getting \d+ entries:|(?:>> )?Dn: [^\n]*\n"
        r"(?:[ \t][^\n]*\n)*?[ \t]+(?:\d+> [\w;.-]+|[\w;.-]+ \(\d+\)): ",
        "text copied from LDP" + _NO_DUMP,
    ),
    _on_a_line(r"(?i:dn):[^\n]*\n>[\w;.-]+: ", "text printed by AdFind" + _NO_DUMP),
)
# What follows is compiled for what is neither LDIF nor CSV; most files are.
# Signs, digits, blanks or a file name before what is a dn line or a header in all else.
_PREFIXED = (
    r"(?mi)^([^A-Za-z\n\"]{1,40}|[^\n\"]{0,200}:\d+[:-]\s*)"
    r"(?:dn: ?(?::|(?:cn|ou|dc|o)=)|\"?(?:DN|distinguishedName)\"?[,;\t])"
)
_PREFIXES = (
    (r"\s*[>|]", "text quoted in a mail: its lines begin with '>'"),
    (r"\s+\Z", "an indented copy: blanks stand before its lines"),
    (r"[+-]", "the difference of two files: its lines begin with '+' or '-'"),
    (r".*\d", "a numbered copy: a number stands before its lines"),
    ("", "a copy with other signs before its lines"),
)
# `name : value` with all colons in one column.
_FORMAT_LIST = r"(?mi)^DistinguishedName\s+: \S"
_DSQUERY_LIST = r"(?mi)^distinguishedName: \S"
_DSQUERY_TABLE = r"(?mi)\A\s*^ +(?:\w+ +)*distinguishedName\b[^\n,;\t]*\n "
_DN_LIST = r"(?i)\A\s*(?:\"(?:CN|OU|DC)=[^\"\n]*\"\s*\n)+"
_CSV_ROWS = r"(?mi)(?:^|[,;\t])\"(?:CN|OU|DC)=[^\"\n]*\"(?:[,;\t]|\r?$)"
_MAIL = (
    r"(?i)\s*(?:(?:Return-Path|Received|From|Date|Subject|MIME-Version|Message-ID|Delivered-To|"
    r"X-[\w-]+|To|Content-[\w-]+): [^\n]*\n(?:[ \t][^\n]*\n)*){2}"
)


def other_text(text: str) -> OtherText | None:
    """Return what a text is, whatever else it looks like; None where it may well be a dump."""
    head = text[:_HEAD]
    for mark in _MARKS:
        if mark.pattern.search(head):
            return mark.text
    if _has_lone_carriage_returns(head):
        return OtherText(
            "text whose lines end in a carriage return alone (a Macintosh, or a transfer that "
            "changed them)",
            "turn them into line feeds first: tr '\\r' '\\n' < FILE > NEW",
        )
    return None


def spoilt_dump(text: str) -> OtherText | None:
    """Return what a text is that is neither LDIF nor CSV, if a dump may have been made into it."""
    head = text[:_HEAD]
    prefixed = re.search(_PREFIXED, head)
    if prefixed:
        before = prefixed.group(1)
        what = next(what for pattern, what in _PREFIXES if re.match(pattern, before))
        return OtherText(what, f"take that away, or {_AS_EXPORTED}")
    if re.match(_MAIL, head):
        return OtherText("a mail", "save its attachment instead")
    if re.search(_FORMAT_LIST, head):
        return OtherText("PowerShell Format-List", "use Export-Csv or, better, ldifde")
    if any(re.search(pattern, head) for pattern in (_DSQUERY_LIST, _DSQUERY_TABLE, _DN_LIST)):
        return OtherText("output of dsquery or of another tool that lists attributes" + _NO_DUMP)
    if re.search(_CSV_ROWS, head):
        return OtherText(
            "CSV without its line of column names, such as a later part of a file that was split",
            "join the parts in their order first: cat FIRST NEXT > WHOLE, or copy /b FIRST+NEXT "
            "WHOLE",
        )
    return None


def _has_lone_carriage_returns(head: str) -> bool:
    """Tell whether CR ends the lines; files that went through text mode twice have CR CR LF."""
    first = head.lstrip().partition("\n")[0].rstrip("\r")
    return "\r" in first and head.count("\r") - head.count("\r\n") > 2 * head.count("\n")
