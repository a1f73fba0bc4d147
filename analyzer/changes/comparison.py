"""Two sides in, what both findings and listeners need to know of them together out."""

from collections.abc import Mapping, Sequence, Set

from msgspec import Struct

from analyzer.catalogue.rule import Catalogue, Rule
from analyzer.changes.known_objects import KnownObject
from analyzer.changes.matching import Matches, match_objects, namesake, unmatched
from analyzer.changes.sides import Side
from analyzer.changes.vanished import without_vanished
from analyzer.directory.kinds import KINDS
from analyzer.judge.evaluate import rests_on_its_object
from analyzer.report.phrases import condition_in_words
from analyzer.results.object_keys import ObjectKey

_GATEWAY = "gateway_is_smart_host"
"""The condition that looks for the host that `--gateway` names."""

_ALL = frozenset(kind.object_class.lower() for kind in KINDS)
_LISTENERS = frozenset(kind.object_class.lower() for kind in KINDS if kind.is_listener)

UnmatchedObjects = Mapping[tuple[str, str | None], Sequence[KnownObject]]


class Comparison(Struct, frozen=True):
    """The baseline, the present audit, and which object of the one is which of the other."""

    old: Side
    new: Side
    matches: Matches
    only_old: UnmatchedObjects
    only_new: UnmatchedObjects
    catalogue: Mapping[str, Rule]
    narrower: str
    """Why rules that compare objects have fewer to compare on one side; empty if they have not.

    Such a rule may pass, or fail, for that alone.
    """

    def why_gone(self, key: ObjectKey) -> tuple[str, str]:
        """Return why an object of the baseline is gone for certain, or why that is not known.

        One of the two texts is empty.
        """
        known = self.old.objects.get(key)
        if known is None:
            return "", "the object is not known"
        rival = namesake(known, self.only_new)
        if rival is not None:
            return "", _may_be(rival)
        doubt = self.new.coverage.why_not(known.place, known.object_class)
        if doubt:
            return "", f"the object is not in the dump of this time: {doubt}"
        if key in self.matches.displaced:
            return "the object is gone; the one of its name has another objectGUID", ""
        return "the object is gone: the dump covers its place and does not hold it", ""

    def why_absent(self, key: ObjectKey) -> str:
        """Return why an object of now may have been there at the baseline; empty: it was not."""
        known = self.new.objects.get(key)
        if known is None:
            return "the object is not known"
        rival = namesake(known, self.only_old)
        if rival is not None:
            return _may_be(rival)
        doubt = self.old.coverage.why_not(known.place, known.object_class)
        return f"the object is not in the dump of the baseline: {doubt}" if doubt else ""

    def rule_difference(self, rule_id: str) -> str:
        """Return why a rule does not test the same on both sides; empty when it does."""
        before, now = self.old.rules.get(rule_id), self.new.rules.get(rule_id)
        if now is None:
            return f"rule {rule_id} is not among the rules of this time"
        if before is None:
            return f"rule {rule_id} is not among the rules of the baseline"
        for when, rule_record in (("this time", now), ("in the baseline", before)):
            if rule_record.switched_off:
                why = rule_record.switched_off
                return f"rule {rule_id} is switched off {when} by the profile: {why}"
        old_run, new_run = self.old.results.run, self.new.results.run
        if old_run.small_business_server != new_run.small_business_server:
            return "only one of the two was judged by the defaults of Small Business Server"
        rule = self.catalogue.get(rule_id)
        asks_for_gateway = rule and any(clause.condition == _GATEWAY for clause in rule.clauses)
        if asks_for_gateway and old_run.gateway != new_run.gateway:
            return "another gateway was named"
        for what, old_words, new_words in (
            ("test", condition_in_words(before), condition_in_words(now)),
            ("default", before.default_text, now.default_text),
            ("attribute", before.attribute, now.attribute),
            ("reading of a missing value", before.not_set, now.not_set),
        ):
            if old_words != new_words:
                return f"the {what} of rule {rule_id} was “{old_words}”, now it is “{new_words}”"
        return ""

    def looks_around(self, rule_id: str) -> bool:
        """Tell whether a rule compares with other objects; one that is not known may do so."""
        rule = self.catalogue.get(rule_id)
        return rule is None or not rests_on_its_object(rule)


def compare_sides(old: Side, new: Side, catalogue: Catalogue) -> Comparison:
    """Find out which objects are the same, and which side shows less than the other."""
    matches = match_objects(old, new)
    old, new = (
        without_vanished(old, new, matches.new_of),
        without_vanished(new, old, matches.old_of),
    )
    # Of a workbook only the listeners are known to be all there.
    from_workbook = old.from_workbook or new.from_workbook
    classes = _LISTENERS if from_workbook else _ALL
    return Comparison(
        old=old,
        new=new,
        matches=matches,
        only_old=unmatched(old, matches.new_of),
        only_new=unmatched(new, matches.old_of),
        catalogue={rule.id: rule for rule in catalogue.rules},
        narrower=_narrower(old, matches.new_of, new, "the dump of this time", classes)
        or _narrower(new, matches.old_of, old, "the baseline", classes),
    )


def _narrower(
    rich: Side, matched: Mapping[ObjectKey, ObjectKey], poor: Side, name: str, classes: Set[str]
) -> str:
    """Return an object that one side has and the other may only not show; empty if there is none.

    Of the two sides `rich` is searched for objects that `poor` lacks.
    """
    for known in rich.objects.values():
        if (
            known.object_class in classes
            and known.key not in matched
            and poor.coverage.why_not(known.place, known.object_class)
        ):
            return (
                f"the rule compares objects with each other, and {name} does not show all of"
                f" them: {known.dn}"
            )
    return ""


def _may_be(rival: KnownObject) -> str:
    return f"it may be {rival.dn} under another name: objectGUID, which would tell, is missing"
