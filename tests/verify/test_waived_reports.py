"""Reports with waivers and a profile: what follows from what is recorded, and what was changed."""

from datetime import date
from pathlib import Path

import pytest
from msgspec.structs import replace

import analyzer
from analyzer.catalogue import load_catalogue
from analyzer.catalogue.rule import Severity
from analyzer.results.document import iter_json
from analyzer.results.records import AppliesTo, Results, WaiverRecord
from analyzer.verify.report_check import verify_report

SAMPLE = Path(__file__).parents[2] / "samples" / "contoso-2003.ldf"
PROFILE = """\
[[rule]]
id = "VS-01"
severity = "high"
[[rule]]
id = "VS-02"
argument = 100
[[rule]]
id = "VS-04"
off = true
reason = "elsewhere"
"""
WAIVER = WaiverRecord(
    id="W-1",
    rule="RL-01",
    applies_to=AppliesTo(server="EX02"),
    reason="accepted",
    approved_by="",
    approved_on="",
    expires="2026-12-31",
    ticket="",
    file="waivers.toml",
    line=1,
)


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


def failed(results: Results, folder: Path) -> dict[str, str]:
    path = folder / "results.json"
    path.write_bytes(b"".join(iter_json(results)))
    points = verify_report(path, [SAMPLE]).points
    assert "waivers" in {point.name for point in points}
    return {point.name: point.detail for point in points if not point.ok}


def test_what_follows_from_waivers_and_profile_agrees(results, tmp_path):
    assert failed(results, tmp_path) == {}


def test_a_finding_that_somebody_waived_by_hand_is_told(results, tmp_path):
    first = next(each for each in results.findings if each.status == "open")
    forged = tuple(
        replace(each, status="waived", waiver="W-1") if each is first else each
        for each in results.findings
    )
    assert first.id in failed(replace(results, findings=forged), tmp_path)["waivers"]


def test_a_waiver_that_had_expired_is_told(results, tmp_path):
    later = replace(results, run=replace(results.run, as_of="2027-01-01"))
    assert "W-1" in failed(later, tmp_path)["waivers"]


def test_a_waiver_that_was_widened_is_told(results, tmp_path):
    (waiver,) = results.waivers
    wide = replace(waiver, applies_to=AppliesTo(server="*"))
    assert "W-1" in failed(replace(results, waivers=(wide,)), tmp_path)["waivers"]


def test_an_original_severity_that_was_changed_is_told(results, tmp_path):
    changed = tuple(
        replace(each, original_severity=Severity.INFO) if each.original_severity else each
        for each in results.findings
    )
    assert "VS-01" in failed(replace(results, findings=changed), tmp_path)["severities"]


def test_an_original_argument_that_was_changed_is_told(results, tmp_path):
    changed = tuple(
        replace(each, original_argument=90) if each.rule == "VS-02" else each
        for each in results.profile
    )
    assert "VS-02" in failed(replace(results, profile=changed), tmp_path)["rules"]


def test_a_profile_of_no_rules_is_told(results, tmp_path):
    changed = tuple(replace(each, rule="XX-01") for each in results.profile[:1])
    told = failed(replace(results, profile=changed), tmp_path)
    assert "unknown rule 'XX-01'" in told["profile"]


def test_a_rule_switched_off_without_a_profile_is_told(results, tmp_path):
    kept = tuple(each for each in results.profile if each.rule != "VS-04")
    told = failed(replace(results, profile=kept), tmp_path)
    assert "VS-04" in told["tests"]
