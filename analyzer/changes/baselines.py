"""A file in, what kind of audit it holds out: results, a workbook of ours, or a dump."""

import codecs
from pathlib import Path
from typing import Literal, NamedTuple

from analyzer.errors import ReadError
from analyzer.results.document import load_json, read_document
from analyzer.results.records import Results

SourceOfResults = Literal["dump", "results", "workbook"]
"""What results were taken from."""
_HEAD = 64
_NAME_AT = 30
_PARTS_OF_WORKBOOKS = (b"[Content_Types].xml", b"_rels/", b"docProps/", b"xl/")


class Baseline(NamedTuple):
    """The results of one audit, and what they were taken from."""

    results: Results
    source: SourceOfResults


def kind_of_file(path: Path) -> SourceOfResults:
    """Tell by its first bytes whether a file is results, a workbook, or else taken for a dump."""
    try:
        # Opening a pipe would wait for somebody who writes into it.
        if not path.is_file():
            return "dump"
        with path.open("rb") as stream:
            head = stream.read(_HEAD).removeprefix(codecs.BOM_UTF8).lstrip()
    except (OSError, ValueError):
        return "dump"
    if head.startswith(b"{"):
        return "results"
    # The name of the first member (APPNOTE.TXT 4.3.7): dumps may be packed, too.
    is_workbook = head.startswith(b"PK") and head[_NAME_AT:].startswith(_PARTS_OF_WORKBOOKS)
    return "workbook" if is_workbook else "dump"


def read_baseline(path: Path) -> Baseline:
    """Read results or a workbook.

    Raises:
        ReadError: it cannot be read, or is neither.
    """
    kind = kind_of_file(path)
    if kind == "results":
        return Baseline(load_json(read_document(path), str(path)), kind)
    if kind == "workbook":
        # What reads workbooks takes longer to load than most dumps take to audit.
        from analyzer.changes.workbook_results import results_of_workbook

        return Baseline(results_of_workbook(path), kind)
    raise ReadError(str(path), "neither results nor a workbook of this program")
