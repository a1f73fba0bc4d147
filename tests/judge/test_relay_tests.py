"""Rules on the verdict who may relay: what they pass, fail and leave unjudged."""

import pytest

from analyzer.dump.reading import ExportScope


def test_wide_public_networks_are_found_in_pieces_too(build):
    halves = build.relay_list(grant=["203.0.113.0/25", "203.0.113.128/25"])
    results = build.results(build.virtual_server(msExchSmtpRelayIpList=halves))
    assert build.state(results, "RL-02") == "failed"
    exceptions = build.relay_list(deny=["203.0.113.0/24"])
    results = build.results(build.virtual_server(msExchSmtpRelayIpList=exceptions))
    assert build.state(results, "RL-02") == "not_applicable"


@pytest.mark.parametrize(
    ("changes", "logon", "log"),
    [
        ({"msExchSmtpRelayForAuth": False}, "passed", "passed"),
        ({"msExchSmtpRelayForAuth": None}, "failed", "failed"),
        ({"msExchAuthenticationFlags": None}, "failed", "failed"),
        ({"msExchAuthenticationFlags": "x"}, "not_evaluable", "failed"),
        ({"msExchAccessSSLFlags": "x"}, "not_evaluable", "failed"),
        ({"msExchLogType": None}, "failed", "failed"),
        ({"msExchLogType": "x"}, "failed", "not_evaluable"),
        ({"msExchSmtpRelayIpList": b"?"}, "failed", "failed"),
        (
            {"msExchSmtpRelayIpList": b"?", "msExchSmtpRelayForAuth": None},
            "not_evaluable",
            "not_evaluable",
        ),
        (
            {"msExchSmtpRelayIpList": b"?", "msExchSmtpRelayForAuth": False},
            "not_evaluable",  # an open relay takes passwords too
            "not_evaluable",
        ),
    ],
)
def test_logon_and_log_are_judged_by_who_may_relay(build, changes, logon, log):
    results = build.results(build.virtual_server(**changes))
    assert (build.state(results, "RL-04"), build.state(results, "RL-07")) == (logon, log)


def test_an_unknown_list_leaves_its_rules_unjudged(build):
    results = build.results(build.virtual_server(msExchSmtpRelayIpList=b"?"))
    for rule in ("RL-01", "RL-02", "RL-03"):
        assert build.state(results, rule) == "not_evaluable"
    finding = build.finding(results, "RL-08")
    assert (finding.severity, finding.kind) == ("info", "information")


def test_an_assumed_open_relay_is_a_finding_that_says_so(build):
    results = build.results(build.virtual_server(msExchSmtpRelayIpList=b""))
    finding = build.finding(results, "RL-01")
    assert (finding.severity, finding.method) == ("critical", "inferred")
    assert "Assumed:" in finding.consequence


PRIVATE = ["192.168.10.5:25:", "10.0.0.5:2525:"]


@pytest.mark.parametrize(
    ("bindings", "secure", "severity"),
    [
        (PRIVATE, None, "high"),
        (PRIVATE, ["127.0.0.1:465:"], "high"),
        (["[fe80::1]:25:"], None, "high"),
        ([*PRIVATE, "203.0.113.5:25:"], None, "critical"),
        (PRIVATE, [":465:"], "critical"),
        ([":25:"], None, "critical"),
        (["mail.contoso.com:25:"], None, "critical"),
        (["192.168.10.5:25"], None, "critical"),  # no binding: a part is missing
        (None, None, "critical"),
    ],
)
def test_an_open_relay_on_private_addresses_alone_is_high(build, bindings, secure, severity):
    results = build.results(
        build.virtual_server(
            msExchSmtpRelayIpList=build.relay_list(grant=["0.0.0.0/0"]),
            msExchServerBindings=bindings,
            msExchSecureBindings=secure,
        )
    )
    finding = build.finding(results, "RL-01")
    assert finding.severity == severity
    assert ("listens only on private addresses" in finding.title) == (severity == "high")


def test_bindings_that_were_not_exported_are_not_private(build):
    entry = build.virtual_server(
        msExchSmtpRelayIpList=build.relay_list(grant=["0.0.0.0/0"]),
        msExchServerBindings=PRIVATE,
        msExchSecureBindings=None,
    )
    results = build.results(entry, scope=ExportScope.LIMITED)
    assert build.finding(results, "RL-01").severity == "critical"
