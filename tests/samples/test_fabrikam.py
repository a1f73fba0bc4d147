"""Exchange 2010, 2016 and 2019 beside 2003: what was written by hand is found in every form."""

import functools
import json
import tomllib
from collections.abc import Mapping
from ipaddress import ip_address
from pathlib import Path
from typing import Any

import pytest

import analyzer
from analyzer.relay.forest import know_forest
from analyzer.relay.session import trace_sessions
from analyzer.results.document import iter_json
from analyzer.results.records import ReceiveConnectorRecord, Results

FOLDER = Path(__file__).parents[2] / "samples" / "fabrikam"
TRUTH: Mapping[str, Any] = tomllib.loads((FOLDER / "expected.toml").read_text())
WHOLE = ("fabrikam.ldf", "fabrikam-ldapsearch.ldif", "fabrikam-csvde.csv")
LIMITED = "fabrikam-limited.ldf"
CONNECTORS = {truth["name"]: truth for truth in TRUTH["connector"]}
ANSWERS = {"yes": True, "no": False, "unknown": None}

each_form = pytest.mark.parametrize("form", WHOLE)
each_connector = pytest.mark.parametrize("name", CONNECTORS)


@functools.cache
def dump_of(form: str) -> analyzer.Dump:
    return analyzer.read_dump(FOLDER / form)


@functools.cache
def audit(form: str) -> Results:
    return analyzer.audit(dump_of(form))


def found(form: str, name: str) -> ReceiveConnectorRecord:
    (record,) = (each for each in audit(form).receive_connectors if each.name == name)
    return record


@each_form
def test_the_connectors_are_the_expected_ones_in_the_order_of_the_file(form):
    names = [(each.server, each.name) for each in audit(form).receive_connectors]
    assert names == [(truth["server"], truth["name"]) for truth in CONNECTORS.values()]


@each_form
@each_connector
def test_a_connector_is_described_as_the_shell_shows_it(form, name):
    record, truth = found(form, name), CONNECTORS[name]
    assert record.server == truth["server"]
    assert record.exchange_version == truth["exchange_version"]
    assert record.enabled is truth["enabled"]
    assert list(record.remote_ranges) == truth["remote_ranges"]
    groups = None if record.permission_groups is None else list(record.permission_groups)
    assert groups == truth.get("permission_groups")


@each_form
@each_connector
def test_a_verdict_is_that_of_the_table(form, name):
    relay, truth = found(form, name).relay, CONNECTORS[name]
    assert relay is not None
    assert (relay.verdict, relay.confidence) == (truth["verdict"], truth["confidence"])
    assert relay.externally_secured is truth.get("externally_secured")
    assert relay.anonymous_may_relay is truth.get("anonymous_may_relay")
    assert relay.authenticated_may_relay is truth.get("authenticated_may_relay")
    by_address = truth["verdict"] in ("open", "listed")
    assert list(relay.addresses) == (truth["remote_ranges"] if by_address else [])
    if by_address:
        assert str(relay.addresses_covered) == truth["addresses_covered"]
    assert relay.reasons


@each_form
@each_connector
def test_the_two_open_relay_rules_have_the_expected_state(form, name):
    dn = found(form, name).dn
    states = {each.rule: each.state for each in audit(form).evaluations if each.dn == dn}
    for rule in ("GL-05", "GL-06"):
        assert (rule, states[rule]) == (rule, CONNECTORS[name][rule])


@each_connector
def test_without_descriptors_exposure_is_not_understated(name):
    record = found(LIMITED, name)
    assert record.relay is not None
    assert [record.relay.verdict, record.relay.confidence] == CONNECTORS[name]["limited"]
    assert record.permission_groups is None
    assert record.relay.anonymous_may_relay is None


@each_form
def test_accepted_domains_and_the_send_connector_are_found(form):
    results = audit(form)
    domains = {each.name: [each.type, each.default] for each in results.accepted_domains}
    assert domains == TRUTH["accepted_domains"]
    (sender,) = results.send_connectors
    assert sender.smart_hosts == ("smtp.isp.example", "backup.isp.example")
    assert sender.address_spaces == ("SMTP:*;1",)
    failed = {each.rule for each in results.evaluations if each.state == "failed"}
    assert "GL-04" in failed


@each_form
@pytest.mark.parametrize("session", TRUTH["session"], ids=lambda each: each["address"])
def test_a_session_is_taken_by_the_most_specific_connector(form, session):
    inventory = dump_of(form).inventory
    address, port = ip_address(session["address"]), session.get("port", 25)
    rows = trace_sessions(address, port, inventory, know_forest(inventory))
    taken = {
        each.server_name: [each.listener.name if each.listener else None, each.may_relay]
        for each in rows
    }
    expected = {
        server: [value[0], ANSWERS[value[1]]]
        for server, value in session.items()
        if server not in ("address", "port")
    }
    assert {server: taken[server] for server in expected} == expected


@each_form
def test_an_old_virtual_server_on_a_later_server_is_a_leftover(form):
    left = {each.server: each.left_by for each in audit(form).virtual_servers}
    assert left == {"FAB-OLD": "", "FAB-MB10": "upgrade"}


@each_form
def test_no_rule_judges_a_leftover_as_a_listener(form):
    results = audit(form)
    (leftover,) = (each for each in results.virtual_servers if each.left_by)
    evaluated = [each for each in results.evaluations if each.dn == leftover.dn]
    assert {(each.state, each.reason) for each in evaluated if each.rule != "DQ-01"} == {
        (
            "not_applicable",
            "left over from an upgrade: Exchange 2010 takes no mail through virtual servers",
        )
    }
    assert [each.state for each in evaluated if each.rule == "DQ-01"] == ["passed"]
    assert leftover.dn not in {each.dn for each in results.findings}
    servers = {each.name: each.virtual_servers for each in results.servers}
    assert (servers["FAB-OLD"], servers["FAB-MB10"]) == (1, 0)


def test_the_forms_of_ldif_say_the_same():
    ldifde, ldapsearch = (json.loads(b"".join(iter_json(audit(form)))) for form in WHOLE[:2])
    for one, other in zip(
        ldifde["receive_connectors"], ldapsearch["receive_connectors"], strict=True
    ):
        for key in ("relay", "guid", "permission_groups", "bindings"):
            assert one[key] == other[key]
    assert {each["fingerprint"] for each in ldifde["findings"]} == {
        each["fingerprint"] for each in ldapsearch["findings"]
    }


def test_the_tables_of_connectors_and_domains_have_a_row_an_object():
    dump = dump_of("fabrikam.ldf")
    connectors, states = dump.receive_connectors(), dump.receive_connector_states()
    assert list(connectors["name"]) == list(CONNECTORS)
    assert list(connectors.columns) == list(states.columns)
    assert list(states["nTSecurityDescriptor"]).count("not_exported") == 1
    assert list(states["nTSecurityDescriptor"]).count("undecodable") == 1
    assert list(dump.send_connectors()["msExchSmtpSendEnabled"]) == [True]
    assert set(dump.send_connector_states()["msExchSmtpSendEnabled"]) == {"set"}
    assert list(dump.accepted_domains()["msExchAcceptedDomainFlags"]) == [4, 2, 1]
    assert len(dump.accepted_domain_states()) == 3
    assert "extended_right" not in set(dump.settings()["kind"])


def test_more_addresses_than_a_column_can_count_are_capped():
    relay = audit("fabrikam.ldf").relay_frame().set_index("name")
    assert relay.loc["Trusts everybody", "addresses_covered"] == 2**63 - 1
    assert relay.loc["Trusted gateway", "addresses_covered"] == 17
