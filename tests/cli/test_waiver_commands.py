"""Waivers, profiles and the carry-over on the command line: what is told, and the exit status."""

import json
import tomllib
from datetime import date
from pathlib import Path

import openpyxl
import pytest

from analyzer.catalogue import load_catalogue
from analyzer.waivers.waiver_file import load_waivers

WAIVERS = """\
[[waiver]]
id = "W-001"
rule = "RL-01"
reason = "Relay for the scanners"
approved_by = "A. Smith"
expires = 2027-10-31
[waiver.applies_to]
server = "sales-gw1"

[[waiver]]
id = "W-002"
rule = "RL-04"
reason = "old"
approved_by = "A. Smith"
expires = 2026-01-31
[waiver.applies_to]
server = "OLD01"

[[waiver]]
id = "W-003"
rule = "SV-01"
reason = "nobody"
approved_by = "A. Smith"
expires = 2027-10-31
[waiver.applies_to]
server = "NOWHERE"

[[waiver]]
id = "W-004"
rule = "RL-01"
reason = "second one"
[waiver.applies_to]
listener = "Application relay"
"""


@pytest.fixture
def waivers(tmp_path: Path) -> Path:
    file = tmp_path / "waivers.toml"
    file.write_text(WAIVERS)
    return file


def test_an_audit_tells_what_came_of_the_waivers(run, sample, waivers):
    finished = run("audit", sample, "--waivers", "waivers.toml", "--as-of", "2026-11-24")
    assert finished.status == 0
    assert (
        "! waivers.toml:10: waiver W-002 expired on 2026-01-31; its 2 findings are open again"
        in (finished.err)
    )
    assert "! waivers.toml:19: waiver W-003 fits no finding" in finished.err
    assert "! waivers.toml:28: waiver W-004 has no expiry: it never ends" in finished.err
    assert "|  waived 2  |" in finished.err


def test_the_headline_tells_the_relay_and_that_it_is_accepted(run, sample, waivers):
    finished = run("audit", sample, "--waivers", "waivers.toml", "--as-of", "2026-11-24")
    told = " ".join(finished.err.split())
    assert (
        "Two of 19 SMTP virtual servers relay for anybody: EX02 / Application relay (on private"
        " addresses only) (accepted), SALES-GW1 / Default SMTP Virtual Server (accepted)."
    ) in told
    assert "Two of the 5 that relay for others are accepted by a waiver" in told


@pytest.mark.parametrize(
    ("day", "status"), [("2026-11-24", 0), ("2027-10-31", 0), ("2027-11-01", 1)]
)
def test_fail_on_counts_what_is_not_waived_on_that_day(run, sample, waivers, day, status):
    finished = run("audit", sample, "--waivers", "waivers.toml", "--as-of", day, *CRITICAL)
    assert finished.status == status


CRITICAL = ("-q", "--fail-on", "critical")


def test_without_waivers_the_same_audit_fails(run, sample):
    assert run("audit", sample, *CRITICAL).status == 1


@pytest.mark.parametrize(
    ("arguments", "status", "words"),
    [
        (["--waivers", "none.toml"], 6, "none.toml: cannot read: no such file"),
        (["--profile", "none.toml"], 6, "none.toml: cannot read: no such file"),
        (["--as-of", "tomorrow"], 2, "expected a date such as 2026-11-24"),
        (["--as-of", "2026-02-30"], 2, "expected a date such as 2026-11-24"),
        (["--waivers", "waivers.toml", "--reproducible"], 2, "waivers needs a day"),
        (["--waivers", "waivers.toml", "-o", "x.json", "-o", "waivers.json"], 0, ""),
        (["--carry-over", "last.xlsx"], 2, "add -o FILE.xlsx"),
        (["--carry-over", "last.xlsx", "-o", "new.xlsx"], 3, "last.xlsx: cannot be read"),
    ],
)
def test_the_exit_status_says_what_is_wrong(run, sample, waivers, arguments, status, words):
    finished = run("audit", sample, "-q", *arguments)
    assert finished.status == status
    assert words in " ".join(finished.err.split())


def test_an_error_in_a_file_of_waivers_gives_6_before_the_dump_is_read(run, waivers):
    waivers.write_text(WAIVERS.replace('"SV-01"', '"SV-1"'))
    finished = run("audit", "gone.ldf", "--waivers", "waivers.toml")
    assert finished.status == 6
    assert finished.err == (
        "error: waivers.toml:21: W-003: unknown rule 'SV-1'; did you mean SV-01?\n"
    )


def test_no_output_replaces_waivers_profile_or_last_times_workbook(run, sample, waivers, tmp_path):
    link = tmp_path / "report.json"
    link.hardlink_to(waivers)
    finished = run("audit", sample, "--waivers", "waivers.toml", "--overwrite", "-o", "report.json")
    assert finished.status == 2
    assert "would replace waivers.toml, which is read" in " ".join(finished.err.split())
    assert waivers.read_text() == WAIVERS


def test_equal_waivers_on_an_equal_day_give_equal_bytes(run, sample, waivers):
    for name in ("a.xlsx", "b.xlsx"):
        arguments = ("--waivers", "waivers.toml", "--as-of", "2026-11-24", "--reproducible")
        assert run("audit", sample, "-q", *arguments, "-o", name).status == 0
    assert Path("a.xlsx").read_bytes() == Path("b.xlsx").read_bytes()


def test_waivers_are_listed_with_their_state(run, waivers):
    finished = run("waivers", "list", "waivers.toml", "--as-of", "2027-10-10")
    assert finished.status == 0
    lines = finished.out.splitlines()
    assert [line.split()[0] for line in lines] == ["Id", "W-001", "W-002", "W-003", "W-004"]
    assert "Expires in ≤30 days" in lines[1]
    assert "Expired" in lines[2]
    assert "never" in lines[4]


def test_waivers_are_checked(run, waivers):
    finished = run("waivers", "check", "waivers.toml", "--as-of", "2026-11-24")
    assert (finished.status, finished.out) == (0, "4 waivers are valid\n")
    assert "waivers.toml:28: waiver W-004 names nobody who has approved it" in finished.err
    assert "waivers.toml:10: waiver W-002 expired on 2026-01-31" in finished.err
    waivers.write_text(WAIVERS.replace('reason = "nobody"\n', ""))
    finished = run("waivers", "check", "waivers.toml")
    assert finished.status == 6
    assert "waivers.toml:19: W-003: reason is missing" in finished.err


def test_a_new_waiver_can_be_used_as_it_is(run, tmp_path):
    finished = run(
        *("waivers", "new", "W-9", "rl-01", "--server", "EX*", "--reason", 'the "hall"'),
        *("--approved-by", "A. Smith", "--expires", "2027-06-30", "--ticket", "CHG-1"),
    )
    assert finished.status == 0
    (tmp_path / "new.toml").write_text(finished.out)
    (waiver,) = load_waivers([tmp_path / "new.toml"], load_catalogue())
    assert (waiver.rule, waiver.reason, waiver.expires) == ("RL-01", 'the "hall"', "2027-06-30")
    assert waiver.applies_to.server == "EX*"


@pytest.mark.parametrize(
    ("arguments", "status", "words"),
    [
        (["W-1", "RL-01"], 2, "say what it applies to with one of --server, --listener"),
        (["W-1", "RL-1", "--server", "EX01"], 6, "did you mean RL-01?"),
        (["W-1", "RL-01", "--server", "EX01", "--expires", "x"], 2, "expected a date"),
    ],
)
def test_a_new_waiver_says_what_it_lacks(run, arguments, status, words):
    finished = run("waivers", "new", *arguments)
    assert finished.status == status
    assert words in " ".join(finished.err.split())


def test_accepted_risks_become_waivers_to_complete(run, sample, tmp_path):
    assert run("audit", sample, "-q", "-o", "last.xlsx").status == 0
    workbook = openpyxl.load_workbook("last.xlsx")
    sheet = workbook["Findings"]
    at = {cell.value: cell.column for cell in sheet[5]}
    hostile = "no \"end\n[[waiver]]\nid = 'x' \u202e"
    for row, decision in ((6, "Accepted risk"), (7, "accepted RISK "), (8, "Agree")):
        sheet.cell(row, at["Reviewer decision"]).value = decision
        sheet.cell(row, at["Reviewer comment"]).value = hostile if row == 6 else None
        sheet.cell(row, at["Reviewed on"]).value = date(2026, 3, 4)
    # An action that is accepted as a whole: its findings, but for the one that was decided on.
    plan = workbook["Action plan"]
    of_action = {cell.value: cell.column for cell in plan[5]}
    (action,) = [row for row in range(6, plan.max_row + 1) if plan.cell(row, 1).value == "A-SV-01"]
    plan.cell(action, of_action["Status"]).value = "Accepted risk"
    plan.cell(action, of_action["Management response"]).value = "the gateway keeps it"
    (tracking,) = [
        row for row in range(6, sheet.max_row + 1) if sheet.cell(row, at["Rule"]).value == "SV-01"
    ]
    prints = [sheet.cell(row, at["Fingerprint"]).value for row in (6, 7, tracking)]
    workbook.save("last.xlsx")
    finished = run("waivers", "from-workbook", "last.xlsx", "-o", "drafted.toml")
    assert finished.status == 0
    text = Path("drafted.toml").read_text()
    drafts = tomllib.loads(text)["waiver"]
    assert [draft["applies_to"] for draft in drafts] == [{"finding": each} for each in prints]
    assert [draft["id"] for draft in drafts] == [f"W-{each[:8]}" for each in prints]
    assert drafts[0]["reason"] == hostile.replace("\u202e", "\\u202e")
    assert drafts[0]["approved_on"] == date(2026, 3, 4)
    assert drafts[2]["reason"] == "the gateway keeps it"
    # The second one has no reason yet.
    finished = run("waivers", "check", "drafted.toml")
    assert finished.status == 6
    assert "reason is '', expected text" in finished.err
    Path("drafted.toml").write_text(text.replace('reason = ""', 'reason = "decided"'))
    finished = run("audit", sample, "-q", "--waivers", "drafted.toml", "-o", "next.json")
    assert finished.status == 0
    results = json.loads(Path("next.json").read_text())
    waived = [each for each in results["findings"] if each["status"] == "waived"]
    assert sorted(each["fingerprint"] for each in waived) == sorted(prints)
    assert run("waivers", "from-workbook", "last.xlsx", "-o", "drafted.toml").status == 5
    assert run("waivers", "from-workbook", "last.xlsx", "-o", "last.xlsx").status == 2


def test_a_report_is_rendered_again_with_the_entries_of_reviewers(run, sample):
    assert run("audit", sample, "-q", "-o", "last.xlsx", "-o", "results.json").status == 0
    workbook = openpyxl.load_workbook("last.xlsx")
    del workbook["Action plan"]
    sheet = workbook["Findings"]
    at = {cell.value: cell.column for cell in sheet[5]}
    sheet.cell(6, at["Reviewer comment"]).value = "seen"
    workbook.save("last.xlsx")
    finished = run("report", "results.json", "--carry-over", "last.xlsx", "-o", "again.xlsx")
    assert finished.status == 0
    assert "last.xlsx has no sheet Action plan: nothing of it is carried over" in finished.err
    again = openpyxl.load_workbook("again.xlsx")["Findings"]
    assert again.cell(6, at["Reviewer comment"]).value == "seen"


def test_rules_are_shown_as_the_profile_has_them(run, tmp_path):
    (tmp_path / "profile.toml").write_text(
        '[[rule]]\nid = "VS-02"\nargument = 100\nseverity = "high"\n'
        '[[rule]]\nid = "VS-01"\noff = true\nreason = "elsewhere"\n'
    )
    told = " ".join(run("rules", "show", "VS-02", "--profile", "profile.toml").out.split())
    assert "As shipped severity low" in told
    assert "100 or more" in told.partition("As shipped Passes")[0]
    assert "250 or more" in told.partition("As shipped Passes")[2]
    off = run("rules", "show", "VS-01", "--profile", "profile.toml").out
    assert "Switched off    elsewhere" in off


def test_waivers_and_profile_may_stand_in_the_settings_file(run, sample, waivers, tmp_path):
    (tmp_path / "exchange-analyzer.toml").write_text(
        '[audit]\nwaivers = ["waivers.toml"]\nas-of = 2026-11-24\n'
    )
    assert run("audit", sample, *CRITICAL).status == 0
    assert "2026-11-24" in run("audit", "--show-config").out
