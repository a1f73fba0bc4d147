"""A folder in, a follow-up audit in it out: two dumps a year apart, and what belongs to them."""

import os
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, date, datetime
from importlib.resources import files
from pathlib import Path
from typing import Any, BinaryIO

import analyzer
from analyzer.catalogue.profile import apply_profile
from analyzer.errors import OutputError
from analyzer.report import Paper, write_reports
from analyzer.report.review import FilledRow, Review
from analyzer.report.whole_files import Render, check_target, write_files
from analyzer.results.records import Results
from analyzer.reviewed.reviewed_workbook import read_review
from analyzer.toml_text import parse_toml
from analyzer.waivers.waiver_file import load_waivers

LAST_DUMP, THIS_DUMP = "last-year.ldf", "this-year.ldf"
WAIVERS, PROFILE = "waivers.toml", "profile.toml"
LAST_RESULTS, REVIEWED = "last-year.json", "last-year-reviewed.xlsx"
FOLLOW_UP = ("follow-up.xlsx", "follow-up.html", "follow-up.json")
COMMAND = (
    f"exchange-analyzer audit {THIS_DUMP} --baseline {LAST_RESULTS} --carry-over {REVIEWED}"
    f" --waivers {WAIVERS} --profile {PROFILE} --as-of 2026-11-24"
    + "".join(f" -o {name}" for name in FOLLOW_UP)
)
"""What makes the follow-up of the other files."""

_SHIPPED = (LAST_DUMP, THIS_DUMP, WAIVERS, PROFILE)
_ENTRIES = "reviewed.toml"
_LAST_TIME = datetime(2025, 11, 24, 9, 0, tzinfo=UTC)
_THIS_TIME = datetime(2026, 11, 24, 9, 0, tzinfo=UTC)
_EPOCH = date(1899, 12, 30)
"""Day 0 of the dates in a workbook."""
_PAPER = Paper(client="Contoso (invented)", engagement="Demonstration", prepared_by="Demonstration")


def write_demo(folder: Path, *, overwrite: bool = False) -> tuple[str, ...]:
    """Write the demonstration into a folder, which is made if need be; return the files' names.

    The same each time, but for the name of the folder.

    Raises:
        OutputError: a file exists and may not be overwritten, or cannot be written.
    """
    names = (*_SHIPPED, LAST_RESULTS, REVIEWED, *FOLLOW_UP)
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        reason = f"cannot be made: {(error.strerror or 'no reason given').lower()}"
        raise OutputError(str(folder), reason) from error
    for name in names:
        check_target(folder / name, overwrite=overwrite)
    write_files([(folder / name, _shipped(name)) for name in _SHIPPED], overwrite=overwrite)
    for name, time in ((LAST_DUMP, _LAST_TIME), (THIS_DUMP, _THIS_TIME)):
        os.utime(folder / name, (time.timestamp(), time.timestamp()))
    last = analyzer.audit(analyzer.read_dump(folder / LAST_DUMP), started=_LAST_TIME)
    _write(last, [folder / LAST_RESULTS], None, overwrite=overwrite)
    _write(last, [folder / REVIEWED], _entries(last), overwrite=overwrite)
    review = read_review(folder / REVIEWED)
    _write(
        _follow_up(folder, last), [folder / name for name in FOLLOW_UP], review, overwrite=overwrite
    )
    return names


def _shipped(name: str) -> Render:
    data = files("analyzer.demonstration").joinpath(name).read_bytes()

    def render(stream: BinaryIO) -> None:
        stream.write(data)

    return render


def _write(
    results: Results, outputs: Sequence[Path], review: Review | None, *, overwrite: bool
) -> None:
    write_reports(
        results, outputs, paper=_PAPER, overwrite=overwrite, reproducible=True, review=review
    )


def _follow_up(folder: Path, last: Results) -> Results:
    """Audit this year's dump, by the profile and the waivers, and compare it with last year's."""
    catalogue = apply_profile(analyzer.load_catalogue(), folder / PROFILE)
    results = analyzer.audit(
        analyzer.read_dump(folder / THIS_DUMP),
        catalogue=catalogue,
        waivers=load_waivers([folder / WAIVERS], catalogue),
        as_of=_THIS_TIME.date(),
        started=_THIS_TIME,
        arguments=COMMAND.split()[1:],
    )
    return analyzer.compare(last, results, catalogue=catalogue)


def _entries(results: Results) -> Review:
    """Return what the reviewer entered last year, as if read from the workbook of that time."""
    entries: Any = parse_toml(files("analyzer.demonstration").joinpath(_ENTRIES).read_bytes())
    rows = tuple(_rows(entries["finding"], results))
    return Review(REVIEWED, _LAST_TIME.date().isoformat(), {"Findings": rows})


def _rows(entries: Sequence[Mapping[str, Any]], results: Results) -> Iterator[FilledRow]:
    for number, entry in enumerate(entries, start=1):
        for finding in results.findings:
            if finding.rule == entry["rule"] and finding.dn.startswith(entry["object"]):
                cells: dict[str, str | int] = {
                    "Fingerprint": finding.fingerprint,
                    "Found": finding.found_text,
                    "Raw value": finding.evidence.raw or "",
                }
                for header, value in entry.items():
                    if header not in ("rule", "object"):
                        is_day = isinstance(value, date)
                        cells[header] = (value - _EPOCH).days if is_day else value
                yield FilledRow("Findings", number, cells)
