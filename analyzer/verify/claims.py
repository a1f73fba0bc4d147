"""A report in, what it claims about its making out: versions, hashes, inputs, evidence."""

from collections.abc import Callable, Sequence
from pathlib import Path

from msgspec import Struct

from analyzer.errors import ReadError
from analyzer.results.document import (
    input_manifest_sha256,
    load_json,
    read_document,
    results_sha256,
)
from analyzer.results.records import EvidenceRecord, InputRecord, Results

HasText = Callable[[str | int | None, str, str], bool]
"""Tells whether a claimed raw value is that text, in the row of that name."""

_INPUT_COLUMNS = ("File", "Bytes", "SHA-256", "Encoding, line ends")
_EVIDENCE_COLUMNS = (
    *("Evidence ID", "File", "Object DN", "Attribute", "Raw value(s)"),
    *("Line from", "Line to", "Entry SHA-256", "objectGUID"),
)


class ClaimedInput(Struct, frozen=True):
    """One input file as a workbook names it."""

    path: str
    bytes: int
    sha256: str
    encoding: str


class ClaimedEvidence(Struct, frozen=True):
    """One row of evidence as a workbook gives it."""

    id: str
    file: str
    dn: str
    guid: str | None
    attribute: str
    raw: str | int | None
    line: int | None
    last_line: int | None
    entry_sha256: str


class Claims(Struct, frozen=True):
    """What a report says about its making."""

    tool_version: str
    catalogue_version: str
    catalogue_sha256: str
    results_sha256: str
    manifest_sha256: str
    inputs: Sequence[InputRecord | ClaimedInput]
    evidence: Sequence[EvidenceRecord | ClaimedEvidence]
    has_text: HasText
    results: Results | None = None
    """All results; None for a workbook."""


def read_claims(path: Path) -> Claims:
    """Read a workbook or a JSON document of results.

    Raises:
        ReadError: the file cannot be read, or is neither.
    """
    if _is_package(path):
        return _of_workbook(path)
    return _of_results(load_json(read_document(path), str(path)))


def _is_package(path: Path) -> bool:
    # Opening a pipe would wait for somebody who writes into it.
    try:
        if not path.is_file():
            return False
        with path.open("rb") as stream:
            return stream.read(2) == b"PK"
    except (OSError, ValueError):
        return False


def _of_results(results: Results) -> Claims:
    return Claims(
        tool_version=results.tool.version,
        catalogue_version=results.tool.catalogue_version,
        catalogue_sha256=results.tool.catalogue_sha256,
        results_sha256=results_sha256(results),
        manifest_sha256=input_manifest_sha256(results.inputs),
        inputs=results.inputs,
        evidence=results.evidence,
        has_text=lambda raw, text, _: (raw or "") == text,
        results=results,
    )


def _of_workbook(path: Path) -> Claims:
    # What writes workbooks takes longer to load than most dumps take to audit.
    from analyzer.report.review import SheetRow
    from analyzer.verify.workbook_reader import WantedTable, holds, read_workbook

    def text(row: SheetRow, header: str) -> str:
        return str(row.get(header, ""))

    def number(row: SheetRow, header: str) -> int | None:
        value = row.get(header)
        return value if isinstance(value, int) else None

    workbook = read_workbook(
        path,
        {"Inputs": WantedTable(_INPUT_COLUMNS), "Evidence": WantedTable(_EVIDENCE_COLUMNS)},
    )
    properties = workbook.properties
    if "ResultsSHA256" not in properties:
        raise ReadError(str(path), "no report of this program: it has no ResultsSHA256 property")
    return Claims(
        tool_version=properties.get("ToolVersion", ""),
        catalogue_version=properties.get("RuleSetVersion", ""),
        catalogue_sha256=properties.get("RuleSetSHA256", ""),
        results_sha256=properties["ResultsSHA256"],
        manifest_sha256=properties.get("InputManifestSHA256", ""),
        inputs=tuple(
            ClaimedInput(
                text(row, "File"),
                number(row, "Bytes") or 0,
                text(row, "SHA-256"),
                text(row, "Encoding, line ends").partition(",")[0],
            )
            for _, _, row in workbook.rows["Inputs"]
        ),
        evidence=tuple(
            ClaimedEvidence(
                text(row, "Evidence ID"),
                text(row, "File"),
                text(row, "Object DN"),
                text(row, "objectGUID") or None,
                text(row, "Attribute"),
                row.get("Raw value(s)"),
                number(row, "Line from"),
                number(row, "Line to"),
                text(row, "Entry SHA-256"),
            )
            for _, _, row in workbook.rows["Evidence"]
        ),
        has_text=holds,
    )
