"""Receive connectors on the command line: `relay`, `audit --framework`, what to ask for."""

import json
from pathlib import Path

import pytest

from analyzer.report.export_command import descriptor_command


@pytest.fixture
def samples(sample):
    return Path(sample).parent


@pytest.fixture
def fabrikam(samples):
    return str(samples / "fabrikam" / "fabrikam.ldf")


def answer(run, *arguments):
    finished = run("relay", *arguments, "--format", "json")
    assert (finished.status, finished.err) == (0, "")
    return json.loads(finished.out)


def test_the_answer_for_a_host_is_one_row_a_server_and_session(run, fabrikam):
    document = answer(run, fabrikam, "--ip", "10.20.31.255")
    assert (document["address"], document["port"]) == ("10.20.31.255", 25)
    rows = {row["server"]: row for row in document["servers"]}
    assert set(rows) == {"FAB-OLD", "FAB-MB10", "FAB-EX16", "FAB-EX19"}
    scanners = rows["FAB-MB10"]
    assert set(scanners) == {
        *("server", "kind", "listener", "dn", "may_relay", "confidence", "reason")
    }
    assert scanners["kind"] == "receive_connector"
    assert (scanners["listener"], scanners["may_relay"]) == ("Scanners, floors 1 to 3", True)
    assert scanners["dn"].startswith("CN=Scanners\\, floors 1 to 3,CN=SMTP Receive Connectors,")
    assert rows["FAB-OLD"]["kind"] == "virtual_server"
    assert rows["FAB-OLD"]["may_relay"] is False


def test_where_nothing_takes_the_session_a_row_says_so(run, fabrikam):
    document = answer(run, fabrikam, "--ip", "10.0.0.1", "--port", "26")
    assert document["port"] == 26
    for row in document["servers"]:
        assert (row["listener"], row["dn"], row["may_relay"]) == (None, None, False)
        assert "port 26" in row["reason"]


def test_a_verdict_that_cannot_be_told_is_null(run, fabrikam):
    document = answer(run, fabrikam, "--ip", "10.3.0.1")
    (row,) = (row for row in document["servers"] if row["server"] == "FAB-EX19")
    assert (row["listener"], row["may_relay"]) == ("Damaged", None)


def test_ipv6_finds_ranges_of_ipv6_and_mapped_addresses_are_ipv4(run, fabrikam):
    (gateway,) = (
        row
        for row in answer(run, fabrikam, "--ip", "2001:db8:7::25")["servers"]
        if row["server"] == "FAB-EX16"
    )
    assert (gateway["listener"], gateway["may_relay"]) == ("Trusted gateway", True)
    mapped = answer(run, fabrikam, "--ip", "::ffff:198.51.100.31")["servers"]
    assert [row["listener"] for row in mapped if row["server"] == "FAB-EX16"] == ["Trusted gateway"]


def test_without_address_the_verdicts_are_those_of_the_results(run, fabrikam, tmp_path):
    output = tmp_path / "results.json"
    assert run("audit", fabrikam, "-q", "-o", str(output)).status == 0
    results = json.loads(output.read_text())
    relays = {
        record["dn"]: record["relay"]
        for record in (*results["virtual_servers"], *results["receive_connectors"])
    }
    listeners = answer(run, fabrikam)["listeners"]
    assert {each["dn"]: each["relay"] for each in listeners} == relays


def test_without_listeners_json_says_so_as_a_list(run, samples):
    document = answer(run, str(samples / "quirks" / "no-exchange.ldif"))
    assert document == {"listeners": []}


def test_both_kinds_of_listener_stand_in_one_table(run, fabrikam):
    lines = run("relay", fabrikam).out.splitlines()
    assert lines[0].startswith("Virtual server or receive connector")
    assert [line.split("  ")[0] for line in lines[1:3]] == [
        "FAB-EX16 / Open to the world",
        "FAB-EX19 / Trusts everybody",
    ]


def test_failed_controls_are_findings_only_of_the_frameworks_asked_for(run, fabrikam, tmp_path):
    kinds = {}
    for name in ("", "disa-stig", "cis"):
        output = tmp_path / f"{name or 'none'}.json"
        framework = ["--framework", name] if name else []
        assert run("audit", fabrikam, "-q", "-o", str(output), *framework).status == 0
        results = json.loads(output.read_text())
        kinds[name] = sum(finding["kind"] == "hardening" for finding in results["findings"])
        assert {control["framework"] for control in results["hardening"]} == {"disa-stig", "cis"}
    assert kinds[""] == 0
    assert kinds["disa-stig"] > 0
    assert kinds["cis"] > 0


@pytest.mark.parametrize("tool", ["ldifde", "ldapsearch"])
def test_export_help_has_the_command_that_brings_descriptors(run, tool):
    assert f"    {descriptor_command(tool)}\n" in run("export-help", tool).out


def test_health_asks_for_descriptors_where_connectors_lack_them(run, samples):
    out = run("inspect", "--health", str(samples / "fabrikam" / "fabrikam-limited.ldf")).out
    assert "no security descriptors" in out
    assert f"    {descriptor_command('ldifde', 'CN=Configuration,DC=contoso,DC=com')}\n" in out
    assert "AD Explorer" in out


def test_a_dump_without_descriptors_says_so_once_with_the_command(run, samples):
    err = run("audit", str(samples / "fabrikam" / "fabrikam-limited.ldf")).err
    assert err.count('nTSecurityDescriptor" -u') == 1
    assert "any receive connector" in err


def test_the_screen_speaks_of_what_is_there(run, fabrikam, tmp_path):
    records = Path(fabrikam).read_text("utf-8").split("\n\n")
    dumps = {
        "Found 15 receive connectors\n": "msExchSmtpReceiveConnector",
        "Found no SMTP virtual server or receive connector, 4 Exchange servers (2003: 1, 2010: 1,"
        " 2016: 1, 2019: 1)\n": "msExchExchangeServer",
    }
    for number, (line, object_class) in enumerate(dumps.items()):
        kept = [record for record in records if f"objectClass: {object_class}\n" in record]
        path = tmp_path / f"{number}.ldf"
        path.write_text("\n\n".join(kept) + "\n\n", "utf-8")
        assert line in run("audit", str(path)).err
