"""The rows of the options: one table, and everything that knows an option follows it."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from analyzer import ReadOptions, options
from analyzer.options import OPTIONS
from analyzer.settings import merge

PACKAGE = Path(options.__file__).parent
COMMANDS = sorted({command for option in OPTIONS for command in option.commands})


@pytest.mark.parametrize("command", COMMANDS)
def test_the_help_of_a_command_lists_its_options_and_no_others(run, command):
    out = run(*command.split(), "--help").out
    listed = re.findall(r"(?m)^  (?:-[a-z], +)?--([a-z-]+)", out)
    rows = [option.name for option in OPTIONS if command in option.commands]
    assert listed == [*rows, "help"]


def test_every_option_that_is_used_has_a_row():
    text = "".join((PACKAGE / name).read_text() for name in ("cli.py", "arguments.py"))
    used = set(re.findall(r'settings\.[a-z]+\("([a-z-]+)"\)', text))
    assert used == {option.name for option in OPTIONS}


@pytest.mark.parametrize("option", OPTIONS, ids=lambda option: option.name)
def test_the_default_of_a_row_has_its_form_and_is_the_one_its_help_names(option):
    if option.default is not None:
        assert option.form.parse(option.default) == option.default
    for word in re.findall(r"(\S+) \(default\)", option.help):
        assert option.form.parse(word) == option.default


def test_the_defaults_of_reading_are_those_of_the_library():
    settings = merge({}, {}, Path("gone.toml"))
    assert settings.size("max-record-size") == ReadOptions().max_record
    assert settings.number("jobs") is ReadOptions().jobs
    assert settings.flag("parse-all") is ReadOptions().parse_all


WITH_MORE_ROWS = """
from analyzer import options
from analyzer.option_forms import FLAG, SIZE
from analyzer.options import OptionRow
options.OPTIONS = (
    *options.OPTIONS,
    OptionRow("top-speed", SIZE, 7, "How fast.", ("audit",), "SPEED", section="pace"),
    OptionRow("nudge", FLAG, False, "Push it.", ("relay",), short="n"),
)
from analyzer.cli import main
main()
"""


def test_a_row_is_all_it_takes_to_add_an_option(tmp_path):
    environment = {
        **os.environ,
        "PYTHONPATH": str(PACKAGE.parent),
        "EXCHANGE_ANALYZER_TOP_SPEED": "8k",
    }

    def command(*arguments: str) -> str:
        done = subprocess.run(
            [sys.executable, "-c", WITH_MORE_ROWS, *arguments],
            cwd=tmp_path,
            env=environment,
            capture_output=True,
            text=True,
            check=False,
        )
        return done.stdout + done.stderr

    assert re.search("--top-speed SPEED +How fast.", command("audit", "--help"))
    assert re.search("-n, --nudge +Push it.", command("relay", "--help"))
    shown = "pace +top-speed +{} +{}\n"
    variable = shown.format(8192, "EXCHANGE_ANALYZER_TOP_SPEED")
    assert re.search(variable, command("audit", "--show-config"))
    line = ("audit", "--top-speed", "9", "--show-config")
    assert re.search(shown.format(9, "command line"), command(*line))
    (tmp_path / "exchange-analyzer.toml").write_text("[pace]\nnudge = true\n")
    assert "unknown key [pace] 'nudge'; expected one of top-speed" in command("audit", "x")
