"""The conditions on an object as a whole: its place, its peers, its connectors, its servers."""

from collections.abc import Callable, Mapping

from msgspec.structs import replace

from analyzer.catalogue.rule import Clause
from analyzer.directory.names import Names, normalise_dn, parse_names
from analyzer.directory.values import State
from analyzer.dump.reading import ExportScope
from analyzer.inventory import DirectoryObject
from analyzer.judge.check_verdict import (
    FAILED,
    PASSED,
    CheckVerdict,
    failed,
    not_applicable,
    not_evaluable,
)
from analyzer.judge.subject import Subject
from analyzer.judge.surroundings import (
    addresses_of,
    comparable,
    group_of,
    is_certain,
    is_known,
    plain_host,
    texts_of,
)
from analyzer.judge.value_tests import unusable
from analyzer.relay.words import state_in_words

_ObjectTest = Callable[[Clause, Subject], CheckVerdict]

# Exchange 2007 keeps its servers apart under these two names, the same in every organisation.
_OWN_GROUP = "fydibohf23spdlt"
_OWN_ROUTING_GROUP = "dwbgzmfd01qnbjr"
_NAMED_PEERS = 4
_GROUP_RESTRICTIONS = ("dLMemRejectPerms", "dLMemSubmitPerms")
_TCP_NAME = "ncacn_ip_tcp:"
"""How a value of `networkAddress` begins that holds the name of the server in DNS."""


def _matches_server_fqdn(clause: Clause, subject: Subject) -> CheckVerdict:
    """Compare the name in greetings with the TCP name of the server object."""
    virtual_server = subject.object
    if virtual_server.number is None:
        return not_evaluable("the number of the virtual server is not known")
    if virtual_server.number != 1:
        return not_applicable("the rule speaks of the default virtual server (number 1) only")
    setting = virtual_server.settings[clause.attribute]
    if verdict := unusable(clause, setting):
        return verdict
    server = subject.around.servers.get(virtual_server.names.server_dn)
    if server is None:
        return not_evaluable("the server object is not in the dump; add it to the export")
    tcp_names = addresses_of(server, _TCP_NAME)
    if not tcp_names:
        return not_evaluable("the server object has no TCP name (networkAddress) in this dump")
    # A name may end in the dot of the DNS root, which is the same name (RFC 1034, section 3.1).
    if str(setting.value).strip().casefold().removesuffix(".") in tcp_names:
        return PASSED
    return failed(f"The server object names itself {tcp_names[0]}.")


def _same_as_peers(clause: Clause, subject: Subject) -> CheckVerdict:
    """Compare with what most of the administrative group hold, where most hold the same."""
    group, kind = group_of(subject.object), subject.object.kind
    if group is None:
        return not_applicable("it stands outside an administrative group")
    if subject.object.names.left_by:
        return not_applicable("what replication left behind is compared with nothing")
    peers = subject.around.peers(clause.attribute, group)
    if peers.known + peers.unknown == 1:
        return not_applicable(f"the only {kind.short or kind.singular} of its administrative group")
    try:
        value = comparable(subject.object.settings[clause.attribute])
    except LookupError:
        return not_evaluable(f"{clause.attribute} is not known and cannot be compared")
    if peers.known == 1:
        return not_evaluable(f"{clause.attribute} of the others of its group is not known")
    if not peers.shared_by_most:
        return not_applicable("no value is shared by most of the administrative group")
    common, most = peers.common[0]
    if value == common:
        if not peers.may_have_another():
            return PASSED
        return not_evaluable(
            f"{clause.attribute} of {peers.unknown + peers.doubted} virtual servers of the group "
            "is not known; together they may have another value in common"
        )
    who = peers.holders[common]
    named = ", ".join(who[:_NAMED_PEERS]) + (" and others" if most > _NAMED_PEERS else "")
    have = f"{most} of the {peers.known - 1} others have {peers.texts[common] or 'none'}"
    return replace(failed(f"{have}: {named}."), briefly=have)


def _has_internet_route(_: Clause, subject: Subject) -> CheckVerdict:
    """Look for an SMTP connector whose bridgehead is a virtual server of this server."""
    server_dn = subject.object.names.server_dn
    if not server_dn:
        return not_evaluable("the virtual server stands outside the server tree")
    connectors = subject.around.routes.by_server.get(server_dn, ())
    if any(each.is_smtp and each.smtp_spaces and not each.unknown for each in connectors):
        return PASSED
    doubt = _doubt_about_route(subject)
    return not_evaluable(doubt) if doubt else FAILED


def _gateway_is_smart_host(_: Clause, subject: Subject) -> CheckVerdict:
    """Look for a connector of this server that sends its mail to the gateway of the user."""
    around, server_dn = subject.around, subject.object.names.server_dn
    if not around.gateway:
        return not_applicable("no gateway was named (--gateway)")
    if not server_dn:
        return not_evaluable("the virtual server stands outside the server tree")
    connectors = [each for each in around.routes.by_server.get(server_dn, ()) if each.is_smtp]
    gateway = plain_host(around.gateway)
    if any(
        gateway in each.smart_hosts and each.is_smart_host_known and not each.unknown
        for each in connectors
    ):
        return PASSED
    unknown = next((each.dn for each in connectors if not each.is_smart_host_known), None)
    if unknown is not None:
        return not_evaluable(f"the smart host of the connector {unknown} is not known")
    doubt = _doubt_about_route(subject)
    return not_evaluable(doubt) if doubt else failed(f"The gateway is {around.gateway}.")


def _valid_routing_master(clause: Clause, subject: Subject) -> CheckVerdict:
    """Check that the master of a routing group is a server of the dump or a deleted one."""
    routing_group = subject.object
    if _is_made_for_2007(routing_group):
        return not_applicable("routing groups of Exchange 2007 are exempt")
    setting = routing_group.settings[clause.attribute]
    if verdict := unusable(clause, setting):
        return verdict
    master = str(setting.value)
    # Replication renames a deleted object to its name, a line feed, `DEL:` and its GUID.
    if "DEL:" in master or normalise_dn(master) in subject.around.servers:
        return PASSED
    if routing_group.input.export_scope is ExportScope.LIMITED:
        return not_evaluable("the dump does not hold all objects; the server may exist")
    return FAILED


def _members_in_own_group(clause: Clause, subject: Subject) -> CheckVerdict:
    """Check that no Exchange 2007 server is a member of a routing group of earlier versions."""
    routing_group = subject.object
    if _is_made_for_2007(routing_group):
        return PASSED
    members = _members(clause.attribute, subject)
    strangers = sorted(
        str(member.cn)
        for member in members
        if _OWN_GROUP in (member.administrative_group or "").casefold()
    )
    if strangers:
        return failed(f"Members: {', '.join(strangers)}.")
    # Servers name their group as well, but those that are not in the dump cannot.
    return unusable(clause, routing_group.settings[clause.attribute]) or PASSED


def _servers_container_present(_: Clause, subject: Subject) -> CheckVerdict:
    """Check that the administrative group of a routing group has a container for servers."""
    around = subject.around
    if group_of(subject.object) in around.groups_with_servers:
        return PASSED
    if not around.shows_servers_containers:
        return not_evaluable(
            "the dump holds no container of servers at all; add msExchServersContainer to it"
        )
    return FAILED


def _no_bridgehead_enforces(clause: Clause, subject: Subject) -> CheckVerdict:
    """Look for a group restriction together with a bridgehead that may enforce it."""
    settings = subject.object.settings
    restrictions = [settings[name] for name in _GROUP_RESTRICTIONS]
    bridgeheads = settings[clause.attribute]
    is_restricted = any(setting.state is State.SET for setting in restrictions)
    if is_restricted and bridgeheads.state is State.SET:
        return failed(f"Bridgeheads: {bridgeheads.text}.")
    # Either would do to pass, if it is certain that it is not there.
    if not is_restricted and all(is_certain(subject.object, name) for name in _GROUP_RESTRICTIONS):
        return PASSED
    if bridgeheads.state is State.NOT_SET and is_certain(subject.object, clause.attribute):
        return PASSED
    unknown = next((each for each in (*restrictions, bridgeheads) if not is_known(each)), None)
    if unknown is None:
        return not_evaluable("a change record may have changed the restriction or the bridgeheads")
    return not_evaluable(f"{state_in_words(unknown)}; export whole objects, or name the attribute")


def _at_least_public_stores(clause: Clause, subject: Subject) -> CheckVerdict:
    """Compare a limit with the number of public folder stores in the dump."""
    settings = subject.object
    setting = settings.settings[clause.attribute]
    if verdict := unusable(clause, setting):
        return verdict
    limit = setting.value if isinstance(setting.value, int) else 0
    stores = subject.around.public_stores.get(settings.organization, 0)
    if 0 < limit < stores:
        return failed(f"The dump holds {stores:,} public folder stores.")
    if not limit:
        return not_evaluable(f"{clause.attribute} is 0, which may stand for no limit")
    if not stores:
        return not_evaluable("the dump holds no public folder store; add msExchPublicMDB to it")
    if settings.input.export_scope is ExportScope.LIMITED:
        return not_evaluable("the dump does not hold all objects; there may be more stores")
    return PASSED


def _version_is_not(clause: Clause, subject: Subject) -> CheckVerdict:
    """Tell whether a server runs another version of Exchange."""
    if verdict := unusable(clause, subject.object.settings[clause.attribute]):
        return verdict
    version = subject.object.exchange_version
    if version is None:
        return not_evaluable("the version of Exchange is not known")
    return FAILED if version == clause.argument else PASSED


def _not_conflict_or_deleted(_: Clause, subject: Subject) -> CheckVerdict:
    """Check that replication left no conflict or deletion mark in the name."""
    names = subject.object.names
    if not (names.conflict or names.deleted):
        return PASSED
    return failed("Deleted object." if names.deleted else "Replication conflict.")


OBJECT_TESTS: Mapping[str, _ObjectTest] = {
    "matches_server_fqdn": _matches_server_fqdn,
    "same_as_peers": _same_as_peers,
    "has_internet_route": _has_internet_route,
    "gateway_is_smart_host": _gateway_is_smart_host,
    "valid_routing_master": _valid_routing_master,
    "members_in_own_group": _members_in_own_group,
    "servers_container_present": _servers_container_present,
    "version_is_not": _version_is_not,
    "no_bridgehead_enforces": _no_bridgehead_enforces,
    "at_least_public_stores": _at_least_public_stores,
    "not_conflict_or_deleted": _not_conflict_or_deleted,
}
"""By name in the catalogue."""


def _doubt_about_route(subject: Subject) -> str:
    """Say why a connector may exist that the dump does not show; empty where none can."""
    routes = subject.around.routes
    backlinks = texts_of(subject.object, "msExchBridgeheadedLocalConnectorsDNBL")
    missing = [dn for dn in backlinks if normalise_dn(dn) not in routes.known]
    if missing:
        return f"the connector {missing[0]} is not in the dump"
    if routes.doubts:
        return routes.doubts[0]
    if not routes.has_smtp_connector and subject.object.input.export_scope is ExportScope.LIMITED:
        return "the dump holds no connectors and not all objects; export the whole partition"
    return ""


def _is_made_for_2007(routing_group: DirectoryObject) -> bool:
    return _OWN_ROUTING_GROUP in (routing_group.names.cn or "").casefold()


def _members(attribute: str, subject: Subject) -> set[Names]:
    """Collect the members of a routing group, which group and servers name either way."""
    named_by_group = texts_of(subject.object, attribute)
    homed = subject.around.homed.get(subject.object.names.normalised, ())
    naming_the_group = {server.names for server in homed}
    return naming_the_group.union(map(parse_names, named_by_group))
