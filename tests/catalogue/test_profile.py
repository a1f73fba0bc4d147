"""Profiles of a client: what they change, what stands beside it, and what they may not do."""

from collections.abc import Callable
from pathlib import Path

import pytest

from analyzer.catalogue import Catalogue, load_catalogue
from analyzer.catalogue.profile import apply_profile
from analyzer.catalogue.rule import FindingKind
from analyzer.errors import CatalogueError

CATALOGUE = load_catalogue()

Apply = Callable[[str], Catalogue]


@pytest.fixture
def apply(tmp_path: Path) -> Apply:
    def apply_text(text: str) -> Catalogue:
        file = tmp_path / "profile.toml"
        file.write_text(text)
        return apply_profile(CATALOGUE, file)

    return apply_text


def rule_of(catalogue: Catalogue, rule_id: str):
    return next(rule for rule in catalogue.rules if rule.id == rule_id)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ('severity = "high"', ":1: id is missing"),
        ('id = "VS-1"\noff = true', ":2: VS-1: unknown rule 'VS-1'; did you mean VS-01?"),
        ('id = "VS-01"', ":1: VS-01: changes nothing"),
        ('id = "VS-01"\nseverity = "hihg"', ":3: VS-01: severity is 'hihg', expected one of crit"),
        ('id = "VS-01"\nseverities = "high"', ":3: VS-01: unknown key 'severities'; did you mean"),
        ('id = "VS-01"\noff = true', ":1: VS-01: reason is missing"),
        ('id = "VS-01"\noff = "yes"', ":3: VS-01: off is 'yes', expected true or false"),
        ('id = "VS-01"\noff = true\nreason = "x"\nseverity = "low"', ":3: VS-01: off stands besid"),
        ('id = "VS-02"\nargument = "many"', ":3: VS-02: argument of at_least is 'many', expected"),
        ('id = "VS-02"\nargument = true', ":3: VS-02: argument of at_least is True"),
        ('id = "VS-01"\nargument = 1', ":3: VS-01: its argument cannot be changed: the rule has n"),
        ('id = "VS-09"\nargument = 1', ":3: VS-09: its argument cannot be changed: the rule compa"),
        (
            'id = "VS-01"\nseverity = "low"\n[[rule]]\nid = "VS-01"\nseverity = "high"',
            ":5: VS-01: stands twice (line 1)",
        ),
    ],
)
def test_what_is_wrong_is_named_with_file_and_line(apply, text, message):
    with pytest.raises(CatalogueError) as caught:
        apply(f"[[rule]]\n{text}\n")
    assert str(caught.value).rpartition("profile.toml")[2].startswith(message)


def test_a_control_keeps_the_threshold_of_its_framework(apply):
    control = next(
        rule
        for rule in CATALOGUE.rules
        if rule.control and rule.clauses[0].argument and len(rule.clauses) == 1
    )
    with pytest.raises(CatalogueError, match="the threshold is that of the framework"):
        apply(f'[[rule]]\nid = "{control.id}"\nargument = 1\n')
    changed = rule_of(apply(f'[[rule]]\nid = "{control.id}"\nseverity = "info"\n'), control.id)
    assert changed.severity == "info"


def test_the_shipped_rules_are_left_as_they_are(apply):
    before = CATALOGUE.rules
    changed = apply('[[rule]]\nid = "VS-01"\nseverity = "critical"\n')
    assert CATALOGUE.rules is before
    assert changed.sha256 == CATALOGUE.sha256
    assert [rule.id for rule in changed.rules] == [rule.id for rule in before]
    assert rule_of(changed, "VS-01").original is rule_of(CATALOGUE, "VS-01")
    assert rule_of(changed, "VS-02") is rule_of(CATALOGUE, "VS-02")


def test_a_severity_stands_in_the_finding_with_the_original_beside_it(apply, build):
    changed = apply('[[rule]]\nid = "VS-07"\nseverity = "critical"\nreason = "policy 4.2"\n')
    results = build.results(
        build.virtual_server(msExchServerBindings=[":2525:"]), catalogue=changed
    )
    finding = build.finding(results, "VS-07")
    assert finding.severity == "critical"
    assert finding.original_severity == rule_of(CATALOGUE, "VS-07").severity
    assert results.findings[0] is finding
    (record,) = results.profile
    assert (record.rule, record.severity, record.original_severity, record.reason) == (
        "VS-07",
        "critical",
        rule_of(CATALOGUE, "VS-07").severity,
        "policy 4.2",
    )


def test_what_is_no_defect_stays_none_whatever_the_severity(apply, build):
    changed = apply('[[rule]]\nid = "VS-01"\nseverity = "critical"\n')
    results = build.results(build.virtual_server(msExchSmtpRelayForAuth=False), catalogue=changed)
    finding = build.finding(results, "VS-01")
    assert finding.kind is FindingKind.STRICTER
    assert (finding.severity, finding.original_severity) == ("info", None)


@pytest.mark.parametrize(
    ("limit", "argument", "state", "failed_as_shipped"),
    [(100, 50, "passed", 1), (100, 200, "failed", 1), (300, 500, "failed", 0)],
)
def test_an_argument_decides_and_the_shipped_test_is_counted(
    apply, build, limit, argument, state, failed_as_shipped
):
    changed = apply(f'[[rule]]\nid = "VS-02"\nargument = {argument}\n')
    results = build.results(build.virtual_server(msExchSmtpMaxRecipients=limit), catalogue=changed)
    assert build.state(results, "VS-02") == state
    (check,) = [check for check in results.checks if check.rule == "VS-02"]
    assert check.originally_failed == failed_as_shipped
    (rule,) = [rule for rule in results.rules if rule.id == "VS-02"]
    assert f"is {argument} or more" in rule.condition
    assert "is 250 or more" in rule.original_condition
    assert not rule.command
    if state == "failed":
        assert build.finding(results, "VS-02").severity == rule.severity
        title = build.finding(results, "VS-02").title
        assert f"{argument} instead of 250" in title


def test_a_rule_that_is_switched_off_makes_no_checks_and_says_why(apply, build):
    changed = apply('[[rule]]\nid = "VS-02"\noff = true\nreason = "tested on the live system"\n')
    results = build.results(build.virtual_server(msExchSmtpMaxRecipients=100), catalogue=changed)
    assert not [each for each in results.evaluations if each.rule == "VS-02"]
    assert not [finding for finding in results.findings if finding.rule == "VS-02"]
    (check,) = [check for check in results.checks if check.rule == "VS-02"]
    assert check.reasons == ("switched off by the client's profile: tested on the live system",)
    assert (check.tested, check.originally_failed) == (0, 1)
    (rule,) = [rule for rule in results.rules if rule.id == "VS-02"]
    assert rule.switched_off == "tested on the live system"


def test_a_rule_that_covers_others_gives_them_free_when_it_is_switched_off(apply, build):
    server = build.virtual_server(
        msExchSmtpRelayForAuth=True, msExchSmtpRelayIpList=build.relay_list(grant=["0.0.0.0/0"])
    )
    led = {finding.rule for finding in build.results(server).findings}
    assert "RL-01" in led
    assert "RL-03" not in led
    changed = apply('[[rule]]\nid = "RL-01"\noff = true\nreason = "other team"\n')
    results = build.results(server, catalogue=changed)
    assert results.virtual_servers[0].relay.verdict == "open"
    assert {"RL-02", "RL-03"} & {finding.rule for finding in results.findings}


def test_a_profile_gives_the_report_another_id(apply, build):
    server = build.virtual_server()
    changed = apply('[[rule]]\nid = "VS-01"\nseverity = "critical"\n')
    plain, profiled = build.results(server), build.results(server, catalogue=changed)
    assert plain.run.report_id != profiled.run.report_id


def test_one_argument_of_each_condition_can_be_changed(apply):
    """Ranges, lists and texts are checked like those of rule files."""
    changed = apply(
        '[[rule]]\nid = "GL-02"\nargument = [1, 2047]\n'
        '[[rule]]\nid = "DF-38"\nargument = [0, 1]\n'
        '[[rule]]\nid = "VS-14"\nargument = "D"\n'
    )
    arguments = {rule.id: rule.clauses[0].argument for rule in changed.rules}
    assert arguments["GL-02"] == (1, 2047)
    assert arguments["DF-38"] == (0, 1)
    assert arguments["VS-14"] == "D"
    with pytest.raises(CatalogueError, match="expected two whole numbers, the smaller first"):
        apply('[[rule]]\nid = "GL-02"\nargument = [9, 1]\n')
