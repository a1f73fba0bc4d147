"""The workbook, read back by two other readers and as the XML it is.

Every test that opens a workbook does so for a realistic, a hostile and an empty audit.
"""

import functools
import io
import os
import re
import struct
import subprocess
import sys
import zipfile
import zlib
from collections.abc import Iterator
from pathlib import Path

import openpyxl
import pytest
import python_calamine
import report_builder
from lxml import etree
from msgspec.structs import replace
from openpyxl.utils import column_index_from_string, get_column_letter
from openpyxl.worksheet.worksheet import Worksheet
from rendered import workbook_of

from analyzer.errors import ReadError
from analyzer.report.compose import compose_report, compose_sections
from analyzer.report.paper import Paper
from analyzer.report.section import ColumnGroup, Section, plain
from analyzer.report.wording import CHOICE_LISTS
from analyzer.report.workbook.cells import LONGEST, shown
from analyzer.report.workbook.print_setup import characters_across, pages_high
from analyzer.report.workbook.row_heights import lines_of
from analyzer.report.workbook.sheet_parts import addresses_of
from analyzer.results.document import results_sha256
from analyzer.results.records import Results
from analyzer.visible_text import one_line

MAIN = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
PAPER = Paper(
    client="Contoso & Söhne AG",
    engagement="ENG-2026-014",
    prepared_by="A. Auditor",
    reviewer="R. Reviewer",
    marking="CONFIDENTIAL & 12",
)
BUILDERS = {
    "realistic": report_builder.realistic,
    "hostile": report_builder.hostile,
    "empty": report_builder.empty,
}


def written(results: Results, paper: Paper = PAPER, **options: int) -> bytes:
    return workbook_of(results, paper, **options)


def png(width: int, height: int) -> bytes:
    def chunk(kind: bytes, body: bytes) -> bytes:
        check = zlib.crc32(kind + body)
        return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", check)

    head = chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0))
    rows = zlib.compress((b"\0" + b"\x7f" * 3 * width) * height)
    return b"\x89PNG\r\n\x1a\n" + head + chunk(b"IDAT", rows) + chunk(b"IEND", b"")


@pytest.fixture(scope="module", params=list(BUILDERS))
def case(request: pytest.FixtureRequest) -> tuple[Results, bytes]:
    results = BUILDERS[request.param]()
    return results, written(results)


@pytest.fixture(scope="module")
def realistic() -> bytes:
    return written(report_builder.realistic())


def opened(data: bytes) -> openpyxl.Workbook:
    return openpyxl.load_workbook(io.BytesIO(data))


def part(data: bytes, name: str) -> bytes:
    with zipfile.ZipFile(io.BytesIO(data)) as package:
        return package.read(name)


def sheets(data: bytes) -> Iterator[tuple[str, etree._Element]]:
    with zipfile.ZipFile(io.BytesIO(data)) as package:
        for name in package.namelist():
            if name.startswith("xl/worksheets/sheet"):
                yield name, etree.fromstring(package.read(name))


def unescaped(text: str) -> str:
    """Undo what openpyxl leaves alone: `_x005F_` is an underscore (ECMA-376, 22.9.2.19)."""
    return text.replace("_x005F_", "_")


def links_of(data: bytes) -> Iterator[tuple[str, str, str]]:
    """Yield sheet, cell and place of every link within the workbook."""
    titles = opened(data).sheetnames
    for at, (_, root) in enumerate(sheets(data)):
        for node in root.iter(f"{MAIN}hyperlink"):
            if node.get("location"):
                yield titles[at], node.get("ref"), node.get("location")


def data_sheets(data: bytes) -> list[Worksheet]:
    return [sheet for sheet in opened(data) if sheet.title not in ("Summary", "Lists")]


def column_of(sheet: Worksheet, header: str) -> str:
    """Return the letter of the column with that header."""
    return next(cell.column_letter for cell in sheet[5] if cell.value == header)


def table_of(sheet: Worksheet) -> openpyxl.worksheet.table.Table:
    (table,) = sheet.tables.values()
    return table


def test_every_part_is_well_formed_and_the_package_is_sound(case: tuple[Results, bytes]) -> None:
    with zipfile.ZipFile(io.BytesIO(case[1])) as package:
        assert package.testzip() is None
        names = package.namelist()
        assert len(names) == len(set(names))
        for name in names:
            if name.endswith((".xml", ".rels")):
                etree.fromstring(package.read(name))


def test_the_package_has_no_headers_that_excel_wants_to_repair(realistic: bytes) -> None:
    """XlsxWriter's manual, use_zip64: with ZIP64 headers Excel offers to repair the file."""
    with zipfile.ZipFile(io.BytesIO(realistic)) as package:
        for info in package.infolist():
            assert info.extract_version == 20
            assert not info.extra
            assert not info.flag_bits & 0x08
            assert info.date_time == (1980, 1, 1, 0, 0, 0)


def test_the_sheets_come_in_reading_order(case: tuple[Results, bytes]) -> None:
    titles = [section.title for section in compose_sections(case[0], PAPER)]
    workbook = opened(case[1])
    assert workbook.sheetnames == ["Summary", *titles, "Lists"]
    assert workbook["Lists"].sheet_state == "hidden"
    assert all(len(name) <= 31 for name in workbook.sheetnames)


def test_a_second_reader_sees_the_same_text(case: tuple[Results, bytes]) -> None:
    """Compares what was meant, what openpyxl reads, and what calamine reads, cell by cell."""
    ours = {section.title: section for section in compose_sections(case[0], PAPER)}
    second = python_calamine.CalamineWorkbook.from_filelike(io.BytesIO(case[1]))
    compared = 0
    for title, section in ours.items():
        rows = second.get_sheet_by_name(title).to_python()
        for at, row in enumerate(section.rows()):
            for column, value in enumerate(row):
                seen = rows[5 + at][column]
                if isinstance(value, int) and abs(value) < 10**15:
                    assert seen == value
                elif section.columns[column].kind.value != "time":
                    assert str(seen) == shown(plain(value), plain(row[0]))
                    compared += 1
    assert compared > 100


def test_the_first_reader_sees_the_same_text_as_the_second(case: tuple[Results, bytes]) -> None:
    second = python_calamine.CalamineWorkbook.from_filelike(io.BytesIO(case[1]))
    for sheet in data_sheets(case[1]):
        rows = second.get_sheet_by_name(sheet.title).to_python()
        for row in sheet.iter_rows(min_row=1):
            for cell in row:
                if isinstance(cell.value, str):
                    assert unescaped(cell.value) == rows[cell.row - 1][cell.column - 1]


def test_the_only_formulas_are_the_live_counters(case: tuple[Results, bytes]) -> None:
    for name, root in sheets(case[1]):
        formulas = [node.text or "" for node in root.iter(f"{MAIN}f")]
        if name == "xl/worksheets/sheet1.xml":
            assert len(formulas) <= 3
            assert all(re.fullmatch(r"[A-Z]+\('[^']+'!.*\)", text) for text in formulas)
        else:
            assert formulas == []


def test_a_live_counter_is_labelled_and_counts_the_reviewers_column(realistic: bytes) -> None:
    summary = opened(realistic)["Summary"]
    counters = {
        summary.cell(cell.row, cell.column - 1).value: (
            cell.value,
            summary.cell(cell.row, cell.column + 1).value,
        )
        for row in summary.iter_rows()
        for cell in row
        if cell.data_type == "f"
    }
    decision = column_of(opened(realistic)["Findings"], "Reviewer decision")
    owner, status = (
        column_of(opened(realistic)["Action plan"], name) for name in ("Owner", "Status")
    )
    assert counters == {
        "Findings decided": (f"=COUNTA('Findings'!{decision}6:{decision}12)", "of 7"),
        "Actions with an owner": (f"=COUNTA('Action plan'!{owner}6:{owner}10)", "of 5"),
        "Actions done": (f"=COUNTIF('Action plan'!{status}6:{status}10,\"Done\")", "of 5"),
    }
    assert "Reviewer progress (live)" in {cell.value for row in summary.iter_rows() for cell in row}


def test_no_cell_holds_an_error_or_a_guessed_type(case: tuple[Results, bytes]) -> None:
    for _, root in sheets(case[1]):
        kinds = {node.get("t") for node in root.iter(f"{MAIN}c")}
        assert kinds <= {None, "inlineStr"}


def test_text_that_looks_active_has_the_text_prefix() -> None:
    workbook = opened(written(report_builder.hostile()))
    seen = 0
    for row in workbook["Findings"].iter_rows(min_row=6):
        for cell in row:
            if isinstance(cell.value, str) and cell.value[:1] in tuple("=+-@\t#"):
                assert cell.quotePrefix
                seen += 1
    assert seen > 40


def test_no_cell_is_longer_than_a_cell_holds(case: tuple[Results, bytes]) -> None:
    for _, root in sheets(case[1]):
        for node in root.iter(f"{MAIN}t"):
            assert len((node.text or "").encode("utf-16-le")) // 2 <= LONGEST


def test_cut_text_says_so_and_names_its_row() -> None:
    sheet = opened(written(report_builder.hostile()))["Evidence"]
    raw = [cell.value for cell in sheet[column_of(sheet, "Raw value(s)")][5:] if cell.value]
    cut = [text for text in raw if "[cut" in text]
    assert len(cut) == 2
    assert "[cut, 40,000 characters; full value in the JSON results, E-0025]" in cut[0]


def test_every_sheet_has_a_title_a_sentence_and_a_way_back(case: tuple[Results, bytes]) -> None:
    for sheet in data_sheets(case[1]):
        assert sheet["A1"].value == sheet.title
        assert sheet["A2"].value
        assert sheet["A3"].value == "Back to Summary"
        assert sheet["A3"].hyperlink.location == "'Summary'!A1"
        assert sheet["A5"].value


def test_nothing_is_merged_and_there_is_one_table_with_only_its_own_filter(
    case: tuple[Results, bytes],
) -> None:
    for _, root in sheets(case[1]):
        assert root.find(f"{MAIN}mergeCells") is None
        assert root.find(f"{MAIN}autoFilter") is None
    for sheet in data_sheets(case[1]):
        assert len(sheet.tables) == 1
        assert table_of(sheet).autoFilter.ref == table_of(sheet).ref
    names = [table_of(sheet).displayName for sheet in data_sheets(case[1])]
    assert len(set(names)) == len(names)


def test_tables_cover_their_data_and_their_headers_are_the_cells(
    case: tuple[Results, bytes],
) -> None:
    counts = {section.title: section for section in compose_sections(case[0], PAPER)}
    for sheet in data_sheets(case[1]):
        section, table = counts[sheet.title], table_of(sheet)
        last = 5 + max(section.count, 1)
        assert table.ref == f"A5:{get_column_letter(len(section.columns))}{last}"
        assert sheet.max_row == last
        cells = [cell.value for cell in sheet[5]]
        headers = [column.name for column in table.tableColumns]
        # openpyxl undoes the escapes in the names of columns, but not in cells
        assert headers == [unescaped(text) for text in cells]
        assert headers == [one_line(column.header) for column in section.columns]
        assert len({header.lower() for header in headers}) == len(headers)


def test_an_empty_table_says_so_in_its_only_row() -> None:
    assert opened(written(report_builder.empty()))["Findings"]["A6"].value == "No findings"


def test_widths_panes_and_print_set_up_are_there(case: tuple[Results, bytes]) -> None:
    for sheet in data_sheets(written(case[0], Paper(print_all=True))):
        assert sheet.freeze_panes is not None
        assert sheet.freeze_panes.endswith("6")
        assert sheet.print_title_rows == "$5:$5"
        matrix = sheet.title.startswith("Settings matrix")
        assert sheet.print_title_cols == ("$A:$C" if matrix else None)
        assert sheet.print_area
        assert sheet.page_setup.paperSize == 9
        assert sheet.page_setup.fitToWidth == 1 or (matrix and sheet.max_column > 10)
        assert sheet.sheet_properties.pageSetUpPr.fitToPage
        assert not sheet.row_dimensions[4].hidden
        for at in range(1, sheet.max_column + 1):
            assert sheet.column_dimensions[get_column_letter(at)].width
    summary = opened(case[1])["Summary"]
    assert summary.page_setup.orientation == "portrait"
    assert summary.page_setup.fitToWidth == 1


def test_the_print_set_is_readable_and_nothing_else_reaches_paper(
    case: tuple[Results, bytes],
) -> None:
    sections = {section.title: section for section in compose_report(case[0], Paper()).sections}
    for sheet in data_sheets(case[1]):
        section = sections[sheet["A1"].value]
        area = sheet.print_area.replace("$", "").split("!")[1]
        if not section.in_print_set:
            assert area == "A4"
            assert sheet.row_dimensions[4].hidden
            continue
        portrait = sheet.page_setup.orientation == "portrait"
        last = column_index_from_string(re.sub("[0-9]", "", area.split(":")[1]))
        shown = [
            column for column in section.columns[:last] if column.group is not ColumnGroup.DETAIL
        ]
        assert not any(column.screen_only for column in shown), "they stand behind the others"
        across = sum(column.width for column in shown)
        assert across <= characters_across(Paper(), portrait=portrait)


def test_a_last_page_with_little_on_it_is_saved_where_print_stays_readable() -> None:
    high = functools.partial(pages_high, Paper(), 180, portrait=False)
    page = (595 - 72 * 1.3) / 0.8
    assert (high(page * 0.4), high(page * 0.9)) == (0, 0)
    assert pages_high(Paper(), 140, page * 0.95, portrait=False) == 1
    assert (high(page * 1.2), high(page * 1.9)) == (0, 2)


def test_headers_and_footers_hold_marking_client_and_report_id(realistic: bytes) -> None:
    for _, root in sheets(realistic):
        texts = {
            node.tag.split("}")[1]: node.text for node in root.iterfind(f"{MAIN}headerFooter/*")
        }
        if texts:
            assert texts["oddHeader"] == "&LCONFIDENTIAL && 12&RContoso && Söhne AG"
            assert texts["oddFooter"] == "&L&F, &A&CPage &P of &N&RReport 7F3A-91C2-00AB"


def test_letter_paper_is_obeyed() -> None:
    sheet = opened(written(report_builder.realistic(), Paper(paper="letter")))["Findings"]
    assert sheet.page_setup.paperSize == 1


def test_detail_columns_are_collapsed_and_outside_the_print_area(realistic: bytes) -> None:
    sheet = opened(written(report_builder.realistic(), Paper(print_all=True)))["Findings"]
    controls, criterion = column_of(sheet, "Controls"), column_of(sheet, "Criterion")
    assert sheet.print_area == f"'Findings'!$A$1:${controls}$12"
    assert sheet.column_dimensions[criterion].outlineLevel == 1
    assert sheet.column_dimensions[criterion].hidden
    assert not sheet.column_dimensions[controls].hidden


def test_every_internal_link_points_to_a_filled_cell(case: tuple[Results, bytes]) -> None:
    workbook = opened(case[1])
    links = list(links_of(case[1]))
    assert len(links) > 20
    for source, cell, place in links:
        title, reference = re.fullmatch(r"'([^']+)'!([A-Z]+\d+)", place).groups()
        assert workbook[title][reference].value is not None
        assert workbook[source][cell].value is not None


def test_a_link_leads_to_the_row_that_it_names(realistic: bytes) -> None:
    workbook = opened(realistic)
    for name in ("Rule", "Evidence"):
        for cell in workbook["Findings"][column_of(workbook["Findings"], name)][5:]:
            title, reference = cell.hyperlink.location.replace("'", "").split("!")
            assert workbook[title][reference].value == cell.value


def test_the_only_outside_links_are_sources_of_built_in_rules(case: tuple[Results, bytes]) -> None:
    targets = set()
    with zipfile.ZipFile(io.BytesIO(case[1])) as package:
        for name in package.namelist():
            if name.endswith(".rels"):
                for node in etree.fromstring(package.read(name)):
                    if node.get("TargetMode") == "External":
                        targets.add(node.get("Target"))
    assert targets == {"https://technet.microsoft.com/en-us/library/aa996739(v=exchg.80).aspx"}


def test_a_sheet_holds_no_more_links_than_a_spreadsheet_opens(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    for module in ("sheet_stream", "table_rows"):
        monkeypatch.setattr(f"analyzer.report.workbook.{module}.MOST_LINKS", 6)
    data = written(report_builder.realistic())
    sheet = opened(data)["Findings"]
    rule, evidence = column_of(sheet, "Rule"), column_of(sheet, "Evidence")
    assert [cell for title, cell, _ in links_of(data) if title == "Findings"] == [
        "A3", f"{rule}6", f"{evidence}6", f"{rule}7", f"{evidence}7",
    ]  # fmt: skip
    assert sheet["A2"].value.endswith(" Links end at row 7: a sheet holds no more of them.")
    assert sheet[f"{evidence}12"].value == "E-0007"
    assert " Links end " not in opened(data)["Servers"]["A2"].value


def test_reviewer_columns_offer_lists_through_defined_names(realistic: bytes) -> None:
    workbook = opened(realistic)
    sheet = workbook["Findings"]
    rules = {str(rule.sqref): rule for rule in sheet.data_validations.dataValidation}
    tick, decision, date = (
        column_of(sheet, name) for name in ("Tick mark", "Reviewer decision", "Reviewed on")
    )
    assert rules[f"{tick}6:{tick}12"].formula1 == "TickMarks"
    assert rules[f"{decision}6:{decision}12"].formula1 == "Decisions"
    assert rules[f"{date}6:{date}12"].type == "date"
    for name, words in CHOICE_LISTS.items():
        title, span = workbook.defined_names[name].attr_text.replace("$", "").split("!")
        listed = tuple(cell.value for (cell,) in workbook[title.strip("'")][span])
        assert listed == words
    used = {
        rule.formula1
        for other in workbook
        for rule in other.data_validations.dataValidation
        if rule.type == "list"
    }
    assert used == set(CHOICE_LISTS)


def test_colours_follow_the_text_and_not_the_cell(realistic: bytes) -> None:
    sheet = opened(realistic)["Findings"]
    assert sheet["B6"].value == "Critical"
    assert sheet["B6"].fill.fgColor.rgb == "00000000"
    tests = {
        rule.formula[0]: rule.dxf.fill.bgColor.rgb
        for span in sheet.conditional_formatting
        for rule in span.rules
        if rule.dxf.fill is not None and str(span.sqref) == "B6:B12"
    }
    assert tests['OR(B6="Critical")'] == "007F1D1D"


def test_the_summary_equals_counts_over_the_sheets(case: tuple[Results, bytes]) -> None:
    """Read by calamine: a reader that calculates nothing sees the figures."""
    second = python_calamine.CalamineWorkbook.from_filelike(io.BytesIO(case[1]))
    summary = second.get_sheet_by_name("Summary").to_python()
    heads, *findings = second.get_sheet_by_name("Findings").to_python()[4:]
    status, kind = heads.index("Status"), heads.index("Kind")
    check_heads, *checks = second.get_sheet_by_name("Checks run").to_python()[4:]
    figures = {row[10]: row[11] for row in summary if len(row) > 11 and row[10]}
    for word in ("Critical", "High", "Medium", "Low", "Info"):
        counted = sum(
            row[1] == word and row[status] == "Open" and row[kind] != "Stricter than default"
            for row in findings
        )
        assert figures[word] == counted
    for word in ("Failed", "Passed", "Not evaluable", "Not applicable"):
        assert figures[word] == sum(row[check_heads.index(word)] for row in checks)


def test_the_chart_stands_beside_its_table_and_is_described_in_words(realistic: bytes) -> None:
    drawing = part(realistic, "xl/drawings/drawing1.xml").decode()
    assert 'descr="Stacked bars, open findings by severity for each server. EX03: Critical 1' in (
        drawing
    )
    chart = part(realistic, "xl/charts/chart1.xml").decode()
    assert '<grouping val="stacked"/>' in chart
    summary = opened(realistic)["Summary"]
    first = next(row[0].row for row in summary.iter_rows() if row[0].value == "EX03")
    assert f"'Summary'!$C${first}:$C${first + 4}" in chart


def test_properties_carry_the_hashes(case: tuple[Results, bytes]) -> None:
    results, data = case
    workbook = opened(data)
    custom = {custom.name: custom.value for custom in workbook.custom_doc_props.props}
    assert custom["ResultsSHA256"] == results_sha256(results)
    assert custom["RuleSetSHA256"] == "cd" * 32
    assert custom["ReportID"] == "7F3A-91C2-00AB"
    assert custom["GeneratedUTC"] == "2026-11-24T10:00:00Z"
    assert set(custom) == {
        "ReportID", "ToolVersion", "RuleSetVersion", "RuleSetSHA256", "InputManifestSHA256",
        "ResultsSHA256", "GeneratedUTC", "Marking", "Language",
    }  # fmt: skip
    assert workbook.properties.creator == "A. Auditor"
    assert workbook.properties.title.startswith("Exchange SMTP relay audit")
    assert "<Company>Contoso &amp; Söhne AG</Company>" in part(data, "docProps/app.xml").decode()


def test_equal_results_give_equal_bytes(case: tuple[Results, bytes]) -> None:
    assert written(replace(case[0])) == case[1]


def test_equal_results_give_equal_bytes_in_another_process(tmp_path: Path) -> None:
    code = (
        "import sys; sys.path.append(sys.argv[1]); import report_builder; from pathlib import Path;"
        "from analyzer.report import write_reports;"
        "write_reports(report_builder.realistic(), [Path(sys.argv[2])], reproducible=True)"
    )
    files = []
    for seed in ("1", "2"):
        target = tmp_path / f"{seed}.xlsx"
        command = [sys.executable, "-c", code, str(Path(__file__).parent), str(target)]
        environment = {**os.environ, "PYTHONHASHSEED": seed}
        environment["PYTHONPATH"] = os.pathsep.join(sys.path)
        subprocess.run(command, check=True, env=environment)
        files.append(target.read_bytes())
    assert files[0] == files[1]


def test_a_table_beyond_its_limit_goes_on_on_a_further_sheet() -> None:
    workbook = opened(written(report_builder.realistic(), most_rows=3))
    titles = [name for name in workbook.sheetnames if re.fullmatch(r"Findings( \d)?", name)]
    assert titles == ["Findings", "Findings 2", "Findings 3"]
    assert table_of(workbook["Findings 2"]).displayName == "tblFindings_2"
    assert workbook["Findings 2"]["A2"].value.endswith("Rows 4 to 6.")
    assert workbook["Findings 3"]["A6"].value == "F-00000007"
    evidence = column_of(workbook["Findings 3"], "Evidence")
    location = workbook["Findings 3"][f"{evidence}6"].hyperlink.location
    assert location == "'Evidence 3'!A6"
    assert workbook["Evidence 3"]["A6"].value == "E-0007"


def test_a_logo_is_placed_with_a_description(tmp_path: Path) -> None:
    logo = tmp_path / "logo.png"
    logo.write_bytes(png(400, 100))
    data = written(report_builder.realistic(), Paper(client="Contoso", logo=logo))
    assert part(data, "xl/media/image1.png") == logo.read_bytes()
    assert 'descr="Logo of Contoso"' in part(data, "xl/drawings/drawing1.xml").decode()


@pytest.mark.parametrize("content", [b"", b"GIF89a", b"\x89PNG\r\n\x1a\n", b"\xff\xd8\xff\xe0\0"])
def test_a_logo_that_is_no_picture_is_refused(tmp_path: Path, content: bytes) -> None:
    logo = tmp_path / "logo.png"
    logo.write_bytes(content)
    with pytest.raises(ReadError, match="neither PNG nor JPEG"):
        written(report_builder.realistic(), Paper(logo=logo))


def test_text_of_the_letterhead_is_guarded_like_any_other() -> None:
    hostile = Paper(*(text[:80] for text in report_builder.HOSTILE[:6]))
    workbook = opened(written(report_builder.realistic(), hostile))
    values = {row[0].value: row[1] for row in workbook["Summary"].iter_rows()}
    assert values["Client"].value == report_builder.HOSTILE[0]
    assert values["Client"].data_type == "s"
    assert values["Client"].quotePrefix


def test_the_sheet_is_as_the_sections_describe_it_for_any_text() -> None:
    """Each hostile text alone: one of them spoiling the file would spoil it for all."""
    base = report_builder.realistic()
    for text in report_builder.HOSTILE:
        finding = replace(base.findings[0], title=text, found_text=text, server=text[:90])
        data = written(replace(base, findings=(finding,)))
        sheet = opened(data)["Findings"]
        seen = sheet[f"{column_of(sheet, 'Finding')}6"].value
        assert unescaped(seen or "") == shown(text, finding.id)


def test_tabs_of_a_divided_matrix_carry_the_name_of_their_group() -> None:
    tab, title = "Settings a/b: [Zürich] and a long name", "A matrix"
    sections = [
        Section(f"key{at}", f"{title} {at}", "", (), iter, 0, f"tbl{at}", tab=tab) for at in (1, 2)
    ]
    names = [addresses_of(sections)[section.key].parts[0].title for section in sections]
    assert names == ["Settings a-b- -Zürich- and a lo", "Settings a-b- -Zürich- and 2"]
    assert all(len(name) <= 31 for name in names)


def test_a_cell_that_names_several_findings_is_no_link() -> None:
    base = report_builder.realistic()
    several = replace(base.evidence[0], findings=tuple(f.id for f in base.findings[:3]))
    sheet = opened(written(replace(base, evidence=(several,))))["Evidence"]
    first, more = (sheet[f"{column_of(sheet, name)}6"] for name in ("Finding", "More findings"))
    assert first.hyperlink is not None
    assert more.value == "F-00000002\nF-00000003"
    assert more.hyperlink is None


@pytest.mark.parametrize(
    ("text", "width", "lines"),
    [("", 10, 1), ("iiiiiiiiiiiiiii", 9, 1), ("WWWWWWWWWW", 9, 3), ("one\ntwo\n", 20, 3),
     ("word " * 40, 20, 10), ("日本語" * 5, 16, 2)],
)  # fmt: skip
def test_lines_follow_the_width_of_the_letters(text: str, width: int, lines: int) -> None:
    assert lines_of(text, width) == lines


def test_openpyxl_is_loaded_without_numpy_which_can_be_loaded_all_the_same() -> None:
    code = (
        "import sys\n"
        "from analyzer.report.workbook.lean_import import load_openpyxl\n"
        "load_openpyxl()\n"
        "assert 'openpyxl' in sys.modules and 'numpy' not in sys.modules\n"
        "import analyzer.report.workbook.workbook_file, numpy\n"
        "load_openpyxl()\n"
        "assert sys.modules['numpy'] is numpy\n"
    )
    subprocess.run([sys.executable, "-c", code], check=True)
