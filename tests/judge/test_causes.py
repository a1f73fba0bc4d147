"""One cause, one finding: what leads, what is reported under it, what differs from its default."""

import pytest

from analyzer.dump.reading import ExportScope


def listing(build, *networks):
    return build.relay_list(grant=networks)


def told(results):
    return {finding.rule: finding.covers for finding in results.findings}


def test_one_list_that_lets_everybody_relay_is_one_finding(build):
    entry = build.virtual_server(
        msExchSmtpRelayIpList=listing(build, "0.0.0.0/0"), msExchSmtpRelayForAuth=False
    )
    results = build.results(entry)
    assert told(results)["RL-01"] == ("VS-01", "RL-02", "RL-03")
    for rule in ("VS-01", "RL-02", "RL-03"):
        assert build.state(results, rule) == "failed"
        assert rule not in told(results)
    (under,) = {x.reported_under for x in results.evaluations if x.rule == "RL-02"}
    assert under == build.finding(results, "RL-01").id
    assert build.finding(results, "RL-01").differing == (
        "msExchSmtpRelayIpList",
        "msExchSmtpRelayForAuth",
    )


def test_objects_of_one_dn_are_told_by_their_own_findings(build):
    open_to_all = listing(build, "0.0.0.0/0")
    results = build.results(
        *(
            build.virtual_server(msExchSmtpRelayIpList=open_to_all, objectGUID=bytes([n] * 16))
            for n in (1, 2)
        )
    )
    under = [x.reported_under for x in results.evaluations if x.rule == "RL-02"]
    assert under == [finding.id for finding in results.findings if finding.rule == "RL-01"]
    assert len(set(under)) == 2


def test_a_rule_that_nothing_covers_keeps_its_finding(build):
    entry = build.virtual_server(
        msExchSmtpRelayIpList=listing(build, "203.0.113.7/32"), msExchSmtpRelayForAuth=False
    )
    results = build.results(entry)
    assert told(results)["RL-03"] == told(results)["VS-01"] == told(results)["VS-09"] == ()
    assert "RL-04" not in told(results)


def test_covered_rules_lead_to_their_own_values_in_the_evidence(build):
    entry = build.virtual_server(
        msExchSmtpRelayIpList=listing(build, "0.0.0.0/0"), msExchSmtpRelayForAuth=False
    )
    results = build.results(entry)
    leader = build.finding(results, "RL-01")
    rests_on = {row.attribute for row in results.evidence if leader.id in row.findings}
    assert rests_on == {"msExchSmtpRelayIpList", "msExchSmtpRelayForAuth"}


def test_what_holds_for_an_organisation_is_one_finding_with_all_its_objects(build):
    results = build.results(
        build.server("EX01"), build.server("EX02"), build.server("EX03", "2000")
    )
    finding = build.finding(results, "ES-2003")
    assert finding.objects == (build.server_dn("EX01"), build.server_dn("EX02"))
    assert (finding.server, finding.virtual_server) == (None, None)
    assert finding.title.endswith(": EX01, EX02 (2 of 3 servers)")
    others = [x for x in results.evaluations if x.rule == "ES-2003" and x.reported_under]
    assert [(x.dn, x.reported_under) for x in others] == [(build.server_dn("EX02"), finding.id)]
    assert {row.dn for row in results.evidence if finding.id in row.findings} == set(
        finding.objects
    )


@pytest.mark.parametrize(
    ("attribute", "value", "kind"),
    [
        ("msExchSmtpRelayForAuth", False, "stricter"),
        ("msExchAuthenticationFlags", 6, "stricter"),
        ("msExchAuthenticationFlags", 15, "non-default"),
        ("msExchAccessSSLFlags", 8, "stricter"),
        ("msExchSmtpMaxOutgoingConnections", 999, "stricter"),
        ("msExchSmtpMaxOutgoingConnections", 1001, "non-default"),
        ("msExchMaxIncomingConnections", 500, "stricter"),
        ("msExchLogType", 1, "stricter"),
        ("msExchSmtpMaxHopCount", 15, "non-default"),
        ("msExchSmtpMaxRecipients", 100, "stricter"),
        ("msExchSmtpMaxRecipients", 5000, "stricter"),
        ("msExchSmtpMaxRecipients", 64001, "non-default"),
        ("msExchSmtpFullyQualifiedDomainName", "mail.example", "non-default"),
    ],
)
def test_what_is_stricter_than_the_default_is_no_weakness(build, attribute, value, kind):
    results = build.results(build.server(), build.virtual_server(**{attribute: value}))
    (finding,) = (x for x in results.findings if attribute in x.differing)
    assert finding.kind == kind
    assert (finding.severity == "info") == (kind == "stricter")


def test_a_value_that_the_documents_recommend_is_no_defect(build):
    results = build.results(
        build.server(version="2000"), build.virtual_server(msExchSmtpMaxHopCount=30)
    )
    finding = build.finding(results, "VS-03")
    assert (finding.kind, finding.severity) == ("information", "info")
    assert finding.title == (
        "Maximum hop count: 30 instead of the documented default (15); recommended"
    )
    assert finding.differing == ("msExchSmtpMaxHopCount",)


@pytest.mark.parametrize(
    ("attribute", "value"),
    [
        ("msExchSmtpSmartHost", "relay.example"),
        ("msExchSmtpInboundCommandSupportOptions", 6648961),
    ],
)
def test_a_weakness_may_differ_from_the_default_as_well(build, attribute, value):
    results = build.results(build.server(), build.virtual_server(**{attribute: value}))
    telling = [finding.kind for finding in results.findings if attribute in finding.differing]
    assert telling == ["weakness"]


def test_a_weakness_of_the_default_differs_from_nothing(build):
    results = build.results(build.server(), build.virtual_server())
    assert {finding.rule for finding in results.findings} >= {"RL-04", "RL-07"}
    assert [finding for finding in results.findings if finding.differing] == []


def test_an_assumed_verdict_says_so_in_the_title(build):
    flags = {"msExchAuthenticationFlags": None, "msExchAccessSSLFlags": None}
    entry = build.virtual_server(msExchSmtpRelayIpList=listing(build, "0.0.0.0/0"), **flags)

    results = build.results(entry, scope=ExportScope.LIMITED)
    finding = build.finding(results, "RL-01")
    assert finding.assumed
    assert finding.title.startswith("Assumed: anybody who can connect may relay")
    assert not build.finding(build.results(build.virtual_server()), "RL-04").assumed
