"""The results of one audit in, what a comparison may ask of them out.

What was read back from a workbook lacks the evaluations: a state that its sheets do not prove
stays unknown.
"""

from collections import Counter
from collections.abc import Iterable, Mapping
from typing import NamedTuple

from msgspec import Struct

from analyzer.catalogue.rule import Outcome
from analyzer.changes.coverage import DumpCoverage, coverage_of
from analyzer.changes.known_objects import KnownObject, key_of, known_objects
from analyzer.results.records import (
    CheckRecord,
    EvaluationRecord,
    FindingRecord,
    Results,
    RuleRecord,
)

_IN_WORKBOOK = "a workbook does not tell on which objects a check passed; compare the JSON results"
_WORST_FIRST = (Outcome.FAILED, Outcome.NOT_EVALUABLE, Outcome.NOT_APPLICABLE, Outcome.PASSED)


class StateOfCheck(NamedTuple):
    """How one rule ended on one object."""

    outcome: Outcome | None
    """None when it is not known, or the rule was not applied to the object."""
    reason: str = ""


class Side(Struct, frozen=True):
    """One of the two audits that are compared."""

    results: Results
    from_workbook: bool
    objects: Mapping[str, KnownObject]
    coverage: DumpCoverage
    rules: Mapping[str, RuleRecord]
    told: Mapping[tuple[str, str], FindingRecord]
    """The finding that tells a failure, by rule and normalised DN."""
    _evaluations: Mapping[tuple[str, str], EvaluationRecord]
    _checks: Mapping[str, CheckRecord]
    _told_by_rule: Mapping[str, int]
    vanished: frozenset[tuple[str, str]] = frozenset()
    """Class and attribute in lower case of what was evidently not exported (`vanished`)."""

    def state(self, rule: str, key: str) -> StateOfCheck:
        """Return how a rule ended on the object of that normalised DN."""
        if not self.from_workbook:
            made = self._evaluations.get((rule, key))
            if made is None:
                return StateOfCheck(None, "the check was not made on this object")
            return StateOfCheck(made.state, made.reason or "")
        if (rule, key) in self.told:
            return StateOfCheck(Outcome.FAILED)
        return self._state_by_counts(rule, key)

    def _state_by_counts(self, rule: str, key: str) -> StateOfCheck:
        """Tell what is left for an object when every other state is accounted for."""
        check = self._checks.get(rule)
        known = self.objects.get(key)
        is_all_told = check is not None and check.failed == self._told_by_rule.get(rule, 0)
        if check is None or not is_all_told or check.not_evaluable or not check.tested:
            return StateOfCheck(None, _IN_WORKBOOK)
        classes = self.rules[rule].object_class.lower() if rule in self.rules else ""
        if known is None or not known.object_class or known.object_class not in classes:
            return StateOfCheck(None, _IN_WORKBOOK)
        if check.not_applicable:
            return StateOfCheck(Outcome.NOT_APPLICABLE, "it passed, or does not apply")
        return StateOfCheck(Outcome.PASSED)


def make_side(results: Results, *, from_workbook: bool = False) -> Side:
    """Prepare results for being compared."""
    objects = known_objects(results)
    told = _told(results.findings)
    return Side(
        results=results,
        from_workbook=from_workbook,
        objects=objects,
        coverage=coverage_of(results, objects.values()),
        rules={rule.id: rule for rule in results.rules},
        told=told,
        _evaluations=_evaluations(results),
        _checks={check.rule: check for check in results.checks},
        _told_by_rule=Counter(rule for rule, _ in told),
    )


def objects_of(finding: FindingRecord) -> list[str]:
    """Return the normalised DNs of the objects that a finding holds for."""
    return [key_of(dn) for dn in finding.objects or (finding.dn,)]


def _told(findings: Iterable[FindingRecord]) -> dict[tuple[str, str], FindingRecord]:
    told: dict[tuple[str, str], FindingRecord] = {}
    for finding in findings:
        for key in objects_of(finding):
            for rule in (finding.rule, *finding.covers):
                told[rule, key] = finding
    return told


def _evaluations(results: Results) -> dict[tuple[str, str], EvaluationRecord]:
    """Return each check; of several records with one DN the one that proves least."""
    found: dict[tuple[str, str], EvaluationRecord] = {}
    for each in results.evaluations:
        at = each.rule, key_of(each.dn)
        other = found.setdefault(at, each)
        if other is not each and _WORST_FIRST.index(each.state) < _WORST_FIRST.index(other.state):
            found[at] = each
    return found
