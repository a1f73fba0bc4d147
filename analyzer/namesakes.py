"""Objects of one DN in, one that says what is known of whichever of them a reference means out.

Objects are referred to by their DNs: by what stands below them, by the connectors they carry. Where
several objects have that DN, what they differ in is not known of the one that is meant.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence

from msgspec.structs import replace

from analyzer.directory.values import Setting, State, without
from analyzer.inventory import DirectoryObject

_DIFFERS = "several objects have this DN, and it is not the same on all of them"


def by_dn(objects: Iterable[DirectoryObject]) -> Mapping[str, DirectoryObject]:
    """Return objects of one kind by normalised DN, one that stands for all of a DN."""
    found: dict[str, DirectoryObject] = {}
    namesakes: dict[str, list[DirectoryObject]] = defaultdict(list)
    for each in objects:
        dn = each.names.normalised
        first = found.setdefault(dn, each)
        if first is not each:
            namesakes[dn] = namesakes[dn] or [first]
            namesakes[dn].append(each)
    return found | {dn: stand_in(each) for dn, each in namesakes.items()} if namesakes else found


def stand_in(namesakes: Sequence[DirectoryObject]) -> DirectoryObject:
    """Return one object for several of one DN, at least one: what they differ in is not known."""
    first, *others = namesakes
    if not others:
        return first
    is_same_version = all(each.exchange_version == first.exchange_version for each in others)
    return replace(
        first,
        settings={
            name: _common(setting, [each.settings[name] for each in others])
            for name, setting in first.settings.items()
        },
        exchange_version=first.exchange_version if is_same_version else None,
        guid=None,
        changes=tuple(dict.fromkeys(change for each in namesakes for change in each.changes)),
    )


def _common(setting: Setting, others: Sequence[Setting]) -> Setting:
    held = setting.state, setting.value, setting.doubt
    if all((other.state, other.value, other.doubt) == held for other in others):
        return setting
    return without(setting.attribute, State.UNDECODABLE, _DIFFERS)
