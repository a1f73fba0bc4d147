"""Failures in, one report a cause out: what leads, what is reported under it, what differs."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence

from msgspec import Struct
from msgspec.structs import replace

from analyzer.catalogue.rule import FindingKind
from analyzer.judge.documented_defaults import differs_from_default
from analyzer.judge.subject import Failure, organization_id, same_finding_id

_ToldSetting = tuple[int, str]
"""An object by its identity, and the name of its attribute; several objects may have one DN."""
RuleInOrganization = tuple[str, str | None]
"""ID of a rule and name of an organisation."""
_NEUTRAL = (FindingKind.NON_DEFAULT,)


class Cause(Struct, frozen=True):
    """What one finding tells."""

    lead: Failure
    covered: tuple[Failure, ...] = ()
    """Other rules that the same object fails for the same cause."""
    also_on: tuple[Failure, ...] = ()
    """The same rule on the other objects of the organisation."""
    differing: tuple[str, ...] = ()
    """Attributes of the object that are no longer what an installation leaves behind."""

    @property
    def failures(self) -> tuple[Failure, ...]:
        """All that it stands for, what leads first."""
        return (self.lead, *self.covered, *self.also_on)

    on_organization: bool = False
    """Whether it is about the organisation rather than about the object of what leads."""

    @property
    def fingerprint(self) -> str:
        """What identifies the finding across exports."""
        if self.on_organization:
            return organization_id(self.lead)
        return self.lead.fingerprint

    @property
    def finding_id(self) -> str:
        """Number of the finding."""
        return same_finding_id(self.fingerprint)


def rules_on_organizations(failures: Iterable[Failure]) -> frozenset[str]:
    """Return the failed rules of which one finding may stand for a whole organisation."""
    return frozenset(
        failure.rule.id
        for failure in failures
        if failure.rule.per_organization or failure.rule.kind is FindingKind.INFORMATION
    )


def find_causes(
    failures: Sequence[Failure], judged: Mapping[RuleInOrganization, int]
) -> list[Cause]:
    """Put the failures of one cause together; each failure is in exactly one of them.

    `judged` is on how many objects each rule of `rules_on_organizations` could tell. What a rule on
    the whole organisation finds is one cause, and so is information that holds for every object
    there is.

    Every setting that differs from its documented default is told by exactly one of the causes, so
    that they add up: by the rule that compares it with the default, else by the first one.
    """
    keys = [rule_in_organization(failure) for failure in failures]
    groups: dict[RuleInOrganization, list[Failure]] = defaultdict(list)
    for key, failure in zip(keys, failures, strict=True):
        groups[key].append(failure)
    wide = {
        key
        for key, group in groups.items()
        if group[0].rule.per_organization
        or (group[0].rule.kind is FindingKind.INFORMATION and 1 < len(group) == judged.get(key, 0))
    }
    causes = [
        *(_of_organization(groups[key]) for key in groups if key in wide),
        *_of_objects(
            failure for key, failure in zip(keys, failures, strict=True) if key not in wide
        ),
    ]
    return list(_with_differences(causes))


def rule_in_organization(failure: Failure) -> RuleInOrganization:
    """Return the rule and the organisation of a failure."""
    return failure.rule.id, failure.subject.object.organization


def _of_organization(failures: Sequence[Failure]) -> Cause:
    first, *others = failures
    return Cause(first, also_on=tuple(others), on_organization=True)


def _of_objects(failing: Iterable[Failure]) -> Iterator[Cause]:
    by_object: dict[int, dict[str, Failure]] = defaultdict(dict)
    for failure in failing:
        by_object[id(failure.subject)][failure.rule.id] = failure
    for same_object in by_object.values():
        covering = {rule_id: each for rule_id, each in same_object.items() if each.rule.covers}
        covered: dict[str, list[Failure]] = defaultdict(list)
        for rule_id, failure in same_object.items():
            leader = _leader(rule_id, covering)
            if leader != rule_id:
                covered[leader].append(failure)
        told = {id(failure) for failures in covered.values() for failure in failures}
        for rule_id, failure in same_object.items():
            if id(failure) not in told:
                yield Cause(failure, tuple(covered.get(rule_id, ())))


def _leader(rule_id: str, covering: Mapping[str, Failure]) -> str:
    """Return the rule under which a failed one is reported; itself where none covers it."""
    # The loader refuses rules that cover each other in a circle.
    for other_id, other in covering.items():
        if rule_id in other.rule.covers:
            return _leader(other_id, covering)
    return rule_id


def _with_differences(causes: Sequence[Cause]) -> Iterator[Cause]:
    tellers: dict[_ToldSetting, tuple[bool, int]] = {}
    for at, cause in enumerate(causes):
        for failure in cause.failures:
            if cause.on_organization or not differs_from_default(failure):
                continue
            setting = id(failure.subject.object), failure.attribute
            rank = failure.rule.kind not in _NEUTRAL, at
            tellers[setting] = min(rank, tellers.get(setting, rank))
    told: dict[int, list[str]] = defaultdict(list)
    for (_, attribute), (_, at) in tellers.items():
        told[at].append(attribute)
    for at, cause in enumerate(causes):
        yield replace(cause, differing=tuple(told[at])) if at in told else cause
