"""Controls of hardening frameworks: for their product alone, and no findings unless asked for."""

import json

import pytest

from analyzer.results.document import iter_json

from ..relay.descriptors import ANONYMOUS, ANONYMOUS_SET, PARTNER, PARTNER_SET, allow, descriptor
from . import forest_2016 as forest

LETS_ANONYMOUS = descriptor(allow(ANONYMOUS, *ANONYMOUS_SET))
LETS_PARTNERS = descriptor(allow(PARTNER, *PARTNER_SET))
FLAGS, OPTIONS = "msExchSMTPReceiveInboundSecurityFlag", "msExchSmtpReceiveProtocolOptions"
RANGES = "msExchSmtpReceiveRemoteIPRanges"
CONNECTIONS = "msExchSmtpReceiveMaxInboundConnections"
ALL = ["0.0.0.0/0"]
MB = 1024 * 1024
LIMITS = {"delivContLength": 10240, "submissionContLength": 10240, "msExchRecipLimit": 5000}
# Bits 4 to 11 of msExchSmtpSendFlags: what of the certificate is validated.
DOMAIN, CERTIFICATE = 3 << 4, 2 << 4


def records(build, rule, *entries, **options):
    results = build.results(*entries, **options)
    return [record for record in results.hardening if record.rule == rule]


def state_on(build, rule, version, entry, *more, role=forest.MAILBOX):
    (record,) = records(build, rule, forest.server(build, version, role=role), entry, *more)
    return record.state


# Control, version and role of its product, what is set, the state.
ON_RECEIVE_CONNECTORS = [
    ("EX16-MB-000470", "2016", {"nTSecurityDescriptor": LETS_ANONYMOUS}, "failed"),
    ("EX16-MB-000470", "2016", {"nTSecurityDescriptor": LETS_PARTNERS}, "passed"),
    ("EX16-MB-000470", "2016", {}, "not_evaluable"),
    ("EX19-V-259687", "2019", {"nTSecurityDescriptor": LETS_ANONYMOUS}, "failed"),
    ("EX16-MB-000220", "2016", {FLAGS: 16}, "failed"),
    ("EX16-MB-000220", "2016", {FLAGS: 17}, "passed"),
    ("EX16-MB-000650", "2016", {}, "failed"),
    ("EX16-MB-000650", "2016", {"msExchSmtpReceiveBanner": "220 SMTP Server Ready"}, "passed"),
    ("EX16-MB-000650", "2016", {"msExchSmtpReceiveBanner": "220 EX1"}, "failed"),
    ("EX16-MB-000380", "2016", {"msExchSmtpReceiveMaxHopCount": 30}, "failed"),
    ("EX16-MB-000380", "2016", {"msExchSmtpReceiveMaxHopCount": 60}, "passed"),
    ("EX19-MB-000125", "2019", {"msExchSmtpReceiveMaxHopCount": 30}, "failed"),
    ("EX16-MB-000360", "2016", {"msExchSmtpReceiveMaxRecipientsPerMessage": 200}, "failed"),
    ("EX16-MB-000360", "2016", {"msExchSmtpReceiveMaxRecipientsPerMessage": 5000}, "passed"),
    ("EX13-MB-000180", "2013", {"msExchSmtpReceiveMaxRecipientsPerMessage": 5000}, "passed"),
    ("Exch-HB-208", "2010", {"msExchSmtpReceiveMaxRecipientsPerMessage": 300}, "passed"),
    ("Exch-HB-208", "2010", {"msExchSmtpReceiveMaxRecipientsPerMessage": 5000}, "failed"),
    ("EX16-MB-000350", "2016", {"msExchSmtpReceiveMaxMessageSize": 10 * MB}, "passed"),
    ("EX16-MB-000350", "2016", {"msExchSmtpReceiveMaxMessageSize": 36 * MB}, "failed"),
    ("EX16-MB-000550", "2016", {"msExchSmtpReceiveConnectionTimeout": 600}, "passed"),
    ("EX16-MB-000550", "2016", {"msExchSmtpReceiveConnectionTimeout": 900}, "failed"),
    ("CIS-2019-4-1", "2019", {"msExchSmtpReceiveProtocolLoggingLevel": 1}, "passed"),
    ("CIS-2019-4-1", "2019", {}, "failed"),
    ("CIS-2016-PROTOCOL-LOG", "2016", {"msExchSmtpReceiveProtocolLoggingLevel": 0}, "failed"),
    ("CIS-2016-RECEIVE-SIZE", "2016", {"msExchSmtpReceiveMaxMessageSize": 36 * MB}, "failed"),
    ("CIS-2016-RECEIVE-SIZE", "2016", {"msExchSmtpReceiveMaxMessageSize": 10 * MB}, "passed"),
]


@pytest.mark.parametrize(("rule", "version", "values", "expected"), ON_RECEIVE_CONNECTORS)
def test_receive_connectors(build, rule, version, values, expected):
    entry = forest.receive_connector(build, **values)
    settings = forest.transport_settings(build, **LIMITS)
    assert state_on(build, rule, version, entry, settings) == expected


# The same on Edge servers, whose connectors stand in a dump of their AD LDS.
ON_EDGE = [
    ("EX16-ED-000490", "2016", {"nTSecurityDescriptor": LETS_ANONYMOUS}, "failed"),
    ("EX16-ED-000490", "2016", {"nTSecurityDescriptor": LETS_ANONYMOUS, RANGES: ALL}, "n/a"),
    ("EX16-ED-000180", "2016", {FLAGS: 13, RANGES: ALL}, "passed"),
    ("EX16-ED-000180", "2016", {FLAGS: 17, RANGES: ALL}, "failed"),
    ("EX16-ED-000180", "2016", {FLAGS: 17}, "n/a"),
    ("EX16-ED-000180", "2016", {FLAGS: 17, RANGES: ["x"]}, "not_evaluable"),
    ("EX19-ED-000099", "2019", {FLAGS: 17}, "failed"),
    ("EX16-ED-000050", "2016", {OPTIONS: 445 | 512, RANGES: ALL}, "passed"),
    ("EX16-ED-000050", "2016", {OPTIONS: 445, RANGES: ALL}, "failed"),
    ("EX16-ED-000480", "2016", {"msExchSmtpReceiveTarpitInterval": 5}, "passed"),
    ("EX16-ED-000480", "2016", {"msExchSmtpReceiveTarpitInterval": 4}, "failed"),
    ("EX13-EG-000240", "2013", {"msExchSmtpReceiveTarpitInterval": 6}, "passed"),
    ("Exch-2-739", "2010", {"msExchSmtpReceiveTarpitInterval": 0}, "failed"),
    ("Exch-2-741", "2010", {"msExchSmtpReceiveMaxHopCount": 60}, "passed"),
    ("EX16-ED-000010", "2016", {"msExchSmtpReceiveConnectionTimeout": 300}, "passed"),
    ("EX16-ED-000290", "2016", {OPTIONS: 445}, "passed"),
    ("EX16-ED-000290", "2016", {OPTIONS: 437}, "failed"),
    ("EX19-ED-000119", "2019", {CONNECTIONS: 5000, RANGES: ALL}, "passed"),
    ("EX19-ED-000119", "2019", {RANGES: ALL}, "failed"),
]  # fmt: skip


@pytest.mark.parametrize(("rule", "version", "values", "expected"), ON_EDGE)
def test_receive_connectors_of_edge_servers(build, rule, version, values, expected):
    entry = forest.receive_connector(build, **values)
    state = state_on(build, rule, version, entry, role=forest.EDGE)
    assert state == {"n/a": "not_applicable"}.get(expected, expected)


INTERNAL = {"routingList": ["SMTP:contoso.com;1"]}
ON_SEND_CONNECTORS = [
    ("EX16-MB-000410", "2016", {"delivContLength": 10240}, "passed"),
    ("EX16-MB-000410", "2016", {"delivContLength": 25600}, "failed"),
    ("EX16-MB-000410", "2016", {}, "failed"),
    ("EX19-MB-000128", "2019", {"delivContLength": 25600}, "failed"),
    ("CIS-2019-2-2-4", "2019", {"delivContLength": 25600}, "passed"),
    ("CIS-2019-2-2-4", "2019", {"delivContLength": 10240}, "failed"),
    ("CIS-2016-SEND-SIZE", "2016", {"delivContLength": 5120}, "passed"),
    ("CIS-2016-SEND-SIZE", "2016", {}, "failed"),
    ("EX16-MB-000460", "2016", {"msExchSmtpSendConnectionTimeout": 300}, "passed"),
    ("EX16-MB-000460", "2016", {"msExchSmtpSendConnectionTimeout": 601}, "failed"),
    ("EX16-MB-000660", "2016", {"msExchSmtpSendFlags": DOMAIN, **INTERNAL}, "passed"),
    ("EX16-MB-000660", "2016", {"msExchSmtpSendFlags": CERTIFICATE, **INTERNAL}, "failed"),
    ("EX16-MB-000660", "2016", {**INTERNAL}, "failed"),
    ("EX16-MB-000660", "2016", {}, "not_applicable"),
    ("EX16-MB-000210", "2016", {"msExchSmtpSmartHost": "[10.0.0.9]"}, "passed"),
    ("EX16-MB-000210", "2016", {}, "failed"),
    ("EX16-MB-000210", "2016", {**INTERNAL}, "not_applicable"),
    ("CIS-2016-DOMAIN-SECURITY", "2016", {"msExchSmtpSendFlags": 4}, "passed"),
    ("CIS-2016-DOMAIN-SECURITY", "2016", {"msExchSmtpSendFlags": 2}, "failed"),
    ("CIS-2019-2-2-9", "2019", {"msExchSmtpOutboundSecurityFlag": 8388608}, "failed"),
    ("CIS-2019-2-2-9", "2019", {"msExchSmtpOutboundSecurityFlag": 4}, "passed"),
]  # fmt: skip


@pytest.mark.parametrize(("rule", "version", "values", "expected"), ON_SEND_CONNECTORS)
def test_send_connectors(build, rule, version, values, expected):
    entry = forest.send_connector(build, **values)
    settings = forest.transport_settings(build, **LIMITS)
    assert state_on(build, rule, version, entry, settings) == expected


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        ({"msExchSmtpSendTlsDomain": "contoso.com", "msExchSmtpSendFlags": 4}, "passed"),
        ({"msExchSmtpSendTlsDomain": "contoso.com"}, "failed"),
        ({"msExchSmtpSendFlags": 4}, "failed"),
    ],
)
def test_send_connectors_of_edge_servers(build, values, expected):
    entry = forest.send_connector(build, **values)
    assert state_on(build, "EX16-ED-000690", "2016", entry, role=forest.EDGE) == expected


@pytest.mark.parametrize(
    ("rule", "version", "values", "expected"),
    [
        ("EX16-MB-000430", "2016", {"delivContLength": 10240}, "passed"),
        ("EX16-MB-000430", "2016", {}, "failed"),
        ("EX16-MB-000440", "2016", {"submissionContLength": 20480}, "failed"),
        ("EX16-MB-000540", "2016", {"msExchRecipLimit": 5000}, "passed"),
        ("EX16-MB-000540", "2016", {"msExchRecipLimit": 500}, "failed"),
        ("CIS-2016-ORG-SIZE", "2016", LIMITS, "passed"),
        ("CIS-2016-ORG-SIZE", "2016", {"delivContLength": 10240}, "failed"),
    ],
)
def test_settings_of_the_organisation(build, rule, version, values, expected):
    assert state_on(build, rule, version, forest.transport_settings(build, **values)) == expected


def test_the_default_accepted_domain(build):
    rule, role = "EX16-ED-000030", forest.EDGE
    domain = forest.accepted_domain(build, "contoso.com", 4)
    assert state_on(build, rule, "2016", domain, role=role) == "passed"
    domain = forest.accepted_domain(build, "contoso.com", 0)
    assert state_on(build, rule, "2016", domain, role=role) == "failed"


@pytest.mark.parametrize(
    ("version", "role"),
    [("2013", forest.MAILBOX), ("2019", forest.MAILBOX), ("SE", forest.MAILBOX), ("2016", 64)],
)
def test_a_control_is_for_its_product_alone(build, version, role):
    entry = forest.receive_connector(build, msExchSmtpReceiveMaxHopCount=30)
    server = forest.server(build, version, role=role)
    assert records(build, "EX16-MB-000380", server, entry) == []


def test_a_send_connector_is_of_the_servers_that_it_names(build):
    servers = [forest.server(build, "2016", "EX1"), forest.server(build, "2019", "EX2")]
    entry = forest.send_connector(
        build, msExchSourceBridgeheadServersDN=[forest.server_dn("EX2")], delivContLength=25600
    )
    results = build.results(*servers, entry)
    on_it = {each.product for each in results.hardening if each.dn == entry.dn}
    assert on_it == {"Exchange 2019 Mailbox", "Exchange 2019"}


def test_controls_that_only_a_live_server_answers_are_listed_as_such(build):
    (record,) = records(build, "EX16-MB-000420", forest.server(build))
    assert (record.state, record.offline, record.dn) == ("not_evaluable", "no", "")
    assert record.reason.startswith("not checkable from a dump: No document names the attribute")
    assert record.reason.endswith("(servers: EX1)")


def test_connectors_that_the_dump_does_not_hold_are_told(build):
    (record,) = records(build, "EX16-ED-000480", forest.server(build, role=forest.EDGE))
    assert record.state == "not_evaluable"
    assert "an Edge server keeps its own in its AD LDS" in record.reason


def test_a_record_tells_what_was_found_and_who_says_something_else(build):
    entry = forest.receive_connector(
        build, msExchSmtpReceiveMaxHopCount=30, nTSecurityDescriptor=LETS_ANONYMOUS
    )
    results = build.results(forest.server(build), entry)
    found = {record.rule: record for record in results.hardening if record.dn}
    hops = found["EX16-MB-000380"]
    assert (hops.framework, hops.product) == ("disa-stig", "Exchange 2016 Mailbox")
    assert (hops.control, hops.vulnerability) == ("EX16-MB-000380", "V-228384")
    assert (hops.category, hops.threshold, hops.found_text) == ("CAT III", "60", "30")
    assert (hops.server, hops.listener, hops.dn) == ("EX1", "Relay", entry.dn)
    assert "30 as the default" in hops.contradiction
    assert found["EX16-MB-000470"].found_text == "AnonymousUsers"


def test_without_a_framework_nothing_is_counted(build):
    entry = forest.receive_connector(build, msExchSmtpReceiveMaxHopCount=30)
    results = build.results(forest.server(build), entry)
    assert any(record.state == "failed" for record in results.hardening)
    assert not any(finding.kind == "hardening" for finding in results.findings)
    assert not any(rule.kind == "hardening" for rule in results.rules)


def test_failed_controls_of_a_chosen_framework_are_findings(build):
    entry = forest.receive_connector(build, msExchSmtpReceiveMaxHopCount=30)
    results = build.results(forest.server(build), entry, frameworks=("disa-stig",))
    finding = build.finding(results, "EX16-MB-000380")
    assert (finding.kind, finding.severity) == ("hardening", "low")
    assert finding.title == "The maximum hop count is not 60 (30)"
    assert build.state(results, "EX16-MB-000380") == "failed"
    assert build.finding(results, "EX16-MB-000650").severity == "medium"
    kinds = {each.rule for each in results.findings if each.kind == "hardening"}
    failed = {
        each.rule
        for each in results.hardening
        if each.state == "failed" and each.framework == "disa-stig"
    }
    assert kinds == failed
    checks = {check.rule: check for check in results.checks}
    assert checks["EX16-MB-000380"].failed == 1
    assert checks["EX16-MB-000420"].reasons[0].startswith("not checkable from a dump")
    assert "CIS-2016-PROTOCOL-LOG" not in checks
    plain = build.results(forest.server(build), entry)
    assert results.run.report_id != plain.run.report_id


def test_a_dump_without_a_product_has_no_list(build):
    document = json.loads(b"".join(iter_json(build.results(build.virtual_server()))))
    assert "hardening" not in document
    entry = forest.receive_connector(build)
    document = json.loads(b"".join(iter_json(build.results(forest.server(build), entry))))
    assert document["hardening"][0]["framework"] == "disa-stig"
