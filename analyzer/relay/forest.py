"""An inventory in, what its security descriptors are read with out: rights and names of SIDs."""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass

from analyzer.directory import kinds
from analyzer.directory.extended_rights import BUILT_IN, Rights, make_rights
from analyzer.directory.principals import well_known_name
from analyzer.inventory import DirectoryObject, Inventory

_LEGACY_GROUP = "exchangelegacyinterop"


@dataclass(frozen=True, slots=True, eq=False)
class Forest:
    """What the dump itself says about rights and principals.

    One value for a whole run, although its files may be of several forests: rights are kept apart
    by configuration partition, and SIDs of accounts are unique in the world.
    """

    rights: Mapping[str, Rights]
    """By configuration partition, lower case; of those that hold definitions."""
    principals: Mapping[str, str]
    """Names by SID."""
    legacy_servers: frozenset[str]
    """SIDs of the groups ExchangeLegacyInterop, one a domain with servers of before 2007."""

    def rights_of(self, obj: DirectoryObject) -> Rights:
        """Return the rights that hold in the partition of an object."""
        return self.rights.get(obj.names.naming_context.lower(), BUILT_IN)

    def name_of(self, sid: str) -> str:
        """Return the name of a principal: a well-known one, else the dump's, else the SID."""
        return well_known_name(sid) or self.principals.get(sid, sid)


def know_forest(inventory: Inventory) -> Forest:
    """Collect what the dump defines and names."""
    defined: dict[str, dict[str, str]] = defaultdict(dict)
    for right in inventory.of(kinds.EXTENDED_RIGHT):
        guid = right.settings["rightsGuid"].value
        if right.names.cn and isinstance(guid, str):
            defined[right.names.naming_context.lower()][right.names.cn] = guid
    groups = [
        (sid, group.names.cn or sid)
        for group in inventory.of(kinds.GROUP)
        if isinstance(sid := group.settings["objectSid"].value, str)
    ]
    return Forest(
        rights={context: make_rights(own) for context, own in defined.items()},
        principals=dict(groups),
        legacy_servers=frozenset(sid for sid, name in groups if name.lower() == _LEGACY_GROUP),
    )
