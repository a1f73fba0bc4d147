"""Every rule of the catalogue on objects made by hand: one that fails, one that passes."""

from ipaddress import IPv4Network

import pytest

from analyzer.catalogue import load_catalogue
from analyzer.catalogue.rule import Offline, Outcome
from analyzer.directory import kinds
from analyzer.directory.address_list import encode_address_list
from analyzer.directory.editions import VERSIONS
from analyzer.dump.reading import ExportScope

VIRTUAL_SERVER = kinds.VIRTUAL_SERVER
# The rules on these have their cases in test_connector_*.py and test_hardening.py.
LATER_KINDS = {
    kinds.RECEIVE_CONNECTOR,
    kinds.SEND_CONNECTOR,
    kinds.ACCEPTED_DOMAIN,
    kinds.TRANSPORT_SETTINGS,
}


def listing(*, grant=(), deny=()):
    return encode_address_list(grant=map(IPv4Network, grant), deny=map(IPv4Network, deny))


# Rule: attributes of the virtual server that fails, attributes of the one that passes.
ON_VIRTUAL_SERVERS = {
    "VS-01": ({"msExchSmtpRelayForAuth": False}, {}),
    "VS-02": ({"msExchSmtpMaxRecipients": 249}, {"msExchSmtpMaxRecipients": 250}),
    "VS-03": ({"msExchSmtpMaxHopCount": 15}, {"msExchSmtpMaxHopCount": 30}),
    "VS-04": ({"msExchSmtpMaxOutgoingConnections": 999}, {}),
    "VS-05": ({"msExchSmtpMaxOutgoingConnectionsPerDomain": 500}, {}),
    "VS-06": ({"msExchMaxIncomingConnections": 500}, {}),
    "VS-07": (
        {"msExchServerBindings": [":2525:", "10.0.0.25:26:"]},
        {"msExchServerBindings": [":2525:", "10.0.0.1:25:mail"]},
    ),
    "VS-08": ({"msExchServerBindings": [":25:", ":2525:"]}, {"msExchServerBindings": [":2525:"]}),
    "VS-09": ({"msExchAuthenticationFlags": 2}, {"msExchAccessSSLFlags": 8}),
    "VS-10": (None, {"msExchAuthenticationFlags": 6}),
    "VS-11": ({"msExchSmtpSmartHost": "relay.example"}, {}),
    "VS-12": ({"msExchSmtpSmartHostType": 2}, {}),
    "VS-13": (
        {"msExchSmtpInboundCommandSupportOptions": 3503297},
        {"msExchSmtpInboundCommandSupportOptions": 7697601 | 2},
    ),
    "VS-14": (None, {"msExchSmtpQueueDirectory": "\\\\nas\\queue"}),
    "VS-15": (
        {"msExchSmtpFullyQualifiedDomainName": "mail.example"},
        {"msExchSmtpFullyQualifiedDomainName": "EX01.Contoso.COM"},
    ),
    "VS-18": (None, {"msExchAuthenticationFlags": 6}),
    "DF-01": ({"msExchAccessSSLFlags": 8}, {}),
    "DF-02": ({"msExchAuthenticationFlags": 5}, {}),
    "DF-03": ({"msExchIncomingConnectionTimeout": 600}, {}),
    "DF-04": ({"msExchLogType": 1}, {}),
    "DF-05": (
        {"msExchNTAuthenticationProviders": "NTLM"},
        {"msExchNTAuthenticationProviders": "gssapi,ntlm"},
    ),
    "DF-06": ({"msExchServerAutoStart": False}, {}),
    "DF-07": (
        {"msExchSmtpBadMailDirectory": "C:\\Exchsrvr\\Mailroot\\vsi 2\\BadMail"},
        {"msExchSmtpBadMailDirectory": "E:/Mail/Mailroot/VSI 1/badmail/"},
    ),
    "DF-08": ({"msExchSmtpDoMasquerade": True}, {}),
    "DF-09": ({"msExchSmtpLocalQueueDelayNotification": 60}, {}),
    "DF-10": ({"msExchSmtpLocalQueueExpirationTimeout": 60}, {}),
    "DF-11": ({"msExchSmtpMaxMessageSize": 2097152}, {}),
    "DF-12": ({"msExchSmtpMaxSessionSize": 10240}, {}),
    "DF-13": ({"msExchSmtpMaxOutboundMsgPerDomain": 0}, {}),
    "DF-14": ({"msExchSmtpOutboundSecurityFlag": 1}, {}),
    "DF-15": ({"msExchSmtpOutgoingConnectionTimeout": 10}, {}),
    "DF-16": ({"msExchSmtpOutgoingPort": 2525}, {}),
    "DF-17": ({"msExchIPSecurity": listing(grant=["10.0.0.0/8"])}, {}),
    "DF-18": ({"msExchSecureBindings": [":465:"]}, {}),
    "DF-19": ({"msExchServerBindingsFiltering": [":25:"]}, {}),
    "DF-20": ({"msExchServerBindingsTurflist": [":25:"]}, {}),
    "DF-21": ({"msExchAuthMailDisposition": 1}, {}),
    "DF-22": ({"msExchSmtpDropDirectory": "C:\\Drop"}, {}),
    "DF-23": ({"msExchSmtpEnableEXPN": True}, {}),
    "DF-24": ({"msExchSmtpEnableVRFY": True}, {}),
    "DF-25": ({"msExchSmtpExternalDNSServers": "192.0.2.53"}, {}),
    "DF-26": ({"msExchSmtpMasqueradeDomain": "example.com"}, {}),
    "DF-27": ({"msExchSmtpMaxOutboundMsgPerDomainFlag": True}, {}),
    "DF-28": ({"msExchSmtpOutboundSecurityUserName": "CONTOSO\\relay"}, {}),
    "DF-29": (None, None),
    "DF-30": (None, None),
    "DF-31": ({"msExchSmtpSendBadmailTo": "a@example.com"}, {}),
    "DF-32": ({"msExchSmtpSendNDRTo": "a@example.com"}, {}),
    "DF-33": ({"msExchSmtpRemoteQueueDelayNotification": 60}, {}),
    "DF-34": ({"msExchSmtpRemoteQueueExpirationTimeout": 60}, {}),
    "DF-35": ({"msExchSmtpRemoteQueueRetries": "1,2,3,4"}, {}),
    "DF-41": ({"msExchSmtpMaxRecipients": 5000}, {}),
    "DF-36": (
        {"msExchSubmitRelaySD": bytes.fromhex("0100048000000000000000000000000000000000")},
        {},
    ),
    "RL-01": ({"msExchSmtpRelayIpList": listing(deny=["192.0.2.7/32"])}, {}),
    "RL-02": (
        {"msExchSmtpRelayIpList": listing(grant=["203.0.113.0/24"])},
        {"msExchSmtpRelayIpList": listing(grant=["203.0.113.0/25", "10.0.0.0/8"])},
    ),
    "RL-03": (
        {"msExchSmtpRelayIpList": listing(grant=["203.0.113.7/32"])},
        {"msExchSmtpRelayIpList": listing(grant=["192.168.0.0/16", "0.0.0.0/32"])},
    ),
    "RL-04": ({}, {"msExchAccessSSLFlags": 8}),
    "RL-07": ({}, {"msExchLogType": 1}),
    "RL-08": ({"msExchSmtpRelayIpList": b"?"}, {}),
}


@pytest.mark.parametrize("rule", ON_VIRTUAL_SERVERS)
def test_a_rule_fails_and_passes_where_it_should(build, rule):
    failing, passing = ON_VIRTUAL_SERVERS[rule]
    if failing is not None:
        results = build.results(build.server(), build.virtual_server(**failing))
        assert build.state(results, rule) == "failed"
        told = [x for x in results.findings if rule in (x.rule, *x.covers)]
        assert [finding.dn for finding in told] == [build.virtual_server_dn()]
    if passing is not None:
        results = build.results(build.server(), build.virtual_server(**passing))
        assert build.state(results, rule) == "passed"


ELSEWHERE = {"VS-16", "RL-05", "RL-06", "DQ-01", "SV-01", "GL-01", "GL-02"}
ELSEWHERE |= {"RT-01", "RT-02", "RT-03", *(f"CN-0{n}" for n in range(1, 6))}
ELSEWHERE |= {"DF-37", "DF-38", "DF-39", "DF-40"}
ELSEWHERE |= {f"ES-{version}" for version in VERSIONS if version != "SE"}
ELSEWHERE |= {"VS-17", "GL-07", "GL-08", "GL-09", "GL-14", "GL-15"}


def test_every_rule_that_a_dump_can_decide_has_a_case():
    decidable = {
        rule.id
        for rule in load_catalogue().rules
        if rule.offline is not Offline.NO and not set(rule.kinds) <= LATER_KINDS
    }
    assert decidable == set(ON_VIRTUAL_SERVERS) | ELSEWHERE


def test_rules_without_a_failing_case_are_those_whose_rest_no_dump_holds():
    never = {rule for rule, (failing, _) in ON_VIRTUAL_SERVERS.items() if failing is None}
    assert never == {"VS-10", "VS-14", "VS-18", "DF-29", "DF-30"}


KB_321757 = (
    "msExchAccessSSLFlags",
    "msExchAuthenticationFlags",
    "msExchIncomingConnectionTimeout",
    "msExchLogType",
    "msExchMaxIncomingConnections",
    "msExchNTAuthenticationProviders",
    "msExchServerAutoStart",
    "msExchServerBindings",
    "msExchSmtpBadMailDirectory",
    "msExchSmtpDoMasquerade",
    "msExchSmtpFullyQualifiedDomainName",
    "msExchSmtpInboundCommandSupportOptions",
    "msExchSmtpLocalQueueDelayNotification",
    "msExchSmtpLocalQueueExpirationTimeout",
    "msExchSmtpMaxHopCount",
    "msExchSmtpMaxMessageSize",
    "msExchSmtpMaxOutboundMsgPerDomain",
    "msExchSmtpMaxOutgoingConnections",
    "msExchSmtpMaxOutgoingConnectionsPerDomain",
    "msExchSmtpMaxRecipients",
    "msExchSmtpMaxSessionSize",
    "msExchSmtpOutboundSecurityFlag",
    "msExchSmtpOutgoingConnectionTimeout",
    "msExchSmtpOutgoingPort",
)


@pytest.mark.parametrize("attribute", KB_321757)
def test_a_value_that_the_installation_stores_is_missed_when_it_is_not_set(build, attribute):
    results = build.results(build.server(), build.virtual_server(**{attribute: None}))
    rules = {
        rule.id: rule.violation
        for rule in build.catalogue.rules
        if rule.attribute == attribute
        and VIRTUAL_SERVER in rule.kinds
        and rule.offline is not Offline.NO
    }
    assert rules
    # The article behind VS-08 asks only for more than one binding; VS-07 tells that there is none.
    rules |= {"VS-08": Outcome.PASSED} if "VS-08" in rules else {}
    for rule, violation in rules.items():
        assert build.state(results, rule) == violation, rule


@pytest.mark.parametrize("attribute", [*KB_321757, "msExchSmtpRelayForAuth", "msExchIPSecurity"])
def test_what_was_not_exported_is_never_judged(build, attribute):
    entry = build.virtual_server(**{attribute: None})
    results = build.results(build.server(), entry, scope=ExportScope.LIMITED)
    for rule in build.catalogue.rules:
        judged = VIRTUAL_SERVER in rule.kinds and rule.offline is not Offline.NO
        if rule.attribute == attribute and judged:
            found = [item for item in results.evaluations if item.rule == rule.id]
            assert found[0].state == "not_evaluable", rule.id
            assert found[0].reason


@pytest.mark.parametrize("attribute", ["msExchSmtpRelayForAuth", "msExchLogType"])
def test_what_the_export_destroyed_is_never_judged(build, attribute):
    results = build.results(build.virtual_server(**{attribute: build.lost()}))
    rules = {"msExchSmtpRelayForAuth": "VS-01", "msExchLogType": "DF-04"}
    assert build.state(results, rules[attribute]) == "not_evaluable"
    assert "lost in the export" in build.reason(results, rules[attribute])


@pytest.mark.parametrize("value", [False, None, "yes", b""])
def test_relay_for_hosts_that_log_on_fails_for_whatever_is_not_true(build, value):
    entry = build.virtual_server(msExchSmtpRelayForAuth=value)
    results = build.results(entry)
    assert build.state(results, "VS-01") == "failed"
    finding = build.finding(results, "VS-01")
    assert (finding.default, finding.default_text) == (True, "TRUE")
    # FALSE is the stricter setting; whatever is no Boolean is only odd.
    assert finding.kind == ("stricter" if value is False else "non-default")
    assert ("stricter than" if value is False else "confirm intent") in finding.title


def test_relay_for_hosts_that_log_on_fails_unset_in_a_limited_export_that_has_it_elsewhere(build):
    with_it = build.virtual_server(number=1)
    without = build.virtual_server(number=2, msExchSmtpRelayForAuth=None)
    results = build.results(with_it, without, scope=ExportScope.LIMITED)
    assert build.state(results, "VS-01", build.virtual_server_dn(2)) == "failed"
    assert build.finding(results, "VS-01").found_text == "not set"


@pytest.mark.parametrize(
    ("flags", "tls", "state"),
    [
        (7, 0, "failed"),
        (7, None, "failed"),
        (7, 8, "passed"),
        (7, 264, "passed"),
        (5, 0, "passed"),
        (None, 0, "failed"),
        (None, 8, "passed"),
    ],
)
def test_basic_authentication_is_no_weakness_where_tls_is_demanded(build, flags, tls, state):
    changes = {"msExchAuthenticationFlags": flags, "msExchAccessSSLFlags": tls}
    assert build.state(build.results(build.virtual_server(**changes)), "VS-09") == state


def test_nobody_knows_about_basic_authentication_where_the_export_left_tls_out(build):
    entry = build.virtual_server(msExchAccessSSLFlags=None)
    results = build.results(entry, scope=ExportScope.LIMITED)
    assert build.state(results, "VS-09") == "not_evaluable"


@pytest.mark.parametrize("version", VERSIONS[:-1])
def test_each_version_out_of_support_is_a_finding_with_its_date(build, version):
    finding = build.finding(build.results(build.server(version=version)), f"ES-{version}")
    assert finding.title.startswith(f"Exchange {version} has had no support and no security")
    assert finding.title.endswith(": EX01 (1 of 1 server)")
    assert finding.severity == "high"


def test_a_server_of_the_subscription_edition_is_none_of_2019(build):
    serial = ["Version 15.2 (Build 32562.17)"]
    results = build.results(build.server(serialNumber=serial))
    assert build.state(results, "ES-2019") == "passed"
    assert build.state(results, "ES-2016") == "passed"


def test_a_value_of_wrong_syntax_is_not_judged_by_other_rules(build):
    results = build.results(build.server(), build.virtual_server(msExchSmtpMaxHopCount="abc"))
    assert build.state(results, "VS-03") == "not_evaluable"
    assert "cannot be decoded" in build.reason(results, "VS-03")


@pytest.mark.parametrize(
    ("version", "value", "expected"),
    [
        ("2000", 15, "passed"),
        ("2000", 30, "failed"),
        ("2003", 30, "passed"),
        ("2003", 15, "failed"),
        (None, 15, "not_evaluable"),
        (None, 30, "not_evaluable"),
        (None, 16, "failed"),
        (None, None, "failed"),
        ("2007", 16, "not_applicable"),
    ],
)
def test_the_hop_count_is_compared_with_the_default_of_the_version(build, version, value, expected):
    servers = [build.server(version=version)] if version else []
    results = build.results(*servers, build.virtual_server(msExchSmtpMaxHopCount=value))
    assert build.state(results, "VS-03") == expected
    if expected == "failed" and version in ("2000", "2003"):
        finding = build.finding(results, "VS-03")
        assert finding.default == {"2000": 15, "2003": 30}[version]
    elif expected == "failed":
        finding = build.finding(results, "VS-03")
        assert finding.default is None
        assert "15 (Exchange 2000) or 30 (Exchange 2003)" in finding.default_text


@pytest.mark.parametrize(
    ("rule", "changes", "usual", "small"),
    [
        ("VS-05", {"msExchSmtpMaxOutgoingConnectionsPerDomain": 100}, "passed", "failed"),
        ("VS-05", {"msExchSmtpMaxOutgoingConnectionsPerDomain": 10}, "failed", "passed"),
        ("VS-06", {"msExchMaxIncomingConnections": 2000000000}, "passed", "failed"),
        ("VS-06", {"msExchMaxIncomingConnections": 500}, "failed", "passed"),
        ("VS-09", {}, "failed", "not_applicable"),
        ("VS-10", {}, "not_evaluable", "not_applicable"),
        ("VS-14", {"msExchSmtpQueueDirectory": "c:\\q"}, "not_evaluable", "not_applicable"),
        ("VS-04", {}, "passed", "passed"),
    ],
)
def test_small_business_server_has_defaults_and_exemptions_of_its_own(
    build, rule, changes, usual, small
):
    entry = build.virtual_server(**changes)
    assert build.state(build.results(entry), rule) == usual
    assert build.state(build.results(entry, small_business_server=True), rule) == small


def test_connections_per_domain_show_that_the_source_contradicts_itself(build):
    entry = build.virtual_server(msExchSmtpMaxOutgoingConnectionsPerDomain=500)
    results = build.results(entry)
    finding = build.finding(results, "VS-05")
    assert finding.default == 100
    assert "also documented: 500" in finding.default_text
    rule = next(rule for rule in results.rules if rule.id == "VS-05")
    assert any("500" in text for text in rule.disagreements)


def test_rules_that_miss_something_say_what(build):
    results = build.results(build.virtual_server(msExchSmtpQueueDirectory="C:\\Queue"))
    assert "number of mailboxes" in build.reason(results, "VS-10")
    assert "registry" in build.reason(results, "VS-18")
    assert "system drive" in build.reason(results, "VS-14")


PERSON = ["CN=Person,CN=Users,DC=contoso,DC=com"]


@pytest.mark.parametrize(
    ("rule", "changes", "expected"),
    [
        ("CN-01", {"authOrig": PERSON, "dLMemDefault": 0}, "failed"),
        ("CN-01", {"authOrig": PERSON, "dLMemDefault": 1}, "passed"),
        ("CN-01", {"dLMemDefault": 0}, "passed"),
        ("CN-01", {"authOrig": PERSON, "dLMemDefault": None}, "not_evaluable"),
        ("CN-02", {"unauthOrig": PERSON, "dLMemDefault": 1}, "failed"),
        ("CN-02", {"unauthOrig": PERSON, "dLMemDefault": 0}, "passed"),
        ("CN-02", {}, "passed"),
        ("CN-03", {"dLMemSubmitPerms": PERSON}, "failed"),
        ("CN-03", {"dLMemRejectPerms": PERSON}, "failed"),
        ("CN-03", {}, "passed"),
        ("CN-04", {"dLMemSubmitPerms": PERSON}, "not_evaluable"),
        ("CN-04", {}, "passed"),
        ("DF-37", {"msExchSmtpOutboundSecurityFlag": 1}, "failed"),
        ("DF-37", {}, "passed"),
        ("DF-37", {"msExchSmtpOutboundSecurityFlag": None}, "not_evaluable"),
        ("DF-38", {"delivContLength": 5000}, "failed"),
        ("DF-38", {"delivContLength": 0}, "passed"),
        ("DF-38", {}, "passed"),
        ("DF-39", {"msExchRoutingDisallowPriority": 1}, "failed"),
        ("DF-39", {}, "passed"),
        ("DF-40", {"msExchRoutingAcceptMessageType": 1}, "not_evaluable"),
        ("DF-40", {}, "not_evaluable"),
    ],
)
def test_smtp_connectors(build, rule, changes, expected):
    assert build.state(build.results(build.connector(**changes)), rule) == expected


def test_a_restriction_shows_the_attribute_that_holds_it(build):
    results = build.results(build.connector(dLMemSubmitPerms=PERSON))
    assert build.finding(results, "CN-03").attribute == "dLMemSubmitPerms"
    assert build.finding(results, "CN-03").found == tuple(PERSON)


def test_routing_group_connectors(build):
    dn = f"CN=To RG2,CN=Connections,{build.routing_group}"
    bridgehead = {"msExchSourceBridgeheadServersDN": [build.virtual_server_dn()]}
    restricted = build.entry(
        dn, "msExchRoutingGroupConnector", dLMemRejectPerms=PERSON, **bridgehead
    )
    idle = build.entry(dn, "msExchRoutingGroupConnector", dLMemRejectPerms=PERSON)
    free = build.entry(dn, "msExchRoutingGroupConnector", cn="To RG2")
    assert build.state(build.results(restricted), "CN-05") == "not_evaluable"
    assert build.state(build.results(idle), "CN-05") == "passed"
    assert build.state(build.results(idle, scope=ExportScope.LIMITED), "CN-05") == "not_evaluable"
    assert build.state(build.results(free), "CN-05") == "passed"
    assert build.state(build.results(free), "DF-38") == "passed"


@pytest.mark.parametrize(
    ("rule", "changes", "expected"),
    [
        ("GL-01", {"delivContLength": 10240}, "passed"),
        ("GL-01", {"delivContLength": 0}, "failed"),
        ("GL-01", {}, "failed"),
        ("GL-02", {"submissionContLength": 1023}, "failed"),
        ("GL-02", {"submissionContLength": 1}, "failed"),
        ("GL-02", {"submissionContLength": 0}, "passed"),
        ("GL-02", {"submissionContLength": 1024}, "passed"),
        ("GL-02", {}, "passed"),
        ("GL-14", {"msExchRecipLimit": 7500}, "passed"),
        ("GL-14", {"msExchRecipLimit": 7501}, "failed"),
        ("GL-14", {"msExchRecipLimit": -1}, "failed"),
        ("GL-14", {"msExchRecipLimit": 0}, "not_evaluable"),
        ("GL-14", {}, "not_evaluable"),
        ("GL-15", {"msExchRecipLimit": 5000}, "not_evaluable"),
    ],
)
def test_organisation_wide_limits(build, rule, changes, expected):
    dn = f"CN=Message Delivery,CN=Global Settings,{build.organization}"
    entry = build.entry(dn, "msExchMessageDeliveryConfig", cn="Message Delivery", **changes)
    assert build.state(build.results(entry), rule) == expected


@pytest.mark.parametrize(
    ("limit", "scope", "expected"),
    [
        (2, ExportScope.FULL, "failed"),
        (2, ExportScope.LIMITED, "failed"),
        (3, ExportScope.FULL, "passed"),
        (3, ExportScope.LIMITED, "not_evaluable"),
        (0, ExportScope.FULL, "not_evaluable"),
    ],
)
def test_the_recipient_limit_is_compared_with_the_public_stores(build, limit, scope, expected):
    dn = f"CN=Message Delivery,CN=Global Settings,{build.organization}"
    entry = build.entry(dn, "msExchMessageDeliveryConfig", msExchRecipLimit=limit)
    stores = [
        build.entry(
            f"CN=Public,CN=First,CN=InformationStore,{build.server_dn(name)}", "msExchPublicMDB"
        )
        for name in ("EX01", "EX02", "EX03")
    ]
    assert build.state(build.results(entry, *stores, scope=scope), "GL-15") == expected


@pytest.mark.parametrize(
    ("rule", "addresses", "expected"),
    [
        ("GL-07", ["SMTP:@contoso.com"], "passed"),
        ("GL-07", ["SMTP:@contoso.com", "smtp:%m@contoso.com"], "failed"),
        ("GL-07", None, "passed"),
        ("GL-08", ["X400:c=us;a= ;p=Contoso;", "SMTP:@contoso.com"], "passed"),
        ("GL-08", ["x400:c=us;a= ;p=Contoso"], "failed"),
        ("GL-08", None, "passed"),
        ("GL-09", ["SMTP:@contoso.com"], "failed"),
        ("GL-09", None, "passed"),
    ],
)
def test_addresses_of_policies(build, rule, addresses, expected):
    of_service = rule == "GL-09"
    object_class = "msExchAddressListService" if of_service else "msExchRecipientPolicy"
    dn = f"CN=Policy,CN=Recipient Policies,{build.organization}"
    entry = build.entry(dn, object_class, cn="Policy", gatewayProxy=addresses)
    assert build.state(build.results(entry), rule) == expected


@pytest.mark.parametrize("rule", ["VS-02", "VS-13"])
def test_what_is_not_stored_fails_and_weighs_little(build, rule):
    attribute = next(each.attribute for each in build.catalogue.rules if each.id == rule)
    absent = build.results(build.virtual_server(**{attribute: None}))
    assert build.state(absent, rule) == "failed"
    assert build.finding(absent, rule).severity == "low"
    assert "stored" in build.finding(absent, rule).title


@pytest.mark.parametrize(("rule", "command"), [("DF-23", "EXPN"), ("DF-24", "VRFY")])
def test_a_command_switched_off_is_stricter(build, rule, command):
    off, on = (
        build.finding(
            build.results(build.virtual_server(**{f"msExchSmtpEnable{command}": on})), rule
        )
        for on in (False, True)
    )
    assert (off.severity, on.severity) == ("info", "low")
    assert "stricter" in off.title
    assert "inferred default" in on.title
    assert "documented" not in on.title


def test_the_dot_at_the_end_of_a_name_does_not_matter(build):
    with_dot = build.virtual_server(msExchSmtpFullyQualifiedDomainName="EX01.contoso.com.")
    assert build.state(build.results(build.server(), with_dot), "VS-15") == "passed"


@pytest.mark.parametrize("path", ["\\\\?\\C:\\Queue", "%SystemDrive%\\Queue", " c:/Mail/Queue"])
def test_other_spellings_of_the_system_drive_do_not_pass(build, path):
    entry = build.virtual_server(msExchSmtpQueueDirectory=path)
    assert build.state(build.results(entry), "VS-14") == "not_evaluable"


@pytest.mark.parametrize(
    ("value", "expected"), [(True, "passed"), (False, "failed"), (None, "not_evaluable")]
)
def test_message_tracking(build, value, expected):
    results = build.results(build.server(messageTrackingEnabled=value))
    assert build.state(results, "SV-01") == expected


def test_outcomes_without_a_judgement_carry_a_reason_and_others_none(build):
    entries = (build.virtual_server(msExchSmtpRelayIpList=b"?"), build.connector(), build.server())
    for scope in ExportScope:
        for item in build.results(*entries, scope=scope).evaluations:
            judged = item.state in (Outcome.PASSED, Outcome.FAILED)
            assert judged == (item.reason is None), item
