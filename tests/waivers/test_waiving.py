"""What waivers fit, and what becomes of the findings they fit."""

import re

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from msgspec.structs import replace
from report_builder import realistic

from analyzer.arguments import has_findings
from analyzer.results.records import AppliesTo, FindingRecord, Results, WaiverRecord
from analyzer.waivers.waiving import apply_waivers, fits, matches, without_waivers

DAY = "2026-11-24"
NAMES = st.text(st.characters(codec="utf-8", exclude_characters="*?"), max_size=12)


def waiver(rule: str = "VS-01", **changes: object) -> WaiverRecord:
    fields: dict[str, object] = {
        "id": "W-1",
        "rule": rule,
        "applies_to": AppliesTo(server="*"),
        "reason": "accepted",
        "approved_by": "A. Smith",
        "approved_on": "2026-01-01",
        "expires": "2027-01-01",
        "ticket": "",
        "file": "waivers.toml",
        "line": 3,
    }
    return WaiverRecord(**{**fields, **changes})


@pytest.fixture(scope="module")
def results() -> Results:
    return without_waivers(realistic())


@pytest.fixture(scope="module")
def finding(results: Results) -> FindingRecord:
    return results.findings[0]


@given(st.text("ab*?", max_size=10), st.text("abAB", max_size=10))
@example("*?", "")
@example("", "a")
def test_matching_is_that_of_a_regular_expression(pattern, text):
    words = {"*": ".*", "?": "."}
    expression = "".join(words.get(sign, re.escape(sign)) for sign in pattern)
    assert matches(pattern, text) is bool(re.fullmatch(expression, text, re.IGNORECASE))


@given(st.text(max_size=20))
def test_a_text_fits_itself_whatever_is_in_it(text):
    assert matches(text, text)


@given(NAMES, NAMES)
def test_without_a_sign_nothing_but_the_same_name_fits(pattern, text):
    assert matches(pattern, text) is (pattern.casefold() == text.casefold())


def test_many_stars_take_no_time():
    assert not matches("*a" * 500 + "b", "a" * 2_000)


@given(
    st.fixed_dictionaries(
        {},
        optional={
            "server": st.sampled_from(["*", "EX*", "EX01", "zzz"]),
            "listener": st.sampled_from(["*", "Default*", "zzz"]),
            "object": st.sampled_from(["*", "CN=1,*", "zzz"]),
            "finding": st.sampled_from(["*", "F-*", "zzz"]),
        },
    )
)
def test_a_key_more_never_fits_more(given_keys):
    findings = without_waivers(realistic()).findings
    keys = AppliesTo(**given_keys)
    for one in findings:
        of_rule = waiver(one.rule, applies_to=keys)
        if fits(of_rule, one):
            assert given_keys, "a waiver that says not what it applies to fits nothing"
            assert "zzz" not in given_keys.values()
            for left_out in given_keys if len(given_keys) > 1 else ():
                fewer = {key: text for key, text in given_keys.items() if key != left_out}
                assert fits(replace(of_rule, applies_to=AppliesTo(**fewer)), one)
        assert not fits(replace(of_rule, rule="XX-99"), one)


def test_an_object_is_known_by_any_spelling_of_its_dn(finding):
    spelled = finding.dn.replace(",", ", ").upper()
    assert fits(waiver(finding.rule, applies_to=AppliesTo(object=spelled)), finding)
    assert not fits(waiver(finding.rule, applies_to=AppliesTo(object=spelled[5:])), finding)


@pytest.mark.parametrize("name", ["id", "fingerprint"])
def test_a_finding_is_known_by_its_id_and_its_fingerprint(finding, name):
    own = AppliesTo(finding=getattr(finding, name))
    assert fits(waiver(finding.rule, applies_to=own), finding)
    begun = AppliesTo(finding=getattr(finding, name)[:-1])
    assert not fits(waiver(finding.rule, applies_to=begun), finding)


def test_a_finding_on_an_organisation_needs_all_of_its_objects(finding):
    wide = replace(finding, objects=("CN=A,DC=x", "CN=B,DC=x"), server=None, virtual_server=None)
    assert not fits(waiver(wide.rule, applies_to=AppliesTo(object="CN=A,DC=x")), wide)
    assert not fits(waiver(wide.rule, applies_to=AppliesTo(server="*")), wide)
    assert not fits(waiver(wide.rule, applies_to=AppliesTo(listener="*")), wide)
    assert fits(waiver(wide.rule, applies_to=AppliesTo(object="CN=?,DC=x")), wide)
    assert fits(waiver(wide.rule, applies_to=AppliesTo(finding=wide.id)), wide)


def test_a_waived_finding_is_told_apart_and_nothing_else_changes(results, finding):
    own = waiver(finding.rule, applies_to=AppliesTo(finding=finding.id))
    waived = apply_waivers(results, [own], day=DAY)
    assert waived.findings[0] == replace(finding, status="waived", waiver="W-1")
    assert waived.findings[1:] == results.findings[1:]
    for name in ("checks", "evaluations", "virtual_servers", "evidence"):
        assert getattr(waived, name) == getattr(results, name)
    (record,) = waived.waivers
    assert (record.state, record.findings, record.note) == ("used", (finding.id,), "")
    assert without_waivers(waived).findings == results.findings


def test_waived_findings_leave_fail_on(results):
    everything = [
        waiver(each.rule, id=f"W-{number}", applies_to=AppliesTo(finding=each.fingerprint))
        for number, each in enumerate(results.findings)
    ]
    assert has_findings(results, "info")
    assert not has_findings(apply_waivers(results, everything, day=DAY), "info")
    assert has_findings(apply_waivers(results, everything, day="2027-01-02"), "info")


@pytest.mark.parametrize(
    ("day", "state"), [("2027-01-01", "used"), ("2027-01-02", "expired"), ("2025-12-31", "unused")]
)
def test_the_last_day_counts_and_so_does_the_first(results, finding, day, state):
    own = waiver(finding.rule, applies_to=AppliesTo(finding=finding.id))
    applied = apply_waivers(results, [own], day=day)
    assert applied.waivers[0].state == state
    assert applied.findings[0].status == ("waived" if state == "used" else "open")
    if state == "expired":
        assert applied.waivers[0].note == "expired on 2027-01-01; its finding is open again"
        assert applied.waivers[0].findings == (finding.id,)
    if state == "unused":
        assert applied.waivers[0].note.startswith("not in force: approved on 2026-01-01")


def test_a_second_waiver_takes_over_from_one_that_has_expired(results, finding):
    own = AppliesTo(finding=finding.id)
    old = waiver(finding.rule, applies_to=own, expires="2026-02-01")
    new = waiver(finding.rule, applies_to=own, id="W-2")
    applied = apply_waivers(results, [old, new], day=DAY)
    assert applied.findings[0].waiver == "W-2"
    assert applied.waivers[0].findings == ()
    assert applied.waivers[0].note.endswith("it fits no finding that is open")


def test_the_first_of_two_waivers_is_named_and_both_are_used(results, finding):
    own = AppliesTo(finding=finding.id)
    both = [waiver(finding.rule, applies_to=own, id=name) for name in ("W-1", "W-2")]
    applied = apply_waivers(results, both, day=DAY)
    assert applied.findings[0].waiver == "W-1"
    assert [each.state for each in applied.waivers] == ["used", "used"]


def test_a_waiver_without_an_end_and_one_without_a_finding_say_so(results, finding):
    own = AppliesTo(finding=finding.id)
    endless = waiver(finding.rule, applies_to=own, expires="")
    stray = waiver(finding.rule, id="W-2", applies_to=AppliesTo(server="NOWHERE"))
    applied = apply_waivers(results, [endless, stray], day="2099-01-01")
    assert applied.findings[0].status == "waived"
    assert applied.waivers[0].note == "has no expiry: it never ends"
    assert applied.waivers[1].state == "expired"
    assert applied.waivers[1].note == "expired on 2027-01-01; it fits no finding that is open"


def test_a_rule_whose_failures_are_told_under_another_one_says_so(build):
    audited = build.results(
        build.virtual_server(msExchSmtpRelayForAuth=False, msExchSmtpRelayIpList=build.relay_list())
    )
    covered = next(each for each in audited.evaluations if each.reported_under)
    applied = apply_waivers(audited, [waiver(covered.rule)], day=DAY)
    lead = next(one.rule for one in audited.findings if one.id == covered.reported_under)
    assert applied.waivers[0].note == (
        f"fits no finding; failures of its rule are told under {lead}"
    )
