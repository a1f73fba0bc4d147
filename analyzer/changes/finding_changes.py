"""The findings of two audits in, what became of each out.

New findings are told apart from those that the baseline could not have had, and resolved ones from
those that this time cannot be judged: a poorer dump makes nothing better.
"""

from collections.abc import Iterator
from typing import NamedTuple

from msgspec.structs import asdict, replace

from analyzer.catalogue.rule import Outcome
from analyzer.changes.comparison import Comparison
from analyzer.changes.finding_pairs import FindingPairs, pair_findings
from analyzer.changes.found_values import holds_same, is_same_value, vanished_under
from analyzer.changes.known_objects import place_of
from analyzer.changes.object_fates import Fate, Origin, fate_on, origin_on
from analyzer.results.records import FindingRecord, GoneFinding


class FindingChanges(NamedTuple):
    """What became of the findings."""

    findings: tuple[FindingRecord, ...]
    """Those of now, each with its change."""
    resolved: tuple[GoneFinding, ...]
    not_comparable: tuple[GoneFinding, ...]
    """Those of the baseline that are none of the present ones."""


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


def gone(finding: FindingRecord, **fields: object) -> GoneFinding:
    """Return a finding of the baseline as one that is no longer there."""
    return GoneFinding(**{**asdict(finding), **fields})


def _with_change(
    finding: FindingRecord, comparison: Comparison, pairs: FindingPairs
) -> FindingRecord:
    before = pairs.old_of.get(finding.fingerprint)
    if before is None:
        origin = _origin(finding, comparison)
        return replace(
            finding,
            change=origin.change,
            change_reason=origin.reason,
            previous_text=origin.previous_text,
        )
    same, remark = _same(before, finding, comparison)
    vanished = "" if same else _vanished(before, finding, comparison)
    if vanished:
        why = f"{vanished} was not exported: no object of one of the two dumps has it"
        return replace(finding, change="not_comparable", change_reason=why)
    return replace(
        finding,
        change="unchanged" if same else "changed",
        previous_text="" if same else _previous_text(before, finding),
        previous_severity=before.severity if before.severity != finding.severity else None,
        change_reason=remark or _also_moved(before, finding, comparison),
    )


def _same(
    before: FindingRecord, finding: FindingRecord, comparison: Comparison
) -> tuple[bool, str]:
    """Tell whether two findings found the same, and what part of them cannot be compared."""
    old, new = comparison.old, comparison.new
    if not (before.objects and finding.objects):
        return is_same_value(before, finding, comparison), ""
    if old.from_workbook or new.from_workbook:
        narrow = comparison.narrower
        same = is_same_value(before, finding, comparison)
        # A workbook does not name all the objects: fewer of them may be what was not exported.
        return (True, narrow) if narrow and not same else (same, "")
    matches = comparison.matches
    keys, old_keys = set(new.objects_of(finding)), set(old.objects_of(before))
    added = [key for key in keys if matches.old_of.get(key) not in old_keys]
    lost = [key for key in old_keys if matches.new_of.get(key) not in keys]
    has_changed = (
        any(origin_on(finding, key, comparison).change == "new" for key in added)
        or any(fate_on(before, key, comparison).is_resolved for key in lost)
        or any(
            not holds_same(finding.attribute, matches.old_of[key], key, comparison)
            for key in keys.difference(added)
        )
    )
    unknown = len(added) + len(lost)
    if has_changed or not unknown:
        return not has_changed, ""
    return True, f"on the objects that both sides show; {unknown} more cannot be compared"


def _vanished(before: FindingRecord, finding: FindingRecord, comparison: Comparison) -> str:
    """Return a setting that one of two findings rests on and that its dump does not show."""
    pairs = ((before, comparison.old), (finding, comparison.new))
    lost = (
        vanished_under(each, key, side, comparison)
        for each, side in pairs
        for key in side.objects_of(each)
        if key in side.objects
    )
    return next(filter(None, lost), "")


def _previous_text(before: FindingRecord, finding: FindingRecord) -> str:
    """Return what was found; where that is the same on other objects, the title names them."""
    is_same = before.found_text == finding.found_text
    return before.title if is_same and finding.objects else before.found_text


def _also_moved(before: FindingRecord, finding: FindingRecord, comparison: Comparison) -> str:
    """Say where the object was, if it stood elsewhere; one finding may be about several."""
    if finding.objects or place_of(before.dn) == place_of(finding.dn):
        return ""
    known = comparison.old.objects.get(comparison.old.objects_of(before)[0])
    return f"the object was {known.dn if known else before.dn}"


def _present_dn(finding: FindingRecord, comparison: Comparison) -> str:
    key = comparison.matches.new_of.get(comparison.old.objects_of(finding)[0])
    return comparison.new.objects[key].dn if key is not None else ""


def _origin(finding: FindingRecord, comparison: Comparison) -> Origin:
    """Judge a finding that the baseline does not have as one of its own."""
    origins = [origin_on(finding, key, comparison) for key in comparison.new.objects_of(finding)]
    for change in ("changed", "unchanged", "new", "not_comparable"):
        alike = [origin for origin in origins if origin.change == change]
        if alike and (change != "unchanged" or len(alike) == len(origins)):
            return alike[0]
    return Origin("changed", "the baseline told it of some of the objects")


def _fate(finding: FindingRecord, comparison: Comparison) -> Fate:
    """Judge what became of a finding of the baseline that is none of the present ones."""
    if finding.rule not in comparison.new.rules:
        return Fate(False, comparison.rule_difference(finding.rule))
    fates = [fate_on(finding, key, comparison) for key in comparison.old.objects_of(finding)]
    for fate in fates:
        if not fate.is_resolved:
            return fate
    others = list(_covered_and_unknown(finding, comparison))
    more = f"; {', '.join(others)}, told with it, cannot be judged this time" if others else ""
    return Fate(True, fates[0].why + more)


def _covered_and_unknown(finding: FindingRecord, comparison: Comparison) -> Iterator[str]:
    """Yield the rules whose failures a finding told beside its own and that are not known now."""
    keys = comparison.old.objects_of(finding)
    for rule in finding.covers:
        for key in keys:
            new_key = comparison.matches.new_of.get(key)
            if new_key is not None:
                outcome = comparison.new.state(rule, new_key).outcome
                if outcome in (None, Outcome.NOT_EVALUABLE):
                    yield rule
