"""The CSV table: what a spreadsheet program may make of it."""

import csv
import io

import report_builder
from hypothesis import given
from hypothesis import strategies as st

from analyzer.report.finding_csv import HEADERS, dump_csv, guard

ACTIVE = tuple("=+-@\t\r\n\0\uff1d\uff0b\uff0d\uff20")


def rows_of(data: bytes) -> list[list[str]]:
    return list(csv.reader(io.StringIO(data.decode("utf-8-sig"), newline=""), strict=True))


def test_it_has_a_byte_order_mark_and_ends_lines_with_crlf() -> None:
    data = dump_csv(report_builder.realistic())
    assert data.startswith(b"\xef\xbb\xbf" + b"id,severity,kind")
    assert data.endswith(b"\r\n")
    assert b"\n" not in data.replace(b"\r\n", b"")


def test_every_finding_is_one_row_with_all_columns() -> None:
    rows = rows_of(dump_csv(report_builder.realistic()))
    assert rows[0] == list(HEADERS)
    assert {len(row) for row in rows} == {len(HEADERS)}
    assert [row[0] for row in rows[1:3]] == ["F-00000001", "F-00000002"]


def test_no_cell_begins_like_a_formula() -> None:
    for row in rows_of(dump_csv(report_builder.hostile())):
        assert not [cell for cell in row if cell[:1] in ACTIVE and cell]


def test_raw_leaves_the_text_as_it_is() -> None:
    rows = rows_of(dump_csv(report_builder.hostile(), raw=True))
    assert rows[1][HEADERS.index("raw")] == report_builder.HOSTILE[0]
    assert rows[2][HEADERS.index("found")] == "+1+1"


def test_a_negative_number_from_a_dump_is_text_too() -> None:
    assert guard("-1") == "'-1"


def test_harmless_text_is_not_touched() -> None:
    for text in ("TRUE", "CN=1,CN=SMTP", "10.0.0.0/8", "a=b", "", "  two blanks"):
        assert guard(text) == text


@given(st.text())
def test_nothing_hidden_and_nothing_active_gets_through(text: str) -> None:
    shown = guard(text)
    assert not shown.lstrip(" ").startswith(ACTIVE)
    assert not set(shown) & {"\0", "\x1b", "\u202e", "\r"}
