"""An extract is the dump as far as an audit rests on it: audited again, it says the same."""

from pathlib import Path

import pytest
from extracts import DUMPS, SAMPLES, Make, counts_of, findings_of, results_of

from analyzer.extract.name_mapping import NameMapping


@pytest.mark.parametrize("dump", DUMPS, ids=lambda path: path.name)
def test_audited_again_it_gives_the_same(dump: Path, make: Make) -> None:
    before, after = results_of(dump), results_of(make(dump))
    assert counts_of(after) == counts_of(before)
    assert findings_of(after) == findings_of(before)


@pytest.mark.parametrize("dump", DUMPS, ids=lambda path: path.name)
def test_redacted_it_gives_the_same_counts(dump: Path, make: Make) -> None:
    before, after = results_of(dump), results_of(make(dump, mapping=NameMapping()))
    assert counts_of(after) == counts_of(before)


PAIRS = [
    ("contoso-2003.ldf", "dialects/ldifde-one-attribute.ldf"),
    ("dialects/ldifde-one-attribute.ldf", "contoso-csvde.csv"),
    ("quirks/no-objectclass.ldif", "contoso-snapshot.dat"),
]


@pytest.mark.parametrize("names", PAIRS, ids=" and ".join)
def test_several_dumps_of_different_scope_become_one(names: tuple[str, str], make: Make) -> None:
    dumps = [SAMPLES / name for name in names]
    before, after = results_of(*dumps), results_of(make(*dumps))
    assert counts_of(after) == counts_of(before)
    assert findings_of(after) == findings_of(before)


def test_an_extract_of_an_extract_is_its_own_evidence(make: Make) -> None:
    first = make(SAMPLES / "dialects" / "csvde-without-octets.csv")
    again = make(first, name="again.ldif")
    assert findings_of(results_of(again)) == findings_of(results_of(first))
    assert counts_of(results_of(again)) == counts_of(results_of(first))
