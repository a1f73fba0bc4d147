"""Judged objects in, the servers of the dump and those that only virtual servers name out."""

import re
from collections.abc import Mapping, Sequence

from analyzer.directory import kinds
from analyzer.directory.names import normalise_dn
from analyzer.directory.values import Setting
from analyzer.inventory import DirectoryObject
from analyzer.judge.object_records import (
    change_records,
    setting_records,
    source_record,
    text_of,
)
from analyzer.judge.subject import Subject
from analyzer.judge.surroundings import Surroundings
from analyzer.relay.virtual_server import left_by
from analyzer.results.records import ServerRecord

_NO_SERVER_NOTE = "the server object is not in the dump; named by its virtual servers"
_FRONT_END = {0: "back-end", 1: "front-end"}
_COMMA = re.compile(r"(?<!\\),")
"""Between two levels of a DN; one that belongs to a name has a backslash (RFC 4514)."""
_LEVELS_BELOW_SERVER = 3
"""Of a virtual server: CN=<number>,CN=SMTP,CN=Protocols."""


def server_records(subjects: Sequence[Subject], around: Surroundings) -> tuple[ServerRecord, ...]:
    """Describe the servers of the dump, then those that only virtual servers name."""
    routes = around.routes.by_server
    virtual_servers: dict[str, list[DirectoryObject]] = {}
    servers: list[DirectoryObject] = []
    for subject in subjects:
        server_dn = subject.object.names.server_dn
        if subject.object.kind is kinds.VIRTUAL_SERVER and server_dn:
            virtual_servers.setdefault(server_dn, []).append(subject.object)
        elif subject.object.kind is kinds.SERVER:
            servers.append(subject.object)
    on_servers = {dn: _in_use(on_it) for dn, on_it in virtual_servers.items()}
    known = [
        _known_server(server, on_servers.get(dn, 0), len(routes.get(dn, ())))
        for server in servers
        for dn in (server.names.normalised,)
    ]
    named = [
        _named_server(dn, on_it, len(routes.get(dn, ())))
        for dn, on_it in virtual_servers.items()
        if dn not in around.servers
    ]
    return (*known, *named)


def _in_use(virtual_servers: Sequence[DirectoryObject]) -> int:
    """Count those that neither replication nor an upgrade left behind."""
    return sum(not left_by(each) for each in virtual_servers)


def _known_server(server: DirectoryObject, virtual_servers: int, connectors: int) -> ServerRecord:
    return ServerRecord(
        dn=server.dn,
        organization=server.organization,
        administrative_group=server.administrative_group,
        name=server.server or server.name or "",
        exchange_version=server.exchange_version,
        version_text=text_of(server.settings["serialNumber"]),
        roles=_roles(server.settings),
        in_dump=True,
        virtual_servers=virtual_servers,
        connectors=connectors,
        when_changed=text_of(server.settings["whenChanged"]),
        settings=setting_records(server.settings),
        source=source_record(server.entry),
        notes=server.notes,
        changes=change_records(server),
    )


def _named_server(dn: str, on_it: Sequence[DirectoryObject], connectors: int) -> ServerRecord:
    """Describe a server by the virtual servers on it, its DN as the first of them spells it."""
    first = on_it[0]
    spelled = _COMMA.split(first.dn, _LEVELS_BELOW_SERVER)[-1].strip()
    # Nearly all differ in the case of letters alone, which is seen sooner than a DN is read.
    is_spelling = spelled.lower() == dn or normalise_dn(spelled) == dn
    return ServerRecord(
        dn=spelled if is_spelling else dn,
        organization=first.organization,
        administrative_group=first.administrative_group,
        name=first.server or "",
        exchange_version=None,
        version_text="",
        roles="",
        in_dump=False,
        virtual_servers=_in_use(on_it),
        connectors=connectors,
        when_changed="",
        notes=(_NO_SERVER_NOTE,),
    )


def _roles(settings: Mapping[str, Setting]) -> str:
    """Return the roles that Exchange 2007 brought, or what a server is in a front-end topology."""
    if text := text_of(settings["msExchCurrentServerRoles"]):
        return text
    for name in ("msExchServerRole", "serverRole"):
        value = settings[name].value
        if isinstance(value, int) and value in _FRONT_END:
            return _FRONT_END[value]
    return ""
