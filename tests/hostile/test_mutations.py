"""Results, workbooks, settings, rules and logos, changed: handled, or refused in one line.

`python -m fuzz.by_hand` runs thousands of them.
"""

import random

import pytest

from analyzer.errors import ReadError
from analyzer.results.document import load_json
from fuzz.mutations import MUTATIONS
from fuzz.targets import TARGETS

NUMBERS = {"results": 60, "workbook": 60, "settings": 100, "rules": 40, "logo": 200}
NUMBERS |= {"waivers": 100, "profile": 60}


@pytest.mark.parametrize("part", range(4))
@pytest.mark.parametrize("name", MUTATIONS)
def test_a_mutation_is_handled(name: str, part: int) -> None:
    for number in range(part, NUMBERS[name], 4):
        TARGETS[name](MUTATIONS[name](random.Random(f"{name} {number}")))


def test_enough_mutations_of_results_are_results() -> None:
    """Otherwise nothing behind the reader would be tried."""
    loaded = 0
    for number in range(NUMBERS["results"]):
        try:
            load_json(MUTATIONS["results"](random.Random(f"results {number}")))
        except ReadError:
            continue
        loaded += 1
    assert loaded > NUMBERS["results"] / 4
