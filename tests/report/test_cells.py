"""One cell: text stays text, whatever it looks like."""

from datetime import UTC, datetime

import report_builder
from hypothesis import given
from hypothesis import strategies as st
from lxml import etree

from analyzer.report.workbook.cells import LONGEST, Formula, Style, cell
from analyzer.visible_text import one_line, shorten, visible

STYLE = Style(1, 2)


def parsed(xml: str) -> etree._Element:
    return etree.fromstring(xml)


def text_of(xml: str) -> str:
    node = parsed(xml)
    assert node.get("t") == "inlineStr"
    return node.findtext("is/t") or ""


def test_text_is_written_as_text() -> None:
    assert cell("B2", "a<b&c", STYLE) == (
        '<c r="B2" s="1" t="inlineStr"><is><t>a&lt;b&amp;c</t></is></c>'
    )


def test_what_looks_active_is_marked_as_text_too() -> None:
    for text in ("=1+1", "+1", "-1", "@A1", "#REF!", "\t=1", "=>", "====="):
        assert parsed(cell("A1", text, STYLE)).get("s") == "2"
        assert text_of(cell("A1", text, STYLE)) == text


def test_hidden_characters_are_shown() -> None:
    shown = text_of(cell("A1", "a\x00b\x0bc\u202ed\ud800e\ufffef\rg\r\nh", STYLE))
    assert shown == "a\\x00b\\x0bc\\u202ed\\ud800e\\ufffef\ng\nh"


def test_what_the_format_would_take_for_an_escape_is_escaped() -> None:
    assert text_of(cell("A1", "_x000D_", STYLE)) == "_x005F_x000D_"
    assert text_of(cell("A1", "a_x b_xyzw_", STYLE)) == "a_x b_xyzw_"


def test_long_text_is_cut_with_a_note_that_says_where_the_rest_is() -> None:
    shown = text_of(cell("A1", "x" * 40_000, STYLE, "E-0042"))
    assert len(shown) <= LONGEST
    assert shown.endswith("… [cut, 40,000 characters; full value in the JSON results, E-0042]")
    assert text_of(cell("A1", "x" * LONGEST, STYLE)) == "x" * LONGEST


def test_length_counts_in_utf_16_units() -> None:
    shown = text_of(cell("A1", "\U0001f600" * 20_000, STYLE))
    assert len(shown.encode("utf-16-le")) // 2 <= LONGEST
    assert "[cut, 20,000 characters" in shown


def test_escapes_count_as_the_characters_they_take() -> None:
    shown = text_of(cell("A1", "_x0041_" * 4_000, STYLE))
    assert len(shown) <= LONGEST
    assert "[cut, 28,000 characters" in shown


def test_numbers_are_numbers_until_a_spreadsheet_would_round_them() -> None:
    assert cell("A1", 64_000, STYLE) == '<c r="A1" s="1"><v>64000</v></c>'
    assert cell("A1", True, STYLE) == '<c r="A1" s="1"><v>1</v></c>'
    assert text_of(cell("A1", 10**15, STYLE)) == "1000000000000000"


def test_a_time_is_days_since_the_end_of_1899() -> None:
    noon = datetime(2026, 11, 24, 12, tzinfo=UTC)
    assert cell("A1", noon, STYLE) == '<c r="A1" s="1"><v>46350.5</v></c>'


def test_only_our_own_formulas_are_formulas() -> None:
    assert cell("A1", Formula('COUNTIF(B1:B2,"a<b")', 0), STYLE) == (
        '<c r="A1" s="1"><f>COUNTIF(B1:B2,"a&lt;b")</f><v>0</v></c>'
    )


@given(st.text(st.characters(codec=None, exclude_categories=()), max_size=60))
def test_any_text_gives_one_well_formed_text_cell(text: str) -> None:
    node = parsed(cell("A1", text, STYLE))
    assert node.tag == "c"
    assert {child.tag for child in node.iter()} <= {"c", "is", "t"}
    assert node.get("t") == "inlineStr" or not text


@given(st.text(st.characters(codec=None, exclude_categories=()), max_size=60))
def test_showing_text_twice_changes_nothing_more(text: str) -> None:
    assert visible(visible(text)) == visible(text)


def test_every_hostile_text_survives_in_some_form() -> None:
    for text in report_builder.HOSTILE[:-1]:
        assert text_of(cell("A1", text, STYLE))


def test_one_line_and_shorten_make_headings() -> None:
    assert one_line(" a\r\nb\t c ") == "a b c"
    assert shorten("one two three four", 12) == "one two…"
    assert shorten("short", 12) == "short"
