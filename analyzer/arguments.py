"""Merged settings in, what the library wants out, and the exit status that results call for."""

from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

from analyzer.catalogue import Catalogue, load_catalogue
from analyzer.dump.encoding import check_encoding
from analyzer.dump.hashing import Progress
from analyzer.dump.read_options import ReadOptions
from analyzer.dump.reading import Input
from analyzer.errors import ReadError, UsageError
from analyzer.extract.extract_options import ExtractOptions
from analyzer.options import SEVERITIES
from analyzer.report import FORMATS, Paper
from analyzer.report.moments import moment
from analyzer.results.records import Results, RuleRecord
from analyzer.settings import Settings

# What only one command needs is imported where it is used, so that the others start sooner.
STDOUT = "-"


def read_options(settings: Settings, progress: Progress | None) -> ReadOptions:
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
    )


def catalogue_of(settings: Settings) -> Catalogue:
    """Return the built-in rules and those of the user's folders.

    Raises:
        CatalogueError: a rule file is invalid.
    """
    return load_catalogue([Path(folder) for folder in settings.texts("rules")])


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
    from analyzer.results.document import load_json

    try:
        data = file.read_bytes()
    except OSError as error:
        raise ReadError(str(file), (error.strerror or "cannot be read").lower()) from error
    return load_json(data, str(file))


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
    )


def check_outputs(outputs: Sequence[str], inputs: Sequence[str]) -> None:
    """Look at the names of the outputs before any work is done.

    Raises:
        UsageError: one has no known ending, is named twice, or is an input.
    """
    for output in outputs:
        if output != STDOUT and Path(output).suffix.lower() not in FORMATS:
            known = ", ".join(FORMATS)
            raise UsageError(f"{output}: expected a name that ends with one of {known}", "-o")
    check_targets(outputs, inputs)


def check_targets(outputs: Sequence[str], inputs: Sequence[str]) -> None:
    """Look whether outputs are files of their own.

    Raises:
        UsageError: one is named twice, or is an input.
    """
    targets = [Path(output).resolve() for output in outputs]
    if len(set(targets)) < len(targets):
        raise UsageError("an output is named twice", "-o")
    if any(Path(source).resolve() in targets for source in inputs if source != STDOUT):
        raise UsageError("an output would replace an input", "-o")


def extract_options(settings: Settings) -> ExtractOptions:
    """Return what goes into an extract.

    Raises:
        UsageError: a mapping is named, but nothing is to be redacted.
        ReadError: the mapping file cannot be read, or holds no mapping.
    """
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


def time_of(inputs: Sequence[Input]) -> datetime:
    """Return the time that stands for a reproducible run: that of the newest input."""
    times = [time for source in inputs if (time := moment(source.modified))]
    return max(times, default=datetime(1980, 1, 1, tzinfo=UTC))


def is_incomplete(results: Results) -> bool:
    """Tell whether anything was unreadable or not evaluable."""
    return bool(results.unreadable) or any(check.not_evaluable for check in results.checks)


def has_findings(results: Results, level: str) -> bool:
    """Tell whether findings are open at or above a severity; `never` is above all."""
    counting = () if level == "never" else SEVERITIES[: SEVERITIES.index(level) + 1]
    return any(
        finding.status == "open" and finding.severity in counting for finding in results.findings
    )
