"""One check on one object in, how it was in the baseline and what became of it since out."""

from typing import NamedTuple

from analyzer.catalogue.rule import Outcome
from analyzer.changes.comparison import Comparison
from analyzer.changes.found_values import holds_same, is_certain, not_shown, vanished_under
from analyzer.directory.values import State
from analyzer.report.wording import SETTING_STATE
from analyzer.results.object_keys import ObjectKey
from analyzer.results.records import ChangeWord, FindingRecord

_PASSES = "the check was made on the object and passes"


class Origin(NamedTuple):
    """What is known of how a finding of now was in the baseline."""

    change: ChangeWord
    reason: str = ""
    previous_text: str = ""


class Fate(NamedTuple):
    """What became of a finding of the baseline, or of its check on one object."""

    is_resolved: bool
    why: str


def origin_on(finding: FindingRecord, key: ObjectKey, comparison: Comparison) -> Origin:
    """Judge how what a finding of now says of an object was in the baseline."""
    old_key = comparison.matches.old_of.get(key)
    difference = comparison.rule_difference(finding.rule)
    if old_key is None:
        if finding.rule not in comparison.old.rules:
            return Origin("not_comparable", difference)
        doubt = comparison.why_absent(key)
        return Origin("not_comparable", doubt) if doubt else Origin("new")
    before = comparison.old.told.get((finding.rule, old_key))
    if before is not None:
        return _told_before(before, finding, comparison, key)
    if difference:
        return Origin("not_comparable", difference)
    state = comparison.old.state(finding.rule, old_key)
    if state.outcome in (Outcome.PASSED, Outcome.NOT_APPLICABLE):
        narrow = comparison.narrower
        if narrow and comparison.looks_around(finding.rule):
            return Origin("not_comparable", narrow)
        poorer = _poorer(finding, key, old_key, comparison)
        if vanished := vanished_under(finding, old_key, comparison.old, comparison):
            poorer = f"{vanished} was not exported in the baseline: no object has it"
        return Origin("not_comparable", poorer) if poorer else Origin("new")
    return Origin("not_comparable", f"not judged in the baseline: {state.reason}")


def _told_before(
    before: FindingRecord, finding: FindingRecord, comparison: Comparison, key: ObjectKey
) -> Origin:
    """Judge a failure that another finding told in the baseline, by the setting it is about."""
    told = f"told by finding {before.id} of rule {before.rule} in the baseline"
    old_key = comparison.matches.old_of[key]
    if holds_same(finding.attribute, old_key, key, comparison):
        return Origin("unchanged", told)
    was = comparison.old.objects[old_key].settings[finding.attribute]
    return Origin("changed", told, was.text)


def _poorer(
    finding: FindingRecord, key: ObjectKey, old_key: ObjectKey, comparison: Comparison
) -> str:
    """Return what a finding rests on and this dump does not show, as the baseline must have."""
    if vanished := vanished_under(finding, key, comparison.new, comparison):
        return f"{vanished} was not exported this time: no object has it"
    now = comparison.new.objects[key].settings.get(finding.attribute)
    if now is not None and not is_certain(now) and now.state is not State.UNDECODABLE:
        reason = now.reason or SETTING_STATE[now.state]
        return f"{finding.attribute} is not known this time: {reason}"
    missing = not_shown(old_key, key, comparison, now=True) if finding.assumed else ""
    return f"it is assumed, since {missing} is not known this time" if missing else ""


def _was_poorer(
    finding: FindingRecord, key: ObjectKey, old_key: ObjectKey, comparison: Comparison
) -> str:
    """Return what a finding of the baseline rested on and its dump did not show."""
    if vanished := vanished_under(finding, key, comparison.new, comparison):
        return f"{vanished} was not exported this time: no object has it"
    if vanished := vanished_under(finding, old_key, comparison.old, comparison):
        return f"{vanished} was not exported in the baseline: no object has it"
    was = comparison.old.objects[old_key].settings.get(finding.attribute)
    if was is not None and not is_certain(was) and was.state is not State.UNDECODABLE:
        return f"{finding.attribute} was not known in the baseline"
    missing = not_shown(old_key, key, comparison, now=False) if finding.assumed else ""
    return f"it had been assumed, since {missing} was not known" if missing else ""


def fate_on(finding: FindingRecord, key: ObjectKey, comparison: Comparison) -> Fate:
    """Judge what became of what a finding of the baseline says of an object."""
    new_key = comparison.matches.new_of.get(key)
    if new_key is None:
        gone_for, doubt = comparison.why_gone(key)
        return Fate(not doubt, gone_for or doubt)
    state = comparison.new.state(finding.rule, new_key)
    if state.outcome is Outcome.FAILED:
        told = comparison.new.told.get((finding.rule, new_key))
        return Fate(False, f"it still fails, told by finding {told.id if told else 'unknown'}")
    difference = comparison.rule_difference(finding.rule)
    if difference:
        return Fate(False, difference)
    if state.outcome is not Outcome.PASSED:
        made = "does not apply" if state.outcome is Outcome.NOT_APPLICABLE else "cannot be judged"
        return Fate(False, f"the check {made} this time: {state.reason}")
    narrow = comparison.narrower
    if narrow and comparison.looks_around(finding.rule):
        return Fate(False, narrow)
    poorer = _was_poorer(finding, new_key, key, comparison)
    return Fate(False, poorer) if poorer else Fate(True, _PASSES)
