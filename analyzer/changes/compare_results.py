"""The results of a baseline and of now in, those of now with what changed out."""

import hashlib

from msgspec.structs import replace

from analyzer.catalogue.rule import Catalogue
from analyzer.changes.baselines import Baseline
from analyzer.changes.comparison import compare_sides
from analyzer.changes.finding_changes import compare_findings
from analyzer.changes.relay_changes import changed_relay
from analyzer.changes.setting_changes import changed_settings
from analyzer.changes.sides import make_side
from analyzer.results.records import BaselineInput, BaselineRecord, Results


def compare_results(old: Baseline, new: Baseline, catalogue: Catalogue) -> Results:
    """Return the results of now with what became of everything since the baseline.

    `catalogue` says which rules compare objects with each other; rules that it does not hold are
    taken for such.
    """
    comparison = compare_sides(
        make_side(old.results, from_workbook=old.source == "workbook"),
        make_side(new.results, from_workbook=new.source == "workbook"),
        catalogue,
    )
    changes = compare_findings(comparison)
    results = new.results
    own_id = results.baseline.own_report_id if results.baseline else results.run.report_id
    report_id = compared_report_id(own_id, old.results.run.report_id)
    return replace(
        results,
        run=replace(results.run, report_id=report_id),
        findings=changes.findings,
        baseline=_baseline(old, own_id),
        resolved=changes.resolved,
        not_comparable=changes.not_comparable,
        changed_settings=changed_settings(comparison),
        changed_relay=changed_relay(comparison),
    )


def compared_report_id(own_id: str, baseline_id: str) -> str:
    """Return the ID of a report that compares: another one for each baseline."""
    digits = hashlib.sha256(f"{own_id}\nbaseline={baseline_id}".encode()).hexdigest().upper()
    return "-".join((digits[:4], digits[4:8], digits[8:12]))


def _baseline(old: Baseline, own_id: str) -> BaselineRecord:
    results = old.results
    return BaselineRecord(
        report_id=results.run.report_id,
        made=results.run.started,
        inputs=tuple(
            BaselineInput(source.path, source.sha256, source.bytes, source.modified)
            for source in results.inputs
        ),
        source=old.source,
        tool_version=results.tool.version,
        catalogue_sha256=results.tool.catalogue_sha256,
        own_report_id=own_id,
    )
