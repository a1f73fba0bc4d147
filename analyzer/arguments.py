"""Merged settings in, what the library wants out, and the exit status that results call for."""

from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

from analyzer.catalogue import Catalogue, load_catalogue
from analyzer.dump.encoding import check_encoding
from analyzer.dump.read_one import MAX_RECORD, ReadOptions
from analyzer.dump.reading import Input
from analyzer.dump.stream import Progress
from analyzer.report import FORMATS, Paper
from analyzer.report.moments import moment
from analyzer.results.records import Results
from analyzer.settings import SEVERITIES, Settings

STDOUT = "-"


def read_options(settings: Settings, progress: Progress | None) -> ReadOptions:
    """Return how dumps are to be read.

    Raises:
        ValueError: there is no such encoding.
    """
    name = settings.text("encoding")
    try:
        encoding = check_encoding(name) if name else None
    except LookupError as error:
        raise ValueError(f"--encoding: {error}") from error
    return ReadOptions(
        encoding=encoding,
        parse_all=settings.flag("parse-all"),
        max_record=settings.number("max-record-size") or MAX_RECORD,
        jobs=settings.number("jobs"),
        progress=progress,
    )


def catalogue_of(settings: Settings) -> Catalogue:
    """Return the built-in rules and those of the user's folders.

    Raises:
        CatalogueError: a rule file is invalid.
    """
    return load_catalogue([Path(folder) for folder in settings.texts("rules")])


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
        ValueError: one has no known ending, is named twice, or is an input.
    """
    for output in outputs:
        if output != STDOUT and Path(output).suffix.lower() not in FORMATS:
            known = ", ".join(FORMATS)
            raise ValueError(f"{output}: expected a name that ends with one of {known}")
    targets = [Path(output).resolve() for output in outputs]
    if len(set(targets)) < len(targets):
        raise ValueError("an output is named twice")
    if any(Path(source).resolve() in targets for source in inputs if source != STDOUT):
        raise ValueError("an output would replace an input")


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
    return bool(results.unreadable) or any(item.not_evaluable for item in results.checks)


def has_findings(results: Results, level: str) -> bool:
    """Tell whether findings are open at or above a severity; `never` is above all."""
    counting = () if level == "never" else SEVERITIES[: SEVERITIES.index(level) + 1]
    return any(item.status == "open" and item.severity in counting for item in results.findings)
