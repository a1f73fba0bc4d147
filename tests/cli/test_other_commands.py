"""Inspect, relay, rules, export-help, and the command without arguments."""

from pathlib import Path

import pytest

from analyzer.report.export_command import command_for
from analyzer.version import __version__


@pytest.fixture
def samples(sample):
    return Path(sample).parent


def test_the_bare_command_prints_about_ten_lines_with_one_example(run):
    finished = run()
    assert (finished.status, finished.err) == (0, "")
    assert 8 <= finished.out.count("\n") <= 12
    assert finished.out.count("-o report.xlsx") == 1


def test_the_version_is_printed(run):
    assert run("--version").out == f"exchange-analyzer {__version__}\n"


def test_inspect_tells_what_is_in_a_file_without_verdicts(run, sample):
    finished = run("inspect", sample)
    assert (finished.status, finished.err) == (0, "")
    assert "form            ldif, ldifde, cp1252, CRLF line ends" in finished.out
    assert "entries         84, of interest 40" in finished.out
    assert "scope           full export" in finished.out
    assert "partition       CN=Configuration,DC=contoso,DC=com" in finished.out
    assert "Found 20 SMTP virtual servers, 7 Exchange servers" in finished.out
    assert "failed" not in finished.out


def test_inspect_counts_the_states_of_each_attribute(run, sample):
    rows = [line.split() for line in run("inspect", sample).out.splitlines()]
    assert ["msExchSmtpRelayForAuth", "19", "1"] in rows
    assert ["msExchSmtpMaxHopCount", "20"] in rows


def test_inspect_names_what_was_not_exported(run, samples):
    out = run("inspect", str(samples / "dialects/ldifde-one-attribute.ldf")).out
    assert "scope           limited export" in out
    assert "Not exported (" in out


def test_inspect_of_a_dump_without_exchange_says_what_it_holds(run, samples):
    finished = run("inspect", str(samples / "quirks/no-exchange.ldif"))
    assert finished.status == 0
    assert "no SMTP virtual server" in finished.out
    assert "! no Exchange object in this file; it holds " in finished.out


def test_health_of_a_good_dump_asks_for_nothing(run, sample):
    out = run("inspect", "--health", sample).out
    assert f"{sample}: 84 records, 40 of interest, 0 unreadable" in out
    assert "no better export is needed" in out


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("dialects/powershell-5.csv", "nTSecurityDescriptor is lost in the export (lines 3, "),
        ("dialects/ldifde-one-attribute.ldf", "limited export: only chosen attributes"),
        ("dialects/ldifde-without-octets.ldf", "no octet string in this export"),
        ("quirks/line-without-colon.ldif", "a line without colon"),
        ("quirks/truncated-last-record.ldif", "the file is cut inside a wanted entry"),
        ("quirks/mixed-line-ends.ldif", "line ends of both kinds"),
        ("quirks/conflict-object-comment.ldif", "conflict object"),
    ],
)
def test_health_names_what_is_odd(run, samples, name, words):
    assert words in run("inspect", "--health", str(samples / name)).out


def test_health_gives_the_command_for_a_better_export_of_this_forest(run, samples):
    out = run("inspect", "--health", str(samples / "dialects/powershell-5.csv")).out
    assert 'ldifde -f config.ldf -d "CN=Configuration,DC=contoso,DC=com" -p subtree -u' in out


def test_odd_times_are_named(run, tmp_path):
    (tmp_path / "odd.ldf").write_text(
        "dn: CN=1,CN=SMTP,CN=Protocols,CN=EX01,DC=contoso,DC=com\n"
        "objectClass: protocolCfgSMTPServer\n"
        "whenCreated: 20310101000000.0Z\nwhenChanged: 19800101000000.0Z\n"
    )
    out = run("inspect", "--health", "odd.ldf").out
    assert "odd.ldf:1: changed (1980-01-01) before it was created" in out
    assert "odd.ldf:1: dated 1980-01-01, before Exchange 2000" in out
    assert "odd.ldf:1: dated 2031-01-01, later than the file itself" in out


@pytest.mark.parametrize(
    "context", ["", "O=acme", 'CN=Configuration,DC=a"; del *,DC=com', "DC=$(x),DC=com"]
)
def test_no_odd_name_from_a_dump_gets_into_a_command(context):
    assert '"CN=Configuration,DC=contoso,DC=com"' in command_for("ldifde", context)


def test_a_domain_partition_leads_to_the_configuration_of_its_forest():
    assert '"CN=Configuration,DC=corp,DC=example"' in command_for("csvde", "DC=corp,DC=example")


@pytest.mark.parametrize("tool", ["ldifde", "csvde", "ldapsearch", "powershell"])
def test_export_help_prints_the_command_of_a_tool(run, tool):
    finished = run("export-help", tool)
    assert finished.status == 0
    assert f"    {command_for(tool)}\n" in finished.out
    assert finished.out in run("export-help").out


def test_relay_lists_the_open_servers_first(run, sample):
    lines = run("relay", sample).out.splitlines()
    assert len(lines) == 21
    assert lines[1].split("  ")[0] == "EX02 / Application relay"
    assert "everybody except 192.0.2.7/32" in lines[1]
    assert lines[2].startswith("SALES-GW1 / Default SMTP Virtual Server")
    assert " Closed " in lines[-1]


@pytest.mark.parametrize(
    ("address", "server", "answer", "why"),
    [
        ("203.0.113.7", "EX02 / Application relay", "yes", "not among the exceptions"),
        ("192.0.2.7", "EX02 / Application relay", "after logging on", "which is excepted"),
        ("203.0.113.7", "SALES-GW1 / Default SMTP Virtual Server", "yes", "in 0.0.0.0/0"),
        ("10.1.2.3", "EX01 / Partner relay; two hosts", "yes", "in 10.1.2.3/32"),
        ("10.1.2.5", "EX01 / Partner relay; two hosts", "no", "logging on does not help"),
        ("10.20.30.40", "ZRH-EX1 / Virtueller Standardserver für SMTP", "yes", "in 10.20.0.0/16"),
        ("0.0.0.0", "EX02 / Inbound from the Internet", "no", "logging on does not help"),
        ("203.0.113.7", "SALES-GW1 / Remote sales staff", "after logging on", "access is off"),
        ("203.0.113.7", "SALES-OLD / Default SMTP Virtual Server", "after logging on", "not known"),
    ],
)
def test_relay_answers_for_one_address_and_says_why(run, sample, address, server, answer, why):
    out = run("relay", sample, "--ip", address).out
    (line,) = [line for line in out.splitlines() if line.startswith(f"{server} ")]
    assert f"  {answer}  " in line
    assert why in line


def test_relay_counts_the_answers(run, sample):
    out = run("relay", sample, "--ip", "203.0.113.7").out
    assert "203.0.113.7 may relay without logging on through 2 of 19 SMTP virtual servers" in out


def test_relay_cannot_tell_without_the_list(run, samples):
    out = run("relay", str(samples / "dialects/ldifde-without-octets.ldf"), "--ip", "10.0.0.1").out
    assert "through 0 of 19 SMTP virtual servers, after logging on through 0; 19 cannot" in out


def test_rules_list_has_one_line_for_each_rule(run):
    lines = run("rules", "list").out.splitlines()
    assert lines[0].split() == ["Id", "Severity", "Kind", "Dump", "decides", "Title"]
    assert lines[1].split()[:3] == ["VS-01", "low", "non-default"]


def test_rules_show_prints_a_rule_in_any_letter_case(run):
    out = run("rules", "show", "vs-01").out
    assert out.startswith("VS-01  Relay for hosts that log on\n")
    assert "Default         TRUE" in out
    assert "Not set         counts as failed" in out


def test_verify_reads_every_line_of_evidence_back(run, sample):
    run("audit", sample, "-q", "-o", "r.json", "-o", "r.xlsx")
    for report in ("r.json", "r.xlsx"):
        finished = run("verify", report, "--input", sample)
        assert finished.status == 0, finished.out
        assert "values read back as recorded" in finished.out
        assert "FAILED" not in finished.out


def test_verify_without_the_dump_says_what_was_not_checked(run, sample):
    run("audit", sample, "-q", "-o", "r.json")
    finished = run("verify", "r.json")
    assert finished.status == 0
    assert "the file was not given" in finished.out
    assert "not checked, name the dumps with --input" in finished.out


def test_verify_of_another_dump_gives_1(run, sample, samples):
    run("audit", sample, "-q", "-o", "r.json")
    finished = run("verify", "r.json", "--input", str(samples / "contoso-2003-unicode.ldf"))
    assert finished.status == 1
    assert "FAILED" in finished.out
    assert "the report does not agree" in finished.out


def test_verify_of_what_is_no_report_gives_3(run, sample):
    assert run("verify", sample).status == 3
    assert run("verify", "gone.xlsx").status == 3
