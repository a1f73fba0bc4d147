"""The results of one audit in, what a comparison may ask of them out.

What was read back from a workbook lacks the evaluations: a state that its sheets do not prove
stays unknown.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from analyzer.catalogue.rule import Outcome
from analyzer.changes.coverage import DumpCoverage, coverage_of
from analyzer.changes.known_objects import KnownObject, key_of, known_objects
from analyzer.results.records import CheckRecord, FindingRecord, Results, RuleRecord

_IN_WORKBOOK = "a workbook does not tell on which objects a check passed; compare the JSON results"
_WORST_FIRST = (Outcome.FAILED, Outcome.NOT_EVALUABLE, Outcome.NOT_APPLICABLE, Outcome.PASSED)


class StateOfCheck(NamedTuple):
    """How one rule ended on one object."""

    outcome: Outcome | None
    """None when it is not known, or the rule was not applied to the object."""
    reason: str = ""
    told_by: str = ""
    """ID of the finding that tells the failure, where it is another rule's or several objects'."""


@dataclass(frozen=True, slots=True)
class Side:
    """One of the two audits that are compared."""

    results: Results
    from_workbook: bool
    objects: Mapping[str, KnownObject]
    coverage: DumpCoverage
    rules: Mapping[str, RuleRecord]
    told: Mapping[tuple[str, str], FindingRecord]
    """The finding that tells a failure, by rule and normalised DN."""
    _states: Mapping[tuple[str, str], StateOfCheck]
    _checks: Mapping[str, CheckRecord]
    _told_by_rule: Mapping[str, int]

    def state(self, rule: str, key: str) -> StateOfCheck:
        """Return how a rule ended on the object of that normalised DN."""
        if not self.from_workbook:
            nothing = StateOfCheck(None, "the check was not made on this object")
            return self._states.get((rule, key), nothing)
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
        _states=_states(results),
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


def _states(results: Results) -> dict[tuple[str, str], StateOfCheck]:
    """Return the state of each check; of several records with one DN the one that proves least."""
    found: dict[tuple[str, str], list[StateOfCheck]] = defaultdict(list)
    keys: dict[str, str] = {}
    for each in results.evaluations:
        key = keys.get(each.dn) or keys.setdefault(each.dn, key_of(each.dn))
        state = StateOfCheck(each.state, each.reason or "", each.reported_under)
        found[each.rule, key].append(state)
    return {at: _least_proved(states) for at, states in found.items()}


def _least_proved(states: Sequence[StateOfCheck]) -> StateOfCheck:
    if len(states) == 1:
        return states[0]
    return min(states, key=lambda state: _WORST_FIRST.index(state.outcome or Outcome.NOT_EVALUABLE))
