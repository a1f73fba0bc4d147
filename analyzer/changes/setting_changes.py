"""The objects of two audits in, the settings that changed without being found fault with out."""

from collections.abc import Iterator

from analyzer.changes.comparison import Comparison
from analyzer.changes.found_values import is_certain, is_same_setting, is_same_text
from analyzer.changes.known_objects import KnownObject
from analyzer.changes.sides import Side
from analyzer.directory.values import State
from analyzer.results.object_keys import ObjectKey
from analyzer.results.records import ChangedSetting, SettingRecord

_BOOKKEEPING = frozenset(
    [
        "cn",
        "distinguishedname",
        "dscorepropagationdata",
        "instancetype",
        "name",
        "objectcategory",
        "objectclass",
        "objectguid",
        "usnchanged",
        "usncreated",
        "whenchanged",
        "whencreated",
    ]
)
"""What the directory writes by itself, or what moves with the name of the object."""
PLACE = "distinguishedName"
"""The attribute under which a moved or renamed object is listed."""


def changed_settings(comparison: Comparison) -> tuple[ChangedSetting, ...]:
    """Return what changed on the objects of both audits, and where objects went.

    Only what both dumps show for certain is compared: a value that was not exported, or got lost,
    has not changed for that.
    """
    told = _told(comparison.old, comparison) | _told(comparison.new, None)
    return tuple(
        change
        for key, before in comparison.matches.old_of.items()
        for change in _changes(comparison.old.objects[before], comparison.new.objects[key], told)
    )


def _told(side: Side, comparison: Comparison | None) -> set[tuple[ObjectKey, str]]:
    """Return what findings are about, by the present normalised DN and attribute."""
    identities = comparison.matches.new_of if comparison is not None else {}
    return {
        (identities.get(key, key), attribute.lower())
        for finding in side.results.findings
        for key in side.objects_of(finding)
        for attribute in (finding.attribute, *finding.differing)
    }


def _changes(
    before: KnownObject, now: KnownObject, told: set[tuple[ObjectKey, str]]
) -> Iterator[ChangedSetting]:
    if before.place != now.place and not is_same_text(before.dn, now.dn):
        yield _change(before, now, PLACE, _place(before), _place(now))
    for name, setting in now.settings.items():
        was = before.settings.get(name)
        if was is None or name.lower() in _BOOKKEEPING or (now.key, name.lower()) in told:
            continue
        if is_certain(was) and is_certain(setting) and not is_same_setting(was, setting):
            yield _change(before, now, name, was, setting)


def _place(known: KnownObject) -> SettingRecord:
    return SettingRecord(State.SET, known.dn, known.dn, None)


def _change(
    before: KnownObject,
    now: KnownObject,
    attribute: str,
    was: SettingRecord,
    setting: SettingRecord,
) -> ChangedSetting:
    return ChangedSetting(
        dn=now.dn,
        previous_dn=before.dn,
        organization=now.organization,
        server=now.server,
        name=now.name,
        attribute=attribute,
        before=was.text,
        after=setting.text,
        previous_state=was.state,
        state=setting.state,
    )
