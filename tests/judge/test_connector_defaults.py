"""Documented defaults of connectors and transport settings, by version and by default connector.

The tables are taken from the research on the documents by hand, not from the rule files.
"""

import pytest

from analyzer.directory.default_connectors import default_connector_of

from . import forest_2016 as forest

DEFAULT, CLIENT = "Default EX1", "Client EX1"
FRONT, CLIENT_FRONT = "Default Frontend EX1", "Client Frontend EX1"
CLIENT_PROXY, OUT_PROXY = "Client Proxy EX1", "Outbound Proxy Frontend EX1"
OWN = "Relay"
OLD, NEW = ("2007", "2010"), ("2016", "2019", "SE")
FRONT_END = ("2013", *NEW)
ALL = (*OLD, *FRONT_END)
MB = 1024 * 1024

RATE, SOURCE = "msExchSMTPReceiveRelayControl", "msExchSMTPReceiveMessageRateSource"
PER_SOURCE = "msExchSmtpReceiveMaxInboundConnectionsPerSource"
SHARE = "msExchSMTPReceiveMaxInboundConnectionsPercPerSource"
CONNECTIONS = "msExchSmtpReceiveMaxInboundConnections"
HEADER, HOPS = "msExchSmtpReceiveMaxHeaderSize", "msExchSmtpReceiveMaxHopCount"
LOCAL_HOPS, LOGONS = "msExchSmtpReceiveMaxLocalHopCount", "msExchSmtpReceiveMaxLogonFailures"
SIZE, ERRORS = "msExchSmtpReceiveMaxMessageSize", "msExchSmtpReceiveMaxProtocolErrors"
RECIPIENTS, LOG = (
    "msExchSmtpReceiveMaxRecipientsPerMessage",
    "msExchSmtpReceiveProtocolLoggingLevel",
)
TIMEOUT, IDLE = (
    "msExchSmtpReceiveConnectionTimeout",
    "msExchSmtpReceiveConnectionInactivityTimeout",
)
TARPIT, DELAY = "msExchSmtpReceiveTarpitInterval", "msExchSmtpReceiveMaxAcknowledgementDelay"
FLAGS, ROLE = "msExchSMTPReceiveInboundSecurityFlag", "msExchSmtpReceiveRole"
OPTIONS = "msExchSmtpReceiveProtocolOptions"
RESTRICTIONS = "msExchSmtpReceiveProtocolRestrictions"
PROTECTION, ENABLED = "msExchSMTPExtendedProtectionPolicy", "msExchSmtpReceiveEnabled"
BANNER, BINDINGS = "msExchSmtpReceiveBanner", "msExchSmtpReceiveBindings"

# Attribute, connectors, versions, values that a document gives, a value that none gives. None
# stands for no value.
RECEIVE = [
    (ENABLED, [DEFAULT, OWN], ALL, [True, None], False),
    (BANNER, [FRONT, OWN], FRONT_END, [None], "220 mail"),
    (TIMEOUT, [DEFAULT, OWN], ALL, [600], 601),
    (IDLE, [DEFAULT, OWN], ALL, [300], 60),
    (RATE, [DEFAULT, FRONT, OUT_PROXY], NEW, [None], 5),
    (RATE, [CLIENT_PROXY, CLIENT_FRONT], NEW, [5], None),
    (RATE, [CLIENT_PROXY, CLIENT_FRONT], ["2013"], [5, None], 6),
    (RATE, [DEFAULT, CLIENT, OWN], OLD, [None], 600),
    (RATE, [OWN], ALL, [None], 5),
    (SOURCE, [DEFAULT, FRONT, OUT_PROXY], NEW, [1], 2),
    (SOURCE, [CLIENT_PROXY, CLIENT_FRONT], NEW, [2], 1),
    (CONNECTIONS, [DEFAULT, OWN], ALL, [5000], None),
    (PER_SOURCE, [DEFAULT], FRONT_END, [None], 20),
    (PER_SOURCE, [DEFAULT, CLIENT], OLD, [20], None),
    (PER_SOURCE, [FRONT, CLIENT_FRONT, CLIENT_PROXY, OUT_PROXY], FRONT_END, [20], None),
    (PER_SOURCE, [OWN], ALL, [20], None),
    (SHARE, [DEFAULT], FRONT_END, [100], 2),
    (SHARE, [DEFAULT, CLIENT], OLD, [2], 100),
    (SHARE, [FRONT, CLIENT_FRONT, CLIENT_PROXY, OUT_PROXY], FRONT_END, [2], 100),
    (HEADER, [DEFAULT, OWN], OLD, [65536], 131072),
    (HEADER, [DEFAULT, OWN], ["2013"], [65536, 131072], 32768),
    (HEADER, [DEFAULT, OWN], NEW, [262144], 131072),
    (HOPS, [DEFAULT, OWN], (*OLD, "2013"), [60], 30),
    (HOPS, [DEFAULT, OWN], NEW, [30, 60], 12),
    (LOCAL_HOPS, [DEFAULT, OWN], ALL, [8, 12], 0),
    (LOGONS, [DEFAULT, OWN], ALL, [3], 0),
    (SIZE, [DEFAULT, CLIENT, OWN], OLD, [10 * MB], 36 * MB),
    (SIZE, [DEFAULT, CLIENT_PROXY, CLIENT_FRONT], ["2013"], [10 * MB, 35 * MB], 36 * MB),
    (SIZE, [FRONT, OUT_PROXY], ["2013"], [10 * MB, 36 * MB], 35 * MB),
    (SIZE, [DEFAULT, FRONT, CLIENT_PROXY, CLIENT_FRONT, OUT_PROXY], NEW, [36 * MB], 35 * MB),
    (SIZE, [OWN], NEW, [36 * MB], 10 * MB),
    (ERRORS, [DEFAULT, OWN], ALL, [5], None),
    (RECIPIENTS, [DEFAULT], ALL, [5000], 200),
    (RECIPIENTS, [CLIENT], OLD, [200], 5000),
    (RECIPIENTS, [FRONT, CLIENT_FRONT, CLIENT_PROXY, OUT_PROXY], FRONT_END, [200], 5000),
    (RECIPIENTS, [OWN], ALL, [200], 5000),
    (LOG, [FRONT], NEW, [1], 0),
    (LOG, [FRONT], NEW, [1], None),
    (LOG, [DEFAULT, CLIENT_FRONT, CLIENT_PROXY, OUT_PROXY], NEW, [0, None], 1),
    (LOG, [OWN], ALL, [0, None], 1),
    (TARPIT, [DEFAULT, OWN], ALL, [5], 0),
    (DELAY, [DEFAULT, OWN], OLD, [30], 0),
    (FLAGS, [DEFAULT], NEW, [23, 31], 15),
    (FLAGS, [FRONT, CLIENT_PROXY, OUT_PROXY], NEW, [31], 23),
    (FLAGS, [CLIENT_FRONT], NEW, [15], 31),
    (FLAGS, [OWN], ALL, [1, 15, 17], 32),
    (OPTIONS, [DEFAULT, OWN], ALL, [445, 445 | 512], 445 & ~8),
    (RESTRICTIONS, [DEFAULT, OWN], ALL, [0, 16], 8),
    (PROTECTION, [DEFAULT, OWN], FRONT_END, [0], 1),
    (ROLE, [FRONT, CLIENT_FRONT, OUT_PROXY], FRONT_END, [16384], 32),
    (ROLE, [DEFAULT, CLIENT_PROXY], FRONT_END, [32], 16384),
    (BINDINGS, [FRONT], NEW, [["0.0.0.0:25", "[::]:25"], ["[::]:25", "0.0.0.0:25"]], ["[::]:25"]),
    (BINDINGS, [CLIENT_FRONT], NEW, [["0.0.0.0:587", "[::]:587"]], ["0.0.0.0:25"]),
    (BINDINGS, [OUT_PROXY], NEW, [["0.0.0.0:717", "[::]:717"]], ["0.0.0.0:25"]),
    (BINDINGS, [CLIENT_PROXY], NEW, [["0.0.0.0:465", "[::]:465"]], ["0.0.0.0:25"]),
    (BINDINGS, [DEFAULT], NEW, [["0.0.0.0:2525", "[::]:2525"]], ["0.0.0.0:25"]),
    (BINDINGS, [DEFAULT], OLD, [["0.0.0.0:25"]], ["0.0.0.0:2525", "[::]:2525"]),
]
RECEIVE_CASES = [
    pytest.param(attribute, name, version, value, expected, id=f"{attribute}-{name}-{version}")
    for attribute, names, versions, values, other in RECEIVE
    for name in names
    for version in versions
    for value, expected in [*((value, "passed") for value in values), (other, "failed")]
]


def default_rule(build, attribute, prefix):
    """Return the id of the rule on the documented default of an attribute."""
    rules = [rule.id for rule in build.catalogue.rules if rule.attribute == attribute]
    (rule,) = [rule for rule in rules if rule.startswith(prefix) and not rule.endswith("90")]
    return rule


@pytest.mark.parametrize(("attribute", "name", "version", "value", "expected"), RECEIVE_CASES)
def test_receive_connectors(build, attribute, name, version, value, expected):
    entry = forest.receive_connector(build, name, **{attribute: value, "cn": name})
    if value is None:
        entry.fields.pop(attribute.lower(), None)
    results = build.results(forest.server(build, version), entry)
    rule = default_rule(build, attribute, "RC-")
    assert build.state(results, rule, entry.dn) == expected


# Attribute, name, versions, values, a value that is none.
SEND = [
    ("msExchSmtpSendEnabled", ["Out"], ALL, [True, None], False),
    ("msExchSmtpSendPort", ["Out"], ALL, [25], 26),
    ("msExchSmtpSmartHost", ["Out"], ALL, [None], "[10.0.0.9]"),
    ("msExchSmtpSendConnectionTimeout", ["Out"], ALL, [600], 300),
    ("msExchSmtpOutboundSecurityFlag", ["Out"], ALL, [0, 8388608, None], 4),
    ("msExchSmtpSendFlags", ["Out"], ALL, [0, 8192, None], 4),
    ("msExchSmtpSendFlags", ["EdgeSync - Berlin to Internet"], ALL, [4], 0),
    ("msExchSmtpSendFlags", ["EdgeSync - Berlin to Internet"], ALL, [4], None),
    ("msExchSMTPSendConnectorFQDN", ["Out"], ALL, [None], "mail.contoso.com"),
    ("msExchSmtpSendNdrLevel", ["Out"], ALL, [0, None], 1),
    ("msExchSmtpSendProtocolLoggingLevel", ["Out"], NEW, [0, None], 1),
    ("msExchSmtpSendBindingIPAddress", ["Out"], ALL, ["0.0.0.0", None], "10.0.0.1"),
    ("msExchSmtpMaxMessagesPerConnection", ["Out"], ALL, [20], 21),
    ("delivContLength", ["Out"], (*OLD, "2013"), [10240], 25600),
    ("delivContLength", ["Out"], (*OLD, "2013"), [10240], None),
    ("delivContLength", ["Out"], NEW, [10240, 25600, 35840, None], 20480),
]


@pytest.mark.parametrize(
    ("attribute", "name", "version", "value", "expected"),
    [
        (attribute, name, version, value, expected)
        for attribute, names, versions, values, other in SEND
        for name in names
        for version in versions
        for value, expected in [*((value, "passed") for value in values), (other, "failed")]
    ],
)
def test_send_connectors(build, attribute, name, version, value, expected):
    entry = forest.send_connector(build, name, **{attribute: value})
    results = build.results(forest.server(build, version), entry)
    (rule,) = [
        rule.id
        for rule in build.catalogue.rules
        if rule.id[:4] in ("SC-0", "SC-1") and rule.attribute == attribute
    ]
    assert build.state(results, rule, entry.dn) == expected


@pytest.mark.parametrize(
    ("attribute", "version", "value", "expected"),
    [
        *(("delivContLength", version, 10240, "passed") for version in ALL),
        *(("submissionContLength", version, 10240, "passed") for version in ALL),
        ("delivContLength", "2007", None, "passed"),  # no limit without a service pack
        ("delivContLength", "2010", None, "failed"),
        ("submissionContLength", "2019", 20480, "failed"),
        *(("msExchRecipLimit", version, 5000, "passed") for version in ALL),
        *(("msExchRecipLimit", version, 500, "passed") for version in NEW),
        *(("msExchRecipLimit", version, 500, "failed") for version in (*OLD, "2013")),
        ("msExchRecipLimit", "2016", None, "failed"),
    ],
)
def test_transport_settings(build, attribute, version, value, expected):
    entry = forest.transport_settings(build, **{attribute: value})
    results = build.results(forest.server(build, version), entry)
    assert build.state(results, default_rule(build, attribute, "TS-")) == expected


def test_the_newest_server_decides_over_the_settings_of_the_organisation(build):
    entry = forest.transport_settings(build, msExchRecipLimit=500)
    servers = [forest.server(build, "2010", "EX1"), forest.server(build, "2016", "EX2")]
    assert build.state(build.results(*servers, entry), "TS-03") == "passed"
    assert build.state(build.results(entry), "TS-03") == "not_evaluable"


def test_without_the_server_any_default_may_hold(build):
    unknown = forest.receive_connector(build, OWN, **{HOPS: 60})
    assert build.state(build.results(unknown), default_rule(build, HOPS, "RC-")) == "not_evaluable"
    none = forest.receive_connector(build, OWN, **{HOPS: 10})
    assert build.state(build.results(none), default_rule(build, HOPS, "RC-")) == "failed"


def test_values_that_every_installation_stores_are_missed(build):
    results = build.results(forest.server(build), forest.receive_connector(build, OWN))
    for attribute in (TIMEOUT, IDLE, SHARE, HEADER, HOPS, LOCAL_HOPS, LOGONS, SIZE, TARPIT):
        assert build.state(results, default_rule(build, attribute, "RC-")) == "failed"
    for attribute in (FLAGS, PROTECTION, SOURCE, ROLE):
        assert build.state(results, default_rule(build, attribute, "RC-")) == "not_evaluable"


def test_where_documents_disagree_both_values_are_shown(build):
    entry = forest.receive_connector(build, OWN, **{HOPS: 12})
    results = build.results(forest.server(build), entry)
    finding = build.finding(results, default_rule(build, HOPS, "RC-"))
    assert finding.default == 30
    assert finding.default_text == "30 (also documented: 60)"
    rule = next(rule for rule in results.rules if rule.id == finding.rule)
    assert any("DISA" in text for text in rule.disagreements)
    assert "EX16-MB-000380" in rule.references


def test_no_value_is_told_as_unlimited(build):
    entry = forest.receive_connector(build, DEFAULT, **{PER_SOURCE: 20})
    results = build.results(forest.server(build), entry)
    finding = build.finding(results, default_rule(build, PER_SOURCE, "RC-"))
    assert (finding.default, finding.default_text) == (None, "unlimited")


@pytest.mark.parametrize(
    ("name", "server", "version", "expected"),
    [
        ("Default EX1", "EX1", "2010", "Default <server>"),
        ("default ex1", "EX1", None, "Default <server>"),
        ("Default EX2", "EX1", "2010", ""),
        ("Default", "EX1", "2010", ""),
        ("Default Frontend EX1", "EX1", "2013", "Default Frontend <server>"),
        ("Default Frontend EX1", "EX1", "2010", ""),
        ("Default Frontend", "Frontend", "2016", "Default <server>"),
        ("Client EX1", "EX1", "2010", "Client <server>"),
        ("Client EX1", "EX1", "2016", ""),
        ("Client Proxy EX1", "EX1", "SE", "Client Proxy <server>"),
        ("Client Frontend EX1", "EX1", "2019", "Client Frontend <server>"),
        ("Outbound Proxy Frontend EX1", "EX1", "2019", "Outbound Proxy Frontend <server>"),
        ("Default EX1 ", "EX1", "2016", ""),
        ("Default EX1", None, "2016", ""),
        ("EdgeSync - Inbound to Berlin", None, "2016", "EdgeSync - Inbound to <site>"),
        ("EdgeSync - Berlin to Internet", None, None, "EdgeSync - <site> to Internet"),
        (None, "EX1", "2016", ""),
    ],
)
def test_connectors_of_the_installation_are_known_by_name_and_version(
    name, server, version, expected
):
    assert default_connector_of(name, server, version) == expected
