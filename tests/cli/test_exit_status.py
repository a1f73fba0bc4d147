"""The exit status of every outcome, as the README promises it."""

from pathlib import Path

import pytest

RULE = """\
[[rule]]
id = "MINE-01"
"""
WITHOUT_EXCHANGE = "quirks/no-exchange.ldif"


@pytest.fixture
def samples(sample):
    return Path(sample).parent


def test_findings_do_not_fail_a_run_by_default(run, sample):
    assert run("audit", sample).status == 0


@pytest.mark.parametrize("level", ["critical", "high", "medium", "low", "info"])
def test_findings_at_or_above_the_level_give_1(run, sample, level):
    assert run("audit", sample, "--fail-on", level).status == 1


def test_findings_below_the_level_give_0(run, samples):
    finished = run("audit", str(samples / WITHOUT_EXCHANGE), "--fail-on", "info")
    assert finished.status == 0


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["nonsense"], "No such command"),
        (["audit"], "name at least one dump"),
        (["audit", "SAMPLE", "--nonsense"], "No such option"),
        (["audit", "SAMPLE", "--fail-on", "huge"], "expected one of critical, high"),
        (["audit", "SAMPLE", "--jobs", "0"], "expected a number of processes"),
        (["audit", "SAMPLE", "--max-record-size", "64X"], "expected a size such as 64M"),
        (["audit", "SAMPLE", "--encoding", "klingon"], "unknown encoding: klingon"),
        (["audit", "SAMPLE", "--paper", "a5"], "expected one of a4, letter"),
        (["audit", "SAMPLE", "--evidence", "none"], "expected one of findings, all"),
        (
            ["audit", "SAMPLE", "-o", "report.pdf"],
            "ends with one of .xlsx, .html, .docx, .json, .sarif, .csv",
        ),
        (["audit", "SAMPLE", "-o", "a.json", "-o", "./a.json"], "named twice"),
        (["audit", "x.json", "-o", "x.json"], "an output would replace it"),
        (["relay", "SAMPLE", "--ip", "10.1.2.300"], "expected an IPv4 or IPv6 address"),
        (["relay", "SAMPLE", "--ip", "fe80::1%3"], "expected an address without a zone"),
        (["relay", "SAMPLE", "--port", "65536"], "expected a port from 1 to 65535"),
        (["relay", "SAMPLE", "--format", "xml"], "expected one of table, json"),
        (["audit", "SAMPLE", "--framework", "bsi"], "expected one of disa-stig, cis"),
        (["report", "results.json"], "name at least one output"),
        (["export-help", "notepad"], "expected one of ldifde, csvde"),
    ],
)
def test_wrong_usage_gives_2(run, sample, arguments, words):
    finished = run(*[sample if item == "SAMPLE" else item for item in arguments])
    assert (finished.status, finished.out) == (2, "")
    assert words in " ".join(finished.err.split())


@pytest.mark.parametrize(
    ("name", "content", "words"),
    [
        ("gone.ldf", None, "no such file or folder"),
        ("empty.ldf", b"", "the file is empty; ask for LDIF"),
        ("page.ldf", b"<html><body>x</body></html>", "looks like XML or HTML, not a dump"),
        ("table.csv", b"Name,Size\r\nx,1\r\n", 'no column "DN"'),
        ("noise.ldf", bytes(range(256)) * 9, "neither LDIF nor CSV"),
    ],
)
def test_what_is_no_dump_gives_3_and_one_line(run, tmp_path, name, content, words):
    if content is not None:
        (tmp_path / name).write_bytes(content)
    finished = run("audit", name, "-o", "report.json")
    assert finished.status == 3
    assert finished.err.startswith(f"error: {name}: ")
    assert words in finished.err
    assert finished.err.count("\n") == 1
    assert not (tmp_path / "report.json").exists()


def test_results_that_are_none_give_3(run, tmp_path):
    (tmp_path / "results.json").write_text('{"schema_version": 9}')
    finished = run("report", "results.json", "-o", "report.csv")
    assert finished.status == 3
    assert "results.json: expected schema_version 1, found 9" in finished.err


def test_strict_gives_4_when_something_was_unreadable(run, samples):
    broken = str(samples / "quirks/line-without-colon.ldif")
    assert run("audit", broken, "--strict").status == 4
    assert run("audit", broken).status == 0


def test_strict_gives_4_when_something_was_not_evaluable(run, samples):
    limited = str(samples / "dialects/ldifde-one-attribute.ldf")
    assert run("audit", limited, "--strict").status == 4


def test_strict_gives_4_where_nothing_could_be_audited(run, samples):
    dump = str(samples / WITHOUT_EXCHANGE)
    finished = run("audit", dump, "--strict")
    assert finished.status == 4
    assert "Nothing could be audited: no Exchange object was found in 1 input file." in finished.err
    assert "No action needed" not in finished.err
    assert run("audit", dump).status == 0


def test_an_output_that_exists_gives_5_and_is_kept(run, sample, tmp_path):
    (tmp_path / "report.json").write_text("old")
    finished = run("audit", sample, "-o", "report.json", "-o", "report.csv")
    assert finished.status == 5
    assert "report.json: exists already and was kept; use --overwrite" in finished.err
    assert (tmp_path / "report.json").read_text() == "old"
    assert not (tmp_path / "report.csv").exists()
    assert run("audit", sample, "-o", "report.json", "--overwrite").status == 0


def test_a_folder_that_does_not_exist_gives_5(run, sample):
    assert run("audit", sample, "-o", "nowhere/report.json").status == 5


@pytest.mark.parametrize(
    ("command", "words"),
    [
        (["rules", "check", "mine"], "MINE-01"),
        (["audit", "SAMPLE", "--rules", "mine"], "mine.toml: MINE-01: "),
        (["audit", "SAMPLE", "--rules", "gone"], "gone: cannot read the folder"),
        (["rules", "show", "VS1"], "unknown rule 'VS1': did you mean VS-01?"),
        (["rules", "show", "xyzzy"], "unknown rule 'xyzzy': see: exchange-analyzer rules list"),
    ],
)
def test_a_rule_that_is_wrong_or_unknown_gives_6(run, sample, tmp_path, command, words):
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "mine.toml").write_text(RULE)
    finished = run(*[sample if item == "SAMPLE" else item for item in command])
    assert finished.status == 6
    assert words in finished.err
    assert finished.err.count("\n") == 1


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("[audit]\nfail = 'low'\n", "unknown key [audit] 'fail'; did you mean fail-on?"),
        ("[paper]\nstrict = true\n", "unknown key [paper] 'strict'"),
        ("[papers]\n", "unknown key 'papers'; expected [audit] and [paper]"),
        ("[audit]\nfail-on = 'huge'\n", "fail-on: expected one of critical, high"),
        ("[audit]\nstrict = 'perhaps'\n", "strict: expected true or false"),
        ("[audit\n", "not valid TOML"),
    ],
)
def test_a_settings_file_that_is_wrong_gives_6_naming_file_and_key(
    run, sample, tmp_path, text, words
):
    (tmp_path / "exchange-analyzer.toml").write_text(text)
    finished = run("audit", sample)
    assert finished.status == 6
    assert finished.err.startswith("error: exchange-analyzer.toml: ")
    assert words in finished.err


def test_an_environment_variable_that_is_wrong_gives_6(run, sample, monkeypatch):
    monkeypatch.setenv("EXCHANGE_ANALYZER_FAILON", "low")
    finished = run("audit", sample)
    assert finished.status == 6
    assert "EXCHANGE_ANALYZER_FAILON: unknown key 'failon'; did you mean fail-on?" in finished.err


def test_of_several_reasons_the_first_of_6_3_5_4_1_counts(run, sample, tmp_path):
    (tmp_path / "report.json").write_text("old")
    failing = ["--strict", "--fail-on", "info"]
    blocked = [*failing, "-o", "report.json"]
    assert run("audit", "gone.ldf", "--rules", "gone", *blocked).status == 6
    assert run("audit", "gone.ldf", *blocked).status == 3
    assert run("audit", sample, *blocked).status == 5
    assert run("audit", sample, *failing).status == 4
    assert run("audit", sample, "--fail-on", "info").status == 1


def test_an_unforeseen_error_gives_70_one_line_and_a_log_without_data(
    run, sample, tmp_path, monkeypatch
):
    def break_down(*_: object, **__: object) -> None:
        secret = "PLANTED-SECRET"
        raise KeyError(secret)

    monkeypatch.setattr("analyzer.audit", break_down)
    finished = run("audit", sample, "-o", "report.json")
    assert finished.status == 70
    assert finished.err.count("\n") == 1
    assert "internal error (KeyError at cli.py:" in finished.err
    (log,) = (tmp_path / "state" / "exchange-analyzer").iterdir()
    assert str(log) in finished.err
    text = log.read_text()
    assert "break_down" in text
    assert "PLANTED" not in text + finished.err
    assert not (tmp_path / "report.json").exists()


def test_an_interruption_gives_130_and_one_line(run, sample, monkeypatch):
    def interrupt(*_: object, **__: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("analyzer.read_dump", interrupt)
    finished = run("audit", sample)
    assert (finished.status, finished.err) == (130, "error: interrupted\n")


def test_what_options_name_is_looked_at_before_reading(run, sample, tmp_path, monkeypatch):
    def read(*_: object, **__: object) -> None:
        pytest.fail("reading began")

    monkeypatch.setattr("analyzer.read_dump", read)
    (tmp_path / "old.xlsx").write_text("old")
    (tmp_path / "logo.png").write_text("no picture")
    assert run("audit", sample, "-o", "old.xlsx").status == 5
    assert run("audit", sample, "-o", "nowhere/new.xlsx").status == 5
    assert run("audit", sample, "-o", "new.xlsx", "--logo", "gone.png").status == 3
    finished = run("audit", sample, "-o", "new.xlsx", "--logo", "logo.png")
    assert (finished.status, finished.err) == (
        3,
        "error: logo.png: the logo is neither PNG nor JPEG\n",
    )
    assert run("audit", sample, "--encoding", "klingon").status == 2
