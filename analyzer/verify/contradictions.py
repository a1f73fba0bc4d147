"""Results in, out whether somebody changed one part of them: the parts repeat each other."""

from collections import Counter
from collections.abc import Iterable, Iterator

from analyzer.catalogue.rule import Outcome
from analyzer.report.phrases import count
from analyzer.results.records import EvidenceRecord, FindingEvidence, FindingRecord, Results
from analyzer.verify.verification import Point, listed


def find_contradictions(results: Results) -> Iterator[Point]:
    """Check that counts, evaluations, findings and evidence tell the same."""
    states = Counter((evaluation.rule, evaluation.state) for evaluation in results.evaluations)
    miscounted = [
        check.rule
        for check in results.checks
        for outcome in Outcome
        if getattr(check, outcome) != states[check.rule, outcome]
    ]
    yield listed("counts per rule", miscounted, f"{count(len(results.checks), 'rule')} agree")
    failed = Counter(
        (evaluation.rule, evaluation.dn, evaluation.reported_under)
        for evaluation in results.evaluations
        if evaluation.state is Outcome.FAILED
    )
    told = Counter(told_failures(results.findings))
    unmatched = [f"{rule} on {dn}" for rule, dn, _ in (failed - told) + (told - failed)]
    findings = f"{count(len(results.findings), 'finding')}, each failed test under one"
    yield listed("findings", unmatched, findings)
    rows = {row.id: row for row in results.evidence}
    unproved = [
        finding.id
        for finding in results.findings
        if not _is_same_proof(finding, rows.get(finding.evidence_id))
    ]
    yield listed("evidence of findings", unproved, "the same in both tables")


def told_failures(findings: Iterable[FindingRecord]) -> Iterator[tuple[str, str, str]]:
    """Yield rule, DN and where it is told of each failure that findings stand for.

    The last is the ID of the finding, empty for the failure that it is named after.
    """
    for finding in findings:
        yield finding.rule, finding.dn, ""
        is_told = False
        for dn in finding.objects:
            # Other objects may have the DN of the one that it is named after.
            if dn == finding.dn and not is_told:
                is_told = True
            else:
                yield finding.rule, dn, finding.id
        for rule in finding.covers:
            yield rule, finding.dn, finding.id


def _is_same_proof(finding: FindingRecord, row: EvidenceRecord | None) -> bool:
    """Tell whether a finding repeats its row of evidence, which is read back from the dump."""
    return row is not None and all(
        getattr(finding.evidence, name) == getattr(row, name)
        for name in FindingEvidence.__struct_fields__
    )
