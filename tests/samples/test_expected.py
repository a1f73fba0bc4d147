"""The analyzer finds in every sample what was written down for it by hand."""

import functools
import json
import tomllib
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

import analyzer
from analyzer.results.records import InputRecord, Results, SettingRecord, VirtualServerRecord
from analyzer.verify.contradictions import told_failures

SAMPLES = Path(__file__).parents[2] / "samples"
TRUTHS = sorted(SAMPLES.rglob("*.expected.json"))
QUIRKS: dict[str, dict[str, Any]] = tomllib.loads(
    (SAMPLES / "quirks" / "expected.toml").read_text("utf-8")
)
SECRETS = ("PLANTED-SECRET", b"PLANTED-SECRET".hex(), "UExBTlRFRC1TRUNSRVQ")

Truth = dict[str, Any]


def dump_of(truth: Path) -> Path:
    (path,) = (
        path
        for path in truth.parent.glob(truth.name.replace(".expected.json", ".*"))
        if path.suffix != ".json"
    )
    return path


@functools.cache
def audit(path: Path) -> Results:
    return analyzer.audit(analyzer.read_dump(path))


@functools.cache
def truth_of(path: Path) -> Truth:
    return dict(json.loads(path.read_text("utf-8")))


def name_of(path: Path) -> str:
    return path.name.replace(".expected.json", "")


each_sample = pytest.mark.parametrize("path", TRUTHS, ids=name_of)
each_quirk = pytest.mark.parametrize("name", QUIRKS)


def found_server(results: Results, dn: str) -> VirtualServerRecord:
    (found,) = (item for item in results.virtual_servers if item.dn == dn)
    return found


def check_input(found: InputRecord, truth: Truth) -> None:
    for name in ("format", "dialect", "encoding", "entries", "export_scope", "naming_context"):
        if name in truth:
            assert (name, getattr(found, name)) == (name, truth[name])


def check_setting(name: str, found: SettingRecord, truth: Truth) -> None:
    assert (name, found.state) == (name, truth["state"])
    if "value" in truth:
        expected = truth["value"]
        value = list(found.value) if isinstance(found.value, tuple) else found.value
        assert (name, value) == (name, expected)
        assert isinstance(value, bool) == isinstance(expected, bool)
    if "line" in truth:
        assert (name, found.line) == (name, truth["line"])


def check_relay(found: VirtualServerRecord, truth: Truth) -> None:
    assert found.relay is not None
    relay = {name: getattr(found.relay, name) for name in truth if name != "at"}
    if "addresses" in relay:
        relay["addresses"] = list(relay["addresses"])
    assert relay == {name: value for name, value in truth.items() if name != "at"}
    if found.relay.confidence == "assumed" or found.relay.verdict == "unknown":
        assert found.relay.reasons


def check_server(found: VirtualServerRecord, truth: Truth) -> None:
    names = ("organization", "administrative_group", "server", "number", "name", "exchange_version")
    for name in names:
        if name in truth:
            assert (name, getattr(found, name)) == (name, truth[name])
    if truth.get("without_server"):
        assert found.server is None
    assert (found.source.line, found.source.last_line) == (truth["line"], truth["last_line"])
    assert found.source.offset == truth.get("offset")


def failed_rules(results: Results, dn: str) -> set[str]:
    return {item.rule for item in results.evaluations if item.dn == dn and item.state == "failed"}


def told_by_a_relay_rule(rule: str, relay: Truth) -> bool:
    """Tell by hand which failures share their cause with one of the relay rules.

    Basic authentication in the clear is RL-04 where logging on lets hosts relay; in an open relay
    nobody has to log on, so that RL-01 says all.
    """
    by_logon = relay["authenticated_may_relay"] or relay["verdict"] in ("authenticated", "open")
    return (rule == "VS-09" and by_logon) or (rule == "VS-01" and relay["verdict"] == "open")


@each_sample
def test_input_is_recognised(path: Path) -> None:
    results = audit(dump_of(path))
    (found,) = results.inputs
    truth = truth_of(path)["input"]
    check_input(found, truth)
    if "unreadable" in truth:
        assert len(results.unreadable) == truth["unreadable"]


@each_sample
def test_virtual_servers_are_the_expected_ones_in_the_order_of_the_file(path: Path) -> None:
    results, truth = audit(dump_of(path)), truth_of(path)["virtual_servers"]
    assert [item.dn for item in results.virtual_servers] == [item["dn"] for item in truth]
    for found, expected in zip(results.virtual_servers, truth, strict=True):
        check_server(found, expected)


@each_sample
def test_settings_have_state_value_and_line(path: Path) -> None:
    results = audit(dump_of(path))
    for expected in truth_of(path)["virtual_servers"]:
        found = found_server(results, expected["dn"])
        for name, truth in expected["settings"].items():
            check_setting(name, found.settings[name], truth)


@each_sample
def test_relay_verdicts_are_those_of_the_table(path: Path) -> None:
    results = audit(dump_of(path))
    for expected in truth_of(path)["virtual_servers"]:
        check_relay(found_server(results, expected["dn"]), expected["relay"])


@each_sample
def test_rules_fail_on_exactly_the_expected_virtual_servers(path: Path) -> None:
    results, truth = audit(dump_of(path)), truth_of(path)
    compared = set(truth["rules_compared"])
    for expected in truth["virtual_servers"]:
        failed = failed_rules(results, expected["dn"]) & compared
        assert (expected["dn"], failed) == (expected["dn"], set(expected["fails"]))


@each_sample
def test_findings_agree_with_the_evaluations(path: Path) -> None:
    results, truth = audit(dump_of(path)), truth_of(path)
    compared = set(truth["rules_compared"])
    found = {(item.rule, item.dn) for item in results.findings if item.rule in compared}
    assert found == {
        (rule, item["dn"])
        for item in truth["virtual_servers"]
        for rule in item["fails"]
        if not told_by_a_relay_rule(rule, item["relay"])
    }
    told = Counter(told_failures(results.findings))
    assert told == Counter(
        (item.rule, item.dn, item.reported_under)
        for item in results.evaluations
        if item.state == "failed"
    )


@each_sample
def test_no_secret_reaches_the_results(path: Path) -> None:
    text = repr(audit(dump_of(path)))
    assert [secret for secret in SECRETS if secret in text] == []


def test_every_quirk_has_its_truth_and_every_truth_its_quirk() -> None:
    files = {path.name for path in (SAMPLES / "quirks").iterdir() if path.suffix != ".toml"}
    assert files == set(QUIRKS)


@each_quirk
def test_quirk_costs_no_more_than_it_must(name: str) -> None:
    results, truth = audit(SAMPLES / "quirks" / name), QUIRKS[name]
    (found,) = results.inputs
    check_input(found, truth.get("input", {}))
    if "warning" in truth.get("input", {}):
        assert any(truth["input"]["warning"] in warning for warning in found.warnings)
    expected = truth["virtual_servers"]
    lost = set(truth.get("may_be_lost", []))
    if len(results.virtual_servers) == len(expected) - len(lost):
        expected = [item for at, item in enumerate(expected) if at not in lost]
    assert len(results.virtual_servers) == len(expected)
    for server, server_truth in zip(results.virtual_servers, expected, strict=True):
        check_server(server, server_truth)
        assert set(server_truth.get("fails", [])) <= failed_rules(results, server.dn)


@each_quirk
def test_quirk_settings_and_relay_are_right(name: str) -> None:
    results, truth = audit(SAMPLES / "quirks" / name), QUIRKS[name]
    for expected in truth.get("settings", []):
        found = results.virtual_servers[expected["at"]]
        check_setting(expected["attribute"], found.settings[expected["attribute"]], expected)
    for expected in truth.get("relay", []):
        check_relay(results.virtual_servers[expected["at"]], expected)


@each_quirk
def test_quirk_damage_is_listed_with_its_lines(name: str) -> None:
    results, truth = audit(SAMPLES / "quirks" / name), QUIRKS[name]
    if "unreadable" not in truth:
        return
    assert len(results.unreadable) == len(truth["unreadable"])
    for found, expected in zip(results.unreadable, truth["unreadable"], strict=True):
        assert found.line is not None
        assert found.last_line is not None
        assert found.line <= expected["includes"] <= found.last_line
        assert [word for word in expected["words"] if word not in found.reason] == []


def _first_server(results: Results) -> VirtualServerRecord:
    return results.virtual_servers[0]


@pytest.mark.parametrize(
    "same",
    [lambda found: found.guid, lambda found: found.settings["msExchSmtpMaxHopCount"].value],
    ids=["guid", "hop count"],
)
def test_two_dialects_of_one_directory_agree(same: Callable[[VirtualServerRecord], object]) -> None:
    ldif = _first_server(audit(SAMPLES / "contoso-2003.ldf"))
    csvde = _first_server(audit(SAMPLES / "contoso-csvde.csv"))
    assert same(ldif) == same(csvde)
    assert same(ldif) is not None
