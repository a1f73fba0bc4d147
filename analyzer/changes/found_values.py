"""A finding of each audit in, whether they found the same out."""

import re

from analyzer.changes.comparison import Comparison
from analyzer.changes.sides import Side
from analyzer.directory.values import State, Value
from analyzer.judge.relay_tests import RELAY_TESTS
from analyzer.relay.judges import JUDGES
from analyzer.results.object_keys import ObjectKey
from analyzer.results.records import FindingRecord, SettingRecord

_NUMBER_OF = re.compile(r" \(\d+ of \d+ servers?\)$")
"""At the end of the title of a finding on an organisation: on how many servers of how many."""
_LOST_LETTERS = frozenset("?\N{REPLACEMENT CHARACTER}")
"""What a code page that lacks a letter puts in its place."""
_RELAY_SETTINGS = tuple(dict.fromkeys(name for judge in JUDGES.values() for name in judge.evidence))
_STATES = (State.SET, State.NOT_SET)


def is_same_value(before: FindingRecord, now: FindingRecord, comparison: Comparison) -> bool:
    """Tell whether two findings on one object, or one organisation, found the same."""
    if comparison.old.from_workbook or comparison.new.from_workbook:
        if not _is_shown_alike(before.found_text, before.id, now.found_text, now.id):
            return False
        # Of an organisation the title names the objects.
        return not now.objects or _is_shown_alike(
            _NUMBER_OF.sub("", _with_present_names(before.title, comparison)),
            before.id,
            _NUMBER_OF.sub("", now.title),
            now.id,
        )
    if before.attribute.lower() != now.attribute.lower():
        return False
    if before.found is None and now.found is None:
        return is_same_text(before.found_text, now.found_text)
    return is_same(before.found, now.found)


def is_same_setting(before: SettingRecord, now: SettingRecord) -> bool:
    """Tell whether a setting that both sides know for certain has the same value."""
    if before.state != now.state:
        return False
    return is_same(before.value, now.value)


def holds_same(attribute: str, old_key: ObjectKey, key: ObjectKey, comparison: Comparison) -> bool:
    """Tell whether an object holds the same in an attribute, as far as both sides show it."""
    was = comparison.old.objects[old_key].settings.get(attribute)
    now = comparison.new.objects[key].settings.get(attribute)
    if was is None or now is None or not (is_certain(was) and is_certain(now)):
        return True
    return is_same_setting(was, now)


def is_certain(setting: SettingRecord | None) -> bool:
    """Tell whether a setting is known, its absence included, without doubt."""
    if setting is None or setting.state not in _STATES:
        return False
    return setting.state is State.SET or not setting.reason


def is_same(before: Value, now: Value) -> bool:
    """Tell whether two values are the same: several are kept in no order by a directory."""
    if isinstance(before, tuple) and isinstance(now, tuple):
        pairs = zip(sorted(map(str, before)), sorted(map(str, now)), strict=False)
        return len(before) == len(now) and all(is_same_text(*pair) for pair in pairs)
    if isinstance(before, str) and isinstance(now, str):
        return is_same_text(before, now)
    return before == now


def is_same_text(before: str, now: str) -> bool:
    """Tell whether two texts are the same but for letters that one of the exports lost."""
    if before == now:
        return True
    if len(before) != len(now) or _LOST_LETTERS.isdisjoint(before + now):
        return False
    return all(
        a == b
        or (a in _LOST_LETTERS and not b.isascii())
        or (b in _LOST_LETTERS and not a.isascii())
        for a, b in zip(before, now, strict=True)
    )


def not_shown(old_key: ObjectKey, key: ObjectKey, comparison: Comparison, *, now: bool) -> str:
    """Return a setting that relay rests on and that only one side shows of an object.

    That side is the baseline where what is not shown `now` is asked for; empty if there is none.
    """
    before = comparison.old.objects[old_key].settings
    present = comparison.new.objects[key].settings
    poor, rich = (present, before) if now else (before, present)
    for name in _RELAY_SETTINGS:
        setting = poor.get(name)
        is_lost = setting is not None and setting.state in (State.NOT_EXPORTED, State.LOST)
        if is_lost and is_certain(rich.get(name)):
            return name
    return ""


def vanished_under(
    finding: FindingRecord, key: ObjectKey, side: Side, comparison: Comparison
) -> str:
    """Return a setting that a finding, or its passing, rests on and that was not exported.

    `side` is the one whose dump lacks it, as the other one shows; empty if there is none.
    """
    if not side.vanished:
        return ""
    # Of routing groups and the like the results have no settings; other objects may lack some, too.
    if not side.objects[key].settings or comparison.looks_around(finding.rule):
        return finding.attribute
    rule = comparison.catalogue.get(finding.rule)
    names = [finding.attribute, *(clause.attribute for clause in (rule.clauses if rule else ()))]
    if rule is None or any(clause.condition in RELAY_TESTS for clause in rule.clauses):
        names += _RELAY_SETTINGS
    object_class = side.objects[key].object_class
    return next((name for name in names if (object_class, name.lower()) in side.vanished), "")


def vanished_relay(key: ObjectKey, side: Side) -> str:
    """Return a setting that relay rests on and that was evidently not exported."""
    object_class = side.objects[key].object_class
    lost = (name for name in _RELAY_SETTINGS if (object_class, name.lower()) in side.vanished)
    return next(lost, "")


def _with_present_names(title: str, comparison: Comparison) -> str:
    """Return a title of the baseline with the names that renamed servers have now."""
    names = {}
    for key, before in comparison.matches.old_of.items():
        was, now = comparison.old.objects[before].server, comparison.new.objects[key].server
        if was and now and was != now:
            names[was] = now
    if not names:
        return title
    # All at once, so that two servers may have taken each other's name.
    pattern = rf"\b(?:{'|'.join(map(re.escape, names))})\b"
    return re.sub(pattern, lambda match: names[match[0]], title)


def _is_shown_alike(before: str, before_row: str, now: str, now_row: str) -> bool:
    """Tell whether two texts look alike in a workbook, which shows hidden characters as escapes."""
    # What writes workbooks takes longer to load than most dumps take to audit.
    from analyzer.report.workbook.cells import shown

    return shown(before, before_row) == shown(now, now_row)
