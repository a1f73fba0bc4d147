"""Two sides in, one of them out without the settings that only look as if nobody had them.

Whoever exports a list of attributes may name those by which a whole record is known. One audit
cannot tell: where the other shows an attribute on every object, and this one on none, an
administrator did not clear it everywhere.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping

from msgspec.structs import replace

from analyzer.changes.known_objects import KnownObject
from analyzer.changes.sides import Side
from analyzer.directory.values import State
from analyzer.results.object_keys import ObjectKey

_ABSENT = (State.NOT_SET, State.NOT_EXPORTED)
_PROOF = 9
"""So many values are not cleared in a year where nobody keeps one; a list leaves out far more."""


def without_vanished(side: Side, other: Side, matched: Mapping[ObjectKey, ObjectKey]) -> Side:
    """Return a side on which attributes that were evidently not exported are not known.

    `matched` maps the objects of this side to those of the other one.
    """
    if side.from_workbook or other.from_workbook:
        return side
    vanished = frozenset(_vanished(side, other, matched))
    if not vanished:
        return side
    classes = {object_class for object_class, _ in vanished}
    objects = {
        key: _without(known, vanished) if known.object_class in classes else known
        for key, known in side.objects.items()
    }
    return replace(side, objects=objects, vanished=vanished)


def _vanished(
    side: Side, other: Side, matched: Mapping[ObjectKey, ObjectKey]
) -> Iterable[tuple[str, str]]:
    """Return class and attribute in lower case of what a list of attributes left out."""
    own, others = _occurring(side.objects.values()), _occurring(other.objects.values())
    pairs: dict[str, list[KnownObject]] = defaultdict(list)
    for key, other_key in matched.items():
        pairs[side.objects[key].object_class].append(other.objects[other_key])
    gone = {name: others[name].keys() - own[name].keys() for name in pairs}
    cleared = 0
    for object_class, counterparts in pairs.items():
        held = _occurring(counterparts)[object_class]
        held_by_all = sum(held[name] == len(counterparts) for name in gone[object_class])
        cleared += held_by_all * len(counterparts)
    if cleared < _PROOF:
        return ()
    return ((object_class, name) for object_class, names in gone.items() for name in names)


def _occurring(objects: Iterable[KnownObject]) -> dict[str, Counter[str]]:
    """Count by class on how many objects each attribute has a value, be it a lost one."""
    found: dict[str, Counter[str]] = defaultdict(Counter)
    for known in objects:
        found[known.object_class].update(
            name.lower() for name, setting in known.settings.items() if setting.state not in _ABSENT
        )
    return found


def _without(known: KnownObject, vanished: frozenset[tuple[str, str]]) -> KnownObject:
    reason = "no object of this dump has it, nor what all of them had"
    settings = {
        name: replace(setting, state=State.NOT_EXPORTED, text="", reason=reason)
        if (known.object_class, name.lower()) in vanished
        else setting
        for name, setting in known.settings.items()
    }
    return replace(known, settings=settings)
