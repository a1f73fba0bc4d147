"""The findings of two audits in, what became of each out.

New findings are told apart from those that the baseline could not have had, and resolved ones from
those that this time cannot be judged: a poorer dump makes nothing better.
"""

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from analyzer.catalogue.rule import Outcome
from analyzer.changes.comparison import Comparison
from analyzer.changes.finding_pairs import FindingPairs, pair_findings
from analyzer.changes.found_values import is_same_setting, is_same_value
from analyzer.changes.sides import objects_of
from analyzer.results.record_copies import gone, replaced
from analyzer.results.records import ChangeWord, FindingRecord, GoneFinding

_PASSES = "the check was made on the object and passes"


class FindingChanges(NamedTuple):
    """What became of the findings."""

    findings: tuple[FindingRecord, ...]
    """Those of now, each with its change."""
    resolved: tuple[GoneFinding, ...]
    not_comparable: tuple[GoneFinding, ...]
    """Those of the baseline that are none of the present ones."""


class _Origin(NamedTuple):
    """What is known of how a finding of now was in the baseline."""

    change: ChangeWord
    reason: str = ""
    previous_text: str = ""


class _Fate(NamedTuple):
    """What became of a finding of the baseline, or of its check on one object."""

    is_resolved: bool
    why: str


def compare_findings(comparison: Comparison) -> FindingChanges:
    """Tell of each finding what became of it since the baseline."""
    pairs = pair_findings(comparison)
    findings = tuple(
        _with_change(finding, comparison, pairs) for finding in comparison.new.results.findings
    )
    resolved: list[GoneFinding] = []
    unknown: list[GoneFinding] = []
    for finding in comparison.old.results.findings:
        if finding.fingerprint not in pairs.new_of:
            fate = _fate(finding, comparison)
            record = gone(
                finding,
                why=fate.why,
                status="resolved" if fate.is_resolved else finding.status,
                now_dn=_present_dn(finding, comparison),
            )
            (resolved if fate.is_resolved else unknown).append(record)
    return FindingChanges(findings, tuple(resolved), tuple(unknown))


def _with_change(
    finding: FindingRecord, comparison: Comparison, pairs: FindingPairs
) -> FindingRecord:
    before = pairs.old_of.get(finding.fingerprint)
    if before is None:
        origin = _origin(finding, comparison)
        return replaced(
            finding,
            change=origin.change,
            change_reason=origin.reason,
            previous_text=origin.previous_text,
        )
    same = is_same_value(before, finding, comparison)
    return replaced(
        finding,
        change="unchanged" if same else "changed",
        previous_text="" if same else _previous_text(before, finding),
        previous_severity=before.severity if before.severity != finding.severity else None,
        change_reason=_also_moved(before, finding, comparison),
    )


def _previous_text(before: FindingRecord, finding: FindingRecord) -> str:
    """Return what was found; where that is the same on other objects, the title names them."""
    is_same = before.found_text == finding.found_text
    return before.title if is_same and finding.objects else before.found_text


def _also_moved(before: FindingRecord, finding: FindingRecord, comparison: Comparison) -> str:
    """Say where the object was, if it stood elsewhere; one finding may be about several."""
    if finding.objects or objects_of(before) == objects_of(finding):
        return ""
    known = comparison.old.objects.get(objects_of(before)[0])
    return f"the object was {known.dn if known else before.dn}"


def _present_dn(finding: FindingRecord, comparison: Comparison) -> str:
    key = comparison.matches.new_of.get(objects_of(finding)[0])
    return comparison.new.objects[key].dn if key is not None else ""


def _origin(finding: FindingRecord, comparison: Comparison) -> _Origin:
    """Judge a finding that the baseline does not have as one of its own."""
    origins = [_origin_on(finding, key, comparison) for key in objects_of(finding)]
    for change in ("changed", "unchanged", "new", "not_comparable"):
        alike = [origin for origin in origins if origin.change == change]
        if alike and (change != "unchanged" or len(alike) == len(origins)):
            return alike[0]
    return _Origin("changed", "the baseline told it of some of the objects")


def _origin_on(finding: FindingRecord, key: str, comparison: Comparison) -> _Origin:
    old_key = comparison.matches.old_of.get(key)
    difference = comparison.rule_difference(finding.rule)
    if old_key is None:
        if finding.rule not in comparison.old.rules:
            return _Origin("not_comparable", difference)
        doubt = comparison.why_absent(key)
        return _Origin("not_comparable", doubt) if doubt else _Origin("new")
    before = comparison.old.told.get((finding.rule, old_key))
    if before is not None:
        return _told_before(before, finding, comparison, key)
    if difference:
        return _Origin("not_comparable", difference)
    state = comparison.old.state(finding.rule, old_key)
    if state.outcome in (Outcome.PASSED, Outcome.NOT_APPLICABLE):
        narrow = comparison.old_is_narrower
        if narrow and comparison.looks_around(finding.rule):
            return _Origin("not_comparable", narrow)
        return _Origin("new")
    return _Origin("not_comparable", f"not judged in the baseline: {state.reason}")


def _told_before(
    before: FindingRecord, finding: FindingRecord, comparison: Comparison, key: str
) -> _Origin:
    """Judge a failure that another finding told in the baseline, by the setting it is about."""
    told = f"told by finding {before.id} of rule {before.rule} in the baseline"
    old_key = comparison.matches.old_of[key]
    was = comparison.old.objects[old_key].settings.get(finding.attribute)
    now = comparison.new.objects[key].settings.get(finding.attribute)
    if was is None or now is None or is_same_setting(was, now):
        return _Origin("unchanged", told)
    return _Origin("changed", told, was.text)


def _fate(finding: FindingRecord, comparison: Comparison) -> _Fate:
    """Judge what became of a finding of the baseline that is none of the present ones."""
    if finding.rule not in comparison.new.rules:
        return _Fate(False, comparison.rule_difference(finding.rule))
    fates = [_fate_on(finding, key, comparison) for key in objects_of(finding)]
    for fate in fates:
        if not fate.is_resolved:
            return fate
    others = list(_covered_and_unknown(finding, comparison))
    more = f"; {', '.join(others)}, told with it, cannot be judged this time" if others else ""
    return _Fate(True, fates[0].why + more)


def _fate_on(finding: FindingRecord, key: str, comparison: Comparison) -> _Fate:
    new_key = comparison.matches.new_of.get(key)
    if new_key is None:
        gone_for, doubt = comparison.why_gone(key)
        return _Fate(not doubt, gone_for or doubt)
    state = comparison.new.state(finding.rule, new_key)
    if state.outcome is Outcome.FAILED:
        told = comparison.new.told.get((finding.rule, new_key))
        return _Fate(False, f"it still fails, told by finding {told.id if told else 'unknown'}")
    difference = comparison.rule_difference(finding.rule)
    if difference:
        return _Fate(False, difference)
    if state.outcome is not Outcome.PASSED:
        made = "does not apply" if state.outcome is Outcome.NOT_APPLICABLE else "cannot be judged"
        return _Fate(False, f"the check {made} this time: {state.reason}")
    if comparison.new_is_narrower and comparison.looks_around(finding.rule):
        return _Fate(False, comparison.new_is_narrower)
    return _Fate(True, _PASSES)


def _covered_and_unknown(finding: FindingRecord, comparison: Comparison) -> Iterator[str]:
    """Yield the rules whose failures a finding told beside its own and that are not known now."""
    keys: Sequence[str] = objects_of(finding)
    for rule in finding.covers:
        for key in keys:
            new_key = comparison.matches.new_of.get(key)
            if new_key is not None:
                outcome = comparison.new.state(rule, new_key).outcome
                if outcome in (None, Outcome.NOT_EVALUABLE):
                    yield rule
