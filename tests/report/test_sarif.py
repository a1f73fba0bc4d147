"""The SARIF log against the published schema, and what it says against the results."""

import json
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from msgspec.structs import replace
from report_builder import realistic

import analyzer
from analyzer.changes.finding_changes import gone
from analyzer.report.sarif_file import iter_sarif, uri_of
from analyzer.results.records import AppliesTo, BaselineRecord, Results, WaiverRecord

SCHEMA = json.loads((Path(__file__).parent / "sarif-2.1.0-rtm.5.json").read_text())
SAMPLES = Path(__file__).parents[2] / "samples"


def log_of(results: Results) -> Any:
    log = json.loads(b"".join(iter_sarif(results)))
    jsonschema.Draft4Validator(SCHEMA).validate(log)
    assert len(log["runs"]) == 1
    return log["runs"][0]


@pytest.mark.parametrize(
    "name", ["contoso-2003.ldf", "contoso-csvde.csv", "contoso-snapshot.dat", "quirks"]
)
def test_the_log_of_a_sample_is_valid(name):
    results = analyzer.audit(analyzer.read_dump(SAMPLES / name))
    run = log_of(results)
    assert len(run["results"]) == len(results.findings)
    assert len(run["artifacts"]) == len(results.inputs)
    notes = run["invocations"][0]["toolExecutionNotifications"]
    assert len(notes) == len(results.unreadable)


def test_a_finding_is_told_with_rule_place_object_and_fingerprint():
    results = realistic()
    run = log_of(results)
    rules = run["tool"]["driver"]["rules"]
    for finding, result in zip(results.findings, run["results"], strict=True):
        assert result["ruleId"] == rules[result["ruleIndex"]]["id"] == finding.rule
        assert list(result["partialFingerprints"].values()) == [finding.fingerprint]
        assert result["message"]["text"] == finding.title
        (place,) = result["locations"]
        names = [each["fullyQualifiedName"] for each in place["logicalLocations"]]
        assert names == list(finding.objects or (finding.dn,))
        if finding.evidence.line is not None:
            assert place["physicalLocation"]["region"]["startLine"] == finding.evidence.line
        assert "baselineState" not in result
        assert bool(result["suppressions"]) == (finding.status == "waived")


def test_severities_become_the_three_levels_of_sarif():
    results = realistic()
    levels = {
        finding.severity: result["level"]
        for finding, result in zip(results.findings, log_of(results)["results"], strict=True)
    }
    expected = {
        "critical": "error",
        "high": "error",
        "medium": "warning",
        "low": "note",
        "info": "note",
    }
    assert levels == {severity: expected[severity] for severity in levels}


def test_changes_become_baseline_states_and_nothing_is_left_out():
    results = realistic()
    first, second, third, fourth, *others = results.findings
    compared = replace(
        results,
        findings=(
            replace(first, change="new"),
            replace(second, change="changed", previous_text="before"),
            replace(third, change="not_comparable", change_reason="not exported"),
        ),
        baseline=BaselineRecord("AAAA-BBBB-CCCC", results.run.started, (), "results"),
        resolved=(gone(fourth, status="resolved", why="it passes"),),
        not_comparable=(gone(others[0], why="not exported this time"),),
    )
    run = log_of(compared)
    assert [result.get("baselineState") for result in run["results"]] == [
        *("new", "updated", None, "absent", None)
    ]
    assert [result.get("kind", "fail") for result in run["results"]] == [
        *("fail", "fail", "fail", "fail", "review")
    ]
    assert run["results"][4]["properties"]["reason"] == "not exported this time"
    # The run of the baseline has this GUID, too, where it was written as SARIF.
    baseline = replace(results, run=replace(results.run, report_id="AAAA-BBBB-CCCC"))
    assert run["baselineGuid"] == log_of(baseline)["automationDetails"]["guid"]


def test_a_waiver_becomes_a_suppression_with_its_reason():
    results = realistic()
    first, *others = results.findings
    waiver = WaiverRecord(
        id="W-1",
        rule=first.rule,
        applies_to=AppliesTo(),
        reason="Replaced next year",
        approved_by="J. Doe",
        approved_on="2026-01-02",
        expires="",
        ticket="CHG-7",
        file="waivers.toml",
        line=1,
    )
    waived = replace(
        results,
        findings=(replace(first, status="waived", waiver="W-1"), *others),
        waivers=(waiver,),
    )
    suppressed, *rest = (result["suppressions"] for result in log_of(waived)["results"])
    assert suppressed == [
        {
            "kind": "external",
            "status": "accepted",
            "justification": "Replaced next year",
            "properties": {
                "waiver": "W-1",
                "approvedBy": "J. Doe",
                "approvedOn": "2026-01-02",
                "ticket": "CHG-7",
            },
        }
    ]
    assert [bool(each) for each in rest] == [finding.status == "waived" for finding in others]


def test_a_log_without_findings_is_valid_and_one_without_waivers_suppresses_nothing():
    results = realistic()
    assert log_of(replace(results, findings=(), unreadable=()))["results"] == []
    opened = tuple(replace(finding, status="open") for finding in results.findings)
    log = log_of(replace(results, findings=opened))
    assert not any("suppressions" in result for result in log["results"])


def test_text_that_is_no_unicode_does_not_break_the_log():
    results = realistic()
    first, *others = results.findings
    broken = replace(results, findings=(replace(first, title="half \ud800"), *others))
    assert log_of(broken)["results"][0]["message"]["text"] == "half \ud800"


@pytest.mark.parametrize(
    ("path", "uri"),
    [
        ("contoso.ldf", "contoso.ldf"),
        ("a b/ü.ldf", "a%20b/%C3%BC.ldf"),
        ("dumps.zip!a.ldf", "dumps.zip%21a.ldf"),
        ("/srv/dump.ldf", "file:///srv/dump.ldf"),
        ("C:\\dumps\\a.ldf", "file:///C:/dumps/a.ldf"),
        ("javascript:alert(1)", "javascript%3Aalert%281%29"),
    ],
)
def test_paths_become_references_that_lead_nowhere_else(path, uri):
    assert uri_of(path) == uri
