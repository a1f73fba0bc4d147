"""A report in, what it says about its making out: versions, hashes, inputs, lines of evidence."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from analyzer.errors import ReadError
from analyzer.results.document import input_manifest_sha256, load_json, results_sha256
from analyzer.results.records import Results

Same = Callable[[str | int | None, str, str], bool]
"""Tells whether a recorded value is that of a text, in the row of that name."""


@dataclass(frozen=True, slots=True)
class RecordedInput:
    """One input file as the report names it."""

    path: str
    bytes: int
    sha256: str
    encoding: str


@dataclass(frozen=True, slots=True)
class RecordedLine:
    """One line of evidence as the report gives it."""

    id: str
    file: str
    dn: str
    attribute: str
    raw: str | int | None
    line: int | None
    last_line: int | None
    entry_sha256: str


@dataclass(frozen=True, slots=True)
class Recorded:
    """What a report says about its making."""

    tool_version: str
    catalogue_version: str
    catalogue_sha256: str
    results_sha256: str
    manifest_sha256: str
    inputs: tuple[RecordedInput, ...]
    evidence: tuple[RecordedLine, ...]
    same: Same
    results: Results | None = None
    """All results; None for a workbook."""


def read_recorded(path: Path) -> Recorded:
    """Read a workbook or a JSON document of results.

    Raises:
        ReadError: the file cannot be read, or is neither.
    """
    try:
        with path.open("rb") as stream:
            start = stream.read(2)
            if start != b"PK":
                return from_results(load_json(start + stream.read(), str(path)))
    except OSError as error:
        raise ReadError(str(path), f"cannot be read: {error.strerror}") from error
    return _from_workbook(path)


def from_results(results: Results) -> Recorded:
    """Return what results say."""
    return Recorded(
        tool_version=results.tool.version,
        catalogue_version=results.tool.catalogue_version,
        catalogue_sha256=results.tool.catalogue_sha256,
        results_sha256=results_sha256(results),
        manifest_sha256=input_manifest_sha256(results.inputs),
        inputs=tuple(
            RecordedInput(item.path, item.bytes, item.sha256, item.encoding)
            for item in results.inputs
        ),
        evidence=tuple(
            RecordedLine(
                item.id,
                item.file,
                item.dn,
                item.attribute,
                item.raw,
                item.line,
                item.last_line,
                item.entry_sha256,
            )
            for item in results.evidence
        ),
        same=lambda recorded, text, _: (recorded or "") == text,
        results=results,
    )


def _from_workbook(path: Path) -> Recorded:
    # openpyxl takes longer to load than most dumps take to audit.
    from analyzer.verify.workbook_tables import Record, read_tables, same_text

    def text(row: Record, header: str) -> str:
        return str(row.get(header, ""))

    def number(row: Record, header: str) -> int | None:
        value = row.get(header)
        return value if isinstance(value, int) else None

    tables = read_tables(path, ("Inputs", "Evidence"))
    properties = tables.properties
    if "ResultsSHA256" not in properties:
        raise ReadError(str(path), "no report of this program: it has no ResultsSHA256 property")
    return Recorded(
        tool_version=properties.get("ToolVersion", ""),
        catalogue_version=properties.get("RuleSetVersion", ""),
        catalogue_sha256=properties.get("RuleSetSHA256", ""),
        results_sha256=properties["ResultsSHA256"],
        manifest_sha256=properties.get("InputManifestSHA256", ""),
        inputs=tuple(
            RecordedInput(
                text(row, "File"),
                number(row, "Bytes") or 0,
                text(row, "SHA-256"),
                text(row, "Encoding, line ends").partition(",")[0],
            )
            for row in tables.rows["Inputs"]
        ),
        evidence=tuple(
            RecordedLine(
                text(row, "Evidence ID"),
                text(row, "File"),
                text(row, "Object DN"),
                text(row, "Attribute"),
                row.get("Raw value(s)"),
                number(row, "Line from"),
                number(row, "Line to"),
                text(row, "Entry SHA-256"),
            )
            for row in tables.rows["Evidence"]
        ),
        same=same_text,
    )
