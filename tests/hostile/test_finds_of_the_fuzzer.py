"""What fuzzing once found: the inputs in finds/TARGET are handled as any bytes have to be."""

from pathlib import Path

import pytest

from fuzz.corpus import write_corpus
from fuzz.targets import TARGETS

FINDS = sorted(path for path in (Path(__file__).parent / "finds").rglob("*") if path.is_file())


@pytest.mark.parametrize("path", FINDS, ids=lambda path: f"{path.parent.name}-{path.name[-12:]}")
def test_find_is_handled(path: Path) -> None:
    TARGETS[path.parent.name](path.read_bytes())


@pytest.mark.parametrize("name", TARGETS)
def test_target_takes_its_seeds(name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    seeds = sorted(write_corpus(name).iterdir())
    assert seeds
    for seed in seeds[::5]:
        TARGETS[name](seed.read_bytes())
