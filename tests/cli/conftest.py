"""The dump that the tests of the command line have it read."""

from pathlib import Path

import pytest

SAMPLES = Path(__file__).parents[2] / "samples"


@pytest.fixture
def sample() -> str:
    """Return the dump that `make report` audits."""
    return str(SAMPLES / "contoso-2003.ldf")
