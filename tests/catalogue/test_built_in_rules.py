"""The built-in rules: complete, sourced, and the same on every machine."""

import re
from collections import Counter
from importlib.resources import files

import pytest

from analyzer.catalogue import load_catalogue
from analyzer.catalogue.condition_table import in_words
from analyzer.catalogue.controls import FRAMEWORKS, name_of_control
from analyzer.catalogue.loader import BUILT_IN_FILES
from analyzer.catalogue.rule import FindingKind, Offline, Outcome, Severity, Support
from analyzer.directory import kinds
from analyzer.directory.editions import VERSIONS
from analyzer.judge.rule_records import rule_record

ALL_RULES = {rule.id: rule for rule in load_catalogue().rules}
CONTROLS = {name: rule for name, rule in ALL_RULES.items() if rule.control}
RULES = {name: rule for name, rule in ALL_RULES.items() if not rule.control}

BASELINE = """
msExchAccessSSLFlags msExchAuthenticationFlags msExchIncomingConnectionTimeout msExchLogType
msExchNTAuthenticationProviders msExchServerAutoStart msExchSmtpBadMailDirectory
msExchSmtpDoMasquerade msExchSmtpLocalQueueDelayNotification msExchSmtpLocalQueueExpirationTimeout
msExchSmtpMaxMessageSize msExchSmtpMaxSessionSize msExchSmtpMaxOutboundMsgPerDomain
msExchSmtpOutboundSecurityFlag msExchSmtpOutgoingConnectionTimeout msExchSmtpOutgoingPort
msExchIPSecurity msExchSecureBindings msExchServerBindingsFiltering msExchServerBindingsTurflist
msExchAuthMailDisposition msExchSmtpDropDirectory msExchSmtpEnableEXPN msExchSmtpEnableVRFY
msExchSmtpExternalDNSServers msExchSmtpMasqueradeDomain msExchSmtpMaxOutboundMsgPerDomainFlag
msExchSmtpOutboundSecurityUserName msExchSmtpRelayIpList msExchSmtpPerformReverseDnsLookup
msExchSmtpSendBadmailTo msExchSmtpSendNDRTo msExchSmtpRemoteQueueDelayNotification
msExchSmtpRemoteQueueExpirationTimeout msExchSmtpRemoteQueueRetries msExchSubmitRelaySD
delivContLength msExchRoutingDisallowPriority msExchRoutingAcceptMessageType
msExchSmtpMaxRecipients
"""


def test_all_rules_of_the_analyzer_are_there():
    wanted = {f"VS-{number:02}" for number in range(1, 23)}
    wanted |= {f"CN-{number:02}" for number in range(1, 6)}
    wanted |= {"GL-01", "GL-02", "SV-01", "SV-90", "RT-01", "RT-02", "RT-03"}
    wanted |= {"GL-03", "GL-04", "GL-05", "GL-06", "GL-13", "OV-01", "OV-02"}
    wanted |= {"GL-07", "GL-08", "GL-09", "GL-14", "GL-15"}
    wanted |= {f"MS-{number:02}" for number in (1, 3, 4, 5, 6, 7, 8)}  # MS-02 is GL-04
    wanted |= {f"RC-{number:02}" for number in range(1, 35)} | {"RC-90"}
    wanted |= {f"SC-{number:02}" for number in (*range(1, 14), 20, 21, 90)}
    wanted |= {"AC-01", "AC-02", "AC-03", "AC-90", "TS-01", "TS-02", "TS-03", "TS-90"}
    wanted |= {f"RL-{number:02}" for number in range(1, 9)}
    wanted |= {f"DF-{number:02}" for number in range(1, 42)} | {"DQ-01"}
    wanted |= {f"ES-{version}" for version in VERSIONS if version != "SE"}
    assert set(RULES) == wanted


def test_every_documented_default_has_a_rule():
    attributes = {rule.attribute for rule in RULES.values() if rule.id.startswith("DF-")}
    assert attributes == set(BASELINE.split())
    connectors = {rule.id for rule in RULES.values() if kinds.SMTP_CONNECTOR in rule.kinds}
    assert {"DF-37", "DF-38", "DF-39", "DF-40"} <= connectors


def test_every_rule_file_of_the_package_is_read():
    stored = {item.name for item in files("analyzer.catalogue").iterdir()}
    assert {name for name in stored if name.endswith(".toml")} == set(BUILT_IN_FILES)


def test_loading_twice_gives_the_same_hash():
    first, second = load_catalogue(), load_catalogue()
    assert first.sha256 == second.sha256
    assert re.fullmatch(r"[0-9a-f]{64}", first.sha256)
    assert first.version


@pytest.mark.parametrize("rule", ALL_RULES.values(), ids=ALL_RULES)
def test_a_rule_says_why_what_to_do_and_who_says_so(rule):
    assert rule.why.endswith(".")
    assert rule.check.endswith(".")
    assert rule.label
    assert rule.since == "1.0"
    assert rule.origin == "built-in"
    assert rule.sources
    assert all(re.match(r"https?://\S+$", source) for source in rule.sources)
    assert rule.default_text or rule.defaults or rule.control or rule.offline is Offline.NO
    assert in_words(rule).endswith(".")
    assert "{argument}" not in in_words(rule)
    if rule.confidence is not Support.CONFIRMED and rule.id[:2] in ("VS", "CN", "RT"):
        assert rule.disagreements


@pytest.mark.parametrize("rule", ALL_RULES.values(), ids=ALL_RULES)
def test_a_rule_never_counts_as_failed_what_it_cannot_know(rule):
    assert all(clause.not_set is not Outcome.NOT_APPLICABLE for clause in rule.clauses)
    if rule.violation is Outcome.NOT_EVALUABLE:
        assert rule.offline is Offline.PARTIAL
        assert rule.offline_note


def test_severities_follow_the_words_of_the_sources():
    assert RULES["VS-01"].kind is FindingKind.NON_DEFAULT
    assert RULES["VS-01"].severity is Severity.LOW
    expected = {
        "RL-01": ("weakness", "critical"),
        "RL-02": ("weakness", "high"),
        "RL-03": ("weakness", "medium"),
        "RL-04": ("weakness", "medium"),
        "RL-05": ("inconsistent", "low"),
        "RL-06": ("inconsistent", "low"),
        "RL-07": ("weakness", "low"),
        "RL-08": ("information", "info"),
    }
    assert {name: (RULES[name].kind, RULES[name].severity) for name in expected} == expected


def test_the_worst_severities_are_for_what_can_be_misused():
    worst = {
        severity: {name for name, rule in RULES.items() if rule.severity is severity}
        for severity in (Severity.CRITICAL, Severity.HIGH)
    }
    # By the definition in Scope & method: strangers can misuse it now; a connection from the right
    # network is enough, the server gives a password away or gets no updates.
    assert worst[Severity.CRITICAL] == {"RL-01", "VS-22", "GL-04", "GL-05", "GL-06"}
    unsupported = {name for name in RULES if name.startswith("ES-")}
    assert worst[Severity.HIGH] == {"RL-02", "MS-01", "SC-21"} | unsupported
    protecting = ("VS-02", "VS-15", "SV-01", "RL-07")
    assert all(RULES[name].severity in ("low", "medium") for name in protecting)


@pytest.mark.parametrize("rule", ALL_RULES.values(), ids=ALL_RULES)
def test_a_rule_says_why_it_is_that_severe(rule):
    assert rule.severity_reason.endswith(".")
    assert len(rule.severity_reason) <= 120
    assert all(grade.severity_reason.endswith(".") for grade in rule.grades)
    if rule.severity is Severity.CRITICAL:
        assert rule.severity_reason.startswith("Strangers can misuse it now: ")


def test_the_article_that_contradicts_itself_is_shown():
    rule = RULES["VS-05"]
    assert [default.value for default in rule.defaults] == [100, 10]
    assert rule.also_documented == (500,)
    assert any("contradicts itself" in text for text in rule.disagreements)


def test_sources_say_what_they_are_cited_for():
    for name in ("RL-02", "RL-03"):
        assert "90819727" in RULES[name].default_basis
        assert not any("310380" in source for source in RULES[name].sources)
    for name in ("RL-01", "DF-29"):
        assert any("help of Exchange 2003" in text for text in RULES[name].disagreements)
        assert any("moc04_57" in source for source in RULES[name].sources)
    assert any("15 hops" in text for text in RULES["VS-03"].disagreements)
    assert not any("classic way" in rule.why for rule in RULES.values())


def test_conditions_are_told_in_words():
    assert in_words(RULES["VS-02"]) == "Passes when msExchSmtpMaxRecipients is 250 or more."
    assert in_words(RULES["VS-22"]) == "Not checkable from a dump."
    words = "Passes when authOrig has no value; or dLMemDefault equals 1."
    assert in_words(RULES["CN-01"]) == words
    words = "Passes when submissionContLength is not between 1 and 1023."
    assert in_words(RULES["GL-02"]) == words
    assert in_words(RULES["SV-01"]) == "Passes when messageTrackingEnabled equals TRUE."


def test_references_name_controls_that_are_cited():
    named = {control for rule in RULES.values() for control in rule.references}
    cited = {control for framework in FRAMEWORKS for control in framework.controls}
    assert named <= set(CONTROLS) | cited
    assert cited <= named
    assert all(re.match(r"https://\S+$", framework.address) for framework in FRAMEWORKS)
    assert {"EX16-MB-000380", "EX16-ED-000480", "CIS-2019-4-1", "EX16-MB-000470"} <= named


@pytest.mark.parametrize("rule", RULES.values(), ids=RULES)
def test_a_rule_names_controls_of_iso_or_nist(rule):
    assert any(control.startswith(("ISO ", "NIST ")) for control in rule.references)
    assert len(set(rule.references)) == len(rule.references)


def test_a_rule_that_holds_a_control_names_it():
    for rule in CONTROLS.values():
        assert rule_record(rule).references[0] == rule.id
    assert rule_record(RULES["SV-01"]).references == ("ISO A.8.15", "NIST AU-2", "NIST AU-12")


def test_controls_are_told_with_title_and_document():
    document = "ISO/IEC 27001:2022, Annex A"
    assert name_of_control("ISO A.8.15") == f"ISO A.8.15: Logging ({document})"
    assert name_of_control("HOUSE-7") == "HOUSE-7"


# From the research on the STIGs and benchmarks: how many controls each product has there.
PRODUCTS = {
    "Exchange 2016 Mailbox": 25,
    "Exchange 2016 Edge": 21,
    "Exchange 2019 Edge": 13,
    "Exchange 2019 Mailbox": 4,
    "Exchange 2013 Mailbox": 2,
    "Exchange 2013 Edge": 2,
    "Exchange 2010 Edge": 3,
    "Exchange 2010 Hub (2012 edition)": 1,
    "Exchange 2019": 3,
    "Exchange 2013": 1,
    "Exchange 2016": 10,
    "Exchange 2007 Edge": 1,
}


def test_every_control_of_the_research_is_there():
    products = Counter(rule.control.product for rule in CONTROLS.values())
    assert products == PRODUCTS
    assert {rule.control.framework for rule in CONTROLS.values()} == {"disa-stig", "cis"}
    severities = {"CAT I": "high", "CAT II": "medium", "CAT III": "low", "Level 1": "medium"}
    for rule in CONTROLS.values():
        assert rule.versions
        assert rule.versions[0] in rule.control.product
        category = rule.control.category
        assert rule.severity == severities.get(category, rule.severity)


def test_contradictions_between_frameworks_and_vendor_are_told():
    def told(rule):
        return " ".join(CONTROLS[rule].control.contradictions)

    assert "30 as the default" in told("EX16-MB-000380")
    assert "DNSRoutingEnabled $true" in told("EX16-MB-000210")
    assert "500 in current ones" in told("EX16-MB-000540")
    assert "AnonymousUsers by design" in told("EX16-MB-000470")
    assert "25 MB for 2019" in told("CIS-2019-2-2-4")
    assert "36 MB" in told("EX16-MB-000350")
