"""Both renderers, given a section they cannot know: what it says of itself is all they need."""

import ast
import io
import re
from collections.abc import Iterator
from itertools import product
from pathlib import Path

import openpyxl
import pytest
from msgspec.structs import fields
from openpyxl.worksheet.worksheet import Worksheet
from report_builder import realistic
from test_page import Element, read, section_of

import analyzer.report
from analyzer.report.compose import compose_report, compose_sections
from analyzer.report.page.html_cells import LONG
from analyzer.report.page.html_page import write_page
from analyzer.report.paper import Paper
from analyzer.report.section import (
    Cell,
    Column,
    ColumnGroup,
    ColumnKind,
    Link,
    Marked,
    Row,
    RowTest,
    Section,
    Url,
    plain,
)
from analyzer.report.summary import Report, Summary
from analyzer.report.tones import PALETTE
from analyzer.report.workbook.workbook_file import write_workbook

NOBODY = Paper()
WORKBOOK, PAGE = (Path(analyzer.report.__file__).parent / name for name in ("workbook", "page"))
RENDERERS = sorted((*WORKBOOK.glob("*.py"), *PAGE.glob("*.py")))

VALUES: dict[ColumnKind, tuple[Cell, ...]] = {
    ColumnKind.TEXT: ("=1+1", None, "x" * (LONG + 1), Link("sea", "depths"), Link("far", "moon")),
    ColumnKind.NUMBER: (1234, 0, None, "many", 10**16),
    ColumnKind.TIME: ("2011-02-03T04:05:06Z", "20110203040506.0Z", "once", None, ""),
    ColumnKind.WORD: ("Salty", "Fresh", "Brackish", None, ""),
    ColumnKind.MARKED: (
        Marked("1 m"),
        Marked("2 m", differs_from_default=True),
        Marked("3 m", differs_from_peers=True),
        Marked("4 m", differs_from_default=True, differs_from_peers=True),
        Marked("* star"),
    ),
}
"""Every kind of cell in a kind of column where it may stand; one a row."""

BEGUN = (ColumnKind.TEXT, ColumnKind.WORD)

COLUMNS = (
    Column("Depth", 20),
    *(
        Column(f"{kind.value} {group.value}", 12, kind, group, tones={"Salty": "odd"})
        for group, kind in product(ColumnGroup, ColumnKind)
    ),
    Column("Explained", 30, below="Depth"),
    Column("Source", 30),
    Column("Choice", 9, group=ColumnGroup.REVIEWER, choices="Efforts"),
    Column(
        "Dived on", 9, group=ColumnGroup.REVIEWER, date=True, alarm_unless=RowTest("Depth", "d-3")
    ),
)


def rows() -> Iterator[Row]:
    for at in range(5):
        source = Url("dive.example", "https://dive.example/a?b=c") if at else None
        # What is for reviewers is blank, or says where they begin.
        cells = (
            VALUES[kind][at] if group is not ColumnGroup.REVIEWER or kind in BEGUN else None
            for group, kind in product(ColumnGroup, ColumnKind)
        )
        yield (f"d-{at}", *cells, f"because {at}", source, None, None)


def depths(**changes: object) -> Section:
    return Section(
        **{
            "key": "depths",
            "title": "Depths",
            "intro": "Five depths.",
            "columns": COLUMNS,
            "rows": rows,
            "count": 5,
            "table": "tblDepths",
            "reviewer_note": "Mind the columns.",
            "anchors": tuple(f"d-{at}" for at in range(5)),
            "frozen": 2,
            "set_aside": RowTest("word main", "Fresh"),
            **changes,
        }
    )


def report_with(section: Section) -> Report:
    """Put a section into a real report, whose summary counts a column of another one."""
    real = compose_report(realistic(), NOBODY)
    return Report(real.summary, (section, *real.sections), real.servers, real.letter, real.imprint)


def sheet_of(section: Section) -> Worksheet:
    stream = io.BytesIO()
    write_workbook(report_with(section), NOBODY, stream, reproducible=True)
    return openpyxl.load_workbook(stream)[section.title]


def table_of(section: Section) -> Element:
    stream = io.BytesIO()
    write_page(report_with(section), NOBODY, stream)
    return section_of(read(stream.getvalue()), section.key)


def letter_of(header: str) -> str:
    at = [column.header for column in COLUMNS].index(header) + 1
    return openpyxl.utils.get_column_letter(at)


def test_the_workbook_shows_every_cell() -> None:
    sheet = sheet_of(depths())
    for at, row in enumerate(rows(), start=6):
        for column, (value, written) in zip(COLUMNS, zip(row, sheet[at], strict=True), strict=True):
            text = "" if written.value is None else str(written.value)
            if text and column.kind is ColumnKind.TIME and written.is_date:
                assert text == "2011-02-03 04:05:06"
            else:
                assert text == plain(value), column.header
    assert sheet["B6"].data_type == "s"
    assert sheet["B9"].hyperlink.location == "'Depths'!A1"
    assert sheet["B10"].hyperlink is None
    assert sheet[f"{letter_of('Source')}7"].hyperlink.target == "https://dive.example/a?b=c"
    assert sheet["C6"].number_format == "#,##0"
    assert sheet["D6"].is_date


def test_the_page_shows_every_cell_but_those_for_reviewers() -> None:
    body = table_of(depths()).all("tbody")[0]
    for element, row in zip(body.all("tr"), rows(), strict=True):
        for column, cell in zip(COLUMNS, row, strict=True):
            if column.group is ColumnGroup.REVIEWER or column.kind is ColumnKind.TIME:
                continue
            text = f"{cell:,}" if isinstance(cell, int) else plain(cell)
            assert text in element.text(), column.header
    assert "2011-02-03 04:05 UTC" in body.text()
    assert {link.attributes["href"] for link in body.all("a")} == {
        "#depths", "https://dive.example/a?b=c",
    }  # fmt: skip


def test_columns_stand_where_their_group_says() -> None:
    sheet, table = sheet_of(depths()), table_of(depths())
    for at, column in enumerate(COLUMNS, start=1):
        detail = column.group is ColumnGroup.DETAIL
        name = openpyxl.utils.get_column_letter(at)
        # Neighbours of one look are one element of the file, named after the first of them.
        hidden = [
            shape.hidden
            for shape in sheet.column_dimensions.values()
            if shape.min <= at <= shape.max
        ]
        assert hidden == [detail], name
    heads = table.all("thead")[0].all("th")
    shown = {head.text(): (head.attributes["class"] or "").split() for head in heads}
    assert set(shown) == {
        column.header
        for column in COLUMNS
        if column.group is not ColumnGroup.REVIEWER and not column.below
    }
    assert {name for name, classes in shown.items() if "d" in classes} == {
        column.header for column in COLUMNS if column.group is ColumnGroup.DETAIL
    }
    assert "prose" in shown["Depth"]
    assert [part.text() for part in table.all("dt")] == ["Explained"] * 5


def test_only_the_workbook_speaks_of_what_reviewers_fill_in() -> None:
    assert sheet_of(depths())["A2"].value == "Five depths. Mind the columns."
    assert table_of(depths()).all("p")[0].text() == "Five depths."


def test_tones_and_marks_are_those_of_the_section() -> None:
    sheet, table = sheet_of(depths()), table_of(depths())
    formats = {
        rule.formula[0]: rule.dxf for span in sheet.conditional_formatting for rule in span.rules
    }
    word, due = letter_of("word main"), letter_of("Dived on")
    assert formats[f'OR({word}6="Salty")'].fill.bgColor.rgb == f"00{PALETTE['odd'][1]}"
    assert f'${word}6="Fresh"' in formats
    assert f'AND(ISNUMBER({due}6),{due}6<TODAY(),A6<>"d-3")' in formats
    assert {f'LEFT(A6,2)="{mark}"' for mark in ("* ", "*≠", "≠ ")} <= set(formats)
    toned = [
        (part.attributes["class"], part.text())
        for part in table.all("tbody")[0].all("span")
        if "tone" in (part.attributes["class"] or "")
    ]
    # Once among the columns in view, once among the details.
    expected = [
        ("tone odd", "Salty"), ("tone odd", "* 2 m"), ("tone unknown", "≠ 3 m"),
        ("tone odd", "*≠ 4 m"),
    ]  # fmt: skip
    assert sorted(toned) == sorted(expected * 2)
    waived = [row for row in table.all("tr") if row.attributes.get("class") == "waived"]
    assert [row.attributes["id"] for row in waived] == ["depths-d-1"]


def test_lists_and_dates_are_offered_where_the_column_says_so() -> None:
    rules = {str(rule.sqref): rule for rule in sheet_of(depths()).data_validations.dataValidation}
    choice, due = letter_of("Choice"), letter_of("Dived on")
    assert rules[f"{choice}6:{choice}10"].formula1 == "Efforts"
    assert rules[f"{due}6:{due}10"].type == "date"
    assert len(rules) == 2


@pytest.mark.parametrize(
    ("groups", "last"),
    [((ColumnGroup.MAIN,), "Source"), ((ColumnGroup.MAIN, ColumnGroup.REVIEWER), "Dived on")],
)
def test_what_is_printed_is_what_the_section_says(
    groups: tuple[ColumnGroup, ...], last: str
) -> None:
    sheet = sheet_of(depths(printed=groups, wide=True, in_print_set=True))
    assert sheet.print_area == f"'Depths'!$A$1:${letter_of(last)}$10"
    assert sheet.print_title_cols == "$A:$B"
    assert sheet.freeze_panes == "C6"


def test_a_section_without_rows_says_so() -> None:
    nothing = depths(rows=lambda: iter(()), count=0, anchors=(), empty="Dry land")
    assert sheet_of(nothing)["A6"].value == "Dry land"
    assert table_of(nothing).all("tbody")[0].text().strip() == "Dry land"


def test_no_renderer_names_a_section_or_a_column() -> None:
    sections = compose_sections(realistic(), NOBODY, "all")
    known = {section.key for section in sections} | {section.title for section in sections}
    known |= {section.table for section in sections}
    known |= {column.header for section in sections for column in section.columns}
    # The blocks of the summary are laid out one by one.
    known -= {block.name for block in fields(Summary)}
    template = (PAGE / "page.html").read_text()
    code = " ".join(re.findall(r"\{[{%].*?[%}]\}", template, re.DOTALL))
    assert not set(re.findall('"([^"]*)"', code)) & known
    for path in RENDERERS:
        tree = ast.parse(path.read_text())
        constants = {
            node.value
            for node in ast.walk(tree)
            if isinstance(node, ast.Constant) and isinstance(node.value, str)
        }
        assert not constants & known, path.name
        modules = {node.module for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)}
        assert not {name for name in modules if name and re.search(r"\.(sections|results)\b", name)}
