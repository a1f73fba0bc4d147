"""Results in, the table of evidence out: each value with the lines it was read from."""

from collections.abc import Iterator, Sequence

from analyzer.report.phrases import count, line_or_byte
from analyzer.report.section import Column, ColumnGroup, ColumnKind, Link, Row, Section
from analyzer.report.wording import SETTING_STATE
from analyzer.results.object_keys import ObjectKey, ObjectKeys
from analyzer.results.records import EvidenceRecord, Results

TITLE = "Evidence"
RELAY_ATTRIBUTES = (
    "msexchsmtprelayiplist",
    "msexchsmtprelayforauth",
    "ntsecuritydescriptor",
    "msexchsmtpreceiveremoteipranges",
    "msexchsmtpreceiveinboundsecurityflag",
    "msexchsmtpreceiveenabled",
)
"""What a relay verdict rests on, the one that says most of each kind of listener first."""

COLUMNS = (
    Column("Evidence ID", 12),
    Column("Finding", 12),
    Column("More findings", 12),
    Column("Object DN", 48),
    Column("Attribute", 27),
    Column("Present?", 13),
    Column("Raw value(s)", 32),
    Column("Decoded", 28),
    Column("Encoding in file", 11),
    Column("File", 22),
    Column("Line from", 9, ColumnKind.NUMBER),
    Column("Line to", 9, ColumnKind.NUMBER),
    Column("Entry SHA-256", 34),
    Column("objectGUID", 36, group=ColumnGroup.DETAIL),
    Column("objectClass", 26, group=ColumnGroup.DETAIL),
    Column("whenCreated", 16, ColumnKind.TIME, ColumnGroup.DETAIL),
    Column("whenChanged", 16, ColumnKind.TIME, ColumnGroup.DETAIL),
    Column("uSNChanged", 14, group=ColumnGroup.DETAIL),
)


def sections(results: Results, scope: str) -> tuple[Section, ...]:
    """Return the evidence of the wanted scope: `findings`, `all` or `none`."""
    if scope == "none":
        return ()
    records = [
        evidence for evidence in results.evidence if scope == "all" or _is_rested_on(evidence)
    ]
    intro = (
        f"{count(len(records), 'value')} that the report rests on, with the file and the lines to"
        " read them again. The hash is that of the whole entry as it stands in the file."
    )
    return (
        Section(
            key="evidence",
            title=TITLE,
            intro=intro,
            columns=COLUMNS,
            rows=lambda: _rows(records),
            count=len(records),
            table="tblEvidence",
            empty="No evidence",
            anchors=tuple(evidence.id for evidence in records),
        ),
    )


def relay_evidence(results: Results, keys: ObjectKeys) -> dict[tuple[ObjectKey, str], str]:
    """Map an object and an attribute of `RELAY_ATTRIBUTES` to the ID of its evidence."""
    return {
        (keys.of_evidence(evidence), attribute): evidence.id
        for evidence in results.evidence
        if (attribute := evidence.attribute.lower()) in RELAY_ATTRIBUTES
    }


def _is_rested_on(evidence: EvidenceRecord) -> bool:
    """Tell whether a finding, or a relay verdict that is none, rests on the value."""
    return bool(evidence.findings) or evidence.attribute.lower() in RELAY_ATTRIBUTES


def _rows(records: Sequence[EvidenceRecord]) -> Iterator[Row]:
    for evidence in records:
        # A cell of a spreadsheet is one link at most.
        first, *others = evidence.findings or (None,)
        yield (
            evidence.id,
            Link(first, "findings", first) if first else None,
            Link("\n".join(others), "findings", others[0]) if others else None,
            evidence.dn,
            evidence.attribute,
            "Yes" if evidence.state == "set" else SETTING_STATE.get(evidence.state, evidence.state),
            evidence.raw,
            evidence.text,
            evidence.notation,
            evidence.file,
            line_or_byte(evidence.line, evidence.offset),
            evidence.last_line,
            evidence.entry_sha256,
            evidence.guid,
            evidence.object_class,
            evidence.when_created,
            evidence.when_changed,
            evidence.usn_changed,
        )
