"""The undamaged forest: every dialect gives the truth that the other tests compare with."""

import pytest

from . import forest as made
from .conftest import Judge, relays


@pytest.mark.parametrize("write", [made.ldif, made.ldapsearch])
def test_ldif_shows_the_whole_truth(judge: Judge, write) -> None:
    found = relays(judge(write(made.forest())))
    assert found == {server: (verdict, "decided") for server, verdict in made.VERDICTS.items()}


def test_csv_shows_the_same_and_marks_what_it_cannot_tell(judge: Judge) -> None:
    found = relays(judge(made.csvde(made.forest())))
    assert {server: verdict for server, (verdict, _) in found.items()} == made.VERDICTS
    assert {server for server, (_, how) in found.items() if how == "assumed"} == {"LOGON", "CLOSED"}
