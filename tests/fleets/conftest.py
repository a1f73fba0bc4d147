"""What runs a fleet."""

import pytest

from . import small_fleets


@pytest.fixture
def fleet() -> small_fleets.Fleet:
    """Return what audits inputs into a folder."""
    return small_fleets.run
