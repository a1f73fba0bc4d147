"""Command line, environment and file, merged."""

import pytest

from analyzer.errors import CatalogueError, UsageError
from analyzer.settings import merge


@pytest.fixture
def file(tmp_path):
    return tmp_path / "exchange-analyzer.toml"


def origins(settings):
    return {name: (value, origin) for _, name, value, origin in settings.rows()}


def test_without_anything_the_defaults_count(file):
    settings = merge({}, {}, file)
    assert settings.text("fail-on") == "never"
    assert settings.number("max-record-size") == 16 << 20
    assert settings.number("jobs") is None
    assert {origin for *_, origin in settings.rows()} == {"default"}


def test_the_command_line_beats_the_environment_and_that_the_file(file):
    file.write_text(
        "[paper]\nclient = 'file'\nreviewer = 'file'\nprepared_by = 'file'\n"
        "[audit]\nstrict = true\n"
    )
    environment = {
        "EXCHANGE_ANALYZER_CLIENT": "environment",
        "EXCHANGE_ANALYZER_REVIEWER": "environment",
        "HOME": "/",
    }
    given = {"client": "line", "strict": False, "reviewer": None, "inputs": ["x"]}
    found = origins(merge(given, environment, file))
    assert found["client"] == ("line", "command line")
    assert found["strict"] == ("false", "command line")
    assert found["reviewer"] == ("environment", "EXCHANGE_ANALYZER_REVIEWER")
    assert found["prepared-by"] == ("file", "exchange-analyzer.toml")


@pytest.mark.parametrize(
    ("text", "size"),
    [("64M", 64 << 20), ("1GiB", 1 << 30), ("512 kb", 512 << 10), ("4096", 4096), (4096, 4096)],
)
def test_sizes_are_read_with_their_unit(file, text, size):
    assert merge({"max_record_size": text}, {}, file).number("max-record-size") == size


@pytest.mark.parametrize("text", ["0", "-1", "64X", "", "1.5M", "9" * 20])
def test_sizes_that_are_none_are_refused(file, text):
    with pytest.raises(UsageError, match="--max-record-size: expected a size"):
        merge({"max_record_size": text}, {}, file)


def test_lists_come_from_the_file_or_from_the_environment(file):
    file.write_text("[audit]\nrules = ['a', 'b']\n")
    assert merge({}, {}, file).texts("rules") == ("a", "b")
    environment = {"EXCHANGE_ANALYZER_RULES": "c;d"}
    assert merge({"rules": []}, environment, file).texts("rules") == ("c", "d")
    assert merge({"rules": ["e"]}, environment, file).texts("rules") == ("e",)


@pytest.mark.parametrize(("word", "value"), [("1", True), ("Yes", True), ("off", False)])
def test_flags_of_the_environment_are_words(file, word, value):
    settings = merge({}, {"EXCHANGE_ANALYZER_PARSE_ALL": word}, file)
    assert settings.flag("parse-all") is value


@pytest.mark.parametrize(
    "data",
    [b"\xff", b"[audit]\nrules = [1]\n", b"[paper]\nclient = 5\n", b"x = 1\n", b"[" * 5000],
)
def test_a_wrong_file_is_named(file, data):
    file.write_bytes(data)
    with pytest.raises(CatalogueError, match=r"exchange-analyzer\.toml: "):
        merge({}, {}, file)


def test_show_config_prints_every_setting_with_its_origin(run, tmp_path):
    (tmp_path / "exchange-analyzer.toml").write_text("[paper]\nmarking = 'Internal'\n")
    lines = run("audit", "--show-config", "--fail-on", "high").out.splitlines()
    rows = [line.split() for line in lines]
    assert ["audit", "fail-on", "high", "command", "line"] in rows
    assert ["paper", "marking", "Internal", "exchange-analyzer.toml"] in rows
    assert ["paper", "paper", "a4", "default"] in rows


def test_the_file_beside_the_working_folder_sets_the_letterhead(run, sample, tmp_path):
    (tmp_path / "exchange-analyzer.toml").write_text("[paper]\nclient = 'Fabrikam & Sons'\n")
    assert run("audit", sample, "-q", "-o", "report.html").status == 0
    assert "Fabrikam &amp; Sons" in (tmp_path / "report.html").read_text()
