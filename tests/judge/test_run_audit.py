"""Objects and rules to results: the parts agree, are in order, and can be traced."""

import hashlib
from collections import Counter
from dataclasses import replace

import pytest

from analyzer.catalogue.condition_table import OBJECT_CONDITIONS, VALUE_CONDITIONS
from analyzer.dump.entry import Attribute, Notation
from analyzer.dump.reading import ExportScope
from analyzer.inventory import Inventory
from analyzer.judge.evaluate import evaluate
from analyzer.judge.object_tests import OBJECT_TESTS
from analyzer.judge.relay_tests import RELAY_TESTS
from analyzer.judge.run import make_report_id
from analyzer.judge.subject import make_subject
from analyzer.judge.surroundings import survey
from analyzer.judge.value_tests import VALUE_TESTS

GUID = bytes(range(16))
GUID_TEXT = "03020100-0504-0706-0809-0a0b0c0d0e0f"


@pytest.fixture(scope="module")
def mixed(build):
    """Return an audit of a small organisation in which much differs."""
    return build.results(
        build.server("EX01"),
        build.server("EX02", "2000", messageTrackingEnabled=False),
        build.virtual_server(number=1, objectGUID=GUID, msExchSmtpRelayForAuth=False),
        build.virtual_server(number=2, msExchSmtpRelayIpList=b"?", msExchLogType=build.lost()),
        build.virtual_server(number=1, server="EX02", msExchSmtpRelayIpList=b""),
        build.virtual_server(number="1\\0ACNF:1f", server="EX03", msExchSmtpMaxHopCount="abc"),
        build.connector(dLMemSubmitPerms=["CN=Senders,DC=contoso,DC=com"]),
    )


def test_every_condition_of_the_catalogue_has_a_function():
    assert set(VALUE_TESTS) == set(VALUE_CONDITIONS)
    assert {*OBJECT_TESTS, *RELAY_TESTS, "live_only"} == set(OBJECT_CONDITIONS)


def test_findings_evaluations_and_checks_agree(mixed):
    failed = Counter((x.rule, x.dn) for x in mixed.evaluations if x.state == "failed")
    assert failed == Counter((finding.rule, finding.dn) for finding in mixed.findings)
    assert set(failed.values()) == {1}
    states = Counter((item.rule, item.state) for item in mixed.evaluations)
    for check in mixed.checks:
        counts = {
            state: getattr(check, state)
            for state in ("failed", "passed", "not_evaluable", "not_applicable")
        }
        assert counts == {state: states[check.rule, state] for state in counts}
        assert check.tested == sum(counts.values())
    assert [check.rule for check in mixed.checks] == [rule.id for rule in mixed.rules]


def test_rules_that_only_a_live_system_decides_are_listed_and_never_counted(mixed):
    live = {rule.id for rule in mixed.rules if rule.offline == "no"}
    assert live == {"VS-17", "VS-19", "VS-20", "VS-21", "VS-22"}
    for check in mixed.checks:
        if check.rule in live:
            assert (check.tested, check.passed) == (0, 0)
            assert check.reasons[0].startswith("not checkable from a dump")
    assert not live & {item.rule for item in mixed.evaluations}


def test_rules_for_objects_that_the_dump_does_not_hold_say_so(mixed):
    check = next(check for check in mixed.checks if check.rule == "GL-01")
    assert (check.tested, check.reasons) == (0, ("the dump holds no object of this kind",))


def test_findings_stand_in_order_of_severity_server_number_and_attribute(mixed):
    order = ["critical", "high", "medium", "low", "info"]
    numbers = {item.dn: item.number or 0 for item in mixed.virtual_servers}
    keys = [
        (
            order.index(item.severity),
            (item.server or "").casefold(),
            numbers.get(item.dn, 0),
            item.attribute,
            item.rule,
        )
        for item in mixed.findings
    ]
    assert keys == sorted(keys)
    assert mixed.findings[0].rule == "RL-01"


def test_a_fingerprint_is_made_of_rule_object_and_attribute(mixed):
    finding = next(item for item in mixed.findings if item.rule == "VS-01")
    text = f"VS-01\n{GUID_TEXT}\nmsexchsmtprelayforauth"
    assert finding.fingerprint == hashlib.sha256(text.encode()).hexdigest()
    assert finding.id == f"F-{finding.fingerprint[:8]}"


def test_a_fingerprint_without_guid_forgives_the_spelling_of_the_dn(build):
    entry = build.virtual_server(msExchSmtpRelayForAuth=False)
    other = replace(entry, dn=entry.dn.replace("CN=", "cn=").replace(",", ", "))
    one, two = (build.finding(build.results(item), "VS-01") for item in (entry, other))
    assert one.dn != two.dn
    assert one.fingerprint == two.fingerprint


def test_a_fingerprint_survives_another_value_place_and_name(build):
    entry = build.virtual_server(objectGUID=GUID, msExchSmtpMaxHopCount=7)
    moved = build.virtual_server(
        number=2, server="EX09", objectGUID=GUID, cn="2", msExchSmtpMaxHopCount=8
    )
    one, two = (build.finding(build.results(item), "VS-03") for item in (entry, moved))
    assert one.fingerprint == two.fingerprint


def test_fingerprints_are_unique(mixed):
    assert len({item.fingerprint for item in mixed.findings}) == len(mixed.findings)


def test_each_finding_leads_to_its_row_of_evidence(mixed):
    rows = {row.id: row for row in mixed.evidence}
    assert list(rows) == [f"E-{number:04}" for number in range(1, len(rows) + 1)]
    for finding in mixed.findings:
        row = rows[finding.evidence_id]
        assert (row.dn, row.attribute) == (finding.dn, finding.attribute)
        assert finding.id in row.findings
        assert (row.file, row.line) == (finding.evidence.file, finding.evidence.line)
        assert row.raw == finding.evidence.raw


def test_relay_verdicts_have_evidence_even_where_all_is_well(build):
    results = build.results(build.virtual_server(msExchSmtpRelayForAuth=True))
    attributes = {row.attribute for row in results.evidence}
    assert {"msExchSmtpRelayIpList", "msExchSmtpRelayForAuth"} <= attributes
    assert {"msExchAuthenticationFlags", "msExchAccessSSLFlags"} <= attributes


def test_a_finding_shows_where_the_value_stands_or_else_the_whole_entry(build):
    value = Attribute("msExchSmtpRelayForAuth", (b"FALSE",), 41, 42, Notation.BASE64)
    results = build.results(build.virtual_server(msExchSmtpRelayForAuth=value))
    evidence = build.finding(results, "VS-01").evidence
    assert (evidence.line, evidence.last_line, evidence.raw) == (41, 42, "FALSE")
    results = build.results(build.virtual_server(msExchSmtpRelayForAuth=None))
    evidence = build.finding(results, "VS-01").evidence
    assert (evidence.line, evidence.last_line, evidence.raw) == (1, 90, None)


def test_found_values_stand_as_value_and_in_words(build):
    results = build.results(
        build.virtual_server(msExchAuthenticationFlags=3, msExchServerBindings=[":25:", ":26:"])
    )
    flags = build.finding(results, "VS-09")
    assert (flags.found, flags.found_text) == (3, "3 (anonymous, basic)")
    assert flags.default == 7
    assert flags.default_text == "7 (anonymous, basic, integrated Windows)"
    bindings = build.finding(results, "VS-08")
    assert bindings.found == (":25:", ":26:")
    assert bindings.default == (":25:",)


def test_titles_of_non_default_values_are_neutral(mixed):
    for finding in mixed.findings:
        if finding.kind == "non-default":
            assert finding.title.endswith("confirm intent")


def test_an_undecodable_value_is_shown_raw(build):
    finding = build.finding(
        build.results(build.virtual_server(msExchSmtpRelayForAuth="yes")), "VS-01"
    )
    assert finding.found is None
    assert finding.found_text == "yes (undecodable: neither TRUE nor FALSE)"
    assert finding.method == "inferred"


def test_a_long_value_is_cut_in_the_title_only(build):
    name = "x" * 300
    finding = build.finding(build.results(build.virtual_server(msExchSmtpSmartHost=name)), "VS-11")
    assert finding.found_text == name
    assert len(finding.title) < 250


def test_secrets_reach_no_record(build):
    secret = "Passw0rd!"
    results = build.results(
        build.virtual_server(
            msExchSmtpOutboundSecurityPassword=secret, msExchSmtpOutboundSecurityUserName="u"
        ),
        build.connector(
            msExchSmtpOutboundSecurityPassword=secret, msExchSmtpOutboundSecurityUserName="u"
        ),
    )
    assert results.connectors[0].outbound_account == "set"
    assert secret not in str(results)
    assert secret.encode().hex() not in str(results)


def test_servers_are_those_of_the_dump_and_those_that_virtual_servers_name(mixed):
    servers = {server.name: server for server in mixed.servers}
    assert set(servers) == {"EX01", "EX02", "EX03"}
    assert (servers["EX01"].in_dump, servers["EX01"].virtual_servers) == (True, 2)
    assert (servers["EX01"].connectors, servers["EX02"].connectors) == (1, 0)
    assert servers["EX02"].exchange_version == "2000"
    assert servers["EX02"].version_text.startswith("Version 6.0")
    named = servers["EX03"]
    assert (named.in_dump, named.exchange_version, named.virtual_servers) == (False, None, 1)
    assert named.dn.startswith("CN=EX03,CN=Servers,CN=AG1,")
    assert named.notes


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


def test_connectors_show_their_route(build):
    results = build.results(
        build.virtual_server(),
        build.connector(
            msExchSmtpSmartHost="smtp.example",
            delivContLength=5000,
            msExchSmtpOutboundSecurityUserName=None,
        ),
    )
    connector = results.connectors[0]
    assert (connector.kind, connector.name, connector.routing_group) == ("smtp", "Internet", "RG1")
    assert connector.bridgeheads == (build.virtual_server_dn(),)
    assert (connector.smart_host, connector.address_spaces) == ("smtp.example", ("SMTP:*;1",))
    assert connector.restrictions == ("Content restrictions: allowed size: 5000 KB",)
    assert connector.outbound_account == "not_set"
    assert results.virtual_servers[0].connectors == (connector.dn,)


def test_the_account_of_a_connector_is_unknown_in_a_limited_export(build):
    results = build.results(build.connector(), scope=ExportScope.LIMITED)
    assert results.connectors[0].outbound_account == "not_exported"


def test_virtual_servers_of_later_versions_carry_a_note(build):
    results = build.results(build.server(version="2007"), build.virtual_server())
    assert "receive connectors" in results.virtual_servers[0].notes[-1]


def test_an_empty_dump_gives_checks_and_nothing_else(build):
    results = build.results()
    assert (results.virtual_servers, results.findings, results.evaluations) == ((), (), ())
    assert len(results.checks) == len(results.rules) == len(build.catalogue.rules)


def test_the_report_id_depends_on_inputs_rules_and_options_alone(build):
    first = build.results(build.virtual_server())
    again = build.results(build.virtual_server(), version="9.9")
    small = build.results(build.virtual_server(), small_business_server=True)
    assert first.run.report_id == again.run.report_id != small.run.report_id
    groups = first.run.report_id.split("-")
    assert [len(group) for group in groups] == [4, 4, 4]
    assert make_report_id([], build.catalogue, False) != first.run.report_id


def test_the_run_is_described(mixed, build):
    assert mixed.run.started == "2026-11-24T10:00:00Z"
    assert mixed.tool.catalogue_sha256 == build.catalogue.sha256
    assert (mixed.inputs[0].path, mixed.inputs[0].export_scope) == ("contoso.ldf", "full")


def test_rules_judge_a_virtual_server_with_no_attribute_at_all(build):
    bare = build.entry(build.virtual_server_dn(), "protocolCfgSMTPServer")
    for scope in ExportScope:
        inventory = build.inventory(bare, scope=scope)
        around = survey(Inventory(inventory.objects), small_business_server=False)
        subject = make_subject(inventory.objects[0], around)
        for rule in build.catalogue.rules:
            if subject.item.kind in rule.kinds and rule.offline != "no":
                assert evaluate(rule, subject).outcome
