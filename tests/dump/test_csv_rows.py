"""Rows of CSV by hand: bytes in, entries, lines and damage out; quotes, line ends, separators."""

import csv
import io
import random

import pytest
from readers import csv_tally, lines, shape, simple

from analyzer.dump.entry import Notation

A, B = "CN=a,DC=x", "CN=b,DC=x"
HEAD = b"DN,objectClass,cn,info\r\n"
ROW_A, ROW_B = b'"CN=a,DC=x",top,a,one\r\n', b'"CN=b,DC=x",top,b,two\r\n'


@pytest.mark.parametrize(
    ("data", "expected"),
    [
        (HEAD + ROW_A, [(A, {"objectclass": (b"top",), "cn": (b"a",), "info": (b"one",)})]),
        (HEAD + b'"CN=a,DC=x",,a,\r\n', [(A, {"cn": (b"a",)})]),
        (HEAD + b'"CN=a,DC=x",,a\r\n', [(A, {"cn": (b"a",), "info": ()})]),
        (HEAD + b"CN=a,,a,\n", [("CN=a", {"cn": (b"a",)})]),
        (HEAD + b'"CN=a,DC=x",,"a ""b"" c",\r\n', [(A, {"cn": (b'a "b" c',)})]),
        (HEAD + b'"CN=a,DC=x",,"one\r\ntwo",\r\n', [(A, {"cn": (b"one\r\ntwo",)})]),
        (HEAD + b'"CN=a,DC=x",,one;two;three,\r\n', [(A, {"cn": (b"one", b"two", b"three")})]),
        (HEAD + b'"CN=a,DC=x",,one\\;two;three,\r\n', [(A, {"cn": (b"one;two", b"three")})]),
        (
            HEAD + b'"CN=a,DC=x",,:25:;192.168.0.1:25:,\r\n',
            [(A, {"cn": (b":25:", b"192.168.0.1:25:")})],
        ),
        (
            HEAD + b"\"CN=a,DC=x\",,X'0aFf',X'00';X'01'\r\n",
            [(A, {"cn": (b"\x0a\xff",), "info": (b"\0", b"\1")})],
        ),
        (
            HEAD + b"\"CN=a,DC=x\",,X'0aF',X'0g'\r\n",
            [(A, {"cn": (b"X'0aF'",), "info": (b"X'0g'",)})],
        ),
        (
            HEAD + b'"CN=a,DC=x",,C:\\Mail\\a,C:\\b\r\n',
            [(A, {"cn": (b"C:\\Mail\\a",), "info": (b"C:\\b",)})],
        ),
        (HEAD + b'"CN=a,DC=x",,C:\\\\Mail\\\\a,\r\n', [(A, {"cn": (b"C:\\Mail\\a",)})]),
        (HEAD + b'"CN=a\\, b,DC=x",,C:\\\\a,\r\n', [("CN=a\\, b,DC=x", {"cn": (b"C:\\a",)})]),
        (b"dn;cn\n" + b'"CN=a,DC=x";a\n', [(A, {"cn": (b"a",)})]),
        (b"DN\tcn\n" + b"CN=a,DC=x\ta\n", [(A, {"cn": (b"a",)})]),
        (b"sep=;\r\nDN;cn\r\nCN=a,DC=x;a\r\n", [(A, {"cn": (b"a",)})]),
        (b"sep=,\r\nDN,cn\r\nCN=a,a\r\n", [("CN=a", {"cn": (b"a",)})]),
        (b'"DN","cn"\n"CN=a,DC=x","a"\n', [(A, {"cn": (b"a",)})]),
        (b"cn,distinguishedName\na,CN=a\n", [("CN=a", {"cn": (b"a",)})]),
        (b"DN,member;range=0-1499\nCN=a,CN=b\n", [("CN=a", {"member;range=0-1499": (b"CN=b",)})]),
        (b"DN,cn,cn\nCN=a,one,two\n", [("CN=a", {"cn": (b"one",), "cn;column-2": (b"two",)})]),
        (b"DN,cn\nCN=a,B\xfcro\n", [("CN=a", {"cn": ("Büro".encode(),)})]),
        (HEAD + b"\r\n,,,\r\n" + b'"CN=a,DC=x",,a,\r\n', [(A, {"cn": (b"a",)})]),
        (b"DN,cn\n<GUID=12>;CN=a,a\n", [("CN=a", {"cn": (b"a",)})]),
    ],
)
def test_a_row_reads_as(data: bytes, expected: list[object]) -> None:
    assert [simple(entry) for entry in csv_tally(data).kept] == expected


def test_backslashes_count_as_doubled_only_where_all_are() -> None:
    one = csv_tally(HEAD + b"CN=a,,C:\\\\x,\nCN=b,,C:\\x,\n").kept
    assert [entry.attributes["cn"] for entry in one] == [(b"C:\\\\x",), (b"C:\\x",)]
    both = csv_tally(HEAD + b"CN=a,,C:\\\\x,\nCN=b,,C:\\\\y,\n").kept
    assert [entry.attributes["cn"] for entry in both] == [(b"C:\\x",), (b"C:\\y",)]


def test_studio_joins_by_bars_and_guards_formulas() -> None:
    (entry,) = csv_tally(b'dn,cn,info\n"CN=a","one|two","\'=x"\n').kept
    assert entry.attributes == {"cn": (b"one", b"two"), "info": (b"=x",)}


def test_what_the_export_destroyed_is_lost() -> None:
    data = (
        b'"DistinguishedName","a","b"\n"CN=a","System.Byte[]",'
        b'"Microsoft.ActiveDirectory.Management.ADPropertyValueCollection"\n'
    )
    (entry,) = csv_tally(data).kept
    assert [(f.values, bool(f.lost), f.raw[:6]) for f in entry.fields.values()] == [
        ((), True, "System"),
        ((), True, "Micros"),
    ]


def test_hex_is_noted_as_hex() -> None:
    (entry,) = csv_tally(b"DN,a,b\nCN=a,X'00',text\n").kept
    assert [field.notation for field in entry.fields.values()] == [Notation.HEX, Notation.CSV]


def test_rows_stand_on_their_lines_line_ends_in_quotes_included() -> None:
    data = HEAD + b'"CN=a,DC=x",,"1\r\n2\r\n\r\n4",\r\n' + ROW_B
    found = csv_tally(data).kept
    assert [(e.dn, e.source.line, e.source.last_line) for e in found] == [(A, 2, 5), (B, 6, 6)]
    assert {field.line for field in found[0].fields.values()} == {2}


@pytest.mark.parametrize(
    ("data", "entries", "damage"),
    [
        (HEAD + b'"CN=a,DC=x",top,"a,\r\n' + ROW_B, 1, [((2, 2), "quote without")]),
        (HEAD + b'"CN=a,DC=x",top,a"b,\r\n' + ROW_B, 1, [((2, 2), "quote without")]),
        (HEAD + b'"\r\n"\r\n"\r\n' + ROW_B, 1, [((2, 4), "quote without")]),
        (HEAD + b"CN=a,b,c,d,e\r\n" + ROW_B, 1, [((2, 2), "5 cells, the header has 4")]),
        (HEAD + b",top,a,\r\n" + ROW_B, 1, [((2, 2), "without DN")]),
        (HEAD + b"x,top,a,\r\n" + ROW_B, 1, [((2, 2), "DN is not valid")]),
        (HEAD + ROW_B + b'"CN=c,DC=x",top,"cut', 1, [((3, 3), "cut")]),
        (HEAD + ROW_B + b'"CN=c,DC=x",top,"cut\r\nin a cell', 1, [((3, 3), "cut")]),
        (HEAD + ROW_B + b"CN=c,top", 2, [((3, 3), "cut")]),
    ],
)
def test_damage_costs_a_row(
    data: bytes, entries: int, damage: list[tuple[tuple[int, int], str]]
) -> None:
    tally = csv_tally(data)
    assert len(tally.kept) == entries
    found = [
        item for item in tally.unreadable if "without DN" not in item.reason or "DN" in damage[0][1]
    ]
    assert lines(found)[: len(damage)] == [place for place, _ in damage]
    assert damage[0][1] in found[0].reason


def test_row_cut_in_mid_row_is_kept_and_marked() -> None:
    (entry,) = csv_tally(HEAD + b"CN=a,top").kept
    assert entry.cut
    assert entry.attributes == {"objectclass": (b"top",), "cn": (), "info": ()}
    assert all("cut before" in entry.fields[name].lost for name in ("cn", "info"))
    assert "ends inside" in entry.fields["objectclass"].damaged


def test_cells_that_a_row_does_not_have_are_lost() -> None:
    (entry,) = csv_tally(HEAD + b"CN=a,top\r\n").kept
    assert not entry.cut
    assert "fewer cells" in entry.fields["info"].lost


def test_last_row_without_line_end_is_noted() -> None:
    assert "may be cut" in "".join(csv_tally(HEAD + ROW_A.rstrip()).notes)
    assert csv_tally(HEAD + ROW_A).notes == {}


def test_long_cells_and_many_columns_are_normal() -> None:
    names = [f"a{number}" for number in range(2_500)]
    cells = [str(number) for number in range(2_499)] + ["x" * 500_000]
    data = ",".join(["DN", *names]) + "\n" + ",".join(["CN=a", *cells]) + "\n"
    (entry,) = csv_tally(data.encode()).kept
    assert len(entry.fields) == 2_500
    assert entry.attributes["a2499"] == (b"x" * 500_000,)


def test_quotes_and_line_ends_at_any_border_of_chunks_are_the_same() -> None:
    data = HEAD + b'"CN=a,DC=x",top,"a""\r\n""b","c,\n"\r\n' + b'"stray\r\n' + ROW_B
    expected = shape(csv_tally(data, chunk=len(data)))
    assert len(csv_tally(data).kept) == 2
    for chunk in range(1, len(data)):
        assert shape(csv_tally(data, chunk=chunk)) == expected


@pytest.mark.parametrize("seed", range(40))
def test_what_a_csv_writer_prints_reads_back(seed: int) -> None:
    rnd = random.Random(seed)
    quoting = rnd.choice((csv.QUOTE_MINIMAL, csv.QUOTE_ALL))
    # Older versions of the writer leave a carriage return unquoted.
    letters = "ab,\"\n| ü'=" + ("\r" if quoting == csv.QUOTE_ALL else "")
    names = ["cn", "info", "description", "title"][: rnd.randrange(1, 5)]
    rows = [
        ["".join(rnd.choice(letters) for _ in range(rnd.randrange(6))) for _ in names]
        for _ in range(rnd.randrange(1, 6))
    ]
    out = io.StringIO(newline="")
    end = rnd.choice(("\n", "\r\n"))
    writer = csv.writer(out, delimiter=rnd.choice(",;\t"), lineterminator=end, quoting=quoting)
    writer.writerow(["DN", *names])
    writer.writerows([f"CN={number},DC=x", *row] for number, row in enumerate(rows))
    tally = csv_tally(out.getvalue().encode())
    expected = [
        {name: (cell.encode(),) for name, cell in zip(names, row, strict=True) if cell}
        for row in rows
    ]
    assert [entry.attributes for entry in tally.kept] == expected
    assert tally.unreadable == []


@pytest.mark.parametrize("chunk", [1, 7, 64, 1_000])
@pytest.mark.parametrize("scanning", [False, True])
def test_line_above_the_limit_is_one_row_too_large_however_it_comes(
    chunk: int, scanning: bool
) -> None:
    rows = (
        b'"CN=a","' + b"y" * 300 + b'"\n"CN=b",top\n"CN=c","1\n' + b"y" * 300 + b'"\n"CN=d",top\n'
    )
    found = csv_tally(b"DN,objectClass\n" + rows, chunk, limit=100, scanning=scanning)
    assert [(item.line, item.last_line, item.reason) for item in found.damage()] == [
        (2, 2, "a row of more than 100 bytes"),
        (4, 4, "a quote without its partner"),
        (5, 5, "a row of more than 100 bytes"),
    ]
    assert found.entries == 4
