"""Failures in, one report a cause out: what leads, what is reported under it, what differs."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from analyzer.catalogue.rule import FindingKind
from analyzer.judge.documented_defaults import differs_from_default
from analyzer.judge.subject import Failure, organization_id, same_finding_id

_Place = tuple[str, str]
"""DN of an object and name of its attribute."""
_NEUTRAL = (FindingKind.NON_DEFAULT,)


@dataclass(frozen=True, slots=True)
class Cause:
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

    @property
    def fingerprint(self) -> str:
        """What identifies the finding across exports."""
        if self.lead.rule.per_organization:
            return organization_id(self.lead)
        return self.lead.fingerprint

    @property
    def finding_id(self) -> str:
        """Number of the finding."""
        return same_finding_id(self.fingerprint)


def find_causes(failures: Sequence[Failure]) -> list[Cause]:
    """Put the failures of one cause together; each failure is in exactly one of them.

    Every setting that differs from its documented default is told by exactly one of the causes, so
    that they add up: by the rule that compares it with the default, else by the first one.
    """
    causes = [
        *_of_organizations(failure for failure in failures if failure.rule.per_organization),
        *_of_objects(failure for failure in failures if not failure.rule.per_organization),
    ]
    return list(_with_differences(causes))


def _of_organizations(failures: Iterable[Failure]) -> Iterator[Cause]:
    groups: dict[tuple[str, str | None], list[Failure]] = defaultdict(list)
    for failure in failures:
        groups[failure.rule.id, failure.subject.object.organization].append(failure)
    for first, *others in groups.values():
        yield Cause(first, also_on=tuple(others))


def _of_objects(failures: Iterable[Failure]) -> Iterator[Cause]:
    by_object: dict[int, dict[str, Failure]] = defaultdict(dict)
    for failure in failures:
        by_object[id(failure.subject)][failure.rule.id] = failure
    for same_object in by_object.values():
        leaders = {rule_id: _leader(rule_id, same_object) for rule_id in same_object}
        for rule_id, failure in same_object.items():
            if leaders[rule_id] == rule_id:
                covered = (
                    other
                    for other_id, other in same_object.items()
                    if leaders[other_id] == rule_id and other_id != rule_id
                )
                yield Cause(failure, tuple(covered))


def _leader(rule_id: str, same_object: Mapping[str, Failure]) -> str:
    """Return the rule under which a failed one is reported; itself where none covers it."""
    # The loader refuses rules that cover each other in a circle.
    for other_id, other in same_object.items():
        if rule_id in other.rule.covers:
            return _leader(other_id, same_object)
    return rule_id


def _with_differences(causes: Sequence[Cause]) -> Iterator[Cause]:
    tellers: dict[_Place, tuple[bool, int]] = {}
    for at, cause in enumerate(causes):
        for failure in cause.failures:
            if failure.rule.per_organization or not differs_from_default(failure):
                continue
            setting = failure.subject.object.dn, failure.attribute
            rank = failure.rule.kind not in _NEUTRAL, at
            tellers[setting] = min(rank, tellers.get(setting, rank))
    told: dict[int, list[str]] = defaultdict(list)
    for (_, attribute), (_, at) in tellers.items():
        told[at].append(attribute)
    for at, cause in enumerate(causes):
        yield Cause(cause.lead, cause.covered, cause.also_on, tuple(told[at]))
