"""What a finding says of a failed rule, where it stands, and what identifies it."""

import hashlib

from msgspec.structs import replace

from analyzer.dump.entry import Attribute, Notation
from analyzer.dump.reading import ExportScope

GUID = bytes(range(16))
GUID_TEXT = "03020100-0504-0706-0809-0a0b0c0d0e0f"


def test_findings_read_by_rule_the_most_severe_first(mixed):
    order = ["critical", "high", "medium", "low", "info"]
    kinds = ["weakness", "inconsistent", "non-default", "stricter", "information"]
    numbers = {item.dn: item.number or 0 for item in mixed.virtual_servers}
    keys = [
        (
            order.index(item.severity),
            kinds.index(item.kind),
            item.rule,
            (item.server or "").casefold(),
            numbers.get(item.dn, 0),
            item.attribute,
        )
        for item in mixed.findings
    ]
    assert {"weakness", "stricter", "information"} <= {item.kind for item in mixed.findings}
    assert keys == sorted(keys)
    assert mixed.findings[0].rule == "RL-01"


def test_a_fingerprint_is_made_of_rule_object_and_attribute(mixed):
    finding = next(item for item in mixed.findings if item.rule == "VS-01")
    text = f"VS-01\n{GUID_TEXT}\nmsexchsmtprelayforauth"
    assert finding.fingerprint == hashlib.sha256(text.encode()).hexdigest()
    assert finding.id == f"F-{finding.fingerprint[:8]}"


def test_a_fingerprint_without_guid_forgives_the_spelling_of_the_dn(build):
    entry = build.virtual_server(msExchSmtpRelayForAuth=False)
    other = replace(entry, dn=entry.dn.replace("CN=", "cn=").replace(",", ", "))
    limited = [build.results(item, scope=ExportScope.LIMITED) for item in (entry, other)]
    one, two = (build.finding(results, "VS-01") for results in limited)
    assert one.dn != two.dn
    assert one.fingerprint == two.fingerprint


def test_a_fingerprint_survives_another_value_place_and_name(build):
    entry = build.virtual_server(objectGUID=GUID, msExchSmtpMaxHopCount=7)
    moved = build.virtual_server(
        number=2, server="EX09", objectGUID=GUID, cn="2", msExchSmtpMaxHopCount=8
    )
    one, two = (build.finding(build.results(item), "VS-03") for item in (entry, moved))
    assert one.fingerprint == two.fingerprint


def test_fingerprints_are_unique(mixed):
    assert len({item.fingerprint for item in mixed.findings}) == len(mixed.findings)


def test_a_finding_shows_where_the_value_stands_or_else_the_whole_entry(build):
    value = Attribute("msExchSmtpRelayForAuth", (b"FALSE",), 41, 42, Notation.BASE64)
    results = build.results(build.virtual_server(msExchSmtpRelayForAuth=value))
    evidence = build.finding(results, "VS-01").evidence
    assert (evidence.line, evidence.last_line, evidence.raw) == (41, 42, "FALSE")
    results = build.results(build.virtual_server(msExchSmtpRelayForAuth=None))
    evidence = build.finding(results, "VS-01").evidence
    assert (evidence.line, evidence.last_line, evidence.raw) == (1, 90, None)


def test_found_values_stand_as_value_and_in_words(build):
    results = build.results(
        build.virtual_server(msExchAuthenticationFlags=3, msExchServerBindings=[":25:", ":26:"])
    )
    flags = build.finding(results, "RL-04")
    assert (flags.found, flags.found_text) == (3, "3 (anonymous, basic)")
    assert flags.default == 7
    assert flags.default_text == "7 (anonymous, basic, integrated Windows)"
    bindings = build.finding(results, "VS-08")
    assert bindings.found == (":25:", ":26:")
    assert bindings.default == (":25:",)


def test_titles_of_non_default_values_are_neutral(mixed):
    for finding in mixed.findings:
        if finding.kind == "non-default":
            assert finding.title.endswith("confirm intent")


def test_an_undecodable_value_is_shown_raw(build):
    finding = build.finding(
        build.results(build.virtual_server(msExchSmtpRelayForAuth="yes")), "VS-01"
    )
    assert finding.found is None
    assert finding.found_text == "yes (undecodable: neither TRUE nor FALSE)"
    assert finding.method == "inferred"


def test_a_long_value_is_cut_in_the_title_only(build):
    name = "x" * 300
    finding = build.finding(build.results(build.virtual_server(msExchSmtpSmartHost=name)), "VS-11")
    assert finding.found_text == name
    assert len(finding.title) < 250
