"""Weaknesses of connectors and accepted domains: GL-03 to GL-06, GL-13, MS-, overlapping ranges."""

import pytest

from analyzer.dump.reading import ExportScope

from ..relay.descriptors import (
    ANONYMOUS,
    ANONYMOUS_SET,
    EVERYONE,
    EXTERNAL,
    EXTERNAL_SET,
    HUB,
    LEGACY_GROUP,
    RELAY,
    SERVERS_SET,
    USERS,
    USERS_SET,
    allow,
    deny,
    descriptor,
    without_dacl,
)
from . import forest_2016 as forest

EVERYTHING = ["0.0.0.0-255.255.255.255", "::-ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff"]
SCOPED = ["10.1.2.0/24"]
CLOSED = descriptor(allow(ANONYMOUS, *ANONYMOUS_SET))
OPEN = descriptor(allow(ANONYMOUS, *ANONYMOUS_SET, RELAY))
TRUSTING = descriptor(allow(EXTERNAL, *EXTERNAL_SET))
EXTERNALLY_SECURED = 33
RANGES, FLAGS = "msExchSmtpReceiveRemoteIPRanges", "msExchSMTPReceiveInboundSecurityFlag"
LOST = object()


def state_of(build, rule, *, version="2016", scope=ExportScope.FULL, name="Relay", **values):
    """Return the state of a rule on one connector; LOST for what the export destroyed."""
    values = {
        attribute: build.lost() if value is LOST else value for attribute, value in values.items()
    }
    entry = forest.receive_connector(build, name, **values)
    for attribute, value in values.items():
        if value is None:
            entry.fields.pop(attribute.lower(), None)
    results = build.results(forest.server(build, version), entry, scope=scope)
    return build.state(results, rule, entry.dn)


@pytest.mark.parametrize(
    ("security", "ranges", "enabled", "expected"),
    [
        (OPEN, EVERYTHING, True, "failed"),
        (OPEN, EVERYTHING, None, "failed"),
        (OPEN, ["0.0.0.0/0"], True, "failed"),
        (OPEN, ["::/0", "10.0.0.1"], True, "failed"),
        (OPEN, ["0.0.0.0/1"], True, "passed"),
        (OPEN, SCOPED, True, "passed"),
        (OPEN, None, True, "failed"),
        (OPEN, LOST, True, "not_evaluable"),
        (OPEN, ["300.0.0.1"], True, "not_evaluable"),
        (OPEN, EVERYTHING, False, "not_applicable"),
        (CLOSED, EVERYTHING, True, "passed"),
        (CLOSED, LOST, True, "passed"),
        (None, EVERYTHING, True, "not_evaluable"),
        (None, SCOPED, True, "not_evaluable"),
        (b"?", EVERYTHING, True, "not_evaluable"),
        (None, EVERYTHING, False, "not_applicable"),
        (descriptor(allow(EVERYONE, RELAY)), EVERYTHING, True, "failed"),
        (without_dacl(marked_present=True), EVERYTHING, True, "failed"),
        (without_dacl(marked_present=True), SCOPED, True, "passed"),
        (descriptor(allow(USERS, RELAY)), EVERYTHING, True, "passed"),
        (descriptor(deny(ANONYMOUS, RELAY), allow(ANONYMOUS, RELAY)), EVERYTHING, True, "passed"),
    ],
)
def test_open_relay_for_anonymous_senders(build, security, ranges, enabled, expected):
    values = {"nTSecurityDescriptor": security, RANGES: ranges, "msExchSmtpReceiveEnabled": enabled}
    assert state_of(build, "GL-05", **values) == expected


@pytest.mark.parametrize(
    ("flags", "security", "ranges", "expected"),
    [
        (33, TRUSTING, EVERYTHING, "failed"),
        (33, TRUSTING, SCOPED, "passed"),
        (33, TRUSTING, None, "failed"),
        (33, TRUSTING, LOST, "not_evaluable"),
        (33, CLOSED, EVERYTHING, "passed"),
        (1, TRUSTING, EVERYTHING, "passed"),
        (33, None, EVERYTHING, "failed"),
        (33, b"?", EVERYTHING, "failed"),
        (33, None, SCOPED, "passed"),
        (1, None, EVERYTHING, "passed"),
        (LOST, None, EVERYTHING, "not_evaluable"),
        (LOST, TRUSTING, EVERYTHING, "not_evaluable"),
        (LOST, TRUSTING, SCOPED, "passed"),
        (LOST, CLOSED, EVERYTHING, "passed"),
        ("abc", None, EVERYTHING, "not_evaluable"),
    ],
)
def test_every_host_trusted_as_externally_secured(build, flags, security, ranges, expected):
    values = {"nTSecurityDescriptor": security, RANGES: ranges, FLAGS: flags}
    assert state_of(build, "GL-06", **values) == expected


def test_a_disabled_connector_trusts_nobody(build):
    values = {FLAGS: 33, RANGES: EVERYTHING, "msExchSmtpReceiveEnabled": False}
    assert state_of(build, "GL-06", **values) == "not_applicable"


def test_what_was_not_exported_is_not_judged(build):
    values = {"nTSecurityDescriptor": OPEN, RANGES: None, FLAGS: None}
    assert state_of(build, "GL-05", scope=ExportScope.LIMITED, **values) == "not_evaluable"
    assert state_of(build, "GL-06", scope=ExportScope.LIMITED, **values) == "passed"
    values["nTSecurityDescriptor"] = TRUSTING
    assert state_of(build, "GL-06", scope=ExportScope.LIMITED, **values) == "not_evaluable"


def test_an_open_relay_is_told_without_the_whole_descriptor(build):
    values = {"nTSecurityDescriptor": OPEN, RANGES: EVERYTHING}
    results = build.results(forest.server(build), forest.receive_connector(build, **values))
    finding = build.finding(results, "GL-05")
    assert (finding.severity, finding.virtual_server) == ("critical", "Relay")
    assert finding.title == "Anybody may relay through the receive connector without logging on"
    assert finding.consequence


@pytest.mark.parametrize(
    ("bindings", "severity"),
    [
        (["10.1.2.3:25", "[fd00::1]:25"], "high"),
        (["10.1.2.3:25", "[::]:25"], "critical"),
        (["0.0.0.0:25"], "critical"),
    ],
)
def test_an_open_connector_on_private_addresses_alone_is_high(build, bindings, severity):
    values = {"nTSecurityDescriptor": OPEN, RANGES: EVERYTHING}
    connector = forest.receive_connector(build, msExchSmtpReceiveBindings=bindings, **values)
    finding = build.finding(build.results(forest.server(build), connector), "GL-05")
    assert finding.severity == severity
    assert ("listens only on private addresses" in finding.title) == (severity == "high")


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("*", "failed"),
        ("contoso.com", "passed"),
        ("*.contoso.com", "passed"),
        (None, "not_evaluable"),
    ],
)
def test_an_accepted_domain_for_everything(build, name, expected):
    entry = forest.accepted_domain(build, name or "x")
    if name is None:
        entry.fields.pop("msexchaccepteddomainname")
    results = build.results(entry)
    assert build.state(results, "GL-04") == expected


@pytest.mark.parametrize(
    ("flags", "expected"),
    [(0, "passed"), (4, "passed"), (12, "passed"), (1, "failed"), (2, "failed"), (6, "failed")],
)
def test_types_of_accepted_domains(build, flags, expected):
    results = build.results(forest.accepted_domain(build, "contoso.com", flags))
    assert build.state(results, "AC-01") == expected


@pytest.mark.parametrize(
    ("all_flags", "expected"),
    [
        ([4, 0], ["passed", "passed"]),
        ([4, 4], ["failed", "failed"]),
        ([0, 0], ["failed", "failed"]),
        ([4], ["passed"]),
    ],
)
def test_one_default_domain(build, all_flags, expected):
    entries = [
        forest.accepted_domain(build, f"d{number}.example", flags)
        for number, flags in enumerate(all_flags)
    ]
    results = build.results(*entries)
    states = [each.state for each in results.evaluations if each.rule == "AC-03"]
    assert states == expected
    assert build.state(results, "AC-02", entries[0].dn) == "passed"


@pytest.mark.parametrize(
    ("received", "sent", "recipients", "expected"),
    [
        (10240, 10240, 5000, "passed"),
        (10240, 20480, 5000, "failed"),
        (None, 10240, 5000, "failed"),
        (10240, None, 5000, "failed"),
        (10240, 10240, None, "failed"),
        ("abc", 10240, 5000, "not_evaluable"),
    ],
)
def test_limits_of_the_organisation(build, received, sent, recipients, expected):
    entry = forest.transport_settings(
        build, delivContLength=received, submissionContLength=sent, msExchRecipLimit=recipients
    )
    assert build.state(build.results(entry), "GL-03") == expected


@pytest.mark.parametrize(
    ("name", "flags", "expected"),
    [
        ("ex1.contoso.com", 31, "passed"),
        ("EX1", 31, "passed"),
        (None, 31, "passed"),
        ("mail.contoso.com", 31, "failed"),
        ("mail.contoso.com", 15, "passed"),
        ("mail.contoso.com", LOST, "not_evaluable"),
    ],
)
def test_the_name_that_servers_authenticate_against(build, name, flags, expected):
    values = {"msExchSMTPReceiveConnectorFQDN": name, FLAGS: flags}
    assert state_of(build, "GL-13", **values) == expected


def test_the_name_cannot_be_compared_without_the_server(build):
    values = {"msExchSMTPReceiveConnectorFQDN": "mail.contoso.com", FLAGS: 31}
    alone = build.results(forest.receive_connector(build, **values))
    assert build.state(alone, "GL-13") == "not_evaluable"


SERVERS = descriptor(allow(HUB, *SERVERS_SET), allow(USERS, *USERS_SET))
PROXY = descriptor(allow(HUB, *SERVERS_SET))


@pytest.mark.parametrize(
    ("rule", "name", "values", "expected"),
    [
        ("MS-01", "Default Frontend EX1", {"nTSecurityDescriptor": OPEN}, "failed"),
        ("MS-01", "Default Frontend EX1", {"nTSecurityDescriptor": CLOSED}, "passed"),
        ("MS-01", "Default Frontend EX1", {}, "not_evaluable"),
        ("MS-01", "Relay", {"nTSecurityDescriptor": OPEN}, "not_applicable"),
        ("MS-03", "Relay", {FLAGS: 31, "msExchSMTPExtendedProtectionPolicy": 0}, "failed"),
        ("MS-03", "Relay", {FLAGS: 31, "msExchSMTPExtendedProtectionPolicy": 2}, "passed"),
        ("MS-03", "Relay", {FLAGS: 1, "msExchSMTPExtendedProtectionPolicy": 0}, "passed"),
        ("MS-04", "Relay", {"msExchSmtpReceiveProtocolOptions": 445 | 4096}, "failed"),
        ("MS-04", "Relay", {"msExchSmtpReceiveProtocolOptions": 445}, "passed"),
        ("MS-05", "Default EX1", {"msExchSMTPReceiveConnectorFQDN": "a.example"}, "failed"),
        ("MS-05", "Default EX1", {"msExchSMTPReceiveConnectorFQDN": "ex1.contoso.com"}, "passed"),
        ("MS-05", "Relay", {"msExchSMTPReceiveConnectorFQDN": "a.example"}, "not_applicable"),
        ("MS-06", "Relay", {"msExchSmtpReceiveTarpitInterval": 0}, "failed"),
        ("MS-06", "Relay", {"msExchSmtpReceiveTarpitInterval": 5}, "passed"),
        ("RC-28", "Default EX1", {"nTSecurityDescriptor": SERVERS}, "passed"),
        ("RC-28", "Default EX1", {"nTSecurityDescriptor": PROXY}, "failed"),
        ("RC-28", "Relay", {"nTSecurityDescriptor": PROXY}, "not_applicable"),
        ("RC-28", "Default EX1", {}, "not_evaluable"),
        ("RC-33", "Outbound Proxy Frontend EX1", {"nTSecurityDescriptor": PROXY}, "passed"),
        ("RC-33", "Outbound Proxy Frontend EX1", {"nTSecurityDescriptor": SERVERS}, "failed"),
        ("RC-03", "Default EX1", {RANGES: EVERYTHING}, "passed"),
        ("RC-03", "Default EX1", {RANGES: ["0.0.0.0/0"]}, "passed"),
        ("RC-03", "Default EX1", {RANGES: SCOPED}, "failed"),
        ("RC-03", "Default EX1", {RANGES: None}, "failed"),
        ("RC-03", "Relay", {RANGES: SCOPED}, "not_applicable"),
    ],
)
def test_recommendations_and_default_connectors(build, rule, name, values, expected):
    assert state_of(build, rule, name=name, **values) == expected


def test_recommendations_are_for_the_versions_that_they_speak_of(build):
    values = {"msExchSmtpReceiveTarpitInterval": 0}
    assert state_of(build, "MS-06", version="2010", **values) == "not_applicable"
    alone = build.results(forest.receive_connector(build, **values))
    assert build.state(alone, "MS-06") == "not_evaluable"


def test_servers_of_before_2007_are_a_group_that_few_dumps_tell(build):
    named = descriptor(allow(HUB, *SERVERS_SET), allow(LEGACY_GROUP, *SERVERS_SET))
    name = "Outbound Proxy Frontend EX1"
    assert state_of(build, "RC-33", name=name, nTSecurityDescriptor=named) == "passed"


@pytest.mark.parametrize(
    ("own", "organisation", "expected"),
    [
        (10 * 1024 * 1024, 10240, "passed"),
        (10 * 1024 * 1024 + 1, 10240, "failed"),
        (36 * 1024 * 1024, None, "passed"),
        (None, 10240, "not_evaluable"),
    ],
)
def test_size_limit_against_that_of_the_organisation(build, own, organisation, expected):
    connector = forest.receive_connector(build, msExchSmtpReceiveMaxMessageSize=own)
    settings = forest.transport_settings(build, delivContLength=organisation)
    results = build.results(forest.server(build), connector, settings)
    assert build.state(results, "MS-07") == expected
    alone = build.results(forest.server(build), connector)
    assert build.state(alone, "MS-07") == "not_evaluable"


def overlaps(build, *connectors, rule="OV-01"):
    """Return the states by name of connectors given as (name, ranges, bindings, enabled)."""
    entries = [
        forest.receive_connector(
            build,
            name,
            msExchSmtpReceiveRemoteIPRanges=ranges,
            msExchSmtpReceiveBindings=more[0] if more else ["0.0.0.0:25"],
            msExchSmtpReceiveEnabled=more[1] if len(more) > 1 else True,
        )
        for name, ranges, *more in connectors
    ]
    results = build.results(forest.server(build), *entries)
    names = {entry.dn: name for entry, (name, *_) in zip(entries, connectors, strict=True)}
    states = {names[each.dn]: each.state for each in results.evaluations if each.rule == rule}
    details = [each.consequence for each in results.findings if each.rule == rule]
    return states, details


def test_a_connector_is_hidden_by_a_more_specific_one(build):
    states, details = overlaps(
        build, ("Wide", ["10.0.0.0/23"]), ("A", ["10.0.0.0/24"]), ("B", ["10.0.1.0-10.0.1.255"])
    )
    assert states == {"Wide": "failed", "A": "passed", "B": "passed"}
    assert details == ["Taken by: A, B."]


def test_a_connector_with_one_address_of_its_own_is_not_hidden(build):
    states, _ = overlaps(
        build, ("Wide", ["10.0.0.0/24"]), ("A", ["10.0.0.0-10.0.0.254"]), ("All", ["0.0.0.0/0"])
    )
    assert set(states.values()) == {"passed"}


@pytest.mark.parametrize(
    "other",
    [
        ("A", ["10.0.0.0/24"], ["0.0.0.0:2525"]),
        ("A", ["10.0.0.0/24"], ["10.9.9.9:25"]),
        ("A", ["10.0.0.0/24"], ["[::]:25"]),
        ("A", ["10.0.0.0/25"]),
        ("A", ["10.0.0.0/24"], ["0.0.0.0:25"], False),
    ],
)
def test_other_bindings_and_disabled_connectors_hide_nothing(build, other):
    states, _ = overlaps(build, ("Wide", ["10.0.0.0/24"]), other)
    assert states["Wide"] == "passed"


def test_a_connector_is_hidden_only_where_every_binding_of_it_is(build):
    two = ["0.0.0.0:25", "0.0.0.0:587"]
    narrow = ("A", ["10.0.0.0/25", "10.0.0.128/25"])
    assert overlaps(build, ("Wide", ["10.0.0.0/24"], two), narrow)[0]["Wide"] == "passed"
    both = (*narrow, two)
    assert overlaps(build, ("Wide", ["10.0.0.0/24"], two), both)[0]["Wide"] == "failed"


def test_ranges_of_ipv6_are_compared_with_each_other_alone(build):
    local = ["0.0.0.0:25", "[::]:25"]
    wide = ("Wide", ["fd00::/64", "10.0.0.0/24"], local)
    narrow = ["fd00::/65", "fd00::8000:0:0:0/65", "10.0.0.0/25", "10.0.0.128/25"]
    assert overlaps(build, wide, ("A", narrow, local))[0]["Wide"] == "failed"
    assert overlaps(build, wide, ("A", narrow[2:], local))[0]["Wide"] == "passed"


def test_two_connectors_share_a_range(build):
    states, details = overlaps(
        build,
        ("A", ["10.0.0.0/24", "10.2.0.1"]),
        ("B", ["10.0.0.0-10.0.0.255"]),
        ("C", ["10.0.0.0/23"]),
        ("D", ["10.0.0.0/24"], ["0.0.0.0:2525"]),
        ("E", ["10.2.0.1"], ["0.0.0.0:25"], False),
        rule="OV-02",
    )
    assert states == {
        "A": "failed", "B": "failed", "C": "passed", "D": "passed", "E": "not_applicable",
    }  # fmt: skip
    assert sorted(details) == ["Shared with: A.", "Shared with: B."]


def test_what_others_listen_on_has_to_be_known(build):
    states, _ = overlaps(build, ("A", ["10.0.0.0/24"]), ("B", ["x"]))
    assert states == {"A": "not_evaluable", "B": "not_evaluable"}


def test_connectors_of_other_servers_are_another_matter(build):
    here, there = (
        forest.receive_connector(build, "A", server, msExchSmtpReceiveRemoteIPRanges=["10.0.0.1"])
        for server in ("EX1", "EX2")
    )
    results = build.results(forest.server(build), here, there)
    assert {each.state for each in results.evaluations if each.rule == "OV-02"} == {"passed"}
