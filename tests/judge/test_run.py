"""Objects and rules to results: the parts agree, are in order, and can be traced."""

from collections import Counter

import pytest

from analyzer.catalogue.condition_table import OBJECT_CONDITIONS, VALUE_CONDITIONS
from analyzer.directory.kinds import KINDS, VIRTUAL_SERVER
from analyzer.dump.reading import ExportScope
from analyzer.judge.connector_tests import CONNECTOR_TESTS
from analyzer.judge.evaluate import evaluate
from analyzer.judge.object_tests import OBJECT_TESTS
from analyzer.judge.organization_tests import ORGANIZATION_TESTS
from analyzer.judge.relay_tests import RELAY_TESTS
from analyzer.judge.run import make_report_id
from analyzer.judge.subject import make_subject
from analyzer.judge.surroundings import survey
from analyzer.judge.value_tests import VALUE_TESTS
from analyzer.verify.contradictions import told_failures


def test_every_condition_of_the_catalogue_has_a_function():
    assert set(VALUE_TESTS) == set(VALUE_CONDITIONS)
    tests = {*OBJECT_TESTS, *CONNECTOR_TESTS, *ORGANIZATION_TESTS, *RELAY_TESTS}
    assert tests | {"live_only"} == set(OBJECT_CONDITIONS)


def test_findings_evaluations_and_checks_agree(mixed):
    failed = Counter(
        (x.rule, x.dn, x.reported_under) for x in mixed.evaluations if x.state == "failed"
    )
    assert failed == Counter(told_failures(mixed.findings))
    assert set(failed.values()) == {1}
    states = Counter((item.rule, item.state) for item in mixed.evaluations)
    for check in mixed.checks:
        counts = {
            state: getattr(check, state)
            for state in ("failed", "passed", "not_evaluable", "not_applicable")
        }
        assert counts == {state: states[check.rule, state] for state in counts}
        assert check.tested == sum(counts.values())
        elsewhere = [rule for rule, _, finding in failed if rule == check.rule and finding]
        assert check.reported_elsewhere == len(elsewhere)
    assert [check.rule for check in mixed.checks] == [rule.id for rule in mixed.rules]


def test_rules_that_only_a_live_system_decides_are_listed_and_never_counted(mixed):
    live = {rule.id for rule in mixed.rules if rule.offline == "no"}
    later = {"RC-90", "SC-90", "AC-90", "TS-90", "SV-90"}
    assert live == {"VS-19", "VS-20", "VS-21", "VS-22"} | later
    for check in mixed.checks:
        if check.rule in live:
            assert (check.tested, check.passed) == (0, 0)
            assert check.reasons[0].startswith("not checkable from a dump")
    assert not live & {item.rule for item in mixed.evaluations}


def test_rules_for_objects_that_the_dump_does_not_hold_say_so(mixed):
    check = next(check for check in mixed.checks if check.rule == "GL-01")
    assert (check.tested, check.reasons) == (0, ("the dump holds no object of this kind",))


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


def test_an_empty_dump_gives_checks_and_nothing_else(build):
    results = build.results()
    assert (results.virtual_servers, results.findings, results.evaluations) == ((), (), ())
    counted = [rule for rule in build.catalogue.rules if not rule.control]
    assert len(results.checks) == len(results.rules) == len(counted)


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
        (judged,) = inventory.objects
        subject = make_subject(judged, survey(inventory), small_business_server=False)
        for rule in build.catalogue.rules:
            if judged.kind in rule.kinds and rule.offline != "no":
                assert evaluate(rule, subject).outcome


@pytest.mark.parametrize(
    "kind",
    [kind for kind in KINDS if not kind.is_auxiliary and kind is not VIRTUAL_SERVER],
    ids=lambda kind: kind.key,
)
def test_rules_judge_an_object_with_no_attribute_at_all(build, kind):
    mark = {"msExchSmtpSendPort": 25} if kind.marks else {}
    bare = build.entry("CN=Bare,DC=contoso,DC=com", kind.object_class, **mark)
    for scope in ExportScope:
        inventory = build.inventory(bare, scope=scope)
        (judged,) = inventory.objects
        assert judged.kind is kind
        subject = make_subject(judged, survey(inventory), small_business_server=False)
        for rule in build.catalogue.rules:
            if kind in rule.kinds and rule.offline != "no":
                assert evaluate(rule, subject).outcome
