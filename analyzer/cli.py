"""Arguments in, exit status out: the commands, and what each ends with."""

import gc
import os
import signal
import sys
import time
from collections.abc import Callable, Sequence
from copy import copy
from functools import wraps
from importlib import import_module
from inspect import Signature, signature
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Never, ParamSpec

import typer

from analyzer.errors import CatalogueError, OutputError, ReadError, UsageError
from analyzer.options import parameters
from analyzer.printing import (
    fleet_bar,
    output_encoding,
    progress_bar,
    say,
    show,
    show_prose,
    show_table,
    standard_output,
    standard_streams,
    write_data,
)
from analyzer.settings import FILE, Settings, merge
from analyzer.version import __version__

# Everything else is imported where it is used: python-ldap, rich and the reports take longer to
# load than `--help` may take.
if TYPE_CHECKING:
    from datetime import datetime

    from analyzer.catalogue import Catalogue
    from analyzer.changes.baselines import Baseline
    from analyzer.dump.begun_hash import BegunHash
    from analyzer.open_dump import Dump
    from analyzer.report.review import Review
    from analyzer.results.records import Results, WaiverRecord

_KEPT_MEMORY = 31 << 20
"""Just below 32 MiB, the largest size from which glibc learns."""
FINDINGS, USAGE, BAD_INPUT, INCOMPLETE, BAD_OUTPUT, BAD_RULES = 1, 2, 3, 4, 5, 6
INTERNAL, INTERRUPTED = 70, 130

HELP = f"""\
exchange-analyzer {__version__}: audit Exchange SMTP virtual servers from a directory dump, offline.

  exchange-analyzer audit config.ldf -o report.xlsx

  audit INPUT... -o FILE   judge the settings, write .xlsx .html .json .sarif .csv
  compare OLD NEW -o FILE  what changed since the last audit
  inspect, relay INPUT...  what is in these files; who may send mail through which server
  fleet INPUT... -o FOLDER many dumps, an audit of each and one overview
  extract, export-help     the evidence as LDIF; the command that gives a good dump
  report, verify, demo     render again, check a report, try an invented audit
  rules, waivers, doctor   what is judged, what was accepted, does the program work
  COMMAND --help           the options of one command"""

_Parameters = ParamSpec("_Parameters")

Inputs = Annotated[
    list[str] | None,
    typer.Argument(
        metavar="INPUT...",
        help="Dumps: files, folders, globs, .gz, .zip, or - for standard input.",
        show_default=False,
    ),
]

FleetInputs = Annotated[
    list[str] | None,
    typer.Argument(
        metavar="INPUT...",
        help="Dumps: files, folders, globs, .gz, .zip, URLs; @LIST is a file that lists them.",
        show_default=False,
    ),
]

app = typer.Typer(
    help="Audit Exchange SMTP virtual servers from an exported directory dump, offline.",
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
)
rules_app = typer.Typer(help="Read the rules, or check rule files of your own.")
app.add_typer(rules_app, name="rules")
waivers_app = typer.Typer(help="Read, check or draft waivers, which accept findings.")
app.add_typer(waivers_app, name="waivers")
_GROUPS = {"rules": rules_app, "waivers": waivers_app}


def main() -> None:
    """Run the command line and leave the process with its exit status."""
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    # libldap would read the settings (ldaprc) of the folder of the dump and of the user.
    os.environ["LDAPNOINIT"] = "1"
    # NumPy's linear algebra, which nothing here uses, would start a thread per core that spins.
    os.environ["OPENBLAS_NUM_THREADS"] = "1"
    # Entries and records hold no cycles; looking for some took a third of the time of big audits.
    gc.set_threshold(1_000_000, 50, 50)
    # A big block that is freed has glibc keep the memory of the smaller ones after it instead of
    # giving it back each time, which took longer than reading.
    bytes(_KEPT_MEMORY)
    try:
        with standard_streams():
            _run()
    except typer.Exit as end:
        sys.exit(end.exit_code)
    finally:
        gc.freeze()  # Python would look through everything for cycles once more before it ends


def _with_status(command: Callable[_Parameters, None]) -> Callable[_Parameters, None]:
    """Turn what a command raises into one line and an exit status."""

    @wraps(command)
    def run(*args: _Parameters.args, **kwargs: _Parameters.kwargs) -> None:
        try:
            command(*args, **kwargs)
        except (typer.Exit, typer.Abort, typer.BadParameter):
            raise
        except UsageError as error:
            raise typer.BadParameter(str(error), param_hint=error.parameter or None) from error
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
    from analyzer.visible_text import one_line

    say(one_line(message), mark="error:", tone="critical")
    raise typer.Exit(status)


def _crash(error: BaseException) -> str:
    from analyzer.crash_log import where, write_crash_log

    log = write_crash_log(error)
    return f"internal error ({where(error)}); please report it with {log or 'the command line'}"


@_with_status
def _run() -> None:
    with standard_output():  # the help is written by typer itself
        # On Windows typer would replace wildcards, `~` and `%NAME%` in every argument, also in the
        # client's name; patterns of inputs are expanded where they are read.
        _with_called(sys.argv[1:])(prog_name="exchange-analyzer", windows_expand_args=False)


def _with_called(words: Sequence[str]) -> typer.Typer:
    """Return the application with the one command that is called: typer makes all that it has."""
    called = [command for command in app.registered_commands if command.name in words[:1]]
    if not called:
        return app
    only = copy(app)
    only.registered_commands, only.registered_groups = called, []
    return only


def _command(name: str) -> Callable[[Callable[..., None]], Callable[..., None]]:
    """Make a command of a function of merged settings and arguments; its options are the rows'."""
    first, _, second = name.partition(" ")
    group, own_name = (_GROUPS[first], second) if second else (app, name)

    def make(function: Callable[..., None]) -> Callable[..., None]:
        _, *arguments = signature(function).parameters.values()

        @_with_status
        def run(**given: object) -> None:
            settings = merge(given, os.environ, Path(FILE))
            function(settings, **{argument.name: given[argument.name] for argument in arguments})

        run.__doc__ = function.__doc__
        # Where `inspect.signature`, and so typer, looks first.
        vars(run)["__signature__"] = Signature([*arguments, *parameters(name)])
        return group.command(own_name)(run)

    return make


@app.callback(invoke_without_command=True)
def start(
    context: typer.Context,
    version: Annotated[bool, typer.Option("--version", help="Print the version.")] = False,
) -> None:
    """Audit Exchange SMTP virtual servers from an exported directory dump, offline."""
    if version:
        show(f"exchange-analyzer {__version__}")
        raise typer.Exit
    if context.invoked_subcommand is None:
        show(HELP)


@_command("audit")
def audit(settings: Settings, inputs: Inputs = None) -> None:
    """Judge the settings of a dump and write the report."""
    if settings.flag("show-config"):
        _show_settings(settings)
        return
    clock = time.perf_counter()
    from analyzer.dump.begun_hash import begin_hash

    begun = begin_hash(inputs or ())  # before what takes as long to load as to hash
    from analyzer.arguments import (
        catalogue_of,
        has_findings,
        is_incomplete,
        review_of,
        waivers_of,
    )
    from analyzer.output_check import check_names
    from analyzer.terminal.audit_summary import summary, timing_lines, written_line
    from analyzer.terminal.change_summary import change_lines

    outputs, old = settings.texts("output"), settings.text("baseline")
    quiet, verbose = settings.flag("quiet"), settings.flag("verbose")
    check_names(outputs)
    if settings.text("fail-on") == "new" and not old:
        raise UsageError("new needs --baseline OLD to compare with", "--fail-on")
    catalogue = catalogue_of(settings)
    waivers = waivers_of(settings, catalogue)
    review = review_of(settings)
    if begun is not None:
        _load_what_follows()
    dump = _read(inputs, settings, begun=begun)
    read_seconds = time.perf_counter() - clock
    results = _judge(dump, settings, catalogue, waivers)
    if old:
        results = _compare(_baseline(old, settings, catalogue), results, catalogue)
    if not quiet:
        for line in summary(results, everything=verbose):
            say(line.text, mark=line.mark, tone=line.tone)
        for line in change_lines(results, everything=verbose):
            say(line.text, mark=line.mark, tone=line.tone)
    _write(results, outputs, settings, review)
    if verbose:
        for text in timing_lines(read_seconds, time.perf_counter() - clock):
            say(text)
    if not quiet:
        say(written_line(results, outputs))
    if settings.flag("strict") and is_incomplete(results):
        raise typer.Exit(INCOMPLETE)
    raise typer.Exit(FINDINGS if has_findings(results, settings.text("fail-on")) else 0)


def _load_what_follows() -> None:
    """Import what judges and writes beside the hash of an input, not after it."""
    for module in ("analyzer.judge.run", "analyzer.results.document"):
        import_module(module)


@_command("compare")
def compare(
    settings: Settings,
    old: Annotated[
        str, typer.Argument(metavar="OLD", help="Results (.json), workbook or dump of last time.")
    ],
    new: Annotated[str, typer.Argument(metavar="NEW", help="The same of now.")],
) -> None:
    """Tell what changed between two audits, or two dumps."""
    from analyzer.arguments import catalogue_of, check_before_reading, has_findings
    from analyzer.changes.baselines import kind_of_file, read_baseline
    from analyzer.changes.compare_results import compare_results
    from analyzer.output_check import check_outputs
    from analyzer.terminal.audit_summary import written_line
    from analyzer.terminal.change_summary import change_lines

    outputs = settings.texts("output")
    check_outputs(settings, old, new)
    check_before_reading(settings, [old, new])
    catalogue = catalogue_of(settings)
    baseline = _baseline(old, settings, catalogue)
    if kind_of_file(Path(new)) == "dump":
        results = _judge(_read([new], settings), settings, catalogue)
        results = _compare(baseline, results, catalogue)
    else:
        results = compare_results(baseline, read_baseline(Path(new)), catalogue)
    _write(results, outputs, settings, None)
    if not settings.flag("quiet"):
        for line in change_lines(results, everything=True):
            say(line.text, mark=line.mark, tone=line.tone)
        say(written_line(results, outputs))
    raise typer.Exit(FINDINGS if has_findings(results, settings.text("fail-on")) else 0)


def _judge(
    dump: "Dump",
    settings: Settings,
    catalogue: "Catalogue",
    waivers: "Sequence[WaiverRecord]" = (),
) -> "Results":
    """Audit a dump as the settings say."""
    from analyzer.arguments import recorded
    from analyzer.report.moments import time_of

    reproducible = settings.flag("reproducible")
    arguments = recorded(sys.argv[1:], reproducible=reproducible)
    started = time_of(dump.inputs) if reproducible else None
    return _audited(dump, settings, catalogue, arguments, started, waivers)


def _audited(
    dump: "Dump",
    settings: Settings,
    catalogue: "Catalogue",
    arguments: Sequence[str],
    started: "datetime | None",
    waivers: "Sequence[WaiverRecord]" = (),
) -> "Results":
    import analyzer

    return analyzer.audit(
        dump,
        catalogue=catalogue,
        small_business_server=settings.flag("small-business-server"),
        gateway=settings.text("gateway"),
        frameworks=settings.texts("framework"),
        waivers=waivers,
        as_of=settings.day("as-of"),
        arguments=arguments,
        started=started,
    )


def _baseline(old: str, settings: Settings, catalogue: "Catalogue") -> "Baseline":
    """Return the results of last time; those of a dump by the rules and options of now."""
    from analyzer.changes.baselines import Baseline, kind_of_file, read_baseline
    from analyzer.report.moments import time_of

    if kind_of_file(Path(old)) != "dump":
        return read_baseline(Path(old))
    dump = _read([old], settings)
    # What it shows is as old as its files.
    results = _audited(dump, settings, catalogue, (), time_of(dump.inputs))
    return Baseline(results, "dump")


def _compare(baseline: "Baseline", results: "Results", catalogue: "Catalogue") -> "Results":
    from analyzer.changes.baselines import Baseline
    from analyzer.changes.compare_results import compare_results

    return compare_results(baseline, Baseline(results, "dump"), catalogue)


def _show_settings(settings: Settings) -> None:
    from analyzer.terminal.text_table import make_table

    show_table(make_table(("Section", "Setting", "Value", "From"), settings.rows()))


def _read(
    inputs: list[str] | None,
    settings: Settings,
    endings: Sequence[str] | None = None,
    begun: "BegunHash | None" = None,
) -> "Dump":
    """Read the dumps now, so that what is wrong with them comes first.

    `endings` are those that the names of outputs may have; None for those of reports. `begun` is
    the hash of the input, if it was begun already.
    """
    if not inputs:
        raise UsageError("name at least one dump", "INPUT")
    import analyzer
    from analyzer.arguments import check_before_reading, read_options
    from analyzer.output_check import check_outputs
    from analyzer.report import FORMATS

    check_outputs(settings, *inputs, endings=tuple(FORMATS) if endings is None else endings)
    check_before_reading(settings, inputs)
    wanted = settings.flag("progress") and not settings.flag("quiet")
    with progress_bar(wanted=wanted) as progress:
        dump = analyzer.read_dump(*inputs, options=read_options(settings, progress, begun))
        if not dump.readings:
            raise ReadError(inputs[0], "no dump was found")
    return dump


def _write(
    results: "Results", outputs: Sequence[str], settings: Settings, review: "Review | None"
) -> None:
    from analyzer.arguments import paper_of
    from analyzer.output_check import STDOUT
    from analyzer.report import write_reports
    from analyzer.results.document import iter_json
    from analyzer.visible_text import one_line

    if review is not None:
        for title in review.missing:
            line = f"{review.file} has no sheet {title}: nothing of it is carried over"
            say(one_line(line), mark="!", tone="warning")
    files = [Path(output) for output in outputs if output != STDOUT]
    if any(file.suffix.lower() == ".xlsx" for file in files):
        from analyzer.report.workbook.lean_import import load_openpyxl

        load_openpyxl()
    write_reports(
        results,
        files,
        paper=paper_of(settings),
        overwrite=settings.flag("overwrite"),
        reproducible=settings.flag("reproducible"),
        csv_raw=settings.flag("csv-raw"),
        evidence=settings.text("evidence"),
        review=review,
    )
    if STDOUT in outputs:
        write_data(iter_json(results))


@_command("inspect")
def inspect(settings: Settings, inputs: Inputs = None) -> None:
    """Tell what is in these files, without verdicts."""
    dump = _read(inputs, settings)
    from analyzer.terminal.health import health_report
    from analyzer.terminal.inspection import coverages, describe_contents

    if settings.flag("health"):
        show(*health_report(dump))
        return
    show_prose(*describe_contents(dump))
    for heading, table, rest in coverages(dump):
        show("", heading, "")
        show_table(table)
        show_prose("", *rest)


@_command("relay")
def relay(settings: Settings, inputs: Inputs = None) -> None:
    """Tell who may relay through each virtual server and receive connector."""
    dump = _read(inputs, settings)
    from analyzer.terminal import relay_documents, relay_tables

    address, port = settings.address("ip"), settings.number("port") or 0
    if settings.text("format") == "json":
        write_data([relay_documents.relay_document(dump, address, port)])
        return
    if not relay_tables.has_listeners(dump):
        say(relay_tables.none_listens(), mark="!", tone="warning")
    elif address is None:
        show_table(relay_tables.relay_table(dump))
    else:
        table, sentence = relay_tables.address_answer(dump, address, port)
        show_table(table)
        show_prose("", sentence)
    for note in relay_tables.notes_on(dump):
        say(note, mark="!", tone="warning")


@_command("fleet")
def fleet(settings: Settings, inputs: FleetInputs = None) -> None:
    """Audit many dumps, each for itself, and write one overview of all."""
    from analyzer.arguments import at_or_above, fleet_plan
    from analyzer.fleets.fleet_run import run_fleet
    from analyzer.terminal.fleet_summary import fleet_lines

    plan = fleet_plan(settings, inputs or ())
    quiet = settings.flag("quiet")
    with fleet_bar(wanted=settings.flag("progress") and not quiet) as watch:
        outcome = run_fleet(plan, watch=watch)
    totals = outcome.consolidated.totals
    if not quiet:
        for line in fleet_lines(outcome, plan.output):
            say(line.text, mark=line.mark, tone=line.tone)
    if settings.flag("strict") and totals.failed:
        raise typer.Exit(INCOMPLETE)
    if not totals.done:
        raise typer.Exit(BAD_INPUT)
    if settings.text("fail-on") == "new":
        raise typer.Exit(FINDINGS if totals.changes.get("new") else 0)
    raise typer.Exit(FINDINGS if at_or_above(totals.findings, settings.text("fail-on")) else 0)


@_command("extract")
def extract(settings: Settings, inputs: Inputs = None) -> None:
    """Write the records that an audit rests on, or all, as LDIF."""
    from analyzer.arguments import extract_options
    from analyzer.extract.evidence_file import extract as ldif_of
    from analyzer.extract.write_extract import check_extract, write_extract
    from analyzer.output_check import STDOUT, check_names, outputs_of

    outputs, mapping = settings.texts("output"), settings.text("mapping")
    if len(outputs) != 1:
        raise UsageError("name one output", "-o")
    check_names(outputs_of(settings), ())
    target = None if outputs[0] == STDOUT else Path(outputs[0])
    mapping_file = Path(mapping) if mapping else None
    overwrite = settings.flag("overwrite")
    check_extract(None, mapping_file, overwrite=overwrite)
    options = extract_options(settings)
    if options.everything and STDOUT in (inputs or ()):
        raise UsageError("--all reads its inputs twice; name a file instead of -", "INPUT")
    dump = _read(inputs, settings, endings=())
    write_extract(
        ldif_of(dump, options), options, target, mapping_file, overwrite=overwrite, show=write_data
    )
    if not settings.flag("quiet"):
        if number := len(dump.unreadable):
            say(f"What could not be read is not in it: {number} records or values.", mark="!")
        say(f"Wrote {', '.join(outputs_of(settings))}. Nothing left this computer.")


@_command("report")
def report(
    settings: Settings,
    results_file: Annotated[
        Path, typer.Argument(metavar="RESULTS.json", help="The JSON document of an audit.")
    ],
) -> None:
    """Render the results of an audit again, without the dump."""
    from analyzer.arguments import check_before_reading, read_results, review_of
    from analyzer.output_check import check_outputs
    from analyzer.terminal.audit_summary import written_line

    outputs = settings.texts("output")
    if not outputs:
        raise UsageError("name at least one output", "-o")
    check_outputs(settings, str(results_file))
    check_before_reading(settings, [str(results_file)])
    review = review_of(settings)
    results = read_results(results_file)
    _write(results, outputs, settings, review)
    if not settings.flag("quiet"):
        say(written_line(results, outputs))


@_command("verify")
def verify(
    settings: Settings,
    report_file: Annotated[
        Path, typer.Argument(metavar="REPORT", help="Workbook or JSON document of an audit.")
    ],
) -> None:
    """Check a report: versions, hashes, and each line of evidence against the dump."""
    from analyzer.changes.compared_again import compare_again
    from analyzer.output_check import check_outputs
    from analyzer.terminal.verify_outcome import verdict, verification_table
    from analyzer.verify.report_check import verify_report
    from analyzer.verify.verification import Verification

    check_outputs(settings, str(report_file))
    inputs = [Path(file) for file in settings.texts("input")]
    rules = [Path(folder) for folder in settings.texts("rules")]
    given = compare_again(report_file, inputs, rules=rules)
    verification = verify_report(report_file, given.own, rules=rules)
    verification = Verification((*verification.points, *given.points))
    show_table(verification_table(verification))
    show_prose("", verdict(verification))
    raise typer.Exit(0 if verification.ok else FINDINGS)


@_command("rules list")
def rules_list(settings: Settings) -> None:
    """List the rules."""
    from analyzer.arguments import rule_records
    from analyzer.terminal.rule_tables import rules_table

    show_table(rules_table(rule_records(settings)))


@_command("rules show")
def rules_show(
    settings: Settings,
    rule_id: Annotated[str, typer.Argument(metavar="ID", help="Such as VS-01.")],
) -> None:
    """Show one rule in full."""
    from analyzer.arguments import rule_records
    from analyzer.terminal.rule_tables import describe_rule, rule_named

    show_prose(*describe_rule(rule_named(rule_id, rule_records(settings))))


@rules_app.command("check")
@_with_status
def rules_check(
    folder: Annotated[Path, typer.Argument(metavar="FOLDER", help="Folder of rule files.")],
) -> None:
    """Check rule files of your own against the built-in ones."""
    from analyzer.catalogue import check_folder

    number = len(check_folder(folder))
    show(f"{folder}: {number} {'rule is' if number == 1 else 'rules are'} valid")


WaiverFiles = Annotated[
    list[Path], typer.Argument(metavar="FILE...", help="TOML files of waivers.")
]


@_command("waivers list")
def waivers_list(settings: Settings, files: WaiverFiles) -> None:
    """List waivers and how far each has come."""
    from analyzer.arguments import catalogue_of, day_of
    from analyzer.terminal.waiver_tables import waivers_table
    from analyzer.waivers.waiver_file import load_waivers

    waivers = load_waivers(files, catalogue_of(settings))
    show_table(waivers_table(waivers, day_of(settings)))


@_command("waivers check")
def waivers_check(settings: Settings, files: WaiverFiles) -> None:
    """Check files of waivers against the rules."""
    from analyzer.arguments import catalogue_of, day_of
    from analyzer.terminal.waiver_tables import doubts_about
    from analyzer.waivers.waiver_file import load_waivers

    waivers = load_waivers(files, catalogue_of(settings))
    for line in doubts_about(waivers, day_of(settings)):
        say(line, mark="!", tone="warning")
    show(f"{len(waivers)} {'waiver is' if len(waivers) == 1 else 'waivers are'} valid")


@_command("waivers new")
def waivers_new(
    settings: Settings,
    waiver_id: Annotated[str, typer.Argument(metavar="ID", help="Such as W-001.")],
    rule: Annotated[str, typer.Argument(metavar="RULE", help="Such as VS-01.")],
) -> None:
    """Print a waiver, to be put into a file of waivers."""
    from analyzer.arguments import drafted_waiver
    from analyzer.waivers.waiver_text import waiver_text

    show(waiver_text(drafted_waiver(settings, waiver_id, rule)).rstrip())


@_command("waivers from-workbook")
def waivers_from_workbook(
    settings: Settings,
    workbook: Annotated[
        Path, typer.Argument(metavar="WORKBOOK", help="A report in which reviewers worked.")
    ],
) -> None:
    """Draft a waiver for each finding that a reviewer decided is an accepted risk."""
    from analyzer.output_check import check_outputs
    from analyzer.report.whole_files import write_files
    from analyzer.reviewed.accepted_risks import FURTHER, accepted_risks
    from analyzer.reviewed.reviewed_workbook import read_review

    check_outputs(settings, str(workbook), endings=())
    tables = list(accepted_risks(read_review(workbook, FURTHER)))
    data = "\n".join(tables).encode()
    if outputs := settings.texts("output"):
        overwrite = settings.flag("overwrite")
        write_files(
            [(Path(outputs[-1]), lambda stream: stream.writelines([data]))], overwrite=overwrite
        )
    else:
        write_data([data])
    say(f"{len(tables)} {'waiver' if len(tables) == 1 else 'waivers'} to complete, then to check")


@_command("demo")
def demo(
    settings: Settings,
    folder: Annotated[Path, typer.Argument(metavar="FOLDER", help="Where to write it.")],
) -> None:
    """Write an invented follow-up audit with all that belongs to it, to look at and try."""
    from analyzer.demonstration.demo_files import COMMAND, write_demo

    names = write_demo(folder, overwrite=settings.flag("overwrite"))
    if not settings.flag("quiet"):
        show(f"Wrote {len(names)} files into {folder}:", *(f"  {name}" for name in names))
        show_prose("", "Begin with follow-up.xlsx or follow-up.html. In that folder it is made by:")
        show(f"  {COMMAND}")


@_command("doctor")
def doctor(settings: Settings) -> None:
    """Tell what is installed and whether it works, for a report of a fault."""
    from analyzer.diagnosis.installation import installation
    from analyzer.diagnosis.self_test import self_test
    from analyzer.terminal import doctor_report

    facts, steps = tuple(installation(output_encoding())), tuple(self_test())
    if settings.text("format") == "json":
        write_data([doctor_report.doctor_document(facts, steps)])
    else:
        show_table(doctor_report.installation_table(facts))
        show("")
        show_table(doctor_report.self_test_table(steps))
        show_prose("", doctor_report.doctor_verdict(facts, steps))
    raise typer.Exit(0 if doctor_report.is_sound(facts, steps) else FINDINGS)


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
        raise UsageError(f"{tool!r:.60}: expected one of {', '.join(TOOLS)}")
    show("\n\n".join(text_for(name) for name in ([tool] if tool else TOOLS)))
