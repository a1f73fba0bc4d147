"""The conditions on an object as a whole: its place, its peers, its connectors, its servers."""

from collections.abc import Callable, Mapping

from analyzer.catalogue.rule import Clause
from analyzer.directory.names import Names, normalise_dn, parse_names
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
from analyzer.judge.surroundings import comparable, group_of, texts_of
from analyzer.judge.value_tests import unusable

_ObjectTest = Callable[[Clause, Subject], CheckVerdict]

# Exchange 2007 keeps its servers apart under these two names, the same in every organisation.
_OWN_GROUP = "fydibohf23spdlt"
_OWN_ROUTING_GROUP = "dwbgzmfd01qnbjr"
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
    tcp_names = _tcp_names(server)
    if not tcp_names:
        return not_evaluable("the server object has no TCP name (networkAddress) in this dump")
    if str(setting.value).strip().casefold() in tcp_names:
        return PASSED
    return failed(f"The server object names itself {tcp_names[0]}.")


def _same_as_peers(clause: Clause, subject: Subject) -> CheckVerdict:
    """Compare with what most virtual servers of the administrative group hold."""
    group = group_of(subject.object)
    if group is None:
        return not_applicable("the virtual server stands outside an administrative group")
    peers = subject.around.peers(clause.attribute, group)
    if peers.known + peers.unknown == 1:
        return not_applicable("the only virtual server of its administrative group")
    try:
        value = comparable(subject.object.settings[clause.attribute])
    except LookupError:
        return not_evaluable(f"{clause.attribute} is not known and cannot be compared")
    if peers.known == 1:
        return not_evaluable(f"{clause.attribute} of the other virtual servers is not known")
    (common, most), *others = peers.common
    if others and others[0][1] == most:
        return failed(f"The group has no common value: {peers.listed}.")
    if value == common:
        return PASSED
    return failed(f"{most} of {peers.known} virtual servers have: {peers.texts[common]}.")


def _has_internet_route(_: Clause, subject: Subject) -> CheckVerdict:
    """Look for an SMTP connector whose bridgehead is a virtual server of this server."""
    server_dn = subject.object.names.server_dn
    if not server_dn:
        return not_evaluable("the virtual server stands outside the server tree")
    connectors = subject.around.routes.by_server.get(server_dn, ())
    if any(connector.is_smtp and connector.carries_smtp for connector in connectors):
        return PASSED
    doubt = _doubt_about_route(subject)
    return not_evaluable(doubt) if doubt else FAILED


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
    if not members:
        return unusable(clause, routing_group.settings[clause.attribute]) or PASSED
    strangers = sorted(
        str(member.cn)
        for member in members
        if _OWN_GROUP in (member.administrative_group or "").casefold()
    )
    return failed(f"Members: {', '.join(strangers)}.") if strangers else PASSED


def _servers_container_present(_: Clause, subject: Subject) -> CheckVerdict:
    """Check that the administrative group of a routing group holds servers."""
    return PASSED if group_of(subject.object) in subject.around.groups_with_servers else FAILED


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
    "valid_routing_master": _valid_routing_master,
    "members_in_own_group": _members_in_own_group,
    "servers_container_present": _servers_container_present,
    "not_conflict_or_deleted": _not_conflict_or_deleted,
}
"""By name in the catalogue."""


def _tcp_names(server: DirectoryObject) -> list[str]:
    return [
        address[len(_TCP_NAME) :].strip().casefold()
        for address in texts_of(server, "networkAddress")
        if address.casefold().startswith(_TCP_NAME)
    ]


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
