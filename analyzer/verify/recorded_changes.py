"""Results in, out whether what they say of the baseline agrees with the rest of them."""

from collections import Counter
from collections.abc import Hashable, Iterator, Sequence
from typing import TypeVar

from analyzer.catalogue.rule import Outcome
from analyzer.report.phrases import count
from analyzer.results.records import Results
from analyzer.verify.verification import Point, listed

_WhereTold = TypeVar("_WhereTold", bound=Hashable)
_WhatIsTold = TypeVar("_WhatIsTold", bound=Hashable)


def find_false_changes(results: Results) -> Iterator[Point]:
    """Check what is said of the present: what passes, who may relay, what is set.

    What the baseline said can only be checked against the baseline itself.
    """
    told = [
        *(f"{each.id} has a change" for each in results.findings if each.change),
        *(f"{each.id} is gone" for each in (*results.resolved, *results.not_comparable)),
    ]
    if results.baseline is None:
        if told:
            yield Point("changes", False, f"there is no baseline, and yet {told[0]}")
        return
    yield _changes_of_findings(results)
    yield _resolved(results)
    yield _relay(results)
    yield _settings(results)


def _changes_of_findings(results: Results) -> Point:
    present = {finding.fingerprint for finding in results.findings}
    wrong = [finding.id for finding in results.findings if not finding.change]
    wrong += [
        finding.id
        for finding in (*results.resolved, *results.not_comparable)
        if finding.fingerprint in present
    ]
    return listed("changes", wrong, f"{count(len(results.findings), 'finding')}, each with one")


def _resolved(results: Results) -> Point:
    present = Counter(((each.rule, each.dn), each.state) for each in results.evaluations)
    # Where the object is gone, or nothing was read back, there is no check.
    resolved = [finding for finding in results.resolved if finding.now_dn and present]
    told = [((finding.rule, finding.now_dn), Outcome.PASSED) for finding in resolved]
    wrong = [resolved[at].id for at in _unfounded(told, present)]
    return listed("resolved findings", wrong, f"{count(len(results.resolved), 'check')} pass")


def _relay(results: Results) -> Point:
    present = Counter(
        (listener.dn, listener.relay.verdict) for listener in results.listeners if listener.relay
    )
    told = [
        (change.dn, change.after) for change in results.changed_relay if change.after is not None
    ]
    wrong = [told[at][0] for at in _unfounded(told, present)]
    return listed("changed relay verdicts", wrong, "those of now are the listeners'")


def _settings(results: Results) -> Point:
    told = [
        ((change.dn, change.attribute), change.after)
        for change in results.changed_settings
        if change.attribute != "distinguishedName" or change.after != change.dn
    ]
    asked = {setting for setting, _ in told}
    dns = {dn for dn, _ in asked}
    present = Counter(
        ((record.dn, name), setting.text)
        for record in results.described
        if record.dn in dns
        for name, setting in record.settings.items()
        if (record.dn, name) in asked
    )
    wrong = ["{1} of {0}".format(*told[at][0]) for at in _unfounded(told, present)]
    return listed("changed settings", wrong, "those of now are the objects'")


def _unfounded(
    told: Sequence[tuple[_WhereTold, _WhatIsTold]], present: Counter[tuple[_WhereTold, _WhatIsTold]]
) -> Iterator[int]:
    """Yield the positions of what is told of objects that do not hold it.

    Several objects may have the place, and changes name them by that alone: then as many of them
    have to hold it as it is told of.
    """
    objects: Counter[_WhereTold] = Counter()
    for (place, _), number in present.items():
        objects[place] += number
    times: Counter[tuple[_WhereTold, _WhatIsTold]] = Counter()
    for at, each in enumerate(told):
        times[each] += 1
        if not present[each] or (objects[each[0]] > 1 and times[each] > present[each]):
            yield at
