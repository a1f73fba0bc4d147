"""What outputs show of waivers and of a profile, and that they show nothing without."""

import csv
import io
from datetime import date
from pathlib import Path

import openpyxl
import pytest
from msgspec.structs import replace
from report_builder import finding, realistic

import analyzer
from analyzer.catalogue import load_catalogue
from analyzer.report import Paper, write_reports
from analyzer.report.compose import compose_sections
from analyzer.report.counts import accepted_relay, open_findings, severity_counts
from analyzer.report.section import Section, plain
from analyzer.report.sections.first_page import summarize
from analyzer.report.sections.headline import headline
from analyzer.results.records import AppliesTo, Results, WaiverRecord
from analyzer.waivers.waiving import apply_waivers, without_waivers

SAMPLE = Path(__file__).parents[2] / "samples" / "contoso-2003.ldf"
OF_WAIVERS = {"Waiver", "Accepted by waiver"}
OF_PROFILE = {
    "Original severity",
    "Original criterion",
    "Original test",
    "Switched off because",
    "Failed by the rule as shipped",
}
WAIVER = WaiverRecord(
    id="=W-1",
    rule="RL-01",
    applies_to=AppliesTo(listener="Application *"),
    reason='=HYPERLINK("http://evil.example/")\nsecond line',
    approved_by="A. Smith",
    approved_on="2026-01-01",
    expires="2026-12-10",
    ticket="CHG-1",
    file="waivers.toml",
    line=14,
)
PROFILE = """\
[[rule]]
id = "VS-01"
severity = "critical"
[[rule]]
id = "VS-02"
argument = 10000
reason = "policy 4.2"
[[rule]]
id = "VS-04"
off = true
reason = "compared elsewhere"
"""


@pytest.fixture(scope="module")
def plain_results() -> Results:
    return analyzer.audit(analyzer.read_dump(SAMPLE))


@pytest.fixture(scope="module")
def results(tmp_path_factory: pytest.TempPathFactory) -> Results:
    profile = tmp_path_factory.mktemp("profile") / "profile.toml"
    profile.write_text(PROFILE)
    return analyzer.audit(
        analyzer.read_dump(SAMPLE),
        catalogue=analyzer.apply_profile(load_catalogue(), profile),
        waivers=[WAIVER],
        as_of=date(2026, 11, 24),
    )


def section_of(results: Results, title: str) -> Section:
    return next(each for each in compose_sections(results, Paper()) if each.title == title)


def rows_of(results: Results, title: str) -> list[dict[str, str]]:
    section = section_of(results, title)
    headers = [column.header for column in section.columns]
    return [dict(zip(headers, map(plain, row), strict=True)) for row in section.rows()]


def headers_of(results: Results) -> set[str]:
    sections = compose_sections(results, Paper())
    return {column.header for section in sections for column in section.columns}


def test_without_waivers_and_profile_no_column_or_sheet_speaks_of_them(plain_results):
    assert not headers_of(plain_results) & (OF_WAIVERS | OF_PROFILE)
    titles = {section.title for section in compose_sections(plain_results, Paper())}
    assert "Waivers" not in titles
    topics = {row["Topic"] for row in rows_of(plain_results, "Scope & method")}
    assert not topics & {"Waivers", "Client's profile"}


def test_with_them_every_column_is_there(results):
    assert headers_of(results) >= OF_WAIVERS | OF_PROFILE


def test_the_sheet_of_waivers_holds_all_that_the_file_says(results):
    (row,) = rows_of(results, "Waivers")
    waived = [each for each in results.findings if each.status == "waived"]
    assert row == {
        "Waiver ID": "=W-1",
        "State": "Expires in ≤30 days",
        "Rule": "RL-01",
        "Applies to": "listener: Application *",
        "Reason": WAIVER.reason,
        "Approved by": "A. Smith",
        "Approved on": "2026-01-01",
        "Expires": "2026-12-10",
        "Findings": "1",
        "Findings covered": waived[0].id,
        "Ticket": "CHG-1",
        "Note": "",
        "File and line": "waivers.toml:14",
    }


def test_a_waived_finding_is_listed_and_not_counted(results):
    (row,) = [row for row in rows_of(results, "Findings") if row["Status"] == "Waived"]
    assert (row["Waiver"], row["Rule"]) == ("=W-1", "RL-01")
    (waived,) = [each for each in results.findings if each.status == "waived"]
    assert waived.severity == "high"
    everything = severity_counts(results.findings)["high"]
    open_now = severity_counts(open_findings(results))["high"]
    assert open_now == everything - 1
    summary = summarize(results, Paper(), compose_sections(results, Paper()), ())
    assert [column.header for column in summary.severities.columns] == [
        "Severity",
        "Open",
        "Waived",
    ]
    assert summary.severities.rows[1] == ("High", open_now, 1)
    listed = {row["Objects"] for row in rows_of(results, "Action plan")}
    assert not any("Application relay" in objects and "RL-01" in objects for objects in listed)


def test_the_verdict_stays_and_says_that_it_is_accepted(results, plain_results):
    (listener,) = [each for each in results.virtual_servers if each.name == "Application relay"]
    assert [each.relay for each in results.listeners] == [
        each.relay for each in plain_results.listeners
    ]
    assert accepted_relay(results) == {listener.dn: ("=W-1",)}
    assert "Application relay (on private addresses only) (accepted)" in headline(results)
    summary = summarize(results, Paper(), compose_sections(results, Paper()), ())
    assert summary.verdicts.rows[0][:2] == ("Open", 2)
    assert "EX02 / Application relay (accepted)" in plain(summary.verdicts.rows[0][3])
    told = {row["Accepted by waiver"] for row in rows_of(results, "Relay exposure")}
    assert told == {"", "=W-1"}


def test_what_is_still_open_on_a_listener_is_not_accepted():
    base = without_waivers(realistic())
    rules = tuple(replace(rule, on_relay=rule.id in ("RL-01", "VS-09")) for rule in base.rules)
    waived = replace(finding(90, "RL-01", "EX03", "x"), status="waived", waiver="W-1")
    still = finding(91, "VS-09", "EX03", "y")
    one = replace(base, rules=rules, findings=(waived,))
    assert accepted_relay(one) == {waived.dn: ("W-1",)}
    assert accepted_relay(replace(one, findings=(waived, still))) == {}


def test_a_finding_that_is_open_again_names_its_waiver(results):
    (waiver,) = results.waivers
    again = apply_waivers(without_waivers(results), [replace(waiver, note="")], day="2026-12-11")
    (row,) = [row for row in rows_of(again, "Findings") if row["Waiver"]]
    assert (row["Waiver"], row["Status"]) == ("=W-1 (expired)", "Open")
    assert rows_of(again, "Waivers")[0]["Note"] == (
        "Expired on 2026-12-10; its finding is open again"
    )


def test_the_headline_tells_what_was_switched_off(results, plain_results):
    assert "1 check was switched off by the client." in headline(results)
    assert "switched off" not in headline(plain_results)


def test_accepted_settings_still_differ(results):
    base = realistic()
    assert "2 settings differ from default on 2 of them" in headline(base)
    assert sum(each.status == "waived" for each in base.findings) == 1


def test_what_the_profile_changes_stands_beside_what_was_shipped(results):
    by_rule = {row["Rule"]: row for row in rows_of(results, "Findings") if row["Original severity"]}
    assert by_rule["VS-01"]["Severity"] == "Critical"
    assert by_rule["VS-01"]["Original severity"] == "Low"
    changed = {row["Rule"]: row for row in rows_of(results, "Findings")}["VS-02"]
    assert "10000 instead of 250" in changed["Finding"]
    assert "is 10000 or more" in changed["Criterion"]
    assert "is 250 or more" in changed["Original criterion"]
    checks = {row["Rule"]: row for row in rows_of(results, "Checks run")}
    assert "compared elsewhere" in checks["VS-04"]["Reason when not evaluated, or where reported"]
    assert int(checks["VS-04"]["Failed by the rule as shipped"]) > 0
    assert int(checks["VS-02"]["Failed by the rule as shipped"]) <= int(checks["VS-02"]["Failed"])
    rules = {row["Rule"]: row for row in rows_of(results, "Rules")}
    assert rules["VS-04"]["Switched off because"] == "Compared elsewhere."
    assert rules["VS-01"]["Original severity"] == "Low"
    (scope,) = [
        row["Text"]
        for row in rows_of(results, "Scope & method")
        if row["Topic"] == "Client's profile"
    ]
    assert "VS-01: severity critical instead of low" in scope
    assert "VS-02: threshold 10000 instead of 250 (policy 4.2)" in scope
    assert "VS-04: switched off (compared elsewhere)" in scope


def test_text_of_a_waiver_stays_text_in_every_output(results, tmp_path):
    paths = [tmp_path / f"r.{ending}" for ending in ("xlsx", "html", "docx", "csv")]
    write_reports(results, paths)
    sheet = openpyxl.load_workbook(paths[0])["Waivers"]
    assert not [cell for row in sheet.iter_rows() for cell in row if cell.data_type == "f"]
    page = paths[1].read_text()
    assert "second line" in page
    assert 'href="http://evil.example' not in page
    rows = list(csv.DictReader(io.StringIO(paths[3].read_text("utf-8-sig"))))
    (row,) = [row for row in rows if row["status"] == "waived"]
    assert row["waiver"] == "'=W-1"
    assert {row["original_severity"] for row in rows} == {"", "low", "info"}
