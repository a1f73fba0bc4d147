"""The command line, run in this process: arguments in, exit status and both streams out."""

import signal
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import NamedTuple

import pytest

from analyzer.cli import main

SAMPLES = Path(__file__).parents[2] / "samples"


class Finished(NamedTuple):
    """What a run of the command left behind."""

    status: int
    out: str
    err: str


Run = Callable[..., Finished]


@pytest.fixture
def sample() -> str:
    """Return the dump that `make report` audits."""
    return str(SAMPLES / "contoso-2003.ldf")


@pytest.fixture
def run(
    capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> Iterator[Run]:
    """Return a function that runs the command in an empty folder with nothing in its settings."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
    monkeypatch.delenv("NO_COLOR", raising=False)
    handler = signal.getsignal(signal.SIGTERM)

    def command(*arguments: str) -> Finished:
        monkeypatch.setattr(sys, "argv", ["exchange-analyzer", *arguments])
        with pytest.raises(SystemExit) as end:
            main()
        out, err = capfd.readouterr()
        return Finished(int(end.value.code or 0), out, err)

    yield command
    signal.signal(signal.SIGTERM, handler)
