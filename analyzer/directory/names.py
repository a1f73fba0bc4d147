"""A DN in, the names in it out: organization, administrative group, server, containers.

Paths as in KB 321757 and TechNet bb123978. Text that is no DN has no names and never
raises.
"""

from collections.abc import Callable, Iterable
from functools import lru_cache

from msgspec import Struct

from analyzer.dump.distinguished_names import Level, escaped, split_dn

_EXCHANGE_ROOT = ("microsoft exchange", "services", "configuration")
# Replication writes the old name, a line feed, the mark and the GUID of the object.
_CONFLICT_MARK = "\nCNF:"
_DELETED_MARK = "\nDEL:"
_LOST_LETTER = "?"
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
    head = rdns[0].value
    root = _find_exchange_root(rdns)
    path = rdns[:root][::-1]  # from the organization down
    # The tree of KB 321757: [0] organization, [1] CN=Administrative Groups, [2] group,
    # [3] CN=Servers or CN=Routing Groups, [4] server or routing group.
    group = path[2].value if len(path) > 2 and path[1].cn == "administrative groups" else None
    branch = path[3].cn if group is not None and len(path) > 4 else ""
    in_servers = branch == "servers"
    is_decimal = head.isascii() and head.isdigit() and len(head) <= _LONGEST_NUMBER
    return Names(
        cn=head,
        organization=path[0].value if path else None,
        organization_dn=_joined(tuple(rdns[root - 1 :])) if path else "",
        administrative_group=group,
        routing_group=path[4].value if branch == "routing groups" else None,
        server=path[4].value if in_servers else None,
        server_dn=_joined(tuple(rdns[root - 5 :])) if in_servers else "",
        number=int(head) if is_decimal else None,
        naming_context=_naming_context(rdns),
        containers=tuple(rdn.cn for rdn in rdns[1:]),
        conflict=any(_CONFLICT_MARK in rdn.value for rdn in rdns),
        deleted=any(_DELETED_MARK in rdn.value for rdn in rdns),
        lost_letters=any(_LOST_LETTER in rdn.value for rdn in rdns),
        normalised=_join(rdns),
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


def _split(dn: str) -> list[_Rdn] | None:
    levels = split_dn(dn)
    return None if levels is None else [_rdn(level) for level in levels]


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
    return ",".join(rdn.normal for rdn in rdns)


@lru_cache(maxsize=4096)  # one text for all that stands below
def _joined(rdns: tuple[_Rdn, ...]) -> str:
    return _join(rdns)


def _find_exchange_root(rdns: list[_Rdn]) -> int:
    """Return the position of CN=Microsoft Exchange, 0 when there is none.

    The last one counts: an organization may bear the same name.
    """
    keys = [rdn.cn for rdn in rdns]
    for position in range(len(keys) - 3, 0, -1):
        if tuple(keys[position : position + 3]) == _EXCHANGE_ROOT:
            return position
    return 0


def _naming_context(rdns: list[_Rdn]) -> str:
    start = len(rdns)
    while start and rdns[start - 1].normal.startswith("dc="):
        start -= 1
    if start == len(rdns):
        return ""
    if start and rdns[start - 1].cn == "configuration":
        start -= 1
    return ",".join(rdn.spelled for rdn in rdns[start:])
