"""The results of one audit in, what a comparison may ask of them out.

What was read back from a workbook lacks the evaluations: a state that its sheets do not prove
stays unknown.
"""

from collections import Counter
from collections.abc import Container, Iterable, Mapping, Sequence
from typing import NamedTuple

from msgspec import Struct

from analyzer.catalogue.rule import Outcome
from analyzer.changes.coverage import DumpCoverage, coverage_of
from analyzer.changes.known_objects import KnownObject, known_objects, place_of
from analyzer.results.object_keys import ObjectKey
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
    objects: Mapping[ObjectKey, KnownObject]
    coverage: DumpCoverage
    rules: Mapping[str, RuleRecord]
    _namesakes: Mapping[str, Sequence[ObjectKey]]
    """The objects of each place that several have, by normalised DN."""
    _guids: Mapping[str, str]
    """The objectGUIDs of these in lower case, by the IDs of their rows of evidence."""
    told: Mapping[tuple[str, ObjectKey], FindingRecord]
    """The finding that tells a failure, by rule and object."""
    _evaluations: Mapping[tuple[str, str], EvaluationRecord]
    """By rule and normalised DN; of several the one that proves least."""
    _of_namesakes: Mapping[tuple[str, str], Sequence[EvaluationRecord]]
    """All that were made on the objects of a normalised DN that several have."""
    _told_at: Mapping[tuple[str, str], int]
    """By rule and normalised DN, on how many of these it is told to fail."""
    _checks: Mapping[str, CheckRecord]
    _told_by_rule: Mapping[str, int]
    vanished: frozenset[tuple[str, str]] = frozenset()
    """Class and attribute in lower case of what was evidently not exported (`vanished`)."""

    def key_of(self, dn: str, guid: str) -> ObjectKey:
        """Return the key of an object."""
        place = place_of(dn)
        return (place, guid.lower()) if place in self._namesakes else place

    def keys_at(self, place: str) -> Sequence[ObjectKey]:
        """Return the objects of a normalised DN."""
        if place in self._namesakes:
            return self._namesakes[place]
        return (place,) if place in self.objects else ()

    def objects_of(self, finding: FindingRecord) -> list[ObjectKey]:
        """Return the objects that a finding holds for; where only DNs tell, all that may be."""
        return _objects_of(finding, self._namesakes, self._guids)

    def state(self, rule: str, key: ObjectKey) -> StateOfCheck:
        """Return how a rule ended on an object."""
        if self.from_workbook:
            if (rule, key) in self.told:
                return StateOfCheck(Outcome.FAILED)
            return self._state_by_counts(rule, key)
        if isinstance(key, str):
            made = self._evaluations.get((rule, key))
        else:
            made = self._worst_of_one(rule, key)
        if made is None:
            return StateOfCheck(None, "the check was not made on this object")
        return StateOfCheck(made.state, made.reason or "")

    def _worst_of_one(self, rule: str, key: tuple[str, str]) -> EvaluationRecord | None:
        """Return what the check of one of several objects of a DN may have come to at worst.

        Evaluations name them by that alone; which of them fail is told by the findings.
        """
        made = self._of_namesakes.get((rule, key[0]), ())
        failed = [each for each in made if each.state is Outcome.FAILED]
        if (rule, key) not in self.told and len(failed) <= self._told_at.get((rule, key[0]), 0):
            made = [each for each in made if each.state is not Outcome.FAILED]
        return min(made, key=lambda each: _WORST_FIRST.index(each.state), default=None)

    def _state_by_counts(self, rule: str, key: ObjectKey) -> StateOfCheck:
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
    namesakes: dict[str, list[ObjectKey]] = {}
    for key, known in objects.items():
        if not isinstance(key, str):
            namesakes.setdefault(known.place, []).append(key)
    guids = {
        row.id: (row.guid or "").lower()
        for row in (results.evidence if namesakes else ())
        if place_of(row.dn) in namesakes
    }
    told = _told(results.findings, namesakes, guids)
    return Side(
        results=results,
        from_workbook=from_workbook,
        objects=objects,
        coverage=coverage_of(results, objects.values()),
        rules={rule.id: rule for rule in results.rules},
        _namesakes=namesakes,
        _guids=guids,
        told=told,
        _evaluations=_evaluations(results),
        _of_namesakes=_of_namesakes(results, namesakes),
        _told_at=Counter((rule, key[0]) for rule, key in told if not isinstance(key, str)),
        _checks={check.rule: check for check in results.checks},
        _told_by_rule=Counter(rule for rule, _ in told),
    )


def _objects_of(
    finding: FindingRecord,
    namesakes: Mapping[str, Sequence[ObjectKey]],
    guids: Mapping[str, str],
) -> list[ObjectKey]:
    places = [place_of(dn) for dn in finding.objects or (finding.dn,)]
    if not namesakes or namesakes.keys().isdisjoint(places):
        return [*places]
    if not finding.objects:
        own = places[0], guids.get(finding.evidence_id, "")
        if own in namesakes[places[0]]:
            return [own]
    found: dict[ObjectKey, None] = {}
    for place in dict.fromkeys(places):
        found.update(dict.fromkeys(namesakes.get(place, (place,))))
    return list(found)


def _told(
    findings: Iterable[FindingRecord],
    namesakes: Mapping[str, Sequence[ObjectKey]],
    guids: Mapping[str, str],
) -> dict[tuple[str, ObjectKey], FindingRecord]:
    told: dict[tuple[str, ObjectKey], FindingRecord] = {}
    for finding in findings:
        for key in _objects_of(finding, namesakes, guids):
            for rule in (finding.rule, *finding.covers):
                told[rule, key] = finding
    return told


def _evaluations(results: Results) -> dict[tuple[str, str], EvaluationRecord]:
    """Return each check; of several records with one DN the one that proves least."""
    found: dict[tuple[str, str], EvaluationRecord] = {}
    for each in results.evaluations:
        at = each.rule, place_of(each.dn)
        other = found.setdefault(at, each)
        if other is not each and _WORST_FIRST.index(each.state) < _WORST_FIRST.index(other.state):
            found[at] = each
    return found


def _of_namesakes(
    results: Results, namesakes: Container[str]
) -> dict[tuple[str, str], list[EvaluationRecord]]:
    found: dict[tuple[str, str], list[EvaluationRecord]] = {}
    for each in results.evaluations if namesakes else ():
        place = place_of(each.dn)
        if place in namesakes:
            found.setdefault((each.rule, place), []).append(each)
    return found
