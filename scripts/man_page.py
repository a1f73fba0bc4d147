"""The help of the program in, its manual page out: man_page.py > docs/exchange-analyzer.1."""

import re
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import typer

from analyzer.cli import app
from analyzer.settings import FILE, PREFIX
from analyzer.version import __version__

ROOT = Path(__file__).parents[1]
NAME = "exchange-analyzer"
SUMMARY = "audit Exchange SMTP servers from an exported directory dump"
DESCRIPTION = (
    "Reads dumps of the configuration partition of Active Directory, judges the SMTP virtual "
    "servers and receive connectors of Exchange in them, tells who may relay, and writes the "
    "workbook, page and letter of an audit. It opens no connection.",
    "Messages go to standard error, tables and JSON to standard output.",
)
HELP: Any = {"help_option_names": ["-h", "--help"]}
ENVIRONMENT = (
    (f"{PREFIX}NAME", f"The value of the option --name, such as {PREFIX}FAIL_ON=high."),
    ("NO_COLOR", "No colour, if it is set."),
)


def man_page() -> str:
    """Return the manual page in the macros of man(7)."""
    return "\n".join(line for line in lines() if line) + "\n"


def lines() -> Iterator[str]:
    """Yield the lines of the page."""
    yield f'.TH EXCHANGE\\-ANALYZER 1 "" "{NAME} {__version__}" "User Commands"'
    yield f".SH NAME\n{plain(NAME)} \\- {plain(SUMMARY)}"
    yield f".SH SYNOPSIS\n.B {plain(NAME)}\n.I COMMAND\n[\\fIOPTION\\fR]... [\\fIARGUMENT\\fR]..."
    yield ".SH DESCRIPTION"
    for paragraph in DESCRIPTION:
        yield f".PP\n{plain(paragraph)}"
    yield ".SH OPTIONS"
    program: Any = typer.main.get_command(app)
    yield from options(program, typer.Context(program, info_name=NAME, **HELP))
    yield ".SH COMMANDS"
    yield from commands(program, NAME)
    yield ".SH EXIT STATUS"
    for status, meaning in exit_statuses():
        yield entry(status, meaning)
    yield ".SH ENVIRONMENT"
    for variable, meaning in ENVIRONMENT:
        yield entry(variable, meaning)
    yield f".SH FILES\n{entry(FILE, 'In the working folder: values of options, as TOML.')}"


def commands(group: Any, names: str) -> Iterator[str]:
    """Yield each command with its arguments and options, those of its own commands included."""
    for name, command in group.commands.items():
        full = f"{names} {name}"
        if hasattr(command, "commands"):
            yield from commands(command, full)
            continue
        context = typer.Context(command, info_name=full, **HELP)
        usage = " ".join(command.collect_usage_pieces(context))
        yield f".SS {plain(full.removeprefix(NAME).strip())}"
        yield f".B {plain(full)}\n{plain(usage)}\n.PP\n{plain(sentences(command.help))}"
        yield from options(command, context)


def options(command: Any, context: typer.Context) -> Iterator[str]:
    """Yield the arguments and options of a command."""
    for parameter in command.get_params(context):
        record = parameter.get_help_record(context)
        if record is not None:
            yield entry(*record)


def exit_statuses() -> list[tuple[str, str]]:
    """Return the table of the readme, which a test compares with the program."""
    table = (ROOT / "README.md").read_text(encoding="utf-8").split("## Exit status")[1]
    rows = re.findall(r"(?m)^\| (\d+) \| (.*) \|$", table.split("##")[0])
    return [(status, meaning.replace("`", "")) for status, meaning in rows]


def sentences(text: str | None) -> str:
    """Return the text of a docstring on one line."""
    return " ".join((text or "").split())


def entry(term: str, text: str) -> str:
    """Return a paragraph with a hanging term."""
    return f".TP\n.B {plain(term)}\n{plain(sentences(text))}"


def plain(text: str) -> str:
    """Return text that no macro or escape of roff stands in."""
    escaped = text.replace("\\", "\\e").replace("-", "\\-").replace('"', "\\(dq")
    return re.sub(r"(?m)^(?=[.'])", r"\\&", escaped)


if __name__ == "__main__":
    sys.stdout.write(man_page())
