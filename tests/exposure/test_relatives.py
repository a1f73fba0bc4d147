"""Relatives of the damages: other places, other objects, other ways to put files together."""

import random

import pytest

from . import forest as made
from .conftest import Judge, relays, understated

RECORDS = made.forest()
TARGETS = [record for record in RECORDS if ",CN=SMTP," in record.dn]
OPEN = TARGETS[0]
OIDS = {
    made.LIST: "1.2.840.113556.1.4.7000.102.5048",
    made.FOR_AUTH: "1.2.840.113556.1.4.7000.102.5020",
    made.FLAGS: "1.2.840.113556.1.4.7000.102.2003",
}


def with_lines(record: made.Record, lines: list[bytes], end: bytes = b"\r\n") -> bytes:
    return b"".join(
        end.join([*(lines if other is record else made.ldif_lines(other)), b"", b""])
        for other in RECORDS
    )


@pytest.mark.parametrize("name", list(OIDS))
@pytest.mark.parametrize("spelled", ["{}", "OID.{}", "{};binary"])
def test_attributes_by_their_oids(judge: Judge, name: str, spelled: str) -> None:
    truth = judge(made.ldif(RECORDS))
    oid = spelled.format(OIDS[name])
    renamed = [
        made.Record(r.dn, tuple((oid if k == name else k, v) for k, v in r.pairs)) for r in RECORDS
    ]
    found = judge(made.ldif(renamed))
    if "OID" not in spelled:  # with a prefix it is no name that LDIF allows
        assert relays(found) == relays(truth)
    assert understated(truth, found) == []


@pytest.mark.parametrize("seed", range(6))
def test_any_two_lines_damaged(judge: Judge, seed: int) -> None:
    """Two damages at once, of whatever kind, in any record."""
    chance = random.Random(seed)
    truth = judge(made.ldif(RECORDS))
    for _ in range(8):
        record = chance.choice(RECORDS)
        lines = made.ldif_lines(record)
        for _ in range(2):
            at = chance.randrange(1, len(lines))
            lines[at] = chance.choice(
                [
                    lines[at].replace(b":", b" "),
                    b" " + lines[at],
                    b"\r" + lines[at],
                    lines[at][: chance.randrange(len(lines[at]))],
                    lines[at].partition(b":")[0] + b":",
                    b"\xef\xbc\x9a" + lines[at],
                    lines[at] + b"\xc2\xa0",
                ]
            )
        assert understated(truth, judge(with_lines(record, lines))) == [], lines


@pytest.mark.parametrize("name", [made.LIST, made.FOR_AUTH, made.FLAGS])
def test_the_line_behind_a_value_without_its_end(judge: Judge, name: str) -> None:
    """A lost line end: the line of an attribute becomes part of the value before it."""
    truth = judge(made.ldif(RECORDS))
    for record in TARGETS:
        lines = made.ldif_lines(record)
        for at in range(2, len(lines)):
            if lines[at].startswith(name.encode() + b":"):
                joined = [*lines[: at - 1], lines[at - 1] + lines[at], *lines[at + 1 :]]
                assert understated(truth, judge(with_lines(record, joined))) == []


def test_a_dump_of_the_global_catalog_beside_a_full_one(judge: Judge) -> None:
    """In one file: what one record shows says nothing of another."""
    kept = [*made.BOOKKEEPING, "objectClass", "cn", "legacyExchangeDN"]
    truth = judge(made.ldif(RECORDS))
    for at in range(len(RECORDS)):
        mixed = [r.only(kept) if i == at else r for i, r in enumerate(RECORDS)]
        assert understated(truth, judge(made.ldif(mixed))) == []


@pytest.mark.parametrize("head", ["ALL", "* +", "objectClass cn"])
def test_parts_of_several_searches_glued(judge: Judge, head: str) -> None:
    """The comment of a search counts for its own records only."""
    truth = judge(made.ldif(RECORDS))
    half = len(RECORDS) // 2
    short = [r.only(["objectClass", "cn", made.FOR_AUTH]) for r in RECORDS[half:]]
    first = made.ldapsearch(RECORDS[:half], head)
    for second in (made.ldapsearch(short, "objectClass cn x"), made.ldif(short)):
        assert understated(truth, judge(first + second)) == []
        assert understated(truth, judge(second + first)) == []


@pytest.mark.parametrize("parts", [2, 3, 7])
@pytest.mark.parametrize("end", [b"\r\n", b"\n"])
def test_every_part_of_a_split_file_is_needed(judge: Judge, parts: int, end: bytes) -> None:
    """All together they are the whole; without one of them nothing gets milder."""
    whole = made.ldif(RECORDS, end)
    truth = judge(whole)
    size = len(whole) // parts + 1
    pieces = [whole[at : at + size] for at in range(0, len(whole), size)]
    assert relays(judge(*pieces)) == relays(truth)


def test_parts_in_utf_16(judge: Judge) -> None:
    text = made.ldif(RECORDS).decode("latin-1").encode("utf-16-le")
    whole = b"\xff\xfe" + text
    truth = judge(whole)
    for at in range(1001, len(whole), 5003):
        assert relays(judge(whole[:at], whole[at:])) == relays(truth)


def test_an_unreadable_record_that_may_have_been_a_virtual_server_is_told(judge: Judge) -> None:
    lines = made.ldif_lines(OPEN)
    results = judge(with_lines(OPEN, [lines[0].replace(b"dn: ", b"dn "), *lines[1:]]))
    assert any("may have been" in text for text in results.inputs[0].warnings)


def test_another_class_in_the_place_of_a_virtual_server_is_told(judge: Judge) -> None:
    other = made.Record(
        OPEN.dn, (("objectClass", b"container"), *OPEN.without("objectClass").pairs)
    )
    results = judge(made.ldif([other, TARGETS[1]]))
    assert any("container" in text for text in results.inputs[0].warnings)
    assert "OPEN" not in relays(results)


def test_a_password_inside_another_value_is_shown_nowhere(judge: Judge) -> None:
    for at in range(1, len(made.ldif_lines(OPEN))):
        lines = made.ldif_lines(OPEN)
        lines.insert(at, b" msExchSmtpOutboundSecurityPassword: Geheim")
        assert "Geheim" not in repr(judge(with_lines(OPEN, lines)))


def test_copies_of_servers_and_connectors_are_told(judge: Judge) -> None:
    for record in RECORDS:
        changed = record.having(adminDisplayName=b"another")
        results = judge(made.ldif([*RECORDS, changed]))
        assert understated(judge(made.ldif(RECORDS)), results) == []
