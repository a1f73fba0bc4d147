"""Results in, whether their parts tell the same: counts, evaluations, findings, evidence."""

from collections import Counter
from collections.abc import Iterator, Mapping

from analyzer.report.phrases import count
from analyzer.results.records import EvidenceRecord, FindingRecord, Results
from analyzer.verify.outcome import Check, listed


def agreement(results: Results) -> Iterator[Check]:
    """Check that findings, evaluations, counts and evidence tell the same."""
    states: Counter[tuple[str, str]] = Counter(
        (item.rule, item.state) for item in results.evaluations
    )
    wrong = [
        item.rule
        for item in results.checks
        for state in ("failed", "passed", "not_evaluable", "not_applicable")
        if getattr(item, state) != states[item.rule, state]
    ]
    yield listed("counts per rule", wrong, f"{count(len(results.checks), 'rule')} agree")
    failed = Counter((item.rule, item.dn) for item in results.evaluations if item.state == "failed")
    found = Counter((item.rule, item.dn) for item in results.findings)
    odd = [f"{rule} on {dn}" for rule, dn in (failed - found) + (found - failed)]
    yield listed("findings", odd, f"{count(len(results.findings), 'finding')}, one a failed test")
    rows = {item.id: item for item in results.evidence}
    loose = [item.id for item in results.findings if not _same_evidence(item, rows)]
    yield listed("evidence of findings", loose, "the same in both tables")


def _same_evidence(finding: FindingRecord, rows: Mapping[str, EvidenceRecord]) -> bool:
    row, proof = rows.get(finding.evidence_id), finding.evidence
    if row is None:
        return False
    told = proof.file, proof.line, proof.raw, proof.entry_sha256
    return (row.file, row.line, row.raw, row.entry_sha256) == told
