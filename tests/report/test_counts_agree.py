"""The same number everywhere: headline, summary, sheets, terminal and CSV, on every sample."""

import csv
import io
import re
from collections import Counter
from functools import cache
from pathlib import Path

import pytest

import analyzer
from analyzer.report.compose import compose_report
from analyzer.report.finding_csv import dump_csv
from analyzer.report.paper import Paper
from analyzer.report.section import Marked, Section, plain
from analyzer.report.summary import Report
from analyzer.report.wording import ASSUMED, FINDING_KIND, SEVERITY
from analyzer.results.records import Results
from analyzer.terminal.audit_summary import summary as terminal_summary

SAMPLES = Path(__file__).parents[2] / "samples"
DUMPS = sorted(
    path
    for path in SAMPLES.rglob("*")
    if path.suffix in (".ldf", ".ldif", ".csv") and path.is_file()
)
STRICTER = FINDING_KIND["stricter"]


@cache
def audited(path: Path) -> tuple[Results, Report]:
    results = analyzer.audit(analyzer.read_dump(path))
    return results, compose_report(results, Paper(), "all")


def rows_of(section: Section) -> list[dict[str, str]]:
    headers = [column.header for column in section.columns]
    return [dict(zip(headers, map(plain, row), strict=True)) for row in section.rows()]


def table(report: Report, title: str) -> list[dict[str, str]]:
    found = [section for section in report.sections if section.title == title]
    return rows_of(found[0]) if found else []


each_dump = pytest.mark.parametrize("path", DUMPS, ids=lambda path: path.name)

_LEFT_BEHIND = ("(replication conflict)", "(deleted)", "(left over from an upgrade)")


@each_dump
def test_settings_that_differ_are_as_many_in_headline_findings_and_matrix(path: Path) -> None:
    results, report = audited(path)
    listeners = {listener.dn for listener in results.listeners}
    marked = sum(
        cell.differs_from_default
        for section in report.sections
        if section.key.startswith("settings-matrix")
        for row in section.rows()
        for cell in row
        if isinstance(cell, Marked)
    )
    told = [
        row["Differs from default"].count(", ") + 1
        for row in table(report, "Findings")
        if row["Differs from default"] and row["Object DN"] in listeners
    ]
    assert marked == sum(told)
    left_behind = {listener.dn for listener in results.listeners if listener.left_by}
    aside = sum(len(x.differing) for x in results.findings if x.dn in left_behind)
    stated = re.search(r"([\d,]+) settings? differs? from default", report.summary.headline)
    assert (int(stated[1].replace(",", "")) if stated else 0) == marked - aside
    servers = [row for row in report.summary.servers.rows if isinstance(row[7], int)]
    everything = sum(len(x.differing) for x in results.findings)
    assert sum(int(row[7] or 0) for row in servers) == everything


@each_dump
def test_findings_by_severity_are_as_many_everywhere(path: Path) -> None:
    results, report = audited(path)
    stated = {plain(row[0]): row[1] for row in report.summary.severities.rows}
    findings = table(report, "Findings")
    counted = Counter(STRICTER if row["Kind"] == STRICTER else row["Severity"] for row in findings)
    for word in (*SEVERITY.values(), STRICTER):
        assert stated[word] == counted[word], word
    assert stated["All"] == len(findings) == len(results.findings)
    assumed = sum(row["Assumed"] == "Yes" for row in findings)
    assert stated.get("of which assumed", 0) == assumed
    assert assumed == sum(row["Finding"].startswith("Assumed: ") for row in findings)
    shares = [row["On"].split(" of ") for row in table(report, "Findings by rule")]
    objects = sum(len(finding.objects) or 1 for finding in results.findings)
    assert sum(int(share[0].replace(",", "")) for share in shares) == objects
    lines = [line.text for line in terminal_summary(results, everything=True)]
    (line,) = (text for text in lines if text.startswith("Critical "))
    on_screen = dict(re.findall(r"(Critical|High|Medium|Low|Info|default) (\d+)", line))
    assert on_screen.pop("default") == str(counted[STRICTER])
    assert on_screen == {word: str(counted[word]) for word in SEVERITY.values()}
    as_csv = list(csv.DictReader(io.StringIO(dump_csv(results).decode("utf-8-sig"), newline="")))
    assert len(as_csv) == len(findings)
    assert sum(row["assumed"] == "yes" for row in as_csv) == assumed
    assert sum(bar for series in report.summary.chart for bar in series.values) == (
        len(findings) - counted[STRICTER]
    )


@each_dump
def test_the_verdict_card_counts_the_rows_of_relay_exposure(path: Path) -> None:
    results, report = audited(path)
    rows = [
        row["Verdict"]
        for row in table(report, "Relay exposure")
        if not (row.get("Virtual server") or row.get("Listener") or "").endswith(_LEFT_BEHIND)
    ]
    for word, number, assumed, _ in report.summary.verdicts.rows:
        assert number == sum(row in (word, f"{word}{ASSUMED}") for row in rows)
        assert assumed == rows.count(f"{word}{ASSUMED}")
    assert sum(int(row[1] or 0) for row in report.summary.verdicts.rows) == len(rows)
    left_behind = sum(bool(listener.left_by) for listener in results.listeners)
    assert len(rows) + left_behind == len(results.listeners)


@each_dump
def test_each_failed_check_is_told_by_exactly_one_finding(path: Path) -> None:
    results, report = audited(path)
    failed = sum(check.failed for check in results.checks)
    elsewhere = sum(check.reported_elsewhere for check in results.checks)
    assert failed - elsewhere == len(results.findings)
    told = sum(len(x.covers) + (len(x.objects) or 1) for x in results.findings)
    assert told == failed
    stated = {plain(row[0]): row[1] for row in report.summary.checks.rows}
    assert stated["Failed"] == failed


@each_dump
def test_titles_are_for_managers(path: Path) -> None:
    """No bits, no stored forms, no marks of doubt; those stand in columns of their own."""
    results, report = audited(path)
    texts = [
        report.summary.headline,
        *(finding.title for finding in results.findings),
        *(plain(row[-1]) for row in report.summary.rules.rows),
        *(plain(row[1]) for row in report.summary.quality.rows),
    ]
    odd = re.compile(r"\b0x|\bbit \d|(?<![\w.]):\d+:|not confirmed|\d,\d{3} days|/32\b")
    assert [text for text in texts if odd.search(text)] == []


def test_the_sample_by_hand() -> None:
    """Counted by hand in samples/generator/virtual_servers.py and the catalogue."""
    results, report = audited(SAMPLES / "contoso-2003.ldf")
    # EX02 2 and SALES-GW1 1 relay for anybody; 10.1.2.3 and .4, two public hosts, and the networks
    # 10.20.0.0/16, two /24 and a host are listed: 2 + 2 + 65,536 + 2 * 256 + 1.
    assert report.summary.headline.startswith(
        "Two of 19 SMTP virtual servers relay for anybody: EX02 / Application relay (on private"
        " addresses only), SALES-GW1 / Default SMTP Virtual Server. Three more relay for listed"
        " hosts (66,053 addresses, 2 of them public). Of the 14 that relay only for hosts that log"
        " on, or for nobody, one is assumed. One more is left over from replication and is not"
        " counted."
    )
    rules = Counter(finding.rule for finding in results.findings)
    # Basic authentication without TLS on 18 of 20; logging on lets hosts relay on 14 of them.
    assert (rules["RL-04"], rules["VS-09"]) == (14, 4)
    assert rules["VS-16"] == rules["ES-2000"] == rules["ES-2003"] == 1
    assert rules["RL-02"] == 0
    # EX02 listens on 192.168.10.21 alone, SALES-GW1 on every address.
    open_relays = [(x.server, x.severity) for x in results.findings if x.rule == "RL-01"]
    assert open_relays == [("SALES-GW1", "critical"), ("EX02", "high")]
    by_rule = [row["Rule"] + row["On"] for row in table(report, "Findings by rule")]
    assert by_rule.count("RL-011 of 20") == 2
    # Of the 12 that relay by logon alone two protect it: one demands TLS, one takes no password.
    verdicts = {plain(row[0]): row[1] for row in report.summary.verdicts.rows}
    assert verdicts == {
        "Open": 2, "Restricted by address": 3, "Clear-text logon": 10, "Authenticated only": 2,
        "Closed": 2,
    }  # fmt: skip


def test_the_samples_of_all_kinds_are_counted() -> None:
    names = {path.name for path in DUMPS}
    assert {"contoso-2003.ldf", "contoso-csvde.csv", "contoso-ldapsearch.ldif"} < names
    assert {"fabrikam.ldf", "fabrikam-limited.ldf", "fabrikam-csvde.csv"} < names
    results, _ = audited(SAMPLES / "fabrikam" / "fabrikam.ldf")
    differing = {finding.dn for finding in results.findings if finding.differing}
    assert differing > {connector.dn for connector in results.receive_connectors}


def test_the_connectors_of_fabrikam_by_hand() -> None:
    """Counted by hand in samples/generator and samples/fabrikam/expected.toml."""
    _, report = audited(SAMPLES / "fabrikam" / "fabrikam.ldf")
    assert "Two of 16 listeners relay for anybody: FAB-EX16 / Open" in report.summary.headline
    covered = {row["Listener"]: row["Addresses covered"] for row in table(report, "Relay exposure")}
    # 0.0.0.0/0 alone can be counted, with ::/0 beside it nobody reads the number.
    assert (covered["Open to the world"], covered["Trusts everybody"]) == (
        str(1 << 32),
        "Every address",
    )
    # Fifteen receive connectors on three servers, a virtual server on the fourth.
    block = report.summary.servers
    assert block.columns[1].header == "Listeners"
    assert sum(int(row[1] or 0) for row in block.rows) == 16
    assert report.summary.verdicts.note == (
        "Not counted: 1 SMTP virtual server left over from an upgrade."
    )
