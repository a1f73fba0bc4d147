"""Print the samples: `python samples/generate.py [FOLDER]`, the same bytes at every run."""

import json
import sys
from pathlib import Path

from generator import fabrikam
from generator.dialects import csv_dialects, ldif_dialects
from generator.expectations import expected
from generator.forms import taken_by_ad_explorer, whole_partition
from generator.quirks import QUIRKS

_LINE = 100


def main(folder: Path) -> None:
    """Write all samples and their expected results below a folder."""
    for part in ("dialects", "quirks", "fabrikam"):
        (folder / part).mkdir(parents=True, exist_ok=True)
    for form in (
        *whole_partition(),
        taken_by_ad_explorer(),
        *ldif_dialects(),
        *csv_dialects(),
    ):
        path = folder / form.name
        path.write_bytes(form.data)
        text = _pretty(expected(form.page, form.view, form.about)) + "\n"
        path.with_suffix(".expected.json").write_bytes(text.encode())
    for name, data in fabrikam.files().items():
        (folder / "fabrikam" / name).write_bytes(data)
    for name, data in QUIRKS.items():
        (folder / "quirks" / name).write_bytes(data)


def _pretty(value: object, indent: str = "") -> str:
    """Return JSON with everything short on one line."""
    line = json.dumps(value, ensure_ascii=False)
    inner = indent + " "
    if len(line) <= _LINE or not isinstance(value, dict | list):
        return line
    if isinstance(value, list):
        parts = [_pretty(part, inner) for part in value]
    else:
        parts = [f"{json.dumps(name)}: {_pretty(part, inner)}" for name, part in value.items()]
    start, end = "{}" if isinstance(value, dict) else "[]"
    return f"{start}\n{inner}" + f",\n{inner}".join(parts) + f"\n{indent}{end}"


if __name__ == "__main__":
    main(Path(sys.argv[1]) if len(sys.argv) > 1 else Path(__file__).parent)
