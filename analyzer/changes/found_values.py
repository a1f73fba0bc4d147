"""A finding of each audit in, whether they found the same out."""

import re

from analyzer.changes.comparison import Comparison
from analyzer.directory.values import State, Value
from analyzer.results.records import FindingRecord, SettingRecord

_NUMBER_OF = re.compile(r" \(\d+ of \d+ servers?\)$")
"""At the end of the title of a finding on an organisation: on how many servers of how many."""
_STATES = (State.SET, State.NOT_SET)


def is_same_value(before: FindingRecord, now: FindingRecord, comparison: Comparison) -> bool:
    """Tell whether two findings on one object, or one organisation, found the same."""
    if comparison.old.from_workbook or comparison.new.from_workbook:
        # Of an organisation the title names the objects.
        title = _NUMBER_OF.sub("", _with_present_names(before.title, comparison))
        return _is_shown_alike(before.found_text, before.id, now.found_text, now.id) and (
            not now.objects
            or _is_shown_alike(title, before.id, _NUMBER_OF.sub("", now.title), now.id)
        )
    if before.attribute.lower() != now.attribute.lower():
        return False
    if before.found is None and now.found is None:
        return before.found_text == now.found_text
    return plain_value(before.found) == plain_value(now.found)


def is_same_setting(before: SettingRecord, now: SettingRecord) -> bool:
    """Tell whether a setting that both sides know for certain has the same value."""
    if before.state != now.state:
        return False
    return plain_value(before.value) == plain_value(now.value)


def holds_same(attribute: str, old_key: str, key: str, comparison: Comparison) -> bool:
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


def plain_value(value: Value) -> object:
    """Return a value so that equal ones are equal: a directory keeps several in no order."""
    if isinstance(value, tuple | list):
        return sorted(map(str, value))
    return value


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
