"""Workbook and page of big audits, beside XlsxWriter writing the same cells in the same styles.

    python -m bench.workbook [ROUNDS]

Each side runs in a process of its own. The results, and the cells that XlsxWriter writes, are there
before anything is measured; ours makes its cells of the results within the time.
"""

import multiprocessing
import pickle
import resource
import sys
import tempfile
import time
from collections.abc import Callable, Iterable
from itertools import islice
from pathlib import Path
from statistics import median
from typing import NamedTuple

import analyzer
from analyzer.report import Paper
from analyzer.report.compose import compose_report
from analyzer.results.records import Results
from bench.inputs import ldifde
from bench.invented_results import make_results
from bench.same_cells import copy_cells, write_same
from bench.varied_servers import varied_servers

_SERVERS, _EVIDENCE = 261, 10_000
_SEED = 20051118
_PAPER = Paper()

Write = Callable[[Path], None]
"""Writes one file."""


class Taken(NamedTuple):
    """What one side took."""

    cpu: float
    """Median of the seconds."""
    mebibytes: float
    """Largest resident size of its process, the results included."""
    file: float
    """MiB."""


def audited_alike() -> Results:
    """Return the audit of servers that are all set alike."""
    return _audited(islice(ldifde(10**9, _SEED, every=1), _SERVERS))


def audited_varied() -> Results:
    """Return the audit of servers that are each set in their own way: it has many findings."""
    return _audited(varied_servers(_SERVERS, _SEED))


def invented() -> Results:
    """Return results with much evidence, of which no value is like another."""
    return make_results(_SERVERS, _EVIDENCE)


def by_xlsxwriter(results: Results, folder: Path) -> Write:
    """Return what writes the cells of our workbook in constant memory."""
    copied = pickle.loads((folder / "cells").read_bytes())
    return lambda target: write_same(copied, target)


def to_workbook(results: Results, folder: Path) -> Write:
    """Return what makes the report and writes the workbook, with all evidence."""
    from analyzer.report.workbook.workbook_file import write_workbook

    def write(target: Path) -> None:
        with target.open("wb") as stream:
            write_workbook(compose_report(results, _PAPER, "all"), _PAPER, stream)

    return write


def to_page(results: Results, folder: Path) -> Write:
    """Return what makes the report and writes the page, with all evidence."""
    from analyzer.report.page.html_page import write_page

    def write(target: Path) -> None:
        with target.open("wb") as stream:
            write_page(compose_report(results, _PAPER, "all"), _PAPER, stream)

    return write


SUBJECTS: dict[str, Callable[[], Results]] = {
    "set alike": audited_alike,
    "each set in its own way": audited_varied,
    "invented": invented,
}
SIDES: dict[str, Callable[[Results, Path], Write]] = {
    "XlsxWriter, the same cells and styles": by_xlsxwriter,
    "results to workbook": to_workbook,
    "results to page": to_page,
}


def table(rounds: int) -> str:
    """Measure every side of every subject, and return the table of them."""
    lines = [
        f"## Writing, {_SERVERS} virtual servers",
        "",
        "| servers | work | CPU seconds | ratio | ms a finding | peak RSS, MiB | file, MiB |",
        "|---|---|---|---|---|---|---|",
    ]
    for subject, make in SUBJECTS.items():
        findings = len(make().findings)
        with tempfile.TemporaryDirectory() as folder:
            _in_own_process(_copy, subject, Path(folder))
            sides = {
                name: _in_own_process(_measure, subject, Path(folder), name, rounds)
                for name in SIDES
            }
        base, *_ = sides.values()
        lines += [
            f"| {subject} | {name} | {taken.cpu:.2f} | {taken.cpu / base.cpu:.2f}"
            f" | {1000 * taken.cpu / findings:.2f} | {taken.mebibytes:.0f} | {taken.file:.1f} |"
            for name, taken in sides.items()
        ]
    return "\n".join([*lines, "", "Goal: the workbook in at most 1.2 times XlsxWriter's time.", ""])


def _audited(records: Iterable[bytes]) -> Results:
    with tempfile.TemporaryDirectory() as folder:
        dump = Path(folder, "dump.ldf")
        dump.write_bytes(b"".join(records))
        return analyzer.audit(analyzer.read_dump(dump))


def _in_own_process(work: Callable[..., Taken], *arguments: object) -> Taken:
    with multiprocessing.get_context("spawn").Pool(1) as pool:
        return pool.apply(work, arguments)


def _copy(subject: str, folder: Path) -> Taken:
    """Keep the cells of our workbook for XlsxWriter; reading them back takes much memory."""
    target = folder / "ours.xlsx"
    to_workbook(SUBJECTS[subject](), folder)(target)
    (folder / "cells").write_bytes(pickle.dumps(copy_cells(target)))
    return Taken(0, 0, 0)


def _measure(subject: str, folder: Path, side: str, rounds: int) -> Taken:
    write = SIDES[side](SUBJECTS[subject](), folder)
    target = folder / "written"
    seconds = []
    for _ in range(rounds):
        start = time.process_time()
        write(target)
        seconds.append(time.process_time() - start)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    return Taken(median(seconds), peak, target.stat().st_size / 2**20)


if __name__ == "__main__":
    print(table(int((*sys.argv[1:], 3)[0])))
