"""A finding of each audit in, whether they found the same out."""

import re

from analyzer.changes.comparison import Comparison
from analyzer.changes.sides import objects_of
from analyzer.directory.values import State, Value
from analyzer.results.records import FindingRecord, SettingRecord

_STATES = (State.SET, State.NOT_SET)


def is_same_value(before: FindingRecord, now: FindingRecord, comparison: Comparison) -> bool:
    """Tell whether two findings on one object, or one organisation, found the same."""
    from_workbook = comparison.old.from_workbook or comparison.new.from_workbook
    if before.objects or now.objects:
        return _same_on_all(before, now, comparison, from_workbook=from_workbook)
    if from_workbook:
        return _is_shown_alike(before.found_text, before.id, now.found_text, now.id)
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


def _same_on_all(
    before: FindingRecord, now: FindingRecord, comparison: Comparison, *, from_workbook: bool
) -> bool:
    """Compare what was found on several objects; a workbook names them in the title only."""
    if sorted(before.found_text.split("; ")) != sorted(now.found_text.split("; ")):
        return False
    if from_workbook:
        title = _with_present_names(before.title, comparison)
        return _is_shown_alike(title, before.id, now.title, now.id)
    identities = comparison.matches.new_of
    return {identities.get(key, key) for key in objects_of(before)} == set(objects_of(now))


def _with_present_names(title: str, comparison: Comparison) -> str:
    """Return a title of the baseline with the names that renamed servers have now."""
    for key, before in comparison.matches.old_of.items():
        was, name = comparison.old.objects[before].server, comparison.new.objects[key].server
        if was and name and was != name:
            title = re.sub(rf"\b{re.escape(was)}\b", lambda _, name=name: name, title)
    return title


def _is_shown_alike(before: str, before_row: str, now: str, now_row: str) -> bool:
    """Tell whether two texts look alike in a workbook, which shows hidden characters as escapes."""
    # What writes workbooks takes longer to load than most dumps take to audit.
    from analyzer.report.workbook.cells import shown

    return shown(before, before_row) == shown(now, now_row)
