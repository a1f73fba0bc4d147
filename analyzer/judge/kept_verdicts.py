"""The rules on one kind of object and one owner in, their verdicts on each of its objects out.

A rule says the same of every object that has the same of all that the rule looks at, and thousands
have the same: what it said is kept. Rules that look at other objects are asked anew each time.
"""

from collections import defaultdict
from collections.abc import Hashable, Sequence, Set
from operator import attrgetter
from typing import NamedTuple

from analyzer.catalogue.rule import Rule
from analyzer.directory.shared_mapping import Shape, SharedMapping
from analyzer.judge.check_verdict import CheckVerdict
from analyzer.judge.evaluate import Look, is_unchanged, judge_clauses, look_of, outside_scope
from analyzer.judge.subject import Owner, Subject

RuleVerdict = tuple[Rule, CheckVerdict]
"""A rule with what it says of an object."""

_MOST_KEPT = 256
"""How much of one kind is kept; what differs on every object has thousands of verdicts."""
_of_setting = attrgetter("state", "value", "reason", "doubt")
"""All that a rule looks at of a setting; the rest is where it stands, and its words."""
_of_relay = attrgetter(
    *("verdict", "confidence", "reasons", "authenticated_may_relay", "mode", "exposure"),
    *("logon_first", "basic", "tls_required", "doubt"),
)
"""All that a rule looks at of a relay verdict."""


class _SameLook:
    """Rules that look at the same, with what they said of it."""

    def __init__(self) -> None:
        self.rules: list[tuple[int, Rule]] = []
        """With their places among the rules of the kind."""
        self._kept: dict[Hashable, list[tuple[int, RuleVerdict]]] = {}

    def judge(self, subject: Subject, seen: Hashable) -> list[tuple[int, RuleVerdict]]:
        """Return what the rules say of an object, of which `seen` is all that they look at."""
        said = self._kept.get(seen)
        if said is None:
            said = [(at, (rule, judge_clauses(rule, subject))) for at, rule in self.rules]
            if len(self._kept) < _MOST_KEPT:
                self._kept[seen] = said
        return said


class _Known(NamedTuple):
    """What is known of all objects whose records lack the same settings."""

    judged: list[RuleVerdict | None]
    """What the rules say; None for those that have to look."""
    names: list[str]
    """Settings that have to be looked at."""
    groups: list[_SameLook]
    """The rules on each of them."""


class KeptVerdicts:
    """What the rules on one kind of object said of what objects of one owner hold."""

    def __init__(self, rules: Sequence[Rule], owner: Owner) -> None:
        """Take the rules of the kind, and the owner but for its number."""
        self._rules = rules
        self._outside = [outside_scope(rule, owner) for rule in rules]
        self._on_setting: dict[str, _SameLook] = defaultdict(_SameLook)
        self._on_more: dict[Look, _SameLook] = defaultdict(_SameLook)
        self._on_others: list[tuple[int, Rule]] = []
        for at, rule in enumerate(rules):
            if self._outside[at] is not None:
                continue
            look = look_of(rule)
            if look is None:
                self._on_others.append((at, rule))
            elif look.number or look.relay or len(look.attributes) > 1:
                self._on_more[look].rules.append((at, rule))
            else:
                self._on_setting[look.attributes[0]].rules.append((at, rule))
        self._known: dict[Shape, _Known] = {}

    def judge(self, subject: Subject) -> list[RuleVerdict]:
        """Return the verdict of each rule on an object of that kind and owner."""
        if not is_unchanged(subject):
            return [
                (rule, outside or judge_clauses(rule, subject))
                for rule, outside in zip(self._rules, self._outside, strict=True)
            ]
        settings, known = subject.object.settings, self._known_of(subject)
        held = settings.own if isinstance(settings, SharedMapping) else settings
        judged = known.judged.copy()
        values = map(_of_setting, map(held.__getitem__, known.names))
        for group, seen in zip(known.groups, values, strict=True):
            for at, said in group.judge(subject, seen):
                judged[at] = said
        for look, group in self._on_more.items():
            for at, said in group.judge(subject, _seen(look, subject)):
                judged[at] = said
        for at, rule in self._on_others:
            judged[at] = rule, judge_clauses(rule, subject)
        return [each for each in judged if each is not None]

    def _known_of(self, subject: Subject) -> _Known:
        settings = subject.object.settings
        if not isinstance(settings, SharedMapping):
            return self._learn(subject, set(settings))
        shape = settings.shape
        known = self._known.get(shape)
        if known is None:
            known = self._learn(subject, set(shape.own))
            if len(self._known) < _MOST_KEPT:
                self._known[shape] = known
        return known

    def _learn(self, subject: Subject, own: Set[str]) -> _Known:
        """Have the settings judged that the record lacks; `own` are the others."""
        judged = [
            None if outside is None else (rule, outside)
            for rule, outside in zip(self._rules, self._outside, strict=True)
        ]
        looking: dict[str, _SameLook] = {}
        for name, group in self._on_setting.items():
            if name in own:
                looking[name] = group
            else:
                for at, said in group.judge(subject, _of_setting(subject.object.settings[name])):
                    judged[at] = said
        return _Known(judged, list(looking), list(looking.values()))


def _seen(look: Look, subject: Subject) -> Hashable:
    """Return all that a rule looks at."""
    settings = subject.object.settings
    return (
        tuple([_of_setting(settings[name]) for name in look.attributes]),
        subject.owner.number if look.number else None,
        _of_relay(subject.relay) if look.relay and subject.relay else None,
    )
