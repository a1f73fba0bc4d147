"""Makes the helpers of these tests importable, and writes extracts to files."""

import sys
from pathlib import Path

import pytest

sys.path.append(str(Path(__file__).parent))

from extracts import Make, text_of

from analyzer.extract.name_mapping import NameMapping


@pytest.fixture
def make(tmp_path: Path) -> Make:
    """Return a function that writes the extract of dumps to a file."""

    def write(
        *dumps: Path, mapping: NameMapping | None = None, name: str = "x.ldif", **chosen: bool
    ) -> Path:
        target = tmp_path / name
        target.write_bytes(text_of(*dumps, mapping=mapping, **chosen))
        return target

    return write
