"""The objects of two audits in, which are the same out: by objectGUID, else by their DN."""

from collections import defaultdict
from collections.abc import Mapping, Sequence

from msgspec import Struct

from analyzer.changes.known_objects import KnownObject
from analyzer.changes.sides import Side
from analyzer.results.object_keys import ObjectKey

_ClassAndOrganization = tuple[str, str | None]
"""Class of an object and its organisation."""


class Matches(Struct, frozen=True):
    """Which object of one audit is which of the other, by their keys."""

    new_of: Mapping[ObjectKey, ObjectKey]
    old_of: Mapping[ObjectKey, ObjectKey]
    displaced: frozenset[ObjectKey]
    """Those in whose place another object, of another objectGUID, stands now."""


def match_objects(old: Side, new: Side) -> Matches:
    """Find the objects of the baseline again.

    objectGUID survives that an object is moved or renamed; two objects with different ones are
    different, whatever their DNs. Where one of several objects of a DN may be the one without
    objectGUID on the other side, nobody can tell which.
    """
    by_guid: dict[str, list[KnownObject]] = defaultdict(list)
    for known in new.objects.values():
        if known.guid:
            by_guid[known.guid].append(known)
    new_of: dict[ObjectKey, ObjectKey] = {}
    displaced = set()
    for known in old.objects.values():
        same = by_guid.get(known.guid, []) if known.guid else []
        at_place = new.keys_at(known.place)
        if same:
            # Copies of one object: the one that kept its place, if any did.
            kept = (each.key for each in same if each.place == known.place)
            new_of[known.key] = next(kept, same[0].key)
        elif at_place and not any(_may_be_same(known, new.objects[key]) for key in at_place):
            displaced.add(known.key)
        elif len(at_place) == len(old.keys_at(known.place)) == 1:
            new_of[known.key] = at_place[0]
    old_of = {key: before for before, key in new_of.items()}
    return Matches(new_of, old_of, frozenset(displaced))


def unmatched(
    side: Side, matched: Mapping[ObjectKey, ObjectKey]
) -> Mapping[_ClassAndOrganization, Sequence[KnownObject]]:
    """Return the objects of one audit that are none of the other's, by class and organisation."""
    found: dict[_ClassAndOrganization, list[KnownObject]] = defaultdict(list)
    for known in side.objects.values():
        if known.key not in matched:
            found[known.object_class, known.organization].append(known)
    return found


def namesake(
    missing: KnownObject, rivals: Mapping[_ClassAndOrganization, Sequence[KnownObject]]
) -> KnownObject | None:
    """Return an object of the other audit that a missing one may be, under another name.

    Without objectGUID on both sides a renamed object cannot be told from another one.
    """
    for known in rivals.get((missing.object_class, missing.organization), ()):
        if not (known.guid and missing.guid):
            return known
    return None


def _may_be_same(known: KnownObject, other: KnownObject) -> bool:
    return not (known.guid and other.guid) or known.guid == other.guid
