"""What reviewers entered comes back in the next workbook, all of it, whatever they did to it."""

import hashlib
import os
import shutil
from datetime import date, datetime
from pathlib import Path

import openpyxl
import pytest
from msgspec.structs import replace
from report_builder import evidence_for, realistic
from reviewers import enter, shuffle, table_of, through_libreoffice
from workbooks import shared, sheet, sheet_of, text_cell, with_parts

from analyzer.errors import ReadError
from analyzer.report import write_reports
from analyzer.report.carry_over import CHANGED
from analyzer.results.records import FindingRecord, Results
from analyzer.reviewed.reviewed_workbook import read_review
from analyzer.verify import workbook_reader

COMMENTS = (
    "He said: \"no\", 'never'",
    "=1+1",
    '=HYPERLINK("http://evil.example/","click")',
    "+49 30 1234",
    "-",
    "@SUM(A1:A9)",
    "one\ntwo\n\nfour",
    "  blanks at both ends  ",
    "Größe, naïve, заметка, 注释, ملاحظة, 🙂",
    "<b>&amp;</b> ]]>",
    "#REF!",
    "00123",
    "x" * 30_000,
    "FALSE",
    "1E5",
    "2026-11-24 is no date here",
)


def many(number: int) -> tuple[FindingRecord, ...]:
    model = realistic().findings[0]
    findings = []
    for at in range(number):
        print_of = hashlib.sha256(str(at).encode()).hexdigest()
        findings.append(
            replace(
                model,
                id=f"F-{print_of[:8]}",
                fingerprint=print_of,
                found_text=f"value {at}",
                dn=f"CN={at},{model.dn}",
                server=f"EX{at:04}",
            )
        )
    return tuple(findings)


def with_findings(findings: tuple[FindingRecord, ...]) -> Results:
    base = realistic()
    return replace(base, findings=findings, evidence=tuple(map(evidence_for, findings[:1])))


@pytest.fixture
def last(tmp_path: Path) -> Path:
    path = tmp_path / "last.xlsx"
    write_reports(realistic(), [path])
    return path


def next_workbook(results: Results, last: Path, name: str = "next.xlsx") -> Path:
    path = last.parent / name
    write_reports(results, [path], review=read_review(last))
    return path


def by_fingerprint(path: Path) -> dict[object, dict[str, object]]:
    return {row["Fingerprint"]: row for row in table_of(path, "Findings")}


@pytest.mark.parametrize("program", ["openpyxl", "LibreOffice"])
def test_hundreds_of_findings_lose_nothing(tmp_path, program):
    if program == "LibreOffice" and shutil.which("soffice") is None:
        pytest.skip("LibreOffice is not installed")
    number = 200  # each of the comments six times
    findings = many(number)
    last = tmp_path / "last.xlsx"
    write_reports(with_findings(findings), [last])
    entries = {
        at: {
            "Reviewer comment": COMMENTS[at // 2 % len(COMMENTS)],
            "Reviewer decision": "Agree",
            "Tick mark": "R",
            "Reviewer": f"AB{at}",
            "Reviewed on": date(2026, 3, 1 + at // 2 % 28),
            "Our reference": f"REF {at}",
        }
        for at in range(0, number, 2)
    }
    enter(last, "Findings", entries)
    shuffle(last, "Findings", seed=7, skip=2)
    if program == "LibreOffice":
        last = through_libreoffice(last, tmp_path / "saved")
    # This time every tenth finding is gone, and the order is another one.
    left = tuple(each for at, each in enumerate(findings) if at % 10)[::-1]
    path = next_workbook(with_findings(left), last)
    rows = by_fingerprint(path)
    assert len(rows) == number * 9 // 10
    kept = table_of(path, "Reviewer entries")
    for at, finding in enumerate(findings):
        entry = entries.get(at)
        row = rows.get(finding.fingerprint)
        if row is None:
            of_finding = {
                each["Column"]: each["Entry"]
                for each in kept
                if each["Known by"] == finding.fingerprint
            }
            assert entry is not None
            assert of_finding.pop("Reviewed on") == entry["Reviewed on"].isoformat()
            assert of_finding == {key: entry[key] for key in entry if key != "Reviewed on"}
        elif entry is None:
            assert row["Reviewer comment"] is row["Reviewer"] is row["Reviewed on"] is None
        else:
            assert row["Reviewer comment"] == entry["Reviewer comment"]
            assert row["Reviewer"] == entry["Reviewer"]
            assert (row["Reviewer decision"], row["Tick mark"]) == ("Agree", "R")
            assert row["Reviewed on"] == datetime.combine(entry["Reviewed on"], datetime.min.time())
    own = [each for each in kept if each["Column"] == "Our reference"]
    assert {each["Entry"] for each in own} == {f"REF {at}" for at in range(0, number, 2)}
    assert CHANGED not in next(iter(rows.values()))


def test_no_comment_becomes_a_formula(last):
    enter(last, "Findings", {0: {"Reviewer comment": "=1+1"}, 1: {"Own": "=2+2"}})
    path = next_workbook(realistic(), last)
    workbook = openpyxl.load_workbook(path)
    found = [
        cell.value
        for title in ("Findings", "Reviewer entries")
        for row in workbook[title].iter_rows()
        for cell in row
        if cell.data_type == "f"
    ]
    assert found == []
    assert [row["Entry"] for row in table_of(path, "Reviewer entries")] == ["=2+2"]


def test_a_formula_of_the_reviewer_comes_back_as_its_value_or_its_text(last, tmp_path):
    workbook = openpyxl.load_workbook(last)
    findings = workbook["Findings"]
    column = [cell.value for cell in findings[5]].index("Reviewer comment") + 1
    findings.cell(6, column).value = '="a"&"b"'
    workbook.save(last)
    path = next_workbook(realistic(), last)
    assert table_of(path, "Findings")[0]["Reviewer comment"] == '="a"&"b"'
    if shutil.which("soffice") is not None:
        calculated = through_libreoffice(last, tmp_path / "saved")
        path = next_workbook(realistic(), calculated)
        assert table_of(path, "Findings")[0]["Reviewer comment"] == "ab"


def test_an_entry_on_another_value_is_marked_with_its_date(last):
    first, second, *rest = realistic().findings
    enter(
        last,
        "Findings",
        {
            0: {"Reviewer decision": "Accepted risk", "Reviewed on": date(2026, 3, 4)},
            1: {"Reviewer decision": "Agree"},
        },
    )
    now = replace(
        realistic(),
        findings=(replace(first, found_text="another value"), second, *rest),
    )
    path = next_workbook(now, last)
    rows = table_of(path, "Findings")
    assert rows[0]["Reviewer decision"] == "Accepted risk"
    assert str(rows[0][CHANGED]).startswith(
        f"Entry of 2026-03-04. Found was then: {first.found_text}\n"
    )
    assert rows[1][CHANGED] is None
    # It stays marked the year after, until somebody clears the mark.
    again = next_workbook(now, path, "again.xlsx")
    assert table_of(again, "Findings")[0][CHANGED] == rows[0][CHANGED]
    enter(again, "Findings", {0: {CHANGED: None}})
    assert CHANGED not in table_of(next_workbook(now, again, "cleared.xlsx"), "Findings")[0]


def test_without_what_was_found_then_an_entry_says_so(last):
    enter(last, "Findings", {0: {"Reviewer": "AB"}})
    rename(last, "Findings", "Found", "Our own 1")
    rename(last, "Findings", "Raw value", "Our own 2")
    rows = table_of(next_workbook(realistic(), last), "Findings")
    assert "is not known: no column Found, Raw value" in str(rows[0][CHANGED])


def test_a_long_value_that_is_the_same_is_not_marked(last):
    first, *rest = realistic().findings
    long = "\u202e" + "x" * 40_000
    results = replace(realistic(), findings=(replace(first, found_text=long), *rest))
    write_reports(results, [last], overwrite=True)
    enter(last, "Findings", {0: {"Reviewer": "AB"}})
    assert CHANGED not in table_of(next_workbook(results, last), "Findings")[0]


def test_actions_are_known_by_their_findings(last):
    actions = table_of(last, "Action plan")
    enter(
        last,
        "Action plan",
        {
            0: {
                "Owner": "Bob",
                "Due date": date(2027, 1, 31),
                "Status": "In progress",
                "Management response": "we will",
                "Effort": "High",
            }
        },
    )
    shuffle(last, "Action plan", seed=3)
    path = next_workbook(realistic(), last)
    (action,) = [row for row in table_of(path, "Action plan") if row["Owner"]]
    assert action["Action ID"] == actions[0]["Action ID"]
    assert (action["Owner"], action["Status"], action["Effort"]) == ("Bob", "In progress", "High")
    assert action["Due date"] == datetime(2027, 1, 31)
    assert action["Management response"] == "we will"
    others = [row for row in table_of(path, "Action plan") if not row["Owner"]]
    assert {row["Status"] for row in others} == {"Not started"}


def test_an_action_that_is_gone_is_listed(last):
    enter(last, "Action plan", {0: {"Owner": "Bob", "Status": "Done"}})
    gone = table_of(last, "Action plan")[0]["Finding IDs"]
    left = tuple(each for each in realistic().findings if each.id not in str(gone).split("\n"))
    path = next_workbook(replace(realistic(), findings=left), last)
    kept = table_of(path, "Reviewer entries")
    assert {(row["Column"], row["Entry"]) for row in kept} == {("Owner", "Bob"), ("Status", "Done")}
    # And once more the year after.
    again = table_of(next_workbook(realistic(), path, "again.xlsx"), "Reviewer entries")
    assert again == kept


def test_decisions_on_relay_come_back(last):
    enter(last, "Relay exposure", {0: {"Decision": "Agree", "Comment": "scanners"}})
    dn = table_of(last, "Relay exposure")[0]["Object DN"]
    shuffle(last, "Relay exposure", seed=5)
    (row,) = [
        row
        for row in table_of(next_workbook(realistic(), last), "Relay exposure")
        if row["Decision"]
    ]
    assert (row["Object DN"], row["Comment"]) == (dn, "scanners")


def test_rows_of_the_reviewers_own_are_listed(last):
    number = len(table_of(last, "Findings"))
    enter(last, "Findings", {number + 3: {"Severity": "High", "Finding": "seen on site"}})
    kept = table_of(next_workbook(realistic(), last), "Reviewer entries")
    assert {(row["Column"], row["Entry"]) for row in kept} == {
        ("Severity", "High"),
        ("Finding", "seen on site"),
    }
    assert {row["Row last time"] for row in kept} == {number + 9}


def test_a_row_that_stands_twice_is_listed_the_second_time(last):
    first = table_of(last, "Findings")[0]["Fingerprint"]
    number = len(table_of(last, "Findings"))
    enter(
        last,
        "Findings",
        {
            0: {"Reviewer comment": "one"},
            number: {"Fingerprint": first, "Reviewer comment": "two"},
        },
    )
    path = next_workbook(realistic(), last)
    assert table_of(path, "Findings")[0]["Reviewer comment"] == "one"
    (kept,) = table_of(path, "Reviewer entries")
    assert (kept["Entry"], kept["Why it stands here"]) == (
        "two",
        "Another entry has taken its place",
    )


def test_nothing_entered_leaves_no_trace(last, tmp_path):
    path = next_workbook(realistic(), last)
    plain = tmp_path / "plain.xlsx"
    write_reports(realistic(), [plain])
    names = openpyxl.load_workbook(path).sheetnames
    assert names == openpyxl.load_workbook(plain).sheetnames
    for title in ("Findings", "Action plan", "Relay exposure"):
        assert table_of(path, title) == table_of(plain, title)


def test_the_live_counters_begin_with_what_is_carried_over(last):
    enter(last, "Findings", {0: {"Reviewer decision": "Agree"}, 1: {"Reviewer decision": "Agree"}})
    path = next_workbook(realistic(), last)
    summary = openpyxl.load_workbook(path, data_only=True)["Summary"]
    values = {
        row[at].value: row[at + 1].value
        for row in summary.iter_rows()
        for at in range(len(row) - 1)
        if row[at].value == "Findings decided"
    }
    assert values == {"Findings decided": 2}


def rename(path: Path, title: str, header: str, other: str | None) -> None:
    workbook = openpyxl.load_workbook(path)
    for cell in workbook[title][5]:
        if cell.value == header:
            cell.value = other
    workbook.save(path)


@pytest.mark.parametrize(
    ("title", "key"),
    [("Findings", "Fingerprint"), ("Action plan", "Finding IDs"), ("Relay exposure", "Object DN")],
)
def test_a_sheet_that_lost_its_key_says_what_to_do(last, title, key):
    rename(last, title, key, None)
    with pytest.raises(ReadError, match=f"'{title}' has no column '{key}'.*copy that column back"):
        read_review(last)


def test_other_files_are_refused(last, tmp_path):
    workbook = openpyxl.load_workbook(last)
    workbook["Findings"].title = "Findings old"
    workbook.save(last)
    with pytest.raises(ReadError, match="has no sheet 'Findings'"):
        read_review(last)
    text = tmp_path / "text.xlsx"
    text.write_text("no workbook")
    with pytest.raises(ReadError, match="no workbook that can be read"):
        read_review(text)
    with pytest.raises(ReadError, match="cannot be read"):
        read_review(tmp_path / "none.xlsx")


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="no named pipes")
def test_a_pipe_is_not_waited_for(tmp_path):
    os.mkfifo(tmp_path / "pipe.xlsx")
    with pytest.raises(ReadError, match="no ordinary file"):
        read_review(tmp_path / "pipe.xlsx")


def test_a_missing_sheet_is_told(last):
    workbook = openpyxl.load_workbook(last)
    del workbook["Action plan"]
    workbook.save(last)
    assert read_review(last).missing == ("Action plan",)


def test_days_are_read_by_either_calendar(last):
    enter(last, "Findings", {0: {"Reviewed on": date(2026, 3, 4), "Reviewer": "AB"}})
    workbook = openpyxl.load_workbook(last)
    workbook.epoch = openpyxl.utils.datetime.CALENDAR_MAC_1904
    workbook.save(last)
    row = table_of(next_workbook(realistic(), last), "Findings")[0]
    assert row["Reviewed on"] == datetime(2026, 3, 4)


def test_a_date_that_lost_its_format_is_still_a_date(last):
    enter(last, "Findings", {0: {"Reviewed on": 46_085}, 1: {"Reviewed on": "next week"}})
    workbook = openpyxl.load_workbook(last)
    for row in workbook["Findings"].iter_rows(min_row=6):
        for cell in row:
            cell.number_format = "General"
    workbook.save(last)
    rows = table_of(next_workbook(realistic(), last), "Findings")
    assert rows[0]["Reviewed on"] == datetime(2026, 3, 4)
    assert rows[1]["Reviewed on"] == "next week"


HEADERS = ("Finding ID", "Fingerprint", "Reviewer comment")
HEAD = b'<row r="5">' + b"".join(
    text_cell(f"{letter}5", header) for letter, header in zip("ABC", HEADERS, strict=True)
)
HEAD += b"</row>"


def hostile(last: Path, *rows: bytes) -> Path:
    target = last.with_name("hostile.xlsx")
    return with_parts(last, target, {sheet_of(last, ">Fingerprint<"): sheet(HEAD, *rows)})


@pytest.mark.parametrize(
    ("rows", "reason"),
    [
        ([b'<row r="9999999"/>'], "a row has the number"),
        ([b'<row r="6"><c r="ZZZZ6"><v>1</v></c></row>'], "a cell has the address"),
        ([b'<row r="6"><c t="s"><v>1</v></c></row>'], "there is no shared string"),
        ([b'<row r="6"><c t="str"><f>', b"x" * 300_000, b"</f></c></row>"], "holds more than"),
    ],
)
def test_bad_sheets_are_refused(last, rows, reason):
    with pytest.raises(ReadError, match=reason):
        read_review(hostile(last, *rows))


def test_too_many_cells_are_refused(last, monkeypatch):
    monkeypatch.setattr(workbook_reader, "MOST_CELLS", 100)
    with pytest.raises(ReadError, match="more than 100 cells"):
        read_review(last)


def test_a_document_type_is_refused(last, tmp_path):
    parts = shared(last, b'<!DOCTYPE x [<!ENTITY a "ha">]>', b"<sst><si><t>&a;</t></si></sst>")
    with pytest.raises(ReadError, match="declares a document type"):
        read_review(with_parts(last, tmp_path / "entity.xlsx", parts))


def test_hidden_characters_of_a_stranger_are_seen(last):
    fingerprint = realistic().findings[0].fingerprint
    cells = text_cell("B6", fingerprint) + text_cell("C6", "right\u202eexe_x0007_.txt")
    path = next_workbook(realistic(), hostile(last, b'<row r="6">' + cells + b"</row>"))
    (row,) = [row for row in table_of(path, "Findings") if row["Reviewer comment"]]
    assert row["Fingerprint"] == fingerprint
    assert row["Reviewer comment"] == "right\\u202eexe\\x07.txt"
