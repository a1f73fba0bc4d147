"""Merged settings in, what the library wants out, and the exit status that results call for."""

from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from glob import has_magic
from pathlib import Path
from typing import TYPE_CHECKING

from analyzer.catalogue import Catalogue, load_catalogue
from analyzer.catalogue.profile import apply_profile
from analyzer.dump.begun_hash import BegunHash
from analyzer.dump.encoding import check_encoding
from analyzer.dump.hashing import Progress
from analyzer.dump.read_options import MAX_INPUT, MAX_RECORD, ReadOptions
from analyzer.errors import UsageError
from analyzer.options import SEVERITIES
from analyzer.output_check import STDOUT
from analyzer.report import Paper
from analyzer.report.counts import was_audited
from analyzer.report.paper import read_logo
from analyzer.report.review import Review
from analyzer.report.whole_files import check_target
from analyzer.results.records import AppliesTo, Results, RuleRecord, WaiverRecord
from analyzer.settings import Settings
from analyzer.terminal.rule_tables import rule_named
from analyzer.version import __version__
from analyzer.waivers.waiver_file import SUBJECTS, load_waivers

if TYPE_CHECKING:
    from analyzer.extract.extract_options import ExtractOptions
    from analyzer.fleets.crews import Cluster
    from analyzer.fleets.fleet_run import FleetPlan

# What only one command needs is imported where it is used, so that the others start sooner.


def read_options(
    settings: Settings, progress: Progress | None, begun: BegunHash | None = None
) -> ReadOptions:
    """Return how dumps are to be read.

    Raises:
        UsageError: there is no such encoding.
    """
    name = settings.text("encoding")
    try:
        encoding = check_encoding(name) if name else None
    except LookupError as error:
        raise UsageError(f"--encoding: {error}") from error
    return ReadOptions(
        encoding=encoding,
        parse_all=settings.flag("parse-all"),
        max_record=settings.size("max-record-size"),
        max_input=settings.size("max-input-size"),
        jobs=settings.number("jobs"),
        progress=progress,
        begun=begun,
    )


def catalogue_of(settings: Settings) -> Catalogue:
    """Return the built-in rules and those of the user's folders, as the profile changes them.

    Raises:
        CatalogueError: a rule file or the profile is invalid.
    """
    catalogue = load_catalogue([Path(folder) for folder in settings.texts("rules")])
    profile = settings.text("profile")
    return apply_profile(catalogue, profile) if profile else catalogue


def waivers_of(settings: Settings, catalogue: Catalogue) -> tuple[WaiverRecord, ...]:
    """Return the waivers.

    Raises:
        UsageError: the day that decides about them would be the age of the dump.
        CatalogueError: a file of waivers is invalid.
    """
    files = settings.texts("waivers")
    if files and settings.flag("reproducible") and settings.day("as-of") is None:
        raise UsageError("--reproducible with waivers needs a day, or none expires", "--as-of")
    return load_waivers(files, catalogue)


def day_of(settings: Settings) -> str:
    """Return the day that decides what has expired, ISO 8601."""
    return (settings.day("as-of") or datetime.now(UTC).date()).isoformat()


def drafted_waiver(settings: Settings, waiver_id: str, rule_id: str) -> WaiverRecord:
    """Return a waiver as it is named on the command line, approved today.

    Raises:
        UsageError: it says not what it applies to.
        CatalogueError: there is no such rule.
    """
    subject = AppliesTo(
        server=settings.text("server"),
        listener=settings.text("listener"),
        object=settings.text("object"),
        finding=settings.text("finding"),
    )
    if subject == AppliesTo():
        options = ", ".join(f"--{key}" for key in SUBJECTS)
        raise UsageError(f"say what it applies to with one of {options}")
    expires = settings.day("expires")
    return WaiverRecord(
        id=waiver_id,
        rule=rule_named(rule_id, rule_records(settings)).id,
        applies_to=subject,
        reason=settings.text("reason"),
        approved_by=settings.text("approved-by"),
        approved_on=day_of(settings) if settings.text("approved-by") else "",
        expires=expires.isoformat() if expires else "",
        ticket=settings.text("ticket"),
        file="",
        line=None,
    )


def rule_records(settings: Settings) -> list[RuleRecord]:
    """Return every rule as results and readers see it.

    Raises:
        CatalogueError: a rule file is invalid.
    """
    from analyzer.judge.rule_records import rule_record

    return [rule_record(rule) for rule in catalogue_of(settings).rules]


def read_results(file: Path) -> Results:
    """Return the results in the JSON document of an audit.

    Raises:
        ReadError: the file cannot be read, or holds no results.
    """
    from analyzer.results.document import load_json, read_document

    return load_json(read_document(file), str(file))


def review_of(settings: Settings) -> Review | None:
    """Return what reviewers entered in last time's workbook; None where none is named.

    Raises:
        UsageError: there is no output to carry it over to.
        ReadError: the workbook cannot be read, or lost what its rows are known by.
    """
    name = settings.text("carry-over")
    if not name:
        return None
    if not any(output.lower().endswith(".xlsx") for output in settings.texts("output")):
        raise UsageError(
            "entries of reviewers stand in workbooks: add -o FILE.xlsx", "--carry-over"
        )
    from analyzer.reviewed.reviewed_workbook import read_review

    return read_review(Path(name))


def paper_of(settings: Settings) -> Paper:
    """Return the letterhead of the report."""
    logo = settings.text("logo")
    return Paper(
        client=settings.text("client"),
        engagement=settings.text("engagement"),
        prepared_by=settings.text("prepared-by"),
        reviewer=settings.text("reviewer"),
        marking=settings.text("marking"),
        scope_label=settings.text("scope-label"),
        logo=Path(logo) if logo else None,
        paper=settings.text("paper"),
        print_all=settings.text("print") == "full",
    )


def check_before_reading(settings: Settings, inputs: Sequence[str]) -> None:
    """Look at what the options name before a dump is read, which may take minutes.

    An input that is missing is worse, and told by whoever reads it.

    Raises:
        ReadError: the logo cannot be read.
        OutputError: an output exists and is to be kept, or has no folder.
    """
    if any(
        source != STDOUT and not (has_magic(source) or Path(source).exists()) for source in inputs
    ):
        return
    logo = paper_of(settings).logo
    if logo is not None:
        read_logo(logo)
    for output in settings.texts("output"):
        if output != STDOUT:
            check_target(Path(output), overwrite=settings.flag("overwrite"))


def extract_options(settings: Settings) -> "ExtractOptions":
    """Return what goes into an extract.

    Raises:
        UsageError: a mapping is named, but nothing is to be redacted.
        ReadError: the mapping file cannot be read, or holds no mapping.
    """
    from analyzer.extract.extract_options import ExtractOptions
    from analyzer.extract.name_mapping import NameMapping, load_mapping
    from analyzer.extract.redaction import Redactor

    mapping = settings.text("mapping")
    redact = settings.flag("redact")
    if mapping and not redact:
        raise UsageError("a mapping is of use with --redact only", "--mapping")
    names = load_mapping(Path(mapping)) if mapping else NameMapping()
    return ExtractOptions(
        everything=settings.flag("all"),
        descriptors=settings.flag("with-descriptors"),
        redactor=Redactor(names) if redact else None,
    )


def fleet_plan(settings: Settings, inputs: Sequence[str]) -> "FleetPlan":
    """Return what a fleet is to audit, how, and where.

    Raises:
        UsageError: no input, not one folder for the outputs, or two ways to name a cluster.
        CatalogueError: a file of rules, waivers or the profile is invalid.
        ReadError: the file that describes the cluster cannot be read.
    """
    from analyzer.fleets.audit_order import Judging
    from analyzer.fleets.crews import Cluster, read_cluster
    from analyzer.fleets.fleet_run import FleetPlan

    outputs = settings.texts("output")
    if not inputs:
        raise UsageError("name at least one dump", "INPUT")
    if len(outputs) != 1:
        raise UsageError("name one folder for everything that is written", "-o")
    scheduler, config = settings.text("scheduler"), settings.text("cluster-config")
    if scheduler and config:
        raise UsageError("name the scheduler or a file, not both", "--cluster-config")
    cluster = read_cluster(config) if config else Cluster(scheduler) if scheduler else None
    catalogue = catalogue_of(settings)
    load_waivers(settings.texts("waivers"), catalogue)  # what is wrong with them comes first
    options = read_options(settings, None)
    day = settings.day("as-of")
    judging = Judging(
        version=__version__,
        catalogue_sha256=catalogue.sha256,
        rules=tuple(_for_workers(folder, cluster) for folder in settings.texts("rules")),
        small_business_server=settings.flag("small-business-server"),
        gateway=settings.text("gateway"),
        frameworks=settings.texts("framework"),
        profile=_for_workers(settings.text("profile"), cluster),
        waivers=tuple(_for_workers(file, cluster) for file in settings.texts("waivers")),
        as_of=day.isoformat() if day else "",
        encoding=options.encoding,
        parse_all=options.parse_all,
        max_record=0 if options.max_record == MAX_RECORD else options.max_record,
        max_input=0 if options.max_input == MAX_INPUT else options.max_input,
        each=settings.texts("each"),
        force=settings.flag("force"),
        time_limit=settings.number("time-limit") or 0,
        memory_limit=settings.size("memory-limit"),
    )
    return FleetPlan(
        inputs=tuple(inputs),
        output=outputs[0],
        judging=judging,
        catalogue=catalogue,
        paper=Paper(),
        cluster=cluster,
        jobs=settings.number("jobs"),
    )


def _for_workers(name: str, cluster: "Cluster | None") -> str:
    """Return a path as the workers of a cluster find it, who run in folders of their own."""
    return str(Path(name).absolute()) if name and cluster else name


def at_or_above(findings: Mapping[str, int], level: str) -> bool:
    """Tell whether there are findings at or above a severity; `never` is above all."""
    counting = () if level == "never" else SEVERITIES[: SEVERITIES.index(level) + 1]
    return any(findings.get(severity) for severity in counting)


def recorded(arguments: Sequence[str], *, reproducible: bool) -> tuple[str, ...]:
    """Return the arguments as the report names them; for equal bytes without the outputs."""
    if not reproducible:
        return tuple(arguments)
    kept: list[str] = []
    skip = False
    for argument in arguments:
        names_output = argument in ("-o", "--output")
        if not (skip or names_output or argument.startswith(("-o", "--output="))):
            kept.append(argument)
        skip = names_output
    return tuple(kept)


def is_incomplete(results: Results) -> bool:
    """Tell whether anything was unreadable or not evaluable, or nothing could be audited."""
    return (
        bool(results.unreadable)
        or any(check.not_evaluable for check in results.checks)
        or not was_audited(results)
    )


def has_findings(results: Results, level: str) -> bool:
    """Tell whether findings are open at or above a severity; `never` is above all.

    `new` asks for those that are new since the baseline, of whatever severity.
    """
    if level == "new":
        return any(each.status == "open" and each.change == "new" for each in results.findings)
    still = Counter[str](each.severity for each in results.findings if each.status == "open")
    return at_or_above(still, level)
