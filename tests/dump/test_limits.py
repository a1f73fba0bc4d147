"""Limits: what is above them costs itself, is named with its lines, and nothing else is lost."""

from pathlib import Path

import pytest
from readers import csv_tally, ldif_tally, lines, read

from analyzer.dump.csv import csv_rows
from analyzer.dump.ldif import ldif_events, record_parser

SMALL = b"dn: CN=%d,DC=x\ncn: a\n\n"


def before_and_after(middle: bytes) -> bytes:
    return SMALL % 1 + middle + SMALL % 2


@pytest.mark.parametrize("chunk", [100, 4_096, 1 << 20])
@pytest.mark.parametrize(
    "big",
    [
        b"info: " + b"x" * 200_000 + b"\n",
        b"info:: QUFB\n" + b" QUFB\n" * 40_000,
        b"cn: x\n" * 40_000,
        b"info: x\n" + b" y\n" * 70_000,
        b"x" * 200_000 + b"\n",
    ],
    ids=["one line", "folded", "many values", "many folds", "no attribute"],
)
def test_record_above_the_limit_is_named_and_its_neighbours_are_kept(
    big: bytes, chunk: int
) -> None:
    data = before_and_after(b"dn: CN=big,DC=x\n" + big + b"\n")
    tally = ldif_tally(data, chunk=chunk, limit=100_000)
    assert [entry.dn for entry in tally.kept] == ["CN=1,DC=x", "CN=2,DC=x"]
    (found,) = tally.unreadable
    assert (found.line, found.last_line) == (4, 4 + big.count(b"\n"))
    assert "100000" in found.reason
    assert tally.entries == 3
    assert [entry.source.line for entry in tally.kept] == [1, big.count(b"\n") + 6]


@pytest.mark.parametrize("chunk", [100, 4_096, 1 << 20])
def test_records_without_empty_lines_are_no_record_above_the_limit(chunk: int) -> None:
    data = b"".join(b"dn: CN=%d,DC=x\ninfo: %s\n" % (n, b"y" * 900) for n in range(300))
    tally = ldif_tally(data, chunk=chunk, limit=20_000)
    assert (len(tally.kept), tally.unreadable) == (300, [])


@pytest.mark.parametrize("chunk", [100, 4_096, 1 << 20])
def test_small_record_glued_before_a_big_one_is_kept(chunk: int) -> None:
    big = b"dn: CN=big,DC=x\ninfo: " + b"x" * 200_000 + b"\n\n"
    tally = ldif_tally(SMALL % 1 + b"dn: CN=3,DC=x\ncn: a\n" + big + SMALL % 2, chunk, limit=50_000)
    assert [entry.dn[:4] for entry in tally.kept] == ["CN=1", "CN=3", "CN=2"]
    assert lines(tally.unreadable) == [(6, 7)]


def test_last_record_above_the_limit_ends_with_the_file() -> None:
    tally = ldif_tally(SMALL % 1 + b"dn: CN=big\n" + b"cn: x\n" * 50_000, limit=100_000)
    assert lines(tally.unreadable) == [(4, 50_004)]


def test_record_of_too_many_lines_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ldif_events, "MAX_LINES", 1_000)
    tally = ldif_tally(before_and_after(b"dn: CN=big\n" + b"cn: x\n" * 1_500 + b"\n"))
    assert (len(tally.kept), lines(tally.unreadable)) == (2, [(4, 1_504)])


def test_record_of_too_many_attributes_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(record_parser, "MAX_ATTRIBUTES", 100)
    names = b"".join(b"a%d: x\n" % number for number in range(101))
    tally = ldif_tally(before_and_after(b"dn: CN=big\n" + names + b"\n"))
    assert "more than 100 attributes" in tally.unreadable[0].reason
    assert (len(tally.kept), lines(tally.unreadable)) == (2, [(4, 105)])


def test_dn_above_the_limit_is_named() -> None:
    dn = b",".join([b"CN=a"] * 20_000)
    tally = ldif_tally(before_and_after(b"dn: " + dn + b"\ncn: a\n\n"))
    assert (len(tally.kept), lines(tally.unreadable)) == (2, [(4, 5)])
    assert len(tally.unreadable[0].reason) < 200


@pytest.mark.parametrize("chunk", [100, 4_096, 1 << 20])
def test_row_above_the_limit_is_named_and_its_neighbours_are_kept(chunk: int) -> None:
    data = b"DN,cn\nCN=1,a\nCN=big," + b"x" * 200_000 + b"\nCN=2,b\n"
    tally = csv_tally(data, chunk=chunk, limit=100_000)
    assert [entry.dn for entry in tally.kept] == ["CN=1", "CN=2"]
    assert lines(tally.unreadable) == [(3, 3)]
    assert "100000" in tally.unreadable[0].reason
    assert tally.entries == 3


def test_row_of_too_many_lines_is_given_up_and_the_next_is_read(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(csv_rows, "MAX_LINES", 500)
    data = b'DN,cn\nCN=1,a\nCN=big,"' + b"\n" * 2_000 + b'CN=2,b\n"\nCN=3,c\n'
    tally = csv_tally(data)
    assert [entry.dn for entry in tally.kept] == ["CN=1", "CN=2", "CN=3"]
    assert lines(tally.unreadable) == [(3, 3), (2_004, 2_004)]


def test_row_of_more_cells_than_columns_is_named() -> None:
    tally = csv_tally(b"DN,cn\nCN=1" + b"," * 100_000 + b"\nCN=2,b\n")
    assert [entry.dn for entry in tally.kept] == ["CN=2"]
    assert "100001 cells" in tally.unreadable[0].reason


@pytest.mark.parametrize("limit", [100_000, 1_000])
@pytest.mark.parametrize("more", [200_000, 1, 0])
@pytest.mark.parametrize("end", [b"\n", b"\r\n"], ids=["LF", "CRLF"])
def test_limit_of_the_caller_is_kept_by_every_way_of_reading(
    limit: int, more: int, end: bytes, tmp_path: Path
) -> None:
    path = tmp_path / "dump.ldf"
    big = b"dn: CN=big\ninfo: \n".replace(b"\n", end)
    big = big[: -len(end)] + b"x" * (limit + more - len(big)) + end
    # More than the first chunk, in few records.
    small = b"dn: CN=1,DC=x\ncn: %s\n\n" % (b"a" * 475)
    path.write_bytes(small.replace(b"\n", end) * 3_000 + big + end + SMALL % 2)
    expected = read(path, parse_all=True, max_record=limit)
    assert len(expected.unreadable) == (more > 0)
    assert expected.input.entries == 3_002
    for jobs in (1, 2):
        assert read(path, jobs=jobs, max_record=limit) == expected
