"""The rules on one kind of object and one owner in, their verdicts on each of its objects out.

A rule on one value says the same of every object that holds it, and thousands hold the same: what
it said is kept. Rules that look at more than a value are asked anew each time.
"""

from collections import defaultdict
from collections.abc import Sequence
from operator import attrgetter

from analyzer.catalogue.rule import Rule
from analyzer.judge.check_verdict import CheckVerdict
from analyzer.judge.evaluate import is_unchanged, judge_clauses, outside_scope, rests_on_value
from analyzer.judge.subject import Owner, Subject

_MOST_KEPT = 256
"""Values of one attribute whose verdicts are kept; what differs on every object has thousands."""
_what_counts = attrgetter("state", "value", "reason", "doubt")
"""All that a rule on a value looks at; the rest of a setting is where it stands, and its words."""


class KeptVerdicts:
    """What the rules on one kind of object said of the values that objects of one owner hold."""

    def __init__(self, rules: Sequence[Rule], owner: Owner) -> None:
        """Take the rules of the kind, and the owner but for its number."""
        self.rules = rules
        self._outside = [outside_scope(rule, owner) for rule in rules]
        self._on_value: dict[str, list[int]] = defaultdict(list)
        self._on_more: list[int] = []
        for at, rule in enumerate(rules):
            if self._outside[at] is None:
                on_value = rests_on_value(rule)
                name = rule.clauses[0].attribute_type.name
                (self._on_value[name] if on_value else self._on_more).append(at)
        self._kept: dict[str, dict[object, list[tuple[int, CheckVerdict]]]] = {
            name: {} for name in self._on_value
        }

    def judge(self, subject: Subject) -> list[CheckVerdict]:
        """Return the verdict of each rule on an object of that kind and owner."""
        if not is_unchanged(subject):
            return [
                outside or judge_clauses(rule, subject)
                for rule, outside in zip(self.rules, self._outside, strict=True)
            ]
        verdicts = self._outside.copy()
        settings = subject.object.settings
        for name, kept in self._kept.items():
            key = _what_counts(settings[name])
            said = kept.get(key)
            if said is None:
                said = [(at, judge_clauses(self.rules[at], subject)) for at in self._on_value[name]]
                if len(kept) < _MOST_KEPT:
                    kept[key] = said
            for at, verdict in said:
                verdicts[at] = verdict
        for at in self._on_more:
            verdicts[at] = judge_clauses(self.rules[at], subject)
        return [verdict for verdict in verdicts if verdict is not None]
