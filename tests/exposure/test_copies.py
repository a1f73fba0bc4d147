"""Several records of one object: the newer one counts, or the worst of them."""

from itertools import permutations

import pytest

from . import forest as made
from .conftest import Judge, relays

OPEN = made.virtual_server("EX01", 8000, **{made.LIST: made.deny("192.0.2.7/32")})
CLOSED = made.virtual_server("EX01", 8000, **{made.FOR_AUTH: b"FALSE"})
LISTED = made.virtual_server("EX01", 8000, **{made.LIST: made.grant("10.1.2.3/32")})
UNKNOWN = OPEN.only(["objectClass", "cn", "whenChanged", "uSNChanged", made.FOR_AUTH])
COPIES = {"open": OPEN, "closed": CLOSED, "listed": LISTED, "unknown": UNKNOWN}
WORST = ("open", "unknown", "listed", "authenticated", "closed")
PADDED = {name: record.having(description=b"more attributes") for name, record in COPIES.items()}


@pytest.mark.parametrize("padded", list(COPIES))
@pytest.mark.parametrize("pair", list(permutations(COPIES, 2)), ids="-".join)
@pytest.mark.parametrize("files", [1, 2])
def test_the_worst_of_copies_counts(judge: Judge, pair, padded: str, files: int) -> None:
    """Whichever has more attributes, whichever comes first, in one file or in two."""
    texts = [made.ldif([(PADDED if name == padded else COPIES)[name]]) for name in pair]
    results = judge(*texts) if files == 2 else judge(b"".join(texts))
    (listener,) = results.virtual_servers
    worst = min(pair, key=WORST.index)
    assert (listener.relay.verdict, listener.relay.confidence) == (worst, "assumed")
    assert len(listener.notes) >= 2


def test_a_setting_that_differs_is_undecodable_with_both_values(judge: Judge) -> None:
    results = judge(made.ldif([OPEN, CLOSED]))
    (listener,) = results.virtual_servers
    setting = listener.settings[made.FOR_AUTH]
    assert setting.state == "undecodable"
    assert "TRUE" in setting.reason
    assert "FALSE" in setting.reason


def test_a_copy_that_is_proved_newer_is_judged(judge: Judge) -> None:
    newer = CLOSED.having(whenChanged=b"20050101000000.0Z", uSNChanged=b"99999")
    for texts in ([OPEN, newer], [newer, OPEN]):
        (listener,) = judge(made.ldif(texts)).virtual_servers
        assert (listener.relay.verdict, listener.relay.confidence) == ("closed", "decided")
        assert any("copy" in note for note in listener.notes)


def test_copies_matched_by_guid_under_two_names(judge: Judge) -> None:
    moved = CLOSED.renamed(made.virtual_server_dn(1, "EX02"))
    results = judge(made.ldif([OPEN, moved]))
    (listener,) = results.virtual_servers
    assert (listener.relay.verdict, listener.relay.confidence) == ("open", "assumed")


def test_objects_of_one_name_and_two_guids_are_two(judge: Judge) -> None:
    other = CLOSED.having(objectGUID=bytes(range(16)))
    results = judge(made.ldif([OPEN, other]))
    assert sorted(listener.relay.verdict for listener in results.virtual_servers) == [
        "closed",
        "open",
    ]


def test_identical_copies_stay_decided(judge: Judge) -> None:
    results = judge(made.ldif([OPEN]), made.ldif([OPEN]))
    assert relays(results) == {"EX01": ("open", "decided")}


def test_a_conflict_object_is_its_own(judge: Judge) -> None:
    mark = "\\0ACNF:12345678-1234-1234-1234-123456789012"
    name = OPEN.dn.replace("CN=1,", f"CN=1{mark},", 1)
    other = CLOSED.renamed(name).having(
        objectGUID=bytes(range(16)), distinguishedName=name.encode()
    )
    results = judge(made.ldif([OPEN, other]))
    assert [listener.relay.verdict for listener in results.virtual_servers] == ["open", "closed"]
    assert any("conflict" in note for note in results.virtual_servers[1].notes)


@pytest.mark.parametrize("milder_first", [True, False])
def test_records_that_differ_in_an_option_alone(judge: Judge, milder_first: bool) -> None:
    optional = made.Record(
        CLOSED.dn,
        (*CLOSED.pairs, (f"{made.LIST};binary", made.grant("10.9.9.9/32"))),
    )
    pair = [optional, OPEN] if milder_first else [OPEN, optional]
    (listener,) = judge(made.ldif(pair)).virtual_servers
    assert (listener.relay.verdict, listener.relay.confidence) == ("open", "assumed")


@pytest.mark.parametrize("name", [f"{made.LIST};binary", "1.2.840.113556.1.4.7000.102.5048"])
@pytest.mark.parametrize("real_first", [True, False])
def test_one_record_with_the_list_twice(judge: Judge, name: str, real_first: bool) -> None:
    real, mild = made.deny("192.0.2.7/32"), made.grant("10.9.9.9/32")
    values = [(made.LIST, real), (name, mild)] if real_first else [(made.LIST, mild), (name, real)]
    record = made.Record(OPEN.dn, (*OPEN.without(made.LIST).pairs, *values))
    (listener,) = judge(made.ldif([record])).virtual_servers
    assert (listener.relay.verdict, listener.relay.confidence) in (
        ("open", "assumed"),
        ("unknown", "assumed"),
        ("unknown", "decided"),
    )
