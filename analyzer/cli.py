"""Arguments in, exit status out; the only module that prints."""

import gc
import os
import signal
import sys
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from functools import wraps
from ipaddress import IPv4Address
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Never, ParamSpec

import typer

from analyzer import options as given
from analyzer.errors import CatalogueError, OutputError, ReadError
from analyzer.settings import FILE, Settings, merge
from analyzer.version import __version__

# Everything else is imported where it is used: python-ldap, rich and the reports take longer to
# load than `--help` may take.
if TYPE_CHECKING:
    from analyzer.dump.stream import Progress
    from analyzer.open_dump import Dump
    from analyzer.results.records import Results
    from analyzer.terminal.text_table import Table

_KEPT_MEMORY = 31 << 20
"""Just below 32 MiB, the largest size from which glibc learns."""
FINDINGS, USAGE, BAD_INPUT, INCOMPLETE, BAD_OUTPUT, BAD_RULES = 1, 2, 3, 4, 5, 6
INTERNAL, INTERRUPTED = 70, 130

HELP = f"""\
exchange-analyzer {__version__}: audit Exchange SMTP virtual servers from a directory dump, offline.

  exchange-analyzer audit config.ldf -o report.xlsx

  audit INPUT... -o FILE   judge the settings, write .xlsx .html .json .csv
  inspect INPUT...         what is in these files, no verdicts
  relay INPUT...           who may send mail through each virtual server
  export-help              the command that gives a good dump
  report, verify, rules    render again, check a report, read the rules
  COMMAND --help           the options of one command"""

_TONES = {
    "critical": ("red", True),
    "high": ("red", False),
    "medium": ("yellow", False),
    "low": ("blue", False),
    "warning": ("yellow", True),
}
_PARAMETERS = ParamSpec("_PARAMETERS")

app = typer.Typer(
    help="Audit Exchange SMTP virtual servers from an exported directory dump, offline.",
    add_completion=False,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
)
rules_app = typer.Typer(help="Read the rules, or check rule files of your own.")
app.add_typer(rules_app, name="rules")


def main() -> None:
    """Run the command line and leave the process with its exit status."""
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    # libldap would read the settings (ldaprc) of the folder of the dump and of the user.
    os.environ["LDAPNOINIT"] = "1"
    # NumPy's linear algebra, which nothing here uses, would start a thread per core that spins.
    os.environ["OPENBLAS_NUM_THREADS"] = "1"
    # Entries and records hold no cycles; looking for some took a third of the time of big audits.
    gc.set_threshold(100_000, 50, 50)
    # A big block that is freed has glibc keep the memory of the smaller ones after it instead of
    # giving it back each time, which took longer than reading.
    bytes(_KEPT_MEMORY)
    _open_closed_streams()
    for stream in (sys.stdout, sys.stderr):
        # Names of files and text of dumps may hold what the terminal cannot show.
        stream.reconfigure(errors="backslashreplace")  # type: ignore[union-attr] # text streams both
    try:
        _run()
    except typer.Exit as end:
        sys.exit(end.exit_code)
    finally:
        _close_streams()
        gc.freeze()  # Python would look through everything for cycles once more before it ends


def _open_closed_streams() -> None:
    # A shell can start the program with these closed (`>&-`); Python then has None in their place.
    if sys.stdout is None:
        sys.stdout = Path(os.devnull).open("w", encoding="utf-8")  # noqa: SIM115 (open to the end)
    if sys.stderr is None:
        sys.stderr = Path(os.devnull).open("w", encoding="utf-8")  # noqa: SIM115 (open to the end)


def _close_streams() -> None:
    # What Python could not flush it would try again at its end, with a status of its own.
    for stream in (sys.stdout, sys.stderr):
        try:
            stream.flush()
        except OSError:
            os.dup2(os.open(os.devnull, os.O_WRONLY), stream.fileno())


def _with_status(command: Callable[_PARAMETERS, None]) -> Callable[_PARAMETERS, None]:
    """Turn what a command raises into one line and an exit status."""

    @wraps(command)
    def run(*args: _PARAMETERS.args, **kwargs: _PARAMETERS.kwargs) -> None:
        try:
            command(*args, **kwargs)
        except (typer.Exit, typer.Abort, typer.BadParameter):
            raise
        except CatalogueError as error:
            _fail(str(error), BAD_RULES)
        except ReadError as error:
            _fail(str(error), BAD_INPUT)
        except OutputError as error:
            _fail(str(error), BAD_OUTPUT)
        except KeyboardInterrupt:
            _fail("interrupted", INTERRUPTED)
        except BrokenPipeError:
            raise typer.Exit from None  # the reader has seen enough
        except Exception as error:  # the last resort: whatever was not foreseen ends here
            _fail(_crash(error), INTERNAL)

    return run


def _fail(message: str, status: int) -> Never:
    from analyzer.report.text import one_line

    _say(one_line(message), mark="error:", tone="critical")
    raise typer.Exit(status)


def _crash(error: BaseException) -> str:
    from analyzer.crash_log import where, write_crash_log

    log = write_crash_log(error)
    return f"internal error ({where(error)}); please report it with {log or 'the command line'}"


def _say(text: str, *, mark: str = "", tone: str = "") -> None:
    """Print a message on standard error; colour only repeats what the mark says."""
    if mark and tone in _TONES and _coloured():
        colour, bold = _TONES[tone]
        mark = typer.style(mark, fg=colour, bold=bold)
    with suppress(OSError):
        typer.echo(f"{mark} {text}".strip(), err=True)


def _coloured() -> bool:
    dumb = os.environ.get("NO_COLOR") or os.environ.get("TERM") == "dumb"
    return sys.stderr.isatty() and not dumb


@_with_status
def _run() -> None:
    with _standard_output():  # the help is written by typer itself
        app(prog_name="exchange-analyzer")


def _show(lines: Iterable[str]) -> None:
    with _standard_output():
        for line in lines:
            typer.echo(line)


@contextmanager
def _standard_output() -> Iterator[None]:
    try:
        yield
    except BrokenPipeError:
        raise
    except OSError as error:
        raise OutputError("standard output", (error.strerror or str(error)).lower()) from error


def _show_table(table: "Table") -> None:
    from analyzer.terminal.text_table import plain_lines

    if not sys.stdout.isatty():
        _show(plain_lines(table))
        return
    from rich import box
    from rich.console import Console
    from rich.table import Table as Grid
    from rich.text import Text

    grid = Grid(box=box.SIMPLE_HEAD, pad_edge=False, header_style="bold")
    for header in table.headers:
        grid.add_column(header, overflow="fold")
    for row in table.rows:
        grid.add_row(*map(Text, row))
    with _standard_output():
        Console(markup=False, highlight=False, emoji=False).print(grid)


@contextmanager
def _progress(settings: Settings, *, quiet: bool = False) -> Iterator["Progress | None"]:
    if quiet or not settings.flag("progress") or not sys.stderr.isatty():
        yield None
        return
    from rich.console import Console
    from rich.progress import BarColumn, DownloadColumn, TaskProgressColumn, TextColumn
    from rich.progress import Progress as Bar

    from analyzer.report.text import shorten

    name = TextColumn("Reading {task.description}", markup=False)
    columns = (name, BarColumn(), TaskProgressColumn(), DownloadColumn())
    with Bar(*columns, console=Console(stderr=True), transient=True, refresh_per_second=10) as bar:
        task = bar.add_task("", total=None)

        def report(path: str, done: int, total: int) -> None:
            bar.update(task, description=shorten(path, 48), completed=done, total=total or None)

        yield report


def _settings(arguments: Mapping[str, object]) -> Settings:
    """Merge the options among the arguments of a command with what stands elsewhere."""
    try:
        return merge(arguments, os.environ, Path(FILE))
    except ValueError as error:
        raise typer.BadParameter(str(error)) from error


def _read(inputs: list[str] | None, settings: Settings, *, quiet: bool = False) -> "Dump":
    """Read the dumps now, so that what is wrong with them comes first."""
    if not inputs:
        raise typer.BadParameter("name at least one dump", param_hint="INPUT")
    import analyzer
    from analyzer.arguments import read_options

    with _progress(settings, quiet=quiet) as progress:
        try:
            options = read_options(settings, progress)
        except ValueError as error:
            raise typer.BadParameter(str(error)) from error
        dump = analyzer.read_dump(*inputs, options=options)
        if not dump.readings:
            raise ReadError(inputs[0], "no dump was found")
    return dump


def _check_outputs(outputs: Sequence[str], inputs: Sequence[str]) -> None:
    from analyzer.arguments import check_outputs

    try:
        check_outputs(outputs, inputs)
    except ValueError as error:
        raise typer.BadParameter(str(error), param_hint="-o") from error


def _write(results: "Results", outputs: Sequence[str], settings: Settings) -> None:
    from analyzer.arguments import STDOUT, paper_of
    from analyzer.report import write_reports
    from analyzer.results.document import iter_json

    write_reports(
        results,
        [Path(output) for output in outputs if output != STDOUT],
        paper=paper_of(settings),
        overwrite=settings.flag("overwrite"),
        reproducible=settings.flag("reproducible"),
        csv_raw=settings.flag("csv-raw"),
        evidence=settings.text("evidence"),
    )
    if STDOUT in outputs:
        with _standard_output():
            sys.stdout.buffer.writelines(iter_json(results))
            sys.stdout.buffer.flush()


def _show_settings(settings: Settings) -> None:
    from analyzer.terminal.text_table import make_table

    _show_table(make_table(("Section", "Setting", "Value", "From"), settings.rows()))


@app.callback(invoke_without_command=True)
def start(
    context: typer.Context,
    version: Annotated[bool, typer.Option("--version", help="Print the version.")] = False,
) -> None:
    """Audit Exchange SMTP virtual servers from an exported directory dump, offline."""
    if version:
        _show([f"exchange-analyzer {__version__}"])
        raise typer.Exit
    if context.invoked_subcommand is None:
        _show([HELP])


@app.command()
@_with_status
def audit(
    inputs: given.Inputs = None,
    output: given.Outputs = None,
    overwrite: given.Overwrite = None,
    fail_on: given.FailOn = None,
    strict: given.Strict = None,
    rules: given.Rules = None,
    small_business_server: given.SmallBusiness = None,
    encoding: given.Encoding = None,
    parse_all: given.ParseAll = None,
    jobs: given.Jobs = None,
    max_record_size: given.MaxRecord = None,
    evidence: given.Evidence = None,
    reproducible: given.Reproducible = None,
    csv_raw: given.CsvRaw = None,
    client: given.Client = None,
    engagement: given.Engagement = None,
    prepared_by: given.PreparedBy = None,
    reviewer: given.Reviewer = None,
    marking: given.Marking = None,
    scope_label: given.ScopeLabel = None,
    logo: given.Logo = None,
    paper: given.PaperSize = None,
    quiet: given.Quiet = False,
    verbose: given.Verbose = False,
    progress: given.Progress = None,
    show_config: given.ShowConfig = False,
) -> None:
    """Judge the settings of a dump and write the report."""
    settings = _settings(locals())
    if show_config:
        _show_settings(settings)
        return
    outputs = output or []
    _check_outputs(outputs, inputs or [])
    _audit(inputs, outputs, settings, quiet=quiet, verbose=verbose)


def _audit(
    inputs: list[str] | None,
    outputs: list[str],
    settings: Settings,
    *,
    quiet: bool,
    verbose: bool,
) -> Never:
    clock = time.perf_counter()
    import analyzer
    from analyzer.arguments import catalogue_of, has_findings, is_incomplete, recorded, time_of
    from analyzer.terminal.audit_summary import summary, written_line

    catalogue = catalogue_of(settings)
    dump = _read(inputs, settings, quiet=quiet)
    read_seconds = time.perf_counter() - clock

    reproducible = settings.flag("reproducible")
    results = analyzer.audit(
        dump,
        catalogue=catalogue,
        small_business_server=settings.flag("small-business-server"),
        arguments=recorded(sys.argv[1:], reproducible=reproducible),
        started=time_of(dump.inputs) if reproducible else None,
    )
    if not quiet:
        for line in summary(results, everything=verbose):
            _say(line.text, mark=line.mark, tone=line.tone)
    _write(results, outputs, settings)
    if verbose:
        from analyzer.dump.scan import available

        total = time.perf_counter() - clock
        _say(f"Reading took {read_seconds:.2f} s of {total:.2f} s in all.")
        if not available():
            _say("The scan of big files is not compiled: every record was parsed.")
    if not quiet:
        _say(written_line(results, outputs))
    if settings.flag("strict") and is_incomplete(results):
        raise typer.Exit(INCOMPLETE)
    raise typer.Exit(FINDINGS if has_findings(results, settings.text("fail-on")) else 0)


@app.command()
@_with_status
def inspect(
    inputs: given.Inputs = None,
    health: given.Health = False,
    encoding: given.Encoding = None,
    parse_all: given.ParseAll = None,
    jobs: given.Jobs = None,
    max_record_size: given.MaxRecord = None,
    progress: given.Progress = None,
) -> None:
    """Tell what is in these files, without verdicts."""
    settings = _settings(locals())
    dump = _read(inputs, settings)
    from analyzer.terminal import inspection
    from analyzer.terminal.health import health_report

    if health:
        _show(health_report(dump))
        return
    for source in dump.inputs:
        _show([*inspection.describe_input(source), ""])
    _show([inspection.count_objects(dump)])
    table = inspection.coverage(dump)
    if table.rows:
        _show(["", "Attributes of the SMTP virtual servers, by how many have them", ""])
        _show_table(table)
        _show(["", *inspection.uncovered(dump)])


@app.command()
@_with_status
def relay(
    inputs: given.Inputs = None,
    ip: given.Address = None,
    encoding: given.Encoding = None,
    parse_all: given.ParseAll = None,
    jobs: given.Jobs = None,
    max_record_size: given.MaxRecord = None,
    progress: given.Progress = None,
) -> None:
    """Tell who may relay through each SMTP virtual server."""
    address = _address(ip) if ip else None
    settings = _settings(locals())
    dump = _read(inputs, settings)
    from analyzer.directory import kinds
    from analyzer.relay.forest import know_forest
    from analyzer.terminal.relay_tables import address_sentence, address_table, relay_table

    virtual_servers = dump.inventory.of(kinds.VIRTUAL_SERVER)
    forest = know_forest(dump.inventory)
    if not virtual_servers:
        _say("there is no SMTP virtual server in this dump", mark="!", tone="warning")
    elif address is None:
        _show_table(relay_table(virtual_servers, forest))
    else:
        table = address_table(address, virtual_servers, forest)
        _show_table(table)
        _show(["", address_sentence(address, table)])


def _address(text: str) -> IPv4Address:
    try:
        return IPv4Address(text)
    except ValueError as error:
        raise typer.BadParameter(
            f"{text!r:.60}: expected an IPv4 address, the lists hold no others", param_hint="--ip"
        ) from error


@app.command()
@_with_status
def report(
    results_file: given.ResultsFile,
    output: given.Outputs = None,
    overwrite: given.Overwrite = None,
    evidence: given.Evidence = None,
    reproducible: given.Reproducible = None,
    csv_raw: given.CsvRaw = None,
    client: given.Client = None,
    engagement: given.Engagement = None,
    prepared_by: given.PreparedBy = None,
    reviewer: given.Reviewer = None,
    marking: given.Marking = None,
    scope_label: given.ScopeLabel = None,
    logo: given.Logo = None,
    paper: given.PaperSize = None,
    quiet: given.Quiet = False,
) -> None:
    """Render the results of an audit again, without the dump."""
    settings = _settings(locals())
    if not output:
        raise typer.BadParameter("name at least one output", param_hint="-o")
    _check_outputs(output, [str(results_file)])
    from analyzer.results.document import load_json
    from analyzer.terminal.audit_summary import written_line

    results = load_json(_bytes_of(results_file), str(results_file))
    _write(results, output, settings)
    if not quiet:
        _say(written_line(results, output))


def _bytes_of(file: Path) -> bytes:
    try:
        return file.read_bytes()
    except OSError as error:
        raise ReadError(str(file), (error.strerror or "cannot be read").lower()) from error


@app.command()
@_with_status
def verify(
    report_file: given.ReportFile,
    input_files: given.InputFiles = None,
    rules: given.Rules = None,
) -> None:
    """Check a report: versions, hashes, and each line of evidence against the dump."""
    settings = _settings(locals())
    from analyzer.terminal.verify_outcome import verdict, verification_table
    from analyzer.verify.report_check import verify_report

    folders = [Path(folder) for folder in settings.texts("rules")]
    found = verify_report(report_file, input_files or [], rules=folders)
    _show_table(verification_table(found))
    _show(["", verdict(found)])
    raise typer.Exit(0 if found.ok else FINDINGS)


@rules_app.command("list")
@_with_status
def rules_list(rules: given.Rules = None) -> None:
    """List the rules."""
    settings = _settings(locals())
    from analyzer.arguments import catalogue_of
    from analyzer.judge.rule_records import rule_record
    from analyzer.terminal.rule_tables import rules_table

    catalogue = catalogue_of(settings)
    _show_table(rules_table(map(rule_record, catalogue.rules)))


@rules_app.command("show")
@_with_status
def rules_show(
    rule_id: Annotated[str, typer.Argument(metavar="ID", help="Such as VS-01.")],
    rules: given.Rules = None,
) -> None:
    """Show one rule in full."""
    settings = _settings(locals())
    from analyzer.arguments import catalogue_of
    from analyzer.judge.rule_records import rule_record
    from analyzer.terminal.rule_tables import describe_rule, nearest_id

    catalogue = catalogue_of(settings)
    records = [rule_record(rule) for rule in catalogue.rules]
    for record in records:
        if record.id.upper() == rule_id.upper():
            _show(describe_rule(record))
            return
    near = nearest_id(rule_id, records)
    hint = f"did you mean {near}?" if near else "see: exchange-analyzer rules list"
    raise CatalogueError(f"unknown rule {rule_id!r:.60}", hint)


@rules_app.command("check")
@_with_status
def rules_check(
    folder: Annotated[Path, typer.Argument(metavar="FOLDER", help="Folder of rule files.")],
) -> None:
    """Check rule files of your own against the built-in ones."""
    from analyzer.catalogue import check_folder

    number = len(check_folder(folder))
    _show([f"{folder}: {number} {'rule is' if number == 1 else 'rules are'} valid"])


@app.command("export-help")
@_with_status
def export_help(
    tool: Annotated[
        str, typer.Argument(metavar="TOOL", help="ldifde, csvde, ldapsearch or powershell.")
    ] = "",
) -> None:
    """Print the command that gives a good dump, to send to the client."""
    from analyzer.terminal.export_help import TOOLS
    from analyzer.terminal.export_help import export_help as text_for

    if tool and tool not in TOOLS:
        raise typer.BadParameter(f"{tool!r:.60}: expected one of {', '.join(TOOLS)}")
    _show(["\n\n".join(text_for(name) for name in ([tool] if tool else TOOLS))])
