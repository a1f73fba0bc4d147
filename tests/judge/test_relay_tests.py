"""Rules on the verdict who may relay: what they pass, fail and leave unjudged."""

import pytest


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
