"""What the results hold of servers: those of the dump, and those that are only named."""

import pytest


def test_servers_are_those_of_the_dump_and_those_that_virtual_servers_name(mixed):
    servers = {server.name: server for server in mixed.servers}
    assert set(servers) == {"EX01", "EX02", "EX03"}
    assert (servers["EX01"].in_dump, servers["EX01"].virtual_servers) == (True, 2)
    assert (servers["EX01"].connectors, servers["EX02"].connectors) == (1, 0)
    assert servers["EX02"].exchange_version == "2000"
    assert servers["EX02"].version_text.startswith("Version 6.0")
    named = servers["EX03"]
    assert (named.in_dump, named.exchange_version) == (False, None)
    assert named.dn.startswith("CN=EX03,CN=Servers,CN=AG1,")
    assert named.notes
    # What a conflict of replication left behind names its server, and counts for nothing.
    assert named.virtual_servers == 0


@pytest.mark.parametrize(
    ("changes", "roles"),
    [
        ({"msExchCurrentServerRoles": 36}, "36 (Client Access, Hub)"),
        ({"msExchServerRole": 1}, "front-end"),
        ({"serverRole": 0}, "back-end"),
        ({}, ""),
    ],
)
def test_roles_of_a_server_in_words(build, changes, roles):
    assert build.results(build.server(**changes)).servers[0].roles == roles
