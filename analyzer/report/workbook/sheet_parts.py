"""Sections in, the sheets they take out, with the address of every row that others link to."""

import re
from collections.abc import Container, Mapping, Sequence
from typing import NamedTuple

from msgspec import Struct

from analyzer.report.section import Link, Section
from analyzer.visible_text import visible

MOST_ROWS = 1_000_000
"""Rows of one table; more go to a further sheet. A sheet holds 1,048,576."""
HEADER_ROW = 5
FIRST_ROW = HEADER_ROW + 1
SUMMARY = "Summary"
_LONGEST_NAME = 31
_NOT_IN_NAMES = re.compile(r"[\[\]:*?/\\']")
"""What the name of a sheet cannot hold; an apostrophe only within, so better nowhere."""


class SheetPart(Struct, frozen=True):
    """One sheet of a section."""

    section: Section
    title: str
    table: str
    start: int
    count: int


class Whereabouts(NamedTuple):
    """Where a section stands: its sheets, and the number of each anchored row."""

    parts: Sequence[SheetPart]
    rows: Mapping[str, int]


Addresses = Mapping[str, Whereabouts]
"""By the key of the section."""


def addresses_of(sections: Sequence[Section], most_rows: int = MOST_ROWS) -> Addresses:
    """Divide sections into sheets, one each, or as many as its rows need."""
    taken = {section.title.lower() for section in sections}
    addresses = {}
    for section in sections:
        title = _free_name(section.tab, taken) if section.tab else section.title
        taken.add(title.lower())
        addresses[section.key] = Whereabouts(
            _parts_of(section, title, most_rows),
            {name: at for at, name in enumerate(section.anchors)},
        )
    return addresses


def address(addresses: Addresses, link: Link) -> str | None:
    """Return the address of a link's target, None when it is not in the workbook."""
    if link.section not in addresses:
        return None
    parts, rows = addresses[link.section]
    if not link.row:
        return f"'{parts[0].title}'!A1"
    if link.row not in rows:
        return None
    at = rows[link.row]
    part = next(part for part in reversed(parts) if part.start <= at)
    return f"'{part.title}'!A{FIRST_ROW + at - part.start}"


def _free_name(text: str, taken: Container[str]) -> str:
    """Return a name for a sheet that no other has, whatever its capitals."""
    name = _NOT_IN_NAMES.sub("-", visible(text))[:_LONGEST_NAME].strip()
    number = 1
    free = name
    while free.lower() in taken:
        number += 1
        free = f"{name[: _LONGEST_NAME - 4].rstrip()} {number}"
    return free


def _parts_of(section: Section, title: str, most_rows: int) -> list[SheetPart]:
    starts = range(0, max(section.count, 1), most_rows)
    return [
        SheetPart(
            section,
            title if number == 1 else f"{title[:27]} {number}",
            section.table if number == 1 else f"{section.table}_{number}",
            start,
            min(most_rows, section.count - start),
        )
        for number, start in enumerate(starts, start=1)
    ]
