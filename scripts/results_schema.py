"""The records of results in, their JSON Schemas out, in `analyzer/results/`.

`results.schema.json` is that of one audit, `fleet.schema.json` that of a fleet.

    python scripts/results_schema.py

Types, limits and required fields come from the records; what a field means from its docstring.
"""

import ast
import inspect
import json
from collections.abc import Iterator
from itertools import chain
from pathlib import Path
from types import ModuleType
from typing import Any

import msgspec

from analyzer.results import fleet_records, records

TARGET = Path(records.__file__).with_name("results.schema.json")
FLEET_TARGET = Path(records.__file__).with_name("fleet.schema.json")


def make_schema() -> str:
    """Return the schema of one audit as it is published."""
    title = f"Results of an audit, schema version {records.SCHEMA_VERSION}"
    return _schema_of(records.Results, title, records)


def make_fleet_schema() -> str:
    """Return the schema of a fleet as it is published."""
    title = f"Results of a fleet, schema version {fleet_records.FLEET_SCHEMA_VERSION}"
    return _schema_of(fleet_records.FleetResults, title, records, fleet_records)


def _schema_of(document: type[msgspec.Struct], title: str, *modules: ModuleType) -> str:
    schema: dict[str, Any] = msgspec.json.schema(document)
    for definition in schema["$defs"].values():
        if "description" in definition:
            # Python 3.13 takes the indent from docstrings, those before leave it.
            definition["description"] = inspect.cleandoc(definition["description"])
    for kind, field, meaning in chain.from_iterable(map(_docstrings, modules)):
        properties = schema["$defs"].get(kind, {}).get("properties", {})
        if field in properties:
            properties[field]["description"] = meaning
    head = {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": title,
        "description": "Within a schema version fields are only added, so readers ignore what they"
        " do not know.",
    }
    return json.dumps({**head, **schema}, indent=2) + "\n"


def _docstrings(module: ModuleType) -> Iterator[tuple[str, str, str]]:
    """Yield record, field and docstring; Python keeps those of fields in the source alone."""
    for kind in ast.parse(inspect.getsource(module)).body:
        if not isinstance(kind, ast.ClassDef):
            continue
        for field, below in zip(kind.body, kind.body[1:], strict=False):
            if isinstance(field, ast.AnnAssign) and isinstance(below, ast.Expr):
                meaning = inspect.cleandoc(ast.literal_eval(below.value)).replace("`", "")
                yield kind.name, ast.unparse(field.target), meaning


if __name__ == "__main__":
    TARGET.write_text(make_schema())
    FLEET_TARGET.write_text(make_fleet_schema())
