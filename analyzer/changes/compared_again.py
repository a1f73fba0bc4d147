"""A report that compares and its baseline in, out whether comparing again gives the same."""

import hashlib
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

from analyzer.catalogue import load_catalogue
from analyzer.changes.baselines import Baseline, kind_of_file, read_baseline
from analyzer.changes.compare_results import compare_results
from analyzer.results.document import load_json, read_document
from analyzer.results.records import Results
from analyzer.verify.verification import Point, listed, quote, unchecked

_PARTS = ("resolved", "not_comparable", "changed_settings", "changed_relay")
_CHUNK = 1 << 20


class InputsOfReport(NamedTuple):
    """What was given to check a report with, sorted out."""

    own: list[Path]
    """Dumps and twins of the report itself."""
    points: tuple[Point, ...]
    """What comparing again gave."""


def compare_again(
    report: Path, inputs: Sequence[Path], *, rules: Sequence[Path] = ()
) -> InputsOfReport:
    """Sort out the baseline of a report, and compare with it again.

    Raises:
        ReadError: the report, or the baseline, cannot be read.
        CatalogueError: an own rule file is invalid.
    """
    if kind_of_file(report) != "results":
        return InputsOfReport(list(inputs), ())
    results = load_json(read_document(report), str(report))
    if results.baseline is None:
        return InputsOfReport(list(inputs), ())
    own: list[Path] = []
    found: Baseline | None = None
    for path in inputs:
        old = _baseline(path, results)
        found = found or old
        if old is None and not _is_dump_of_baseline(path, results):
            own.append(path)
    if found is None:
        name = quote(results.baseline.report_id)
        why = f"neither the results nor the workbook of the baseline {name} were given"
        return InputsOfReport(own, (unchecked("comparison", why),))
    return InputsOfReport(own, tuple(_points(results, found, rules)))


def _baseline(path: Path, results: Results) -> Baseline | None:
    """Return the results in a file if they are those of the baseline."""
    if kind_of_file(path) == "dump":
        return None
    old = read_baseline(path)
    is_baseline = results.baseline and old.results.run.report_id == results.baseline.report_id
    return old if is_baseline else None


def _is_dump_of_baseline(path: Path, results: Results) -> bool:
    """Tell whether a file is a dump that only the baseline was made from."""
    old = {source.sha256 for source in results.baseline.inputs} if results.baseline else set()
    only_old = old - {source.sha256 for source in results.inputs}
    if not only_old or not path.is_file():
        return False
    digest = hashlib.sha256()
    with path.open("rb") as stream:
        while chunk := stream.read(_CHUNK):
            digest.update(chunk)
    return digest.hexdigest() in only_old


def _points(results: Results, old: Baseline, rules: Sequence[Path]) -> Iterator[Point]:
    baseline = results.baseline
    if baseline is None or not results.evaluations:
        yield unchecked("comparison", "what was compared had been read back from a workbook")
        return
    if baseline.source != old.source:
        name = f"the {baseline.source} it was made with" if baseline.source != "results" else "JSON"
        yield unchecked("comparison", f"another form of the baseline was given, not {name}")
        return
    again = compare_results(old, Baseline(results, "results"), load_catalogue(rules))
    same = {finding.fingerprint: finding for finding in again.findings}
    wrong = [each.id for each in results.findings if same.get(each.fingerprint) != each]
    wrong += [part for part in _PARTS if getattr(results, part) != getattr(again, part)]
    if results.run.report_id != again.run.report_id:
        wrong.append("report ID")
    yield listed("comparison", wrong, f"the same again with {quote(old.results.run.report_id)}")
