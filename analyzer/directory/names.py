"""A DN in, the names in it out: organization, administrative group, server, containers.

Paths as in KB 321757 and TechNet bb123978. Text that is no DN has no names and never
raises.
"""

import re
from collections.abc import Callable, Iterable
from functools import lru_cache

from msgspec import Struct

from analyzer.dump.distinguished_names import Level, escaped, split_dn

_EXCHANGE_ROOT = ("microsoft exchange", "services", "configuration")
# Replication writes the old name, a line feed, the mark and the GUID of the object.
_CONFLICT_MARK = "\nCNF:"
_DELETED_MARK = "\nDEL:"
_LOST_LETTER = "?"
_PLAIN_HEAD = re.compile(r"[A-Za-z]+=[A-Za-z0-9](?:[A-Za-z0-9 ._-]*[A-Za-z0-9])?")
"""A leading RDN with nothing in it that has a meaning in DNs, so that it ends at the comma."""
_LONGEST_KEPT = 1024
"""Characters of a DN whose container is looked up."""
_LEVELS = 5  # from the organization down, that have names
_LONGEST_NUMBER = 9  # digits; int() refuses thousands of them with an exception


class Names(Struct, frozen=True):
    """What a DN says about its object; all names are unescaped."""

    cn: str | None = None
    """Value of the leading RDN."""
    organization: str | None = None
    organization_dn: str = ""
    """Normalised DN of the organization; empty outside of one."""
    administrative_group: str | None = None
    routing_group: str | None = None
    server: str | None = None
    server_dn: str = ""
    """Normalised DN of the server object; empty outside the server tree."""
    number: int | None = None
    """The leading RDN as a number, if it is a decimal one."""
    naming_context: str = ""
    """DN of the configuration or domain partition; empty when it cannot be told."""
    containers: tuple[str, ...] = ()
    """Values in lower case of the RDNs above it, nearest first; empty for one that is no CN."""
    conflict: bool = False
    """Whether a name in it was changed by replication because two objects had the same one."""
    deleted: bool = False
    lost_letters: bool = False
    """Whether a name in it holds what stands for letters that a code page does not have."""
    normalised: str = ""
    """As `normalise_dn` returns it."""

    @property
    def left_by(self) -> str:
        """What of replication left the object behind: `conflict` or `deletion`; empty if none."""
        return "deletion" if self.deleted else "conflict" if self.conflict else ""


class _Rdn(Struct, frozen=True):
    """One level of a DN."""

    cn: str
    """Value in lower case if it is a plain CN, else empty."""
    value: str
    """Unescaped value; of the first attribute, should there be several."""
    spelled: str
    """As it stands in the DN, escapes apart."""
    normal: str


class _Above(Struct, frozen=True):
    """What a DN says above its leading RDN, which is the same for all objects of a container."""

    containers: tuple[str, ...]
    path: tuple[_Rdn, ...] | None
    """Levels from the organization down, as many as have names; None outside of Exchange."""
    organization_dn: str
    server_dn: str
    naming_context: str
    is_naming_context: bool
    """Whether nothing of it stands below the naming context."""
    conflict: bool
    deleted: bool
    lost_letters: bool


_LEFT_BEHIND = {
    "conflict": "replication conflict",
    "deletion": "deleted",
    "upgrade": "left over from an upgrade",
}


def name_left_behind(name: str | None, left_by: str) -> str | None:
    """Return the name of an object, telling it from the one that is in use (`Names.left_by`)."""
    if name is None or not left_by:
        return name
    own = name.split(_CONFLICT_MARK)[0].split(_DELETED_MARK)[0]
    return f"{own} ({_LEFT_BEHIND.get(left_by, 'deleted')})"


def parse_names(dn: str) -> Names:
    """Take the names out of a DN; text that is no DN gives no names."""
    rdns = _split(dn)
    if not rdns:
        return Names(normalised=normalise_dn(dn))
    above = _above(rdns[1:])
    cn, normalised = rdns[0].value, _join(rdns)
    # The tree of KB 321757: [0] organization, [1] CN=Administrative Groups, [2] group,
    # [3] CN=Servers or CN=Routing Groups, [4] server or routing group.
    path = () if above.path is None else (*above.path, rdns[0])[:_LEVELS]
    group = path[2].value if len(path) > 2 and path[1].cn == "administrative groups" else None
    branch = path[3].cn if group is not None and len(path) == _LEVELS else ""
    in_servers = branch == "servers"
    is_decimal = cn.isascii() and cn.isdigit() and len(cn) <= _LONGEST_NUMBER
    return Names(
        cn=cn,
        organization=path[0].value if path else None,
        organization_dn=(above.organization_dn or normalised) if path else "",
        administrative_group=group,
        routing_group=path[4].value if branch == "routing groups" else None,
        server=path[4].value if in_servers else None,
        server_dn=(above.server_dn or normalised) if in_servers else "",
        number=int(cn) if is_decimal else None,
        naming_context=(
            _naming_context(rdns, _start_of_naming_context(rdns))
            if above.is_naming_context
            else above.naming_context
        ),
        containers=above.containers,
        conflict=above.conflict or _CONFLICT_MARK in cn,
        deleted=above.deleted or _DELETED_MARK in cn,
        lost_letters=above.lost_letters or _LOST_LETTER in cn,
        normalised=normalised,
    )


def normalise_dn(dn: str) -> str:
    """Return one spelling for all spellings of a DN.

    Lower case, one kind of escape, no blanks around separators. Text that is no DN is only trimmed
    and lower-cased.
    """
    rdns = _split(dn)
    return dn.strip().casefold() if rdns is None else _join(rdns)


def renamed(dn: str, other: Callable[[str, str, tuple[str, ...]], str]) -> str | None:
    """Return a DN with other values, None for text that is no DN.

    Args:
        dn: what to rename.
        other: takes the type of a value, the value, and the names in lower case of the containers
            above it, nearest first; returns the new value.
    """
    levels = split_dn(dn)
    if levels is None:
        return None
    above = tuple(_rdn(level).cn for level in levels)
    rdns = [
        "+".join(
            f"{name}={escaped(other(name.lower(), value, above[number:]))}" for name, value in level
        )
        for number, level in enumerate(levels, 1)
    ]
    return ",".join(rdns)


def _split(dn: str) -> tuple[_Rdn, ...] | None:
    """Return the levels of a DN; those above a plain name are looked up, with their container."""
    head, _, above = dn.partition(",")
    if len(dn) <= _LONGEST_KEPT and above[:1].isalnum() and (leading := _plain_level(head)):
        container = _levels_of_container(above)
        if container is not None:
            return leading + container
    return _levels(dn)


@lru_cache(maxsize=4096)
def _plain_level(head: str) -> tuple[_Rdn, ...] | None:
    if not _PLAIN_HEAD.fullmatch(head):
        return None
    name, _, value = head.partition("=")
    return (_rdn(((name, value),)),)


def _levels(dn: str) -> tuple[_Rdn, ...] | None:
    levels = split_dn(dn)
    return None if levels is None else tuple(map(_rdn, levels))


@lru_cache(maxsize=1024)
def _levels_of_container(dn: str) -> tuple[_Rdn, ...] | None:
    return _split(dn)


@lru_cache(maxsize=4096)  # the DNs of a dump share nearly all of their RDNs
def _rdn(parts: Level) -> _Rdn:
    spelled = [f"{name}={escaped(value)}" for name, value in parts]
    # Attributes of one level have no order (RFC 4514 section 2.2), so a normal form needs one.
    normal = sorted(f"{name.lower()}={escaped(value.casefold())}" for name, value in parts)
    name, value = parts[0]
    # A level of several attributes (cn=a+ou=b) is none of the containers that paths are made of.
    plain = len(parts) == 1 and name.lower() == "cn"
    return _Rdn(value.lower() if plain else "", value, "+".join(spelled), "+".join(normal))


def _join(rdns: Iterable[_Rdn]) -> str:
    return ",".join([rdn.normal for rdn in rdns])


@lru_cache(maxsize=1024)
def _above(rdns: tuple[_Rdn, ...]) -> _Above:
    """Return what the levels above an object say of it."""
    containers = tuple([rdn.cn for rdn in rdns])
    root, start = _find_exchange_root(containers), _start_of_naming_context(rdns)
    values = "\0".join([rdn.value for rdn in rdns])  # no mark has a NUL in it
    return _Above(
        containers=containers,
        path=None if root is None else rdns[max(root - _LEVELS, 0) : root][::-1],
        organization_dn=_join(rdns[root - 1 :]) if root else "",
        server_dn=_join(rdns[root - _LEVELS :]) if root and root >= _LEVELS else "",
        naming_context=_naming_context(rdns, start),
        is_naming_context=start == 0,
        conflict=_CONFLICT_MARK in values,
        deleted=_DELETED_MARK in values,
        lost_letters=_LOST_LETTER in values,
    )


def _find_exchange_root(containers: tuple[str, ...]) -> int | None:
    """Return the position of CN=Microsoft Exchange, None when there is none.

    The last one counts: an organization may bear the same name.
    """
    for position in range(len(containers) - 3, -1, -1):
        if containers[position : position + 3] == _EXCHANGE_ROOT:
            return position
    return None


def _naming_context(rdns: tuple[_Rdn, ...], start: int) -> str:
    return ",".join([rdn.spelled for rdn in rdns[start:]])


def _start_of_naming_context(rdns: tuple[_Rdn, ...]) -> int:
    """Return how many levels stand below the naming context, all when there is none."""
    start = len(rdns)
    while start and rdns[start - 1].normal.startswith("dc="):
        start -= 1
    if start and start < len(rdns) and rdns[start - 1].cn == "configuration":
        start -= 1
    return start
