"""A value in, the XML of one cell out: the only place where anything becomes a cell.

Text is written with the type of text, so nothing in it can become a formula, an error value, a
number or a link, whatever it looks like.
"""

import re
from datetime import UTC, datetime
from typing import NamedTuple

from analyzer.report.section import Cell, FileLink, Link, Links, Marked, Url, plain
from analyzer.visible_text import visible

LONGEST = 32_767
"""UTF-16 units that a cell holds (Excel specifications and limits)."""

_LARGEST_NUMBER = 10**15
"""Beyond 15 digits a spreadsheet rounds (IEEE 754 double), so such numbers stay text."""
_EPOCH = datetime(1899, 12, 30, tzinfo=UTC)
_LOOKS_ACTIVE = ("=", "+", "-", "@", "\t", "#")
# ECMA-376 part 1, 22.9.2.19: _xHHHH_ in a string is an escape; a literal one is escaped itself.
_ESCAPE_ALIKE = re.compile(r"_(?=x[0-9A-Fa-f]{4}_)")


class Style(NamedTuple):
    """Numbers of a cell format, and of its twin that marks the text as text by a prefix."""

    plain: int
    quoted: int


class Formula(NamedTuple):
    """A formula of our own, and its value at the time of writing; never made from a dump."""

    text: str
    value: int


CellValue = Cell | datetime | Formula


def cell(reference: str, value: CellValue, style: Style, row_name: str = "") -> str:
    """Return the XML of one cell; `reference` is its address (`B6`)."""
    return f'<c r="{reference}" {content(value, style, row_name)}'


def content(value: CellValue, style: Style, row_name: str = "") -> str:
    """Return the XML of one cell behind its address, which many cells have alike.

    `row_name` names the row in the note that takes the place of text beyond what a cell holds.
    """
    if value is None or value == "":
        return f's="{style.plain}"/>'
    if isinstance(value, str):
        return _text(value, style, row_name)
    if isinstance(value, (Link, Links, Marked, Url, FileLink)):
        return _text(plain(value), style, row_name)
    if isinstance(value, Formula):
        return f's="{style.plain}"><f>{escaped(value.text)}</f><v>{value.value}</v></c>'
    if isinstance(value, datetime):
        days = (value - _EPOCH).total_seconds() / 86_400
        return f's="{style.plain}"><v>{days!r}</v></c>'
    if abs(value) >= _LARGEST_NUMBER:
        return _text(str(value), style, row_name)
    return f's="{style.plain}"><v>{value:d}</v></c>'


def shown(text: str, row_name: str = "") -> str:
    """Return text as a cell shows it: hidden characters visible, cut at what a cell holds."""
    seen = visible(text)
    # Half as many characters cannot be too many UTF-16 units, unless they are escaped.
    if len(seen) <= LONGEST // 8 or _units(xstring(seen)) <= LONGEST:
        return seen
    where = f", {row_name}" if row_name else ""
    note = f"… [cut, {len(text):,} characters; full value in the JSON results{where[:60]}]"
    escapes = _units(xstring(seen)) - _units(seen)
    return _first_units(seen, max(LONGEST - _units(note) - escapes, 0)) + note


def xstring(text: str) -> str:
    """Return text for an XML string of the format: what looks like an escape is escaped."""
    return _ESCAPE_ALIKE.sub("_x005F_", text) if "_x" in text else text


def _text(text: str, style: Style, row_name: str) -> str:
    seen = shown(text, row_name)
    number = style.quoted if seen.startswith(_LOOKS_ACTIVE) else style.plain
    # Blanks at the ends, and line breaks, are kept only when asked for (XML 1.0, 2.10).
    keep = ' xml:space="preserve"' if seen != seen.strip() or "\n" in seen else ""
    return f's="{number}" t="inlineStr"><is><t{keep}>{escaped(xstring(seen))}</t></is></c>'


def escaped(text: str) -> str:
    """Return text as content of XML."""
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def _units(text: str) -> int:
    return len(text.encode("utf-16-le")) // 2


def _first_units(text: str, units: int) -> str:
    return text.encode("utf-16-le")[: units * 2].decode("utf-16-le", "ignore")
