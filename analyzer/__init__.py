"""exchange-analyzer: offline audit of Exchange SMTP virtual servers from an exported dump.

dump = analyzer.read_dump("contoso.ldf")
frame = dump.virtual_servers()              # a pandas DataFrame
results = analyzer.audit(dump)
analyzer.write_report(results, "contoso.xlsx")
"""

from collections.abc import Sequence
from datetime import UTC, date, datetime
from importlib import import_module
from os import PathLike
from pathlib import Path
from typing import TYPE_CHECKING

from analyzer.errors import AnalyzerError, CatalogueError, OutputError, ReadError
from analyzer.version import __version__

if TYPE_CHECKING:
    from analyzer.catalogue import Catalogue, load_catalogue
    from analyzer.catalogue.profile import apply_profile
    from analyzer.dump.entry import Entry, Unreadable
    from analyzer.dump.read_options import ReadOptions
    from analyzer.open_dump import Dump, read_dump
    from analyzer.report import Paper
    from analyzer.results.records import Results, WaiverRecord
    from analyzer.waivers.waiver_file import load_waivers

__all__ = [
    "AnalyzerError",
    "Catalogue",
    "CatalogueError",
    "Dump",
    "Entry",
    "OutputError",
    "Paper",
    "ReadError",
    "ReadOptions",
    "Results",
    "Unreadable",
    "__version__",
    "apply_profile",
    "audit",
    "compare",
    "load_catalogue",
    "load_waivers",
    "read_dump",
    "write_report",
]


_HOMES = {
    "Catalogue": "analyzer.catalogue",
    "Dump": "analyzer.open_dump",
    "Entry": "analyzer.dump.entry",
    "Paper": "analyzer.report",
    "ReadOptions": "analyzer.dump.read_options",
    "Results": "analyzer.results.records",
    "Unreadable": "analyzer.dump.entry",
    "apply_profile": "analyzer.catalogue.profile",
    "load_catalogue": "analyzer.catalogue",
    "load_waivers": "analyzer.waivers.waiver_file",
    "read_dump": "analyzer.open_dump",
}
"""Modules of the public names that are imported when asked for, so that start-up is quick."""


def __getattr__(name: str) -> object:
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(_HOMES[name]), name)


def __dir__() -> list[str]:
    return list(__all__)


def audit(
    dump: "Dump",
    *,
    catalogue: "Catalogue | None" = None,
    small_business_server: bool = False,
    gateway: str = "",
    frameworks: Sequence[str] = (),
    waivers: "Sequence[WaiverRecord]" = (),
    as_of: date | None = None,
    arguments: Sequence[str] = (),
    started: datetime | None = None,
) -> "Results":
    """Judge every object of a dump by every rule.

    `catalogue` are the rules, those of a client by `apply_profile`. `frameworks` are the hardening
    frameworks (`disa-stig`, `cis`) whose failed controls count as findings. `waivers`, of
    `load_waivers`, accept findings; `as_of` is the day that decides which have expired.

    Raises:
        ReadError: as for `read_dump`.
    """
    from analyzer.catalogue import load_catalogue
    from analyzer.judge.run import run_audit

    dump.forget_entries()
    return run_audit(
        dump.inventory,
        inputs=dump.inputs,
        unreadable=dump.unreadable,
        catalogue=catalogue or load_catalogue(),
        small_business_server=small_business_server,
        gateway=gateway,
        frameworks=frameworks,
        waivers=waivers,
        as_of=as_of.isoformat() if as_of else "",
        arguments=arguments,
        started=started or datetime.now(UTC),
        version=__version__,
    )


def compare(old: "Results", new: "Results", *, catalogue: "Catalogue | None" = None) -> "Results":
    """Return the results of now with what became of everything since an older audit."""
    from analyzer.catalogue import load_catalogue
    from analyzer.changes.baselines import Baseline
    from analyzer.changes.compare_results import compare_results

    sides = Baseline(old, "results"), Baseline(new, "results")
    return compare_results(*sides, catalogue or load_catalogue())


def write_report(
    results: "Results",
    *outputs: str | PathLike[str],
    paper: "Paper | None" = None,
    overwrite: bool = False,
    carry_over: str | PathLike[str] | None = None,
) -> None:
    """Write results as `.xlsx`, `.html`, `.json`, `.sarif` or `.csv`, by the ending of each name.

    `carry_over` is a workbook of last time: what reviewers entered in it is taken over.

    Raises:
        ReadError: the workbook of last time cannot be read.
        OutputError: an output exists and may not be overwritten, or cannot be written.
    """
    from analyzer.report import Paper, write_reports
    from analyzer.reviewed.reviewed_workbook import read_review

    write_reports(
        results,
        [Path(output) for output in outputs],
        paper=paper or Paper(),
        overwrite=overwrite,
        review=read_review(Path(carry_over)) if carry_over is not None else None,
    )
