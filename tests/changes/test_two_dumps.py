"""Pairs of dumps of one forest with known changes: what becomes of every finding.

What is expected was worked out by hand from the sample forest, whose virtual server 2 on EX01 fails
VS-01 and VS-09, and whose EX02 has three virtual servers.
"""

from collections import Counter
from dataclasses import replace

import pytest
from forests import (
    CONFIGURATION,
    ORGANIZATION,
    SERVERS,
    as_csvde,
    as_ldifde,
    as_ldifde_without_octets,
    audit,
    below,
    changed,
    changes_of,
    forest,
    moved,
    only,
    reasons,
    virtual_server,
    without,
)

import analyzer
from analyzer.results.document import iter_json, load_json
from analyzer.results.records import Results

EX02 = f"CN=EX02,{SERVERS}"
ON_EX02 = [
    *("RL-01 CN=2 CN=EX02", "RL-04 CN=2 CN=EX02", "RL-06 CN=2 CN=EX02", "RL-06 CN=3 CN=EX02"),
    *("RL-07 CN=2 CN=EX02", "SV-01 CN=EX02", "VS-01 CN=1 CN=EX02", "VS-01 CN=3 CN=EX02"),
    *("VS-09 CN=1 CN=EX02", "VS-09 CN=3 CN=EX02"),
]
"""All findings on the server and what is on it; others are about the whole organisation."""


@pytest.fixture(scope="module")
def old(tmp_path_factory) -> Results:
    return audit(tmp_path_factory.mktemp("old"), forest())


def test_the_same_dump_twice_has_no_change(old, tmp_path):
    results = analyzer.compare(old, audit(tmp_path, forest()))
    assert changes_of(results) == {}
    assert {finding.change for finding in results.findings} == {"unchanged"}
    assert not results.changed_settings
    assert not results.changed_relay


@pytest.mark.parametrize("pair", [(as_csvde, as_ldifde), (as_ldifde, as_csvde)])
def test_csvde_against_ldifde_of_one_forest_has_no_change(pair, tmp_path):
    before, now = (audit(tmp_path / write.__name__, forest(), write=write) for write in pair)
    results = analyzer.compare(before, now)
    assert changes_of(results) == {}
    assert len(results.findings) == 74
    assert not results.changed_relay
    assert not results.changed_settings


def test_a_mended_setting_resolves_its_finding_and_nothing_else(old, tmp_path):
    dn = virtual_server(2)
    results = analyzer.compare(
        old, audit(tmp_path, changed(forest(), dn, msExchSmtpRelayForAuth="TRUE"))
    )
    # Those who log on may relay now, on top of the two hosts: RL-04 tells of it and of VS-09, which
    # failed before and fails still, so that it is not resolved.
    assert changes_of(results) == {
        "new": ["RL-04 CN=2 CN=EX01"],
        "resolved": ["VS-01 CN=2 CN=EX01"],
        "gone": ["VS-09 CN=2 CN=EX01"],
    }
    assert results.resolved[0].why == "the check was made on the object and passes"
    (told_by,) = [finding.id for finding in results.findings if finding.change == "new"]
    assert reasons(results) == {f"it still fails, told by finding {told_by}"}
    (relay,) = results.changed_relay
    assert (relay.direction, relay.before, relay.after) == ("worsened", "listed", "listed")


def test_another_value_under_one_fingerprint_is_a_change_with_both_values(old, tmp_path):
    # OLD01 runs Exchange 2000, whose default hop count is 15; number 2 has 30 (VS-03).
    dn = f"CN=2,CN=SMTP,CN=Protocols,CN=OLD01,{SERVERS}"
    results = analyzer.compare(
        old, audit(tmp_path, changed(forest(), dn, msExchSmtpMaxHopCount="25"))
    )
    assert changes_of(results) == {"changed": ["VS-03 CN=2 CN=OLD01"]}
    (change,) = [finding for finding in results.findings if finding.change == "changed"]
    assert (change.previous_text, change.found_text) == ("30", "25")


def test_a_setting_without_a_finding_is_listed(old, tmp_path):
    dn = virtual_server(1)
    results = analyzer.compare(
        old,
        audit(
            tmp_path,
            changed(forest(), dn, adminDisplayName="Renamed", whenChanged="20050101000000.0Z"),
        ),
    )
    (change,) = results.changed_settings
    assert (change.attribute, change.before, change.after) == (
        "adminDisplayName",
        "Default SMTP Virtual Server",
        "Renamed",
    )
    assert change.dn == dn
    assert changes_of(results) == {}


def test_a_renamed_server_is_the_same_by_its_guid(old, tmp_path):
    results = analyzer.compare(old, audit(tmp_path, moved(forest(), EX02, f"CN=EXNEW,{SERVERS}")))
    assert changes_of(results) == {}
    # The server and its three virtual servers stand elsewhere now.
    assert Counter(change.attribute for change in results.changed_settings) == {
        "distinguishedName": 4
    }
    assert {change.server for change in results.changed_settings} == {"EXNEW"}
    (moved_finding,) = [f for f in results.findings if f.rule == "RL-01" and f.server == "EXNEW"]
    assert moved_finding.change_reason == f"the object was {virtual_server(2, 'EX02')}"


def test_a_renamed_server_without_guids_is_neither_resolved_nor_new(old, tmp_path):
    items = moved(forest(), EX02, f"CN=EXNEW,{SERVERS}")
    results = analyzer.compare(old, audit(tmp_path, items, write=as_ldifde_without_octets))
    changes = changes_of(results)
    assert set(changes) == {"not_comparable", "gone"}
    assert set(ON_EX02) <= set(changes["gone"])
    assert any("under another name: objectGUID" in reason for reason in reasons(results))


def test_an_object_of_another_guid_in_the_place_of_one_is_another_object(old, tmp_path):
    dn = virtual_server(2)
    items = changed(forest(), dn, objectGUID=bytes(range(16)))
    results = analyzer.compare(old, audit(tmp_path, items))
    changes = changes_of(results)
    assert changes["new"] == changes["resolved"] != []
    assert {finding.why for finding in results.resolved} == {
        "the object is gone; the one of its name has another objectGUID"
    }


def test_a_moved_virtual_server_is_the_same(old, tmp_path):
    results = analyzer.compare(
        old, audit(tmp_path, moved(forest(), virtual_server(2), virtual_server(7)))
    )
    # Its queue directory was that of number 2, which is not the default of number 7.
    assert changes_of(results) == {"new": ["DF-07 CN=7 CN=EX01"]}
    (change,) = results.changed_settings
    assert (change.before, change.after) == (virtual_server(2), virtual_server(7))


@pytest.mark.parametrize("write", [as_ldifde, as_csvde])
def test_what_a_full_dump_does_not_hold_is_gone(old, tmp_path, write):
    results = analyzer.compare(old, audit(tmp_path, without(forest(), EX02), write=write))
    assert changes_of(results) == {
        "resolved": ON_EX02,
        "changed": ["ES-2003 CN=EX01", "VS-16 CN=1 CN=OLD01"],
    }
    assert {finding.why for finding in results.resolved} == {
        "the object is gone: the dump covers its place and does not hold it"
    }
    assert [relay.direction for relay in results.changed_relay] == ["gone"] * 3


def test_what_a_full_baseline_did_not_hold_is_new(old, tmp_path):
    before = audit(tmp_path, without(forest(), EX02))
    results = analyzer.compare(before, old)
    assert changes_of(results) == {
        "new": ON_EX02,
        "changed": ["ES-2003 CN=EX01", "VS-16 CN=1 CN=EX02"],
    }
    assert [(relay.direction, relay.after) for relay in results.changed_relay] == [
        *(("appeared", "open"), ("appeared", "closed"), ("appeared", "closed"))
    ]


def test_a_dump_of_the_domain_says_nothing_of_the_configuration(old, tmp_path):
    def item(dn: str, leaf: str):
        (root,) = [each for each in forest() if each.dn == CONFIGURATION]
        values = {**root.attributes, "objectClass": ("top", leaf), "distinguishedName": (dn,)}
        return replace(root, dn=dn, attributes=values)

    domain = "DC=contoso,DC=com"
    items = (item(domain, "domainDNS"), item(f"CN=Users,{domain}", "container"))
    now = audit(tmp_path, items)
    assert (now.inputs[0].top, now.inputs[0].export_scope) == (domain, "full")
    results = analyzer.compare(old, now)
    assert results.resolved == ()
    assert len(results.not_comparable) == len(old.findings)
    assert {relay.direction for relay in results.changed_relay} == {"not_comparable"}


def test_an_organisation_that_was_taken_away_is_gone(old, tmp_path):
    exchange = f"CN=Microsoft Exchange,CN=Services,{CONFIGURATION}"
    results = analyzer.compare(old, audit(tmp_path, without(forest(), exchange)))
    assert results.not_comparable == ()
    assert len(results.resolved) == len(old.findings)


def test_a_narrower_export_resolves_nothing(old, tmp_path):
    results = analyzer.compare(old, audit(tmp_path, below(forest(), f"CN=EX01,{SERVERS}")))
    assert results.resolved == ()
    changes = changes_of(results)
    # What holds for the organisation is the same on EX01; the others are not there to be looked at.
    assert set(changes) == {"gone"}
    assert set(ON_EX02) <= set(changes["gone"])
    assert {relay.direction for relay in results.changed_relay} == {"not_comparable"}


def test_a_wider_export_finds_nothing_new(old, tmp_path):
    narrow = audit(tmp_path, below(forest(), f"CN=EX01,{SERVERS}"))
    results = analyzer.compare(narrow, old)
    assert set(changes_of(results)) == {"not_comparable"}
    assert set(ON_EX02) <= set(changes_of(results)["not_comparable"])


def test_attributes_that_were_not_exported_resolve_nothing(old, tmp_path):
    write = only("objectClass", "cn", "distinguishedName", "objectGUID", "msExchSmtpRelayForAuth")
    results = analyzer.compare(old, audit(tmp_path, forest(), write=write))
    assert results.resolved == ()
    assert set(changes_of(results)) == {"not_comparable", "gone"}
    assert any("is not in this export" in reason for reason in reasons(results))
    # VS-01 rests on the one setting that was exported.
    assert {f.change for f in results.findings if f.rule == "VS-01"} == {"unchanged"}


BOOKKEEPING = (
    *("objectClass", "cn", "distinguishedName", "instanceType", "whenCreated", "whenChanged"),
    *("uSNCreated", "uSNChanged", "name", "objectGUID", "objectCategory"),
)
"""By what a record passes for a whole one."""


def test_a_list_of_attributes_that_looks_like_all_of_them_changes_nothing(old, tmp_path):
    write = only(*BOOKKEEPING, "msExchSmtpRelayForAuth", "msExchSmtpSmartHost", "serialNumber")
    now = audit(tmp_path, forest(), write=write)
    # Taken by itself the dump says that most settings have no value.
    assert now.inputs[0].export_scope == "limited"
    assert Counter(s.state for s in now.virtual_servers[0].settings.values())["not_set"] > 20
    for results in (analyzer.compare(old, now), analyzer.compare(now, old)):
        assert results.resolved == ()
        assert {f.change for f in results.findings} <= {"unchanged", "not_comparable"}
        assert results.changed_settings == ()
        assert {relay.direction for relay in results.changed_relay} <= {"not_comparable"}


def test_a_value_that_the_only_holder_lost_is_a_change(old, tmp_path):
    # The smart host of SALES-GW1 is the only one of the forest.
    (dn,) = [f.dn for f in old.findings if f.rule == "VS-11"]
    items = changed(forest(), dn, msExchSmtpSmartHost=None, msExchSmtpSmartHostType="0")
    results = analyzer.compare(old, audit(tmp_path, items))
    assert {"VS-11", "VS-12"} <= {finding.rule for finding in results.resolved}


def test_a_dump_that_is_cut_proves_no_removal(old, tmp_path):
    path = as_ldifde(tmp_path, without(forest(), EX02))
    path.write_bytes(path.read_bytes()[:-2])
    results = analyzer.compare(old, analyzer.audit(analyzer.read_dump(path)))
    assert results.resolved == ()
    assert any(reason.endswith(f"{path} may be cut") for reason in reasons(results))


def test_records_that_cannot_be_read_prove_no_removal(old, tmp_path):
    path = as_ldifde(tmp_path, without(forest(), EX02))
    path.write_bytes(path.read_bytes() + b"dn: CN=1,DC=x\r\ncn:: ***\r\n\r\n")
    results = analyzer.compare(old, analyzer.audit(analyzer.read_dump(path)))
    assert results.resolved == ()


def test_a_search_for_one_class_proves_removals_beside_its_own_only(old, tmp_path):
    servers = tuple(item for item in forest() if item.leaf_class == "protocolCfgSMTPServer")
    gone = without(without(servers, virtual_server(2)), EX02)
    results = analyzer.compare(old, audit(tmp_path, gone))
    # Number 2 of EX01 had siblings that are there; of EX02 nothing is.
    assert {f.dn for f in results.resolved} == {virtual_server(2)}
    assert {f"{dn}" for dn in (f.dn for f in results.not_comparable) if "CN=EX02" in dn}


def test_a_rule_with_another_threshold_cannot_be_compared(tmp_path, own_rules):
    strict, loose = own_rules(20), own_rules(99)
    before = audit(tmp_path / "old", forest(), catalogue=strict)
    now = audit(tmp_path / "new", forest(), catalogue=loose)
    assert any(finding.rule == "OWN-01" for finding in before.findings)
    results = analyzer.compare(before, now, catalogue=loose)
    assert results.resolved == ()
    assert {f.rule for f in results.not_comparable} == {"OWN-01"}
    (reason,) = reasons(results)
    assert reason.startswith("the test of rule OWN-01 was “")
    back = analyzer.compare(now, before, catalogue=strict)
    assert {f.rule for f in back.findings if f.change == "not_comparable"} == {"OWN-01"}
    assert {f.change for f in back.findings if f.rule != "OWN-01"} == {"unchanged"}


def test_a_rule_in_one_rule_set_only_cannot_be_compared(old, tmp_path, own_rules):
    rules = own_rules(20)
    now = audit(tmp_path, forest(), catalogue=rules)
    results = analyzer.compare(old, now, catalogue=rules)
    assert {f.rule for f in results.findings if f.change == "not_comparable"} == {"OWN-01"}
    back = analyzer.compare(now, old)
    assert {f.rule for f in back.not_comparable} == {"OWN-01"}
    assert back.resolved == ()


def test_another_gateway_is_another_test(tmp_path):
    before = audit(tmp_path / "old", forest())
    now = audit(tmp_path / "new", forest(), gateway="gw.contoso.com")
    results = analyzer.compare(before, now)
    assert {f.change for f in results.findings if f.rule == "VS-17"} <= {"not_comparable"}
    assert {f.change for f in results.findings if f.rule != "VS-17"} == {"unchanged"}


def test_the_whole_comparison_survives_the_document(old, tmp_path):
    now = audit(
        tmp_path,
        without(changed(forest(), virtual_server(1), msExchSmtpRelayForAuth="FALSE"), EX02),
    )
    results = analyzer.compare(old, now)
    again = load_json(b"".join(iter_json(results)))
    assert again == results
    assert analyzer.compare(load_json(b"".join(iter_json(old))), now) == results


def test_a_comparison_has_an_id_of_its_own_and_names_the_baseline(old, tmp_path):
    now = audit(tmp_path, forest())
    results = analyzer.compare(old, now)
    assert results.baseline is not None
    assert results.baseline.report_id == old.run.report_id
    assert results.baseline.own_report_id == now.run.report_id
    assert results.run.report_id != now.run.report_id
    assert [source.sha256 for source in results.baseline.inputs] == [
        source.sha256 for source in old.inputs
    ]
    # Comparing what was compared gives the same again.
    assert analyzer.compare(old, results) == results


def test_organisation_of_the_forest_is_the_one_that_is_expected(old):
    assert old.virtual_servers[0].dn.endswith(ORGANIZATION)
