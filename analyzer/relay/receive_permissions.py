"""The access list of a receive connector in, who may relay and its permission groups out.

There is no attribute for either: both are rights of principals on the connector itself. The sets of
rights are those that Microsoft documents for Exchange 2007 ("Receive connectors", permission
groups), which later versions only add to.
"""

from collections.abc import Mapping, Sequence
from typing import NamedTuple

from msgspec import Struct

from analyzer.directory.access_check import counts, deciding_entries
from analyzer.directory.extended_rights import ACCEPT_ANY_RECIPIENT, SUBMIT, Rights
from analyzer.directory.principals import (
    ANONYMOUS,
    AUTHENTICATED_USERS,
    EDGE_TRANSPORT,
    EXTERNALLY_SECURED,
    HUB_TRANSPORT,
    PARTNERS,
    is_domain_account,
)
from analyzer.directory.security_descriptor import AccessList, Ace, AceKind, SecurityDescriptor

_ROUTING = "ms-Exch-Accept-Headers-Routing"
_PARTNERS = frozenset({SUBMIT, _ROUTING})
_ANONYMOUS = _PARTNERS | {
    "ms-Exch-SMTP-Accept-Any-Sender",
    "ms-Exch-SMTP-Accept-Authoritative-Domain-Sender",
}
_USERS = _PARTNERS | {ACCEPT_ANY_RECIPIENT, "ms-Exch-Bypass-Anti-Spam"}
_TRUSTED = (
    _ANONYMOUS
    | _USERS
    | {
        "ms-Exch-SMTP-Accept-Authentication-Flag",
        "ms-Exch-Bypass-Message-Size-Limit",
        "ms-Exch-SMTP-Accept-Exch50",
    }
)
"""Of externally secured servers and of those of before 2007."""
_SERVERS = _TRUSTED | {
    "ms-Exch-Accept-Headers-Forest",
    "ms-Exch-Accept-Headers-Organization",
}
_PREDEFINED = (_ANONYMOUS, _USERS, _SERVERS, _TRUSTED, _PARTNERS)

# What 2010 and 2013 gave to servers besides: -XShadow, -XProxyFrom, -XSessionParams, -XAttr,
# -XSysProbe, -XMessageContext-...; the documentation spells the last ones Send-.
_LATER = ("ms-exch-smtp-accept-x", "ms-exch-smtp-send-x")

_LEGACY_SERVERS = "ExchangeLegacyServers"
_CUSTOM = "Custom"
_GROUPS: Mapping[str, tuple[tuple[str, ...], frozenset[str]]] = {
    "AnonymousUsers": ((ANONYMOUS,), _ANONYMOUS),
    "ExchangeUsers": ((AUTHENTICATED_USERS,), _USERS),
    "ExchangeServers": ((HUB_TRANSPORT, EDGE_TRANSPORT), _SERVERS),
    _LEGACY_SERVERS: ((), _TRUSTED),  # the SIDs of its groups are another in every domain
    "Partners": ((PARTNERS,), _PARTNERS),
}
"""Principals and rights by group, in the order in which the shell lists them."""


class Grant(NamedTuple):
    """One entry of the access list that says something about the right to relay."""

    number: int
    """Its position in the stored list, from 1, entries of all types counted."""
    entry: Ace

    @property
    def sid(self) -> str:
        """Whom it is about."""
        return self.entry.trustee

    @property
    def is_specific(self) -> bool:
        """Whether it names the right; otherwise it is about all extended rights, or all rights."""
        return self.entry.object_type is not None


class Permissions(Struct, frozen=True):
    """What one descriptor lets principals do."""

    is_unrestricted: bool
    """Whether there is no access list at all."""
    grants: tuple[Grant, ...]
    """Every entry about the right to relay that is in force, in stored order."""
    relaying: Mapping[str, Grant]
    """By SID, the entries that decide in favour."""
    submitting: frozenset[str]
    """SIDs that may send mail at all."""
    groups: tuple[str, ...]
    """Permission groups as the shell shows them."""


def read_permissions(
    descriptor: SecurityDescriptor, rights: Rights, legacy_servers: frozenset[str]
) -> Permissions:
    """Return what a descriptor lets principals do, by the rights of its forest."""
    entries = descriptor.entries
    relay = rights.guids[ACCEPT_ANY_RECIPIENT]
    return Permissions(
        is_unrestricted=descriptor.access is not AccessList.LISTED,
        grants=tuple(
            Grant(number, entry)
            for number, entry in enumerate(entries, start=1)
            if counts(entry, relay)
        ),
        relaying={sid: Grant(at + 1, entries[at]) for sid, at in _allowed(entries, relay).items()},
        submitting=frozenset(_allowed(entries, rights.guids[SUBMIT])),
        groups=_groups(entries, rights, legacy_servers),
    )


def _allowed(entries: Sequence[Ace], right: str) -> dict[str, int]:
    """Return the positions of the entries that decide in favour of a right, by SID."""
    deciding = deciding_entries(entries, right)
    return {sid: at for sid, at in deciding.items() if entries[at].kind is AceKind.ALLOW}


def _groups(
    entries: Sequence[Ace], rights: Rights, legacy_servers: frozenset[str]
) -> tuple[str, ...]:
    held: dict[str, set[str]] = {}
    explicit: dict[str, set[str]] = {}
    """The part of it that stands on the connector itself."""
    for name, guid in rights.guids.items():
        for sid, at in _allowed(entries, guid).items():
            held.setdefault(sid, set()).add(name)
            if not entries[at].inherited:
                explicit.setdefault(sid, set()).add(name)
    members = {
        name: legacy_servers if name == _LEGACY_SERVERS else sids
        for name, (sids, _) in _GROUPS.items()
    }
    groups = [
        name
        for name, (_, needed) in _GROUPS.items()
        if any(needed <= held.get(sid, set()) for sid in members[name])
    ]
    sets = {sid: _GROUPS[name][1] for name, sids in members.items() for sid in sids}
    sets[EXTERNALLY_SECURED] = _TRUSTED
    if any(_is_custom(sid, explicit[sid], held[sid], sets.get(sid)) for sid in explicit):
        groups.append(_CUSTOM)
    return tuple(groups)


def _is_custom(sid: str, explicit: set[str], held: set[str], own: frozenset[str] | None) -> bool:
    """Tell whether a principal holds a right by an entry of its own that no group gives it."""
    given = _without_later(explicit)
    if own is not None:
        return not given <= own
    # The group of all Exchange servers has another SID in every domain, and no name in most dumps.
    has_set_of_group = is_domain_account(sid) and _without_later(held) in _PREDEFINED
    return bool(given) and not has_set_of_group


def _without_later(names: set[str]) -> set[str]:
    return {name for name in names if not name.lower().startswith(_LATER)}
