"""One virtual server judged by a catalogue."""

from collections.abc import Callable
from datetime import UTC, datetime

import pytest

from analyzer.catalogue import Catalogue
from analyzer.dump.entry import Attribute, Entry, Notation, Source
from analyzer.dump.reading import ExportScope, Input, Reading
from analyzer.inventory import build_inventory
from analyzer.judge.run import run_audit

INPUT = Input(
    path="contoso.ldf",
    bytes=1,
    sha256="",
    modified="",
    format="ldif",
    dialect="ldifde",
    encoding="utf-8",
    line_ends="LF",
    entries=1,
    relevant_entries=1,
    export_scope=ExportScope.FULL,
    naming_context="",
    warnings=(),
    exported={},
)
DN = "CN=1,CN=SMTP,CN=Protocols,CN=EX01,CN=Servers,DC=contoso,DC=com"


@pytest.fixture(scope="session")
def build_audit() -> Callable[..., dict[str, str]]:
    """Return a function from a catalogue and values to the state of each rule."""

    def states(catalogue: Catalogue, **values: bytes) -> dict[str, str]:
        fields = {
            name.lower(): Attribute(name, (value,), 2, 2, Notation.PLAIN)
            for name, value in values.items()
        }
        guid = Attribute("objectGUID", (bytes(16),), 3, 3, Notation.BASE64)
        entry = Entry(
            DN,
            {**fields, "objectguid": guid},
            Source("contoso.ldf", 1, 9),
            requested=frozenset({"*"}),
        )
        results = run_audit(
            build_inventory([Reading(INPUT, (entry,))]),
            inputs=[INPUT],
            unreadable=[],
            catalogue=catalogue,
            started=datetime(2026, 11, 24, tzinfo=UTC),
            version="0.1.0",
        )
        return {item.rule: item.state for item in results.evaluations}

    return states
