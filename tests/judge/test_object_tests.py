"""Rules on an object as a whole: its place, its peers, its connectors, its servers."""

import pytest

from analyzer.dump.reading import ExportScope


def test_the_name_in_greetings_is_compared_only_where_it_can_be(build):
    second = build.virtual_server(number=2, msExchSmtpFullyQualifiedDomainName="other.example")
    assert build.state(build.results(build.server(), second), "VS-15") == "not_applicable"
    alone = build.results(build.virtual_server())
    assert build.state(alone, "VS-15") == "not_evaluable"
    nameless = build.results(build.server(networkAddress=None), build.virtual_server())
    assert build.state(nameless, "VS-15") == "not_evaluable"


def peers_of(build, *values, attribute="msExchSmtpSmartHost", group=None):
    entries = [
        build.virtual_server(number=number, group=group or build.group, **{attribute: value})
        for number, value in enumerate(values, start=1)
    ]
    results = build.results(*entries)
    rule = "RL-05" if attribute == "msExchSmtpSmartHost" else "RL-06"
    return [item.state for item in results.evaluations if item.rule == rule]


def test_the_odd_one_out_of_a_group_is_named(build):
    assert peers_of(build, "a.example", "A.example ", "b.example") == ["passed"] * 2 + ["failed"]
    assert peers_of(build, None, None, "b.example") == ["passed"] * 2 + ["failed"]


def test_without_a_majority_nobody_differs(build):
    assert peers_of(build, "a.example", None) == ["not_applicable"] * 2
    assert peers_of(build, "a.example", "b.example", None) == ["not_applicable"] * 3
    halves = peers_of(build, "a.example", "a.example", "b.example", "c.example")
    assert halves == ["not_applicable"] * 4


def test_who_differs_is_told_what_how_many_and_which_others_have(build):
    entries = [
        build.virtual_server(number=number, msExchSmtpSmartHost=host, adminDisplayName=name)
        for number, (host, name) in enumerate(zip("aba", "XYZ", strict=True), start=1)
    ]
    finding = build.finding(build.results(*entries), "RL-05")
    assert finding.title.endswith("(b); 2 of the 2 others have a")
    assert finding.consequence == "2 of the 2 others have a: EX01 / X, EX01 / Z."


def test_what_replication_left_behind_makes_no_majority(build):
    entries = [
        build.virtual_server(number=number, msExchSmtpSmartHost=host)
        for number, host in ((1, "a.example"), ("1\\0ACNF:1f", "a.example"), (2, "b.example"))
    ]
    results = build.results(*entries)
    states = [x.state for x in results.evaluations if x.rule == "RL-05"]
    assert states == ["not_applicable"] * 3


def test_a_virtual_server_alone_in_its_group_is_compared_with_nobody(build):
    assert peers_of(build, "a.example") == ["not_applicable"]
    outside = build.entry("CN=1,DC=contoso,DC=com", "protocolCfgSMTPServer", cn="1")
    assert build.state(build.results(outside), "RL-05") == "not_applicable"


def test_relay_lists_are_compared_by_what_they_say(build):
    lists = [
        build.relay_list(grant=["10.0.0.1/32", "10.0.0.2/32"]),
        build.relay_list(grant=["10.0.0.2/32", "10.0.0.1/32"]),
        b"?",
    ]
    states = peers_of(build, *lists, attribute="msExchSmtpRelayIpList")
    assert states == ["passed", "passed", "not_evaluable"]
    states = peers_of(build, lists[0], b"?", attribute="msExchSmtpRelayIpList")
    assert states == ["not_evaluable", "not_evaluable"]


def test_groups_of_the_same_name_in_two_organisations_are_not_mixed(build):
    other = build.group.replace("Contoso Org", "Other Org")
    here = build.virtual_server(msExchSmtpSmartHost="a.example")
    there = build.virtual_server(group=other, msExchSmtpSmartHost="b.example")
    results = build.results(here, there)
    states = {item.state for item in results.evaluations if item.rule == "RL-05"}
    assert states == {"not_applicable"}


def test_the_route_to_the_internet_is_found_on_any_virtual_server_of_the_server(build):
    entries = (build.server(), build.virtual_server(number=2))
    assert build.state(build.results(*entries, build.connector()), "VS-16") == "passed"
    other = build.connector(routingList=["X400:c=US;1"])
    assert build.state(build.results(*entries, other), "VS-16") == "failed"
    assert build.state(build.results(*entries), "VS-16") == "failed"


def test_the_route_to_the_internet_stays_open_where_connectors_are_missing(build):
    limited = build.results(build.virtual_server(), scope=ExportScope.LIMITED)
    assert build.state(limited, "VS-16") == "not_evaluable"
    backlink = build.virtual_server(
        msExchBridgeheadedLocalConnectorsDNBL=["CN=Elsewhere,DC=contoso,DC=com"]
    )
    assert build.state(build.results(backlink), "VS-16") == "not_evaluable"
    unread = build.connector(routingList=None, msExchSourceBridgeheadServersDN=None)
    results = build.results(build.virtual_server(), unread, scope=ExportScope.LIMITED)
    assert build.state(results, "VS-16") == "not_evaluable"
    outside = build.entry("CN=1,DC=contoso,DC=com", "protocolCfgSMTPServer", cn="1")
    assert build.state(build.results(outside), "VS-16") == "not_evaluable"


def routing_group(build, name="RG1", **changes):
    dn = build.routing_group.replace("RG1", name)
    return build.entry(dn, "msExchRoutingGroup", cn=name, **changes)


def test_the_master_of_a_routing_group_has_to_be_a_server(build):
    def state(group, *others, scope=ExportScope.FULL):
        return build.state(build.results(group, *others, scope=scope), "RT-01")

    master = build.server_dn("EX01")
    named = routing_group(build, msExchRoutingMasterDN=master.upper())
    gone = routing_group(build, msExchRoutingMasterDN=build.server_dn("EX01\\0ADEL:1f"))
    own = routing_group(build, "Exchange Routing Group (DWBGZMFD01QNBJR)")
    assert state(named, build.server()) == "passed"
    assert state(named) == "failed"
    assert state(named, scope=ExportScope.LIMITED) == "not_evaluable"
    assert state(gone) == "passed"
    assert state(routing_group(build)) == "failed"
    assert state(own) == "not_applicable"


def test_servers_of_exchange_2007_belong_into_their_own_routing_group(build):
    own = build.group.replace("AG1", "Exchange Administrative Group (FYDIBOHF23SPDLT)")
    member, usual = build.server_dn("EX07", own), build.server_dn("EX01")

    def state(group, *others):
        return build.state(build.results(group, *others), "RT-02")

    assert state(routing_group(build, msExchRoutingGroupMembersBL=[usual])) == "passed"
    assert state(routing_group(build, msExchRoutingGroupMembersBL=[usual, member])) == "failed"
    assert state(routing_group(build)) == "not_evaluable"
    home = build.server("EX07", "2007", own, msExchHomeRoutingGroup=build.routing_group)
    assert state(routing_group(build), home) == "failed"
    assert state(routing_group(build, "Exchange Routing Group (DWBGZMFD01QNBJR)")) == "passed"


def test_servers_beside_a_routing_group_prove_their_container(build):
    group = routing_group(build)
    assert build.state(build.results(group, build.server()), "RT-03") == "passed"
    assert build.state(build.results(group), "RT-03") == "not_evaluable"
    own, other = (
        build.entry(f"CN=Servers,{parent}", "msExchServersContainer")
        for parent in (build.group, build.group.replace("AG1", "AG2"))
    )
    assert build.state(build.results(group, own), "RT-03") == "passed"
    assert build.state(build.results(group, other), "RT-03") == "failed"


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("1\\0ACNF:0b4d7f3a-91c2-4e11-8d5e-2f6a3b1c9d70", "failed"),
        ("1\\0ADEL:0b4d7f3a-91c2-4e11-8d5e-2f6a3b1c9d70", "failed"),
        ("1", "passed"),
    ],
)
def test_conflict_and_deleted_objects_are_kept_and_flagged(build, name, expected):
    results = build.results(build.virtual_server(number=name))
    assert len(results.virtual_servers) == 1
    assert build.state(results, "DQ-01") == expected
    assert build.state(results, "VS-01") == "passed"
    if expected == "failed":
        finding = build.finding(results, "DQ-01")
        assert (finding.kind, finding.found) == ("information", build.virtual_server_dn(name))


@pytest.mark.parametrize(
    ("gateway", "smart_host", "expected"),
    [
        ("", "gw.contoso.com", "not_applicable"),
        ("GW.contoso.com", "gw.contoso.com.", "passed"),
        ("203.0.113.9", "[203.0.113.8];[203.0.113.9]", "passed"),
        ("gw.contoso.com", "other.contoso.com", "failed"),
        ("gw.contoso.com", None, "failed"),
    ],
)
def test_the_gateway_of_the_user_is_looked_for(build, gateway, smart_host, expected):
    connector = build.connector(msExchSmtpSmartHost=smart_host)
    results = build.results(build.virtual_server(), connector, gateway=gateway)
    assert build.state(results, "VS-17") == expected
    assert results.run.gateway == gateway


def test_a_gateway_may_stand_where_the_dump_does_not_show_it(build):
    entries = build.virtual_server(), build.connector()
    results = build.results(*entries, gateway="gw", scope=ExportScope.LIMITED)
    assert build.state(results, "VS-17") == "not_evaluable"
