"""What results say of the baseline, checked against the rest of them and against the baseline."""

from pathlib import Path

import pytest
from msgspec.structs import replace

import analyzer
from analyzer.changes.compared_again import compare_again
from analyzer.changes.finding_changes import gone
from analyzer.results.records import Results
from analyzer.verify.recorded_changes import find_false_changes

SAMPLE = Path(__file__).parents[2] / "samples" / "contoso-2003.ldf"


@pytest.fixture(scope="module")
def audits(tmp_path_factory) -> tuple[Results, Results]:
    """Return the audit of the sample, and that of a year later compared with it."""
    later = tmp_path_factory.mktemp("later") / "later.ldf"
    later.write_bytes(SAMPLE.read_bytes().replace(b"EX02", b"EXNEW").replace(b": 30\r", b": 25\r"))
    old = analyzer.audit(analyzer.read_dump(SAMPLE))
    return old, analyzer.compare(old, analyzer.audit(analyzer.read_dump(later)))


def wrong(results: Results) -> list[str]:
    return [point.name for point in find_false_changes(results) if not point.ok]


def test_a_comparison_agrees_with_itself(audits):
    old, compared = audits
    assert wrong(compared) == []
    assert compared.changed_settings
    assert list(find_false_changes(old)) == []


def test_a_change_without_a_baseline_is_told(audits):
    old, _ = audits
    first, *others = old.findings
    forged = replace(old, findings=(replace(first, change="unchanged"), *others))
    assert wrong(forged) == ["changes"]


def test_a_finding_that_is_there_is_not_gone(audits):
    _, compared = audits
    forged = replace(compared, resolved=(gone(compared.findings[0], why="it passes"),))
    assert "changes" in wrong(forged)


def test_a_resolved_finding_passes(audits):
    _, compared = audits
    failing = compared.findings[0]
    invented = gone(failing, fingerprint="0" * 64, now_dn=failing.dn, status="resolved")
    assert wrong(replace(compared, resolved=(invented,))) == ["resolved findings"]


def test_settings_after_are_those_of_the_objects(audits):
    _, compared = audits
    first, *others = compared.changed_settings
    forged = replace(first, after="another")
    assert wrong(replace(compared, changed_settings=(forged, *others))) == ["changed settings"]


def test_comparing_again_gives_the_same_and_tells_what_was_changed(audits, tmp_path):
    old, compared = audits
    baseline, report, forged = (tmp_path / name for name in ("old.json", "new.json", "forged.json"))
    first, *others = compared.findings
    changed = replace(compared, findings=(replace(first, change="new"), *others))
    for results, path in ((old, baseline), (compared, report), (changed, forged)):
        analyzer.write_report(results, path)
    again = compare_again(report, [baseline, SAMPLE])
    # The dump of the baseline is none of the report's own.
    assert again.own == []
    assert [point.ok for point in again.points] == [True]
    assert [point.ok for point in compare_again(forged, [baseline]).points] == [False]
    (missing,) = compare_again(report, []).points
    assert not missing.checked
