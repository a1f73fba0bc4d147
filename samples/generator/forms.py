"""The four big samples: the whole partition in the forms that are met most."""

from typing import NamedTuple

from generator import csv_writers, ldif_writers, organization
from generator.expectations import View
from generator.page import Page, Place
from generator.snapshot_writer import forest, snapshot

About = dict[str, object]

_FULL: About = {"export_scope": "full", "naming_context": "CN=Configuration,DC=contoso,DC=com"}
NOTHING_UNREADABLE: About = {"unreadable": 0}


class Form(NamedTuple):
    """One file: its bytes, and what a reader has to find in it."""

    name: str
    page: Page
    data: bytes
    view: View
    about: About
    """What is known of the input as a whole; a key that is missing is not decided."""


def whole_partition() -> list[Form]:
    """Return the four big samples: all objects of the partition."""
    items = organization.organization()
    ansi, unicode = ldif_writers.ldifde(items), ldif_writers.ldifde(items, unicode=True)
    search, table = ldif_writers.ldapsearch(items), csv_writers.csvde(items)
    return [
        Form(
            "contoso-2003.ldf",
            ansi,
            ansi.encode("cp1252", "\r\n"),
            View(),
            {"format": "ldif", "dialect": "ldifde", "encoding": "cp1252"}
            | _FULL
            | NOTHING_UNREADABLE,
        ),
        Form(
            "contoso-2003-unicode.ldf",
            unicode,
            unicode.encode("utf-16-le", "\r\n", mark=b"\xff\xfe"),
            View(),
            {"format": "ldif", "dialect": "ldifde", "encoding": "utf-16-le"}
            | _FULL
            | NOTHING_UNREADABLE,
        ),
        Form(
            "contoso-ldapsearch.ldif",
            search,
            search.encode("ascii", "\n"),
            View(),
            {"format": "ldif", "dialect": "ldapsearch", "encoding": "utf-8"} | _FULL,
        ),
        Form(
            "contoso-csvde.csv",
            table,
            # Japanese and Russian texts do not fit into the ANSI code page.
            table.encode("cp1252", "\r\n", errors="replace"),
            View(csv=True),
            {"format": "csv", "dialect": "csvde", "encoding": "cp1252"}
            | _FULL
            | NOTHING_UNREADABLE,
        ),
    ]


def taken_by_ad_explorer() -> Form:
    """Return the same partition in a snapshot, a schema and a domain beside it."""
    objects = forest(organization.organization())
    written = snapshot(objects)
    places = {dn: Place(None, None, offset=offset) for dn, offset in written.offsets.items()}
    return Form(
        "contoso-snapshot.dat",
        Page(places=places, entries=len(objects)),
        written.data,
        View(lines=False),
        {"format": "snapshot", "dialect": "adexplorer", "encoding": "utf-16-le"}
        | _FULL
        | NOTHING_UNREADABLE,
    )
