"""The options of the commands, with the words of their help.

None stands for an option that was not given, so that the environment and the settings file count.
"""

from pathlib import Path
from typing import Annotated

from typer import Argument, Option

Inputs = Annotated[
    list[str] | None,
    Argument(
        metavar="INPUT...",
        help="Dumps: files, folders, globs, .gz, .zip, or - for standard input.",
        show_default=False,
    ),
]
Outputs = Annotated[
    list[str] | None,
    Option(
        "--output",
        "-o",
        metavar="FILE",
        help="Write .xlsx, .html, .json or .csv; may be repeated. - prints JSON.",
        show_default=False,
    ),
]
Overwrite = Annotated[
    bool | None,
    Option("--overwrite/--no-overwrite", help="Replace existing outputs.", show_default=False),
]
FailOn = Annotated[
    str | None,
    Option(
        metavar="LEVEL",
        help="Exit status 1 for open findings from this severity on: "
        "critical, high, medium, low, info or never (default).",
        show_default=False,
    ),
]
Strict = Annotated[
    bool | None,
    Option(
        "--strict/--no-strict",
        help="Exit status 4 when anything was unreadable or not evaluable.",
        show_default=False,
    ),
]
Rules = Annotated[
    list[str] | None,
    Option(
        metavar="FOLDER", help="Add the rule files of a folder; repeatable.", show_default=False
    ),
]
SmallBusiness = Annotated[
    bool | None,
    Option(
        "--small-business-server/--no-small-business-server",
        help="Judge by the defaults of Small Business Server.",
        show_default=False,
    ),
]
Encoding = Annotated[
    str | None,
    Option(
        metavar="NAME", help="Text encoding of the dumps, when detection fails.", show_default=False
    ),
]
ParseAll = Annotated[
    bool | None,
    Option(
        "--parse-all/--no-parse-all",
        help="Parse every record instead of scanning for those of interest.",
        show_default=False,
    ),
]
Jobs = Annotated[
    str | None,
    Option(
        metavar="N", help="Processes that read; by size and cores otherwise.", show_default=False
    ),
]
MaxRecord = Annotated[
    str | None,
    Option(
        "--max-record-size",
        metavar="SIZE",
        help="Largest record that is read, such as 64M (default).",
        show_default=False,
    ),
]
Progress = Annotated[
    bool | None,
    Option(
        "--progress/--no-progress", help="Bar while reading, on a terminal.", show_default=False
    ),
]
Reproducible = Annotated[
    bool | None,
    Option(
        "--reproducible/--no-reproducible",
        help="Equal bytes for equal inputs and arguments: time of the newest input, no names of "
        "outputs inside.",
        show_default=False,
    ),
]
CsvRaw = Annotated[
    bool | None,
    Option(
        "--csv-raw/--no-csv-raw",
        help="CSV for programs, without the guard against formulas.",
        show_default=False,
    ),
]
Evidence = Annotated[
    str | None,
    Option(
        metavar="WHICH",
        help="Evidence in the workbook: findings (default) or all.",
        show_default=False,
    ),
]
Client = Annotated[
    str | None, Option(metavar="TEXT", help="Client's name, on the report.", show_default=False)
]
Engagement = Annotated[
    str | None, Option(metavar="TEXT", help="Reference of the engagement.", show_default=False)
]
PreparedBy = Annotated[
    str | None, Option(metavar="TEXT", help="Who made the report.", show_default=False)
]
Reviewer = Annotated[str | None, Option(metavar="TEXT", help="Who reviews it.", show_default=False)]
Marking = Annotated[
    str | None,
    Option(metavar="TEXT", help="Confidentiality marking, on every page.", show_default=False),
]
ScopeLabel = Annotated[
    str | None, Option(metavar="TEXT", help="Short name of what was examined.", show_default=False)
]
Logo = Annotated[
    str | None, Option(metavar="FILE", help="PNG or JPEG for the first page.", show_default=False)
]
PaperSize = Annotated[
    str | None,
    Option("--paper", metavar="SIZE", help="a4 (default) or letter.", show_default=False),
]
ShowConfig = Annotated[
    bool, Option("--show-config", help="Print the settings and where each came from, and stop.")
]
Quiet = Annotated[bool, Option("--quiet", "-q", help="Print nothing but errors.")]
Verbose = Annotated[
    bool, Option("--verbose", "-v", help="Print all findings, warnings and the time taken.")
]
Health = Annotated[
    bool, Option("--health", help="Report what is odd and what to ask the client for.")
]
Address = Annotated[
    str | None,
    Option("--ip", metavar="ADDRESS", help="May this host relay, and why?", show_default=False),
]
ResultsFile = Annotated[
    Path, Argument(metavar="RESULTS.json", help="The JSON document of an audit.")
]
ReportFile = Annotated[
    Path, Argument(metavar="REPORT", help="Workbook or JSON document of an audit.")
]
InputFiles = Annotated[
    list[Path] | None,
    Option(
        "--input",
        metavar="FILE",
        help="A dump the report was made from, or the JSON document of a workbook; repeatable.",
        show_default=False,
    ),
]
