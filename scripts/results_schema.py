"""The records of results in, their JSON Schema out: writes `analyzer/results/results.schema.json`.

    python scripts/results_schema.py

Types, limits and required fields come from the records; what a field means from its docstring.
"""

import ast
import inspect
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import msgspec

from analyzer.results import records

TARGET = Path(records.__file__).with_name("results.schema.json")


def make_schema() -> str:
    """Return the schema as it is published."""
    schema: dict[str, Any] = msgspec.json.schema(records.Results)
    for kind, field, meaning in _docstrings():
        properties = schema["$defs"].get(kind, {}).get("properties", {})
        if field in properties:
            properties[field]["description"] = meaning
    head = {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": f"Results of an audit, schema version {records.SCHEMA_VERSION}",
        "description": "Within a schema version fields are only added, so readers ignore what they"
        " do not know.",
    }
    return json.dumps({**head, **schema}, indent=2) + "\n"


def _docstrings() -> Iterator[tuple[str, str, str]]:
    """Yield record, field and docstring; Python keeps those of fields in the source alone."""
    for kind in ast.parse(inspect.getsource(records)).body:
        if not isinstance(kind, ast.ClassDef):
            continue
        for field, below in zip(kind.body, kind.body[1:], strict=False):
            if isinstance(field, ast.AnnAssign) and isinstance(below, ast.Expr):
                meaning = inspect.cleandoc(ast.literal_eval(below.value)).replace("`", "")
                yield kind.name, ast.unparse(field.target), meaning


if __name__ == "__main__":
    TARGET.write_text(make_schema())
