"""Attributes taken away by a list of attributes never make a verdict milder, nor a check pass."""

from itertools import combinations

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from . import forest as made
from .conftest import Judge, understated

RECORDS = made.forest()
NAMES = sorted({name for record in RECORDS for name in record.names()} - {"objectClass"})
DECIDING = (made.LIST, made.FOR_AUTH, made.FLAGS, "msExchAccessSSLFlags", "msExchServerBindings")
BASE = ("objectClass", "cn")


def limited(names) -> list[made.Record]:
    return [record.only([*BASE, *names]) for record in RECORDS]


def looks_whole(names) -> bool:
    """The contract's measure of a whole record: nobody can tell such a list from no list."""
    marks = set(names) & set(made.BOOKKEEPING)
    return {"instanceType", "objectCategory"} <= marks and len(marks) >= 6


def check(judge: Judge, truth, names) -> None:
    kept = limited(names)
    assert understated(truth, judge(made.ldapsearch(kept, " ".join([*BASE, *names])))) == []
    if not looks_whole(names):
        assert understated(truth, judge(made.ldif(kept))) == []
        assert understated(truth, judge(made.csvde(kept))) == []


@pytest.fixture(scope="module")
def whole() -> bytes:
    return made.ldif(RECORDS)


@pytest.mark.parametrize("missing", NAMES)
def test_all_but_one_attribute(judge: Judge, whole: bytes, missing: str) -> None:
    check(judge, judge(whole), [name for name in NAMES if name != missing])


@pytest.mark.parametrize("count", [0, 1, 2, 3])
def test_what_decides_beside_any_bookkeeping(judge: Judge, whole: bytes, count: int) -> None:
    truth = judge(whole)
    for book in (made.BOOKKEEPING, made.BOOKKEEPING[:4], made.BOOKKEEPING[1:3], ()):
        for chosen in combinations(DECIDING, count):
            check(judge, truth, [*book, *chosen])


@settings(max_examples=60, deadline=None)
@given(kept=st.sets(st.sampled_from(NAMES)))
def test_any_list_of_attributes(judge: Judge, whole: bytes, kept: set[str]) -> None:
    check(judge, judge(whole), sorted(kept))


@settings(max_examples=40, deadline=None)
@given(
    kept=st.sets(st.sampled_from(NAMES)),
    limited_ones=st.sets(st.integers(0, len(RECORDS) - 1), min_size=1),
    before=st.booleans(),
)
def test_a_whole_and_a_limited_export_glued_together(
    judge: Judge, whole: bytes, kept: set[str], limited_ones: set[int], before: bool
) -> None:
    """Each object is in one of the two parts, as a file and as two."""
    assume(not looks_whole(kept))
    truth = judge(whole)
    full = [r for at, r in enumerate(RECORDS) if at not in limited_ones]
    short = [r.only([*BASE, *kept]) for at, r in enumerate(RECORDS) if at in limited_ones]
    parts = [made.ldif(full), made.ldif(short)]
    if before:
        parts.reverse()
    assert understated(truth, judge(b"".join(parts))) == []
    assert understated(truth, judge(*[part for part in parts if part])) == []


def test_a_global_catalog_knows_nothing_of_relaying(judge: Judge, whole: bytes) -> None:
    kept = limited(made.BOOKKEEPING)
    results = judge(made.ldif(kept))
    assert {listener.relay.verdict for listener in results.virtual_servers} == {"unknown"}
    assert {one.settings[made.LIST].state for one in results.virtual_servers} == {"not_exported"}


def test_a_list_with_two_operational_attributes_is_no_whole_export(judge: Judge) -> None:
    kept = limited(["name", "whenCreated", "whenChanged", made.FOR_AUTH])
    results = judge(made.ldif(kept))
    assert results.inputs[0].export_scope == "limited"
    assert {one.settings[made.LIST].state for one in results.virtual_servers} == {"not_exported"}
    assert all(one.relay.verdict == "unknown" for one in results.virtual_servers)


@pytest.mark.parametrize("omitted", [(), ("uSNCreated", "uSNChanged")])
def test_octets_left_out_are_not_an_empty_list(judge: Judge, omitted) -> None:
    """ldifde -n leaves out every octet string, with -o what was named as well."""
    octets = ("objectGUID", made.LIST)
    kept = [record.without(*octets, *omitted) for record in RECORDS]
    results = judge(made.ldif(kept))
    assert {one.settings[made.LIST].state for one in results.virtual_servers} == {"not_exported"}
    assert {one.relay.verdict for one in results.virtual_servers} == {"unknown"}
