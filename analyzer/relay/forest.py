"""An inventory in, what its security descriptors are read with out: rights and names of SIDs."""

from collections import defaultdict
from collections.abc import Mapping

from msgspec import Struct, field

from analyzer.directory import kinds
from analyzer.directory.extended_rights import BUILT_IN, Rights, make_rights
from analyzer.directory.principals import well_known_name
from analyzer.directory.security_descriptor import SecurityDescriptor
from analyzer.inventory import DirectoryObject, Inventory
from analyzer.relay.receive_permissions import Permissions, read_permissions

_LEGACY_GROUP = "exchangelegacyinterop"


class Forest(Struct, frozen=True, eq=False):
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
    _permissions: dict[tuple[str, Rights], Permissions] = field(default_factory=dict)

    def rights_of(self, obj: DirectoryObject) -> Rights:
        """Return the rights that hold in the partition of an object."""
        return self.rights.get(obj.names.naming_context.lower(), BUILT_IN)

    def permissions_of(self, connector: DirectoryObject) -> Permissions | None:
        """Return what the descriptor of a receive connector lets principals do, if there is one."""
        setting, rights = connector.settings["nTSecurityDescriptor"], self.rights_of(connector)
        if not isinstance(setting.decoded, SecurityDescriptor):
            return None
        # Of thousands of connectors only a few dozen descriptors differ, and their octets as text
        # are quicker to look up than the entries in them.
        key = (str(setting.value), rights)
        if key not in self._permissions:
            self._permissions[key] = read_permissions(setting.decoded, rights, self.legacy_servers)
        return self._permissions[key]

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
