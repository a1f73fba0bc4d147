"""Results in, the table of evidence out: each value with the lines it was read from."""

from collections.abc import Iterator, Mapping, Sequence

from analyzer.report.section import Cell, Column, Group, Kind, Link, Row, Section
from analyzer.report.wording import SETTING_STATE, count
from analyzer.results.records import EvidenceRecord, Results

RELAY_ATTRIBUTES = ("msexchsmtprelayiplist", "msexchsmtprelayforauth")

COLUMNS = (
    Column("Evidence ID", 12),
    Column("Finding(s)", 13),
    Column("Object DN", 48),
    Column("Attribute", 27),
    Column("Present?", 13),
    Column("Raw value(s)", 32),
    Column("Decoded", 28),
    Column("Encoding in file", 11),
    Column("File", 22),
    Column("Line from", 9, Kind.NUMBER),
    Column("Line to", 9, Kind.NUMBER),
    Column("Entry SHA-256", 34),
    Column("objectGUID", 36, group=Group.DETAIL),
    Column("objectClass", 26, group=Group.DETAIL),
    Column("whenCreated", 16, Kind.TIME, Group.DETAIL),
    Column("whenChanged", 16, Kind.TIME, Group.DETAIL),
    Column("uSNChanged", 14, group=Group.DETAIL),
)


def sections(results: Results, scope: str) -> tuple[Section, ...]:
    """Return the evidence of the wanted scope: `findings`, `all` or `none`."""
    if scope == "none":
        return ()
    records = [item for item in results.evidence if scope == "all" or _rests_on(item)]
    intro = (
        f"{count(len(records), 'value')} that the report rests on, with the file and the lines to"
        " read them again. The hash is that of the whole entry as it stands in the file."
    )
    return (
        Section(
            key="evidence",
            title="Evidence",
            intro=intro,
            columns=COLUMNS,
            rows=lambda: _rows(records),
            count=len(records),
            table="tblEvidence",
            empty="No evidence",
            anchors=tuple(item.id for item in records),
            locked=True,
        ),
    )


def evidence_index(results: Results) -> Mapping[tuple[str, str], str]:
    """Map the DN of an object and an attribute in lower case to the ID of its evidence."""
    return {(item.dn, item.attribute.lower()): item.id for item in results.evidence}


def _rests_on(item: EvidenceRecord) -> bool:
    return bool(item.findings) or item.attribute.lower() in RELAY_ATTRIBUTES


def _rows(records: Sequence[EvidenceRecord]) -> Iterator[Row]:
    for item in records:
        start: Cell = item.line
        if start is None and item.offset is not None:
            start = f"byte {item.offset:,}"
        findings: Cell = None
        if item.findings:
            findings = Link("\n".join(item.findings), "findings", item.findings[0])
        yield (
            item.id,
            findings,
            item.dn,
            item.attribute,
            "Yes" if item.state == "set" else SETTING_STATE.get(item.state, item.state),
            item.raw,
            item.text,
            item.notation,
            item.file,
            start,
            item.last_line,
            item.entry_sha256,
            item.guid,
            item.object_class,
            item.when_created,
            item.when_changed,
            item.usn_changed,
        )
