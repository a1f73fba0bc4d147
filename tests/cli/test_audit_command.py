"""What the audit command prints and writes."""

import base64
import json
import re
from pathlib import Path

import pytest

from analyzer import cli
from analyzer.dump import begun_hash
from analyzer.dump.hashing import HashingReader

SNAPSHOT = str(Path(__file__).parents[2] / "samples" / "contoso-snapshot.dat")
SERVER = (
    "CN=1,CN=SMTP,CN=Protocols,CN=EX01,CN=Servers,CN=First Administrative Group,"
    "CN=Administrative Groups,CN=Contoso Org,CN=Microsoft Exchange,CN=Services,"
    "CN=Configuration,DC=contoso,DC=com"
)
HOSTILE = "\x1b]0;owned\x07\x1b[2J[red]alarm[/red] \u202egnp\r\nok \udc80"


def hostile_dump() -> bytes:
    name = base64.b64encode(HOSTILE.encode("utf-8", "surrogatepass")).decode()
    return (
        f"dn: {SERVER}\nobjectClass: protocolCfgSMTPServer\nadminDisplayName:: {name}\n"
        f"msExchSmtpRelayForAuth: FALSE\nmsExchSmtpOutboundSecurityPassword: PLANTED-SECRET\n"
    ).encode()


def test_messages_go_to_standard_error_and_nothing_to_standard_output(run, sample):
    finished = run("audit", sample)
    assert finished.out == ""
    assert "Nothing left this computer." in finished.err


def test_the_summary_says_what_was_read_found_and_written(run, sample):
    finished = run("audit", sample, "-o", "report.json", "-o", "report.csv")
    lines = finished.err.splitlines()
    assert lines[0] == f"Read {sample}: 101.8 KB, 84 entries, ldifde, cp1252, full export"
    assert lines[1].startswith("Found 19 SMTP virtual servers, 2 SMTP connectors, ")
    assert lines[1].endswith(
        "7 Exchange servers (2000: 2, 2003: 5); 1 object left behind by replication"
    )
    assert "\nTwo of 19 SMTP virtual servers relay for anybody: EX02 / App" in finished.err
    assert re.search(
        r"^Critical 1   High \d+   Medium \d+ \(1 assumed\)   Low \d+ \(1 assumed\)   Info \d+ ",
        finished.err,
        re.M,
    )
    assert lines[-1].startswith("Wrote report.json, report.csv (")


def test_the_worst_findings_come_first_and_end_with_file_and_line(run, sample):
    found = [line for line in run("audit", sample).err.splitlines() if line.isupper() is False]
    lines = [line for line in found if line.startswith(("CRITICAL", "HIGH", "MEDIUM", "LOW"))]
    assert len(lines) == 10
    assert lines[0].startswith("CRITICAL Anybody who can connect may relay")
    assert lines[0].endswith("(every address is listed)  RL-01")
    objects = [line for line in found if line.startswith("- ") and " more" not in line]
    assert objects[0].startswith("- SALES-GW1 / Default SMTP Virtual Server")
    assert all(re.search(rf"{re.escape(sample)}:\d+$", line) for line in objects)


def test_verbose_shows_every_finding_and_the_time(run, sample):
    finished = run("audit", sample, "-v")
    results = json.loads(run("audit", sample, "-q", "-o", "-").out)
    shown = re.findall(r"^- .*:\d+$", finished.err, re.M)
    assert len(shown) == len(results["findings"])
    assert "Reading took " in finished.err


def test_verbose_tells_where_the_scan_is_not_compiled(run, sample, monkeypatch):
    told = "The scan of big files is not compiled: every record was parsed."
    assert told not in run("audit", sample, "-v").err
    monkeypatch.setattr("analyzer.dump.read_options.scan_is_compiled", lambda: False)
    assert told in run("audit", sample, "-v").err
    assert told not in run("audit", sample).err


def test_quiet_prints_nothing(run, sample):
    finished = run("audit", sample, "-q", "-o", "report.json")
    assert (finished.status, finished.out, finished.err) == (0, "", "")


def test_a_dash_as_output_prints_the_json_document(run, sample, tmp_path):
    finished = run("audit", sample, "-o", "-", "-o", "report.json")
    document = json.loads(finished.out)
    assert len(document["virtual_servers"]) == 20
    written = json.loads((tmp_path / "report.json").read_bytes())
    assert written["findings"] == document["findings"]


def test_every_format_is_written_whole(run, sample, tmp_path):
    names = ["r.xlsx", "r.html", "r.json", "r.csv"]
    assert run("audit", sample, *(part for name in names for part in ("-o", name))).status == 0
    assert sorted(item.name for item in tmp_path.iterdir()) == sorted(names)
    assert all((tmp_path / name).stat().st_size > 1000 for name in names)


@pytest.mark.parametrize("ending", ["xlsx", "html", "json", "csv"])
def test_reproducible_runs_give_equal_bytes_whatever_the_output_is_called(
    run, sample, tmp_path, ending
):
    run("audit", sample, "--reproducible", "-o", f"one.{ending}")
    run("audit", sample, "--reproducible", f"--output=two.{ending}")
    assert (tmp_path / f"one.{ending}").read_bytes() == (tmp_path / f"two.{ending}").read_bytes()


def test_an_attribute_that_was_not_exported_is_named_with_the_cure(run, sample):
    dump = Path(sample).parent / "dialects/ldifde-without-octets.ldf"
    finished = run("audit", str(dump))
    assert "! not exported: msExchSmtpRelayIpList" in finished.err
    assert "See: exchange-analyzer export-help ldifde" in finished.err


def test_unreadable_records_are_named_with_their_lines(run, sample):
    dump = Path(sample).parent / "quirks/line-without-colon.ldif"
    finished = run("audit", str(dump))
    assert re.search(rf"^! {re.escape(str(dump))}:\d+: a line without colon", finished.err, re.M)


def test_no_escape_sequence_and_no_markup_of_a_dump_reaches_the_screen(run, tmp_path):
    (tmp_path / "hostile.ldf").write_bytes(hostile_dump())
    for command in (["audit", "-v"], ["inspect"], ["inspect", "--health"], ["relay"]):
        finished = run(*command, "hostile.ldf")
        text = finished.out + finished.err
        assert finished.status == 0
        assert not re.search("[\x00-\x09\x0b-\x1f\x7f-\x9f\u202a-\u202e]", text)
        if command[0] in ("audit", "relay"):
            assert r"EX01 / \x1b]0;owned\x07\x1b[2J[red]alarm[/red]" in text


def test_a_secret_is_in_no_output_and_on_no_screen(run, tmp_path):
    (tmp_path / "hostile.ldf").write_bytes(hostile_dump())
    finished = run("audit", "-v", "hostile.ldf", "-o", "r.json", "-o", "r.csv", "-o", "r.html")
    written = "".join((tmp_path / f"r.{ending}").read_text() for ending in ("json", "csv", "html"))
    assert "PLANTED" not in finished.out + finished.err + written


def test_a_file_name_with_control_characters_is_shown_as_text(run, tmp_path):
    (tmp_path / "a\x1b[31m\n.ldf").write_bytes(hostile_dump())
    assert "\x1b" not in run("audit", "a\x1b[31m\n.ldf").err
    assert "\x1b" not in run("audit", "gone\x1b[31m.ldf").err


def test_results_render_again_without_the_dump(run, sample, tmp_path):
    options = ["--reproducible", "--client", "Contoso"]
    run("audit", sample, *options, "-o", "first.json", "-o", "first.csv", "-o", "first.xlsx")
    again = ["report", "first.json", *options]
    assert run(*again, "-o", "again.csv", "-o", "again.json", "-o", "again.xlsx").status == 0
    for ending in ("csv", "json", "xlsx"):
        first, second = (tmp_path / f"{name}.{ending}" for name in ("first", "again"))
        assert first.read_bytes() == second.read_bytes()


def test_rules_of_the_user_add_to_the_built_in_ones(run, sample, tmp_path):
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "mine.toml").write_text(
        '[[rule]]\nid = "MINE-01"\ntitle = "Bindings"\nobject_class = "protocolCfgSMTPServer"\n'
        'attribute = "msExchSmtpMaxHopCount"\nkind = "weakness"\nseverity = "low"\n'
        'finding = "Too few hops"\ncondition = "at_least"\nargument = 1\nnot_set = "passed"\n'
        'why = "Because."\ncheck = "Look."\nwhere_to_set = "There"\nsources = ["house rule"]\n'
        'confidence = "confirmed"\noffline = "yes"\nsince = "1.0"\n'
    )
    assert run("rules", "check", "mine").out == "mine: 1 rule is valid\n"
    results = json.loads(run("audit", sample, "-q", "-o", "-", "--rules", "mine").out)
    assert [check["tested"] for check in results["checks"] if check["rule"] == "MINE-01"] == [20]


def test_small_business_server_is_recorded(run, sample):
    finished = run("audit", sample, "-q", "-o", "-", "--small-business-server")
    assert json.loads(finished.out)["run"]["small_business_server"] is True


def test_a_folder_a_glob_and_an_archive_are_read(run, sample, tmp_path):
    import gzip

    data = Path(sample).read_bytes()
    (tmp_path / "dumps").mkdir()
    (tmp_path / "dumps" / "one.ldf").write_bytes(data)
    (tmp_path / "dumps" / "two.ldf.gz").write_bytes(gzip.compress(data))
    for name in ("dumps", "dumps/*.ldf", "dumps/two.ldf.gz"):
        results = json.loads(run("audit", name, "-q", "-o", "-").out)
        assert len(results["virtual_servers"]) == 20


def test_the_hash_of_a_long_snapshot_is_begun_before_it_is_read(run, monkeypatch):
    arguments = ("audit", SNAPSHOT, "--reproducible", "-o")
    run(*arguments, "read.json")
    monkeypatch.setattr(begun_hash, "_PAYS_FROM", 0)
    feed, fed = HashingReader._feed, []
    monkeypatch.setattr(
        HashingReader, "_feed", lambda self, chunk: (fed.append(len(chunk)), feed(self, chunk))
    )
    run(*arguments, "begun.json")
    assert Path("begun.json").read_bytes() == Path("read.json").read_bytes()
    assert len(fed) == 1  # the first bytes, by which the format is told


def test_of_all_commands_only_the_one_that_is_called_is_made():
    (audit,) = cli._with_called(["audit", "dump"]).registered_commands
    assert audit.name == "audit"
    for words in ([], ["rules", "list"], ["--version", "audit"], ["-h"], ["nonsense"]):
        assert cli._with_called(words) is cli.app
