"""The options: one row each, from which everything that knows an option is made.

The parameters of the commands with their help, the settings file, the environment and
`--show-config` follow from the rows. To add an option, add its row and use its value:
`settings.flag("name")`.
"""

from collections.abc import Iterator
from inspect import Parameter
from typing import NamedTuple

import typer

from analyzer.fleets.each_report import EACH
from analyzer.option_forms import (
    ADDRESS,
    DAY,
    FLAG,
    PORT,
    PROCESSES,
    SECONDS,
    SIZE,
    TEXT,
    TEXTS,
    Form,
    OptionValue,
    one_of,
    some_of,
)

FRAMEWORKS = ("disa-stig", "cis")
"""The hardening frameworks of the catalogue."""
SEVERITIES = ("critical", "high", "medium", "low", "info")


class OptionRow(NamedTuple):
    """One option."""

    name: str
    """Its long name without the dashes; also its key in the settings file."""
    form: Form
    default: OptionValue
    help: str
    commands: tuple[str, ...]
    metavar: str | None = None
    short: str = ""
    section: str = ""
    """Where it stands in the settings file; empty when it counts for one run only."""
    opposite: str = ""
    """Long name, without the dashes, of the switch that turns it off; empty for the usual one."""

    @property
    def argument(self) -> str:
        """The name of its parameter."""
        return self.name.replace("-", "_")


_EXTRACT = ("extract",)
_AUDIT = ("audit", "compare")
_FLEET = ("fleet",)
_WAIVERS = ("waivers list", "waivers check")
_FROM_WORKBOOK = ("waivers from-workbook",)
_READ = (*_AUDIT, "inspect", "relay", *_EXTRACT)
_RENDER = (*_AUDIT, "report")
_JUDGE = (*_AUDIT, *_FLEET, "verify", "rules list", "rules show")
"""The commands that know the rules of the user's folders."""

OPTIONS = (
    OptionRow(
        "output",
        TEXTS,
        (),
        "Write .xlsx, .html, .docx (letter), .json, .sarif or .csv; repeatable. - prints JSON.",
        _RENDER,
        "FILE",
        short="o",
    ),
    OptionRow(
        "output",
        TEXTS,
        (),
        "Write the LDIF to this file; - prints it.",
        _EXTRACT,
        "FILE",
        short="o",
    ),
    OptionRow(
        "output",
        TEXTS,
        (),
        "Write everything to this folder, a path or a URL; an audit that is there is kept.",
        _FLEET,
        "FOLDER",
        short="o",
    ),
    OptionRow(
        "each",
        some_of(*EACH),
        (),
        "Of each dump write xlsx, html, docx, sarif or csv, too; repeatable.",
        _FLEET,
        "FORMAT",
    ),
    OptionRow(
        "force", FLAG, False, "Audit every dump again, also where nothing has changed.", _FLEET
    ),
    OptionRow(
        "output",
        TEXTS,
        (),
        "Write the waivers to this file; printed otherwise.",
        _FROM_WORKBOOK,
        "FILE",
        short="o",
    ),
    OptionRow(
        "overwrite",
        FLAG,
        False,
        "Replace existing outputs.",
        (*_RENDER, *_EXTRACT, *_FROM_WORKBOOK, "demo"),
        section="audit",
    ),
    OptionRow("all", FLAG, False, "Every entry, not only the evidence of an audit.", _EXTRACT),
    OptionRow(
        "with-descriptors",
        FLAG,
        True,
        "With or without nTSecurityDescriptor.",
        _EXTRACT,
        opposite="no-descriptors",
    ),
    OptionRow(
        "redact",
        FLAG,
        False,
        "Invent all names, addresses, SIDs and GUIDs, the same for the same one.",
        _EXTRACT,
    ),
    OptionRow(
        "mapping",
        TEXT,
        "",
        "Keep what was invented for what in this JSON file; an existing one is used and extended.",
        _EXTRACT,
        "FILE",
    ),
    OptionRow(
        "health", FLAG, False, "Report what is odd and what to ask the client for.", ("inspect",)
    ),
    OptionRow("ip", ADDRESS, None, "May this host relay, and why?", ("relay",), "ADDRESS"),
    OptionRow("port", PORT, 25, "Port that the host connects to (default: 25).", ("relay",), "N"),
    OptionRow(
        "format",
        one_of("table", "json"),
        "table",
        "Answer as a table (default) or as JSON for programs.",
        ("relay", "doctor"),
        "FORM",
    ),
    OptionRow(
        "input",
        TEXTS,
        (),
        "A dump the report was made from, the JSON document of a workbook, or the baseline; "
        "repeatable.",
        ("verify",),
        "FILE",
    ),
    OptionRow(
        "baseline",
        TEXT,
        "",
        "Compare with the last audit: its JSON results, its workbook, or its dump.",
        ("audit",),
        "OLD",
    ),
    OptionRow(
        "fail-on",
        one_of(*SEVERITIES, "new", "never"),
        "never",
        "Exit status 1 for open findings from this severity on: "
        "critical, high, medium, low, info or never (default); or for new ones: new.",
        (*_AUDIT, *_FLEET),
        "LEVEL",
        section="audit",
    ),
    OptionRow(
        "strict",
        FLAG,
        False,
        "Exit status 4 when anything was unreadable or not evaluable.",
        ("audit",),
        section="audit",
    ),
    OptionRow(
        "strict",
        FLAG,
        False,
        "Exit status 4 when any dump could not be audited.",
        _FLEET,
        section="audit",
    ),
    OptionRow(
        "rules",
        TEXTS,
        (),
        "Add the rule files of a folder; repeatable.",
        (*_JUDGE, *_WAIVERS, "waivers new"),
        "FOLDER",
        section="audit",
    ),
    OptionRow(
        "profile",
        TEXT,
        "",
        "The client's severities and thresholds, and rules switched off, of a TOML file.",
        (*_AUDIT, *_FLEET, "rules list", "rules show"),
        "FILE",
        section="audit",
    ),
    OptionRow(
        "waivers",
        TEXTS,
        (),
        "Findings that the client has accepted, of a TOML file; repeatable.",
        ("audit", *_FLEET),
        "FILE",
        section="audit",
    ),
    OptionRow(
        "carry-over",
        TEXT,
        "",
        "Take over what reviewers entered in this workbook of last time; needs an .xlsx output.",
        _RENDER,
        "WORKBOOK",
    ),
    OptionRow(
        "as-of",
        DAY,
        None,
        "The day that decides what has expired and how old the dump is, such as 2026-11-24 "
        "(default: today).",
        ("audit", *_FLEET, *_WAIVERS),
        "DATE",
        section="audit",
    ),
    *(
        OptionRow(name, TEXT, "", text, ("waivers new",), metavar)
        for name, text, metavar in (
            ("server", "Server that it applies to.", "NAME"),
            ("listener", "Virtual server or connector that it applies to.", "NAME"),
            ("object", "DN of the object that it applies to.", "DN"),
            ("finding", "ID or fingerprint of the finding that it applies to.", "ID"),
            ("reason", "Why the finding is accepted.", "TEXT"),
            ("approved-by", "Who has accepted it.", "NAME"),
            ("ticket", "Where that can be looked up.", "TEXT"),
        )
    ),
    OptionRow("expires", DAY, None, "Last day on which it holds.", ("waivers new",), "DATE"),
    OptionRow(
        "small-business-server",
        FLAG,
        False,
        "Judge by the defaults of Small Business Server.",
        (*_AUDIT, *_FLEET),
        section="audit",
    ),
    OptionRow(
        "framework",
        some_of(*FRAMEWORKS),
        (),
        "Count failed controls of disa-stig or cis as findings; repeatable.",
        (*_AUDIT, *_FLEET),
        "NAME",
        section="audit",
    ),
    OptionRow(
        "gateway",
        TEXT,
        "",
        "Name or address of the host that Internet mail has to leave by; VS-17 looks for it.",
        (*_AUDIT, *_FLEET),
        "HOST",
        section="audit",
    ),
    OptionRow(
        "encoding",
        TEXT,
        None,
        "Text encoding of the dumps, when detection fails.",
        (*_READ, *_FLEET),
        "NAME",
        section="audit",
    ),
    OptionRow(
        "parse-all",
        FLAG,
        False,
        "Parse every record instead of scanning for those of interest.",
        (*_READ, *_FLEET),
        section="audit",
    ),
    OptionRow(
        "jobs",
        PROCESSES,
        None,
        "Processes that read; by size and cores otherwise.",
        _READ,
        "N",
        section="audit",
    ),
    OptionRow(
        "jobs",
        PROCESSES,
        None,
        "Dumps that are audited at the same time; one for each core otherwise.",
        _FLEET,
        "N",
        section="audit",
    ),
    OptionRow(
        "time-limit",
        SECONDS,
        600,
        "Seconds that one dump may take (default: 600).",
        _FLEET,
        "N",
        section="audit",
    ),
    OptionRow(
        "memory-limit",
        SIZE,
        2 << 30,
        "Memory that one dump may take, such as 2G (default).",
        _FLEET,
        "SIZE",
        section="audit",
    ),
    # What makes a connection stands on the command line, never in a file beside the dumps.
    OptionRow(
        "scheduler",
        TEXT,
        "",
        "Have the workers of this Dask cluster do it, such as tcp://192.0.2.1:8786.",
        _FLEET,
        "ADDRESS",
    ),
    OptionRow(
        "cluster-config",
        TEXT,
        "",
        "Address and certificates of the Dask cluster, in a TOML file.",
        _FLEET,
        "FILE",
    ),
    OptionRow(
        "max-record-size",
        SIZE,
        16 << 20,
        "Largest record that is read, such as 16M (default).",
        (*_READ, *_FLEET),
        "SIZE",
        section="audit",
    ),
    OptionRow(
        "max-input-size",
        SIZE,
        64 << 30,
        "Largest file or stream that is read, such as 64G (default).",
        (*_READ, *_FLEET),
        "SIZE",
        section="audit",
    ),
    OptionRow(
        "evidence",
        one_of("findings", "all"),
        "findings",
        "Evidence in the workbook: findings (default) or all.",
        _RENDER,
        "WHICH",
        section="audit",
    ),
    OptionRow(
        "reproducible",
        FLAG,
        False,
        "Equal bytes for equal inputs and arguments: time of the newest input, no names of "
        "outputs inside.",
        _RENDER,
        section="audit",
    ),
    OptionRow(
        "csv-raw",
        FLAG,
        False,
        "CSV for programs, without the guard against formulas.",
        _RENDER,
        section="audit",
    ),
    OptionRow(
        "client", TEXT, "", "Client's name, on the report.", _RENDER, "TEXT", section="paper"
    ),
    OptionRow(
        "engagement", TEXT, "", "Reference of the engagement.", _RENDER, "TEXT", section="paper"
    ),
    OptionRow("prepared-by", TEXT, "", "Who made the report.", _RENDER, "TEXT", section="paper"),
    OptionRow("reviewer", TEXT, "", "Who reviews it.", _RENDER, "TEXT", section="paper"),
    OptionRow(
        "marking",
        TEXT,
        "",
        "Confidentiality marking, on every page.",
        _RENDER,
        "TEXT",
        section="paper",
    ),
    OptionRow(
        "scope-label",
        TEXT,
        "",
        "Short name of what was examined.",
        _RENDER,
        "TEXT",
        section="paper",
    ),
    OptionRow(
        "logo", TEXT, None, "PNG or JPEG for the first page.", _RENDER, "FILE", section="paper"
    ),
    OptionRow(
        "paper",
        one_of("a4", "letter"),
        "a4",
        "a4 (default) or letter.",
        _RENDER,
        "SIZE",
        section="paper",
    ),
    OptionRow(
        "print",
        one_of("set", "full"),
        "set",
        "Sheets that reach paper: set (default), a few pages for readers; or full.",
        _RENDER,
        "WHAT",
        section="paper",
    ),
    OptionRow(
        "quiet",
        FLAG,
        False,
        "Print nothing but errors.",
        (*_RENDER, *_EXTRACT, *_FLEET, "demo"),
        short="q",
    ),
    OptionRow(
        "verbose",
        FLAG,
        False,
        "Print all findings, warnings and the time taken.",
        ("audit",),
        short="v",
    ),
    OptionRow(
        "progress",
        FLAG,
        True,
        "Bar while reading, on a terminal.",
        (*_READ, *_FLEET),
        section="audit",
    ),
    OptionRow(
        "show-config",
        FLAG,
        False,
        "Print the settings and where each came from, and stop.",
        ("audit",),
    ),
)
"""In the order in which the help of a command lists them."""


def parameters(command: str) -> Iterator[Parameter]:
    """Yield the parameters of a command, as typer reads them.

    None or an empty list stands for an option that was not given, so that the environment and the
    settings file count.
    """
    for option in OPTIONS:
        if command in option.commands:
            given = bool if option.form is FLAG else list[str] if option.form.repeated else str
            names = (_switch(option), *([f"-{option.short}"] if option.short else []))
            # As the default, not in `Annotated`, of which each start makes a hundred and a half.
            about = typer.Option(
                None, *names, metavar=option.metavar, help=option.help, show_default=False
            )
            yield Parameter(
                option.argument, Parameter.KEYWORD_ONLY, default=about, annotation=given | None
            )


def _switch(option: OptionRow) -> str:
    # What the settings file can turn on, the command line can turn off.
    twin = option.form is FLAG and (option.section or option.opposite)
    opposite = option.opposite or f"no-{option.name}"
    return f"--{option.name}/--{opposite}" if twin else f"--{option.name}"
