"""The findings of two audits in, which are one and the same out.

By their fingerprints; and since that of an object without objectGUID rests on its DN, by rule,
object and attribute, the object being known again by what both dumps say of it.
"""

from collections.abc import Hashable, Mapping
from typing import NamedTuple

from analyzer.changes.comparison import Comparison
from analyzer.changes.known_objects import names_of
from analyzer.changes.sides import Side
from analyzer.results.object_keys import ObjectKey
from analyzer.results.records import FindingRecord

_Identities = Mapping[ObjectKey, Hashable]
"""What the objects of a side are, by their keys; where nothing stands, the key itself."""


class FindingPairs(NamedTuple):
    """Findings that stand on both sides.

    `new_of` is by the fingerprint in the baseline, `old_of` by that of now.
    """

    new_of: Mapping[str, FindingRecord]
    old_of: Mapping[str, FindingRecord]


def pair_findings(comparison: Comparison) -> FindingPairs:
    """Pair the findings of the baseline with those of now."""
    old = list(comparison.old.results.findings)
    new = list(comparison.new.results.findings)
    new_of: dict[str, FindingRecord] = {}
    old_of: dict[str, FindingRecord] = {}
    # What is not found again by its identity is another object, be it at the same place.
    identities: dict[ObjectKey, Hashable] = {
        key: ("not found", key) for key in comparison.old.objects
    }
    identities |= comparison.matches.new_of
    for in_detail in (_by_fingerprint, _by_attribute, _by_object):
        present = {
            in_detail(finding, comparison.new, {}): finding
            for finding in new
            if finding.fingerprint not in old_of
        }
        for before in old:
            if before.fingerprint in new_of:
                continue
            now = present.get(in_detail(before, comparison.old, identities))
            if now is not None and now.fingerprint not in old_of:
                new_of[before.fingerprint], old_of[now.fingerprint] = now, before
    return FindingPairs(new_of, old_of)


def _by_fingerprint(finding: FindingRecord, _: Side, __: _Identities) -> Hashable:
    return finding.fingerprint


def _by_attribute(finding: FindingRecord, side: Side, identities: _Identities) -> Hashable:
    return *_by_object(finding, side, identities), finding.attribute.lower()


def _by_object(finding: FindingRecord, side: Side, identities: _Identities) -> tuple[Hashable, ...]:
    """Return rule and object; a rule of several attributes is about the one that fails now."""
    if finding.objects:
        return finding.rule, "organisation", names_of(finding.dn).organization_dn
    key = side.objects_of(finding)[0]
    return finding.rule, "object", identities.get(key, key)
