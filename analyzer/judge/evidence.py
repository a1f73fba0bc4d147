"""Findings and passed relay checks in, the rows of evidence they rest on out."""

from collections.abc import Iterable, Sequence

from analyzer.directory.values import State
from analyzer.judge.subject import Failure, Subject
from analyzer.relay.judges import JUDGES
from analyzer.results.records import EvidenceRecord

Key = tuple[str, str]
"""DN of an object and name of its attribute."""


def number_evidence(
    failures: Sequence[Failure], subjects: Iterable[Subject]
) -> tuple[dict[Key, str], tuple[EvidenceRecord, ...]]:
    """Return the number of each row by object and attribute, and the rows.

    One row for each attribute that findings rest on, in the order of the findings, then the
    attributes that the relay verdicts rest on.
    """
    by_key: dict[Key, list[str]] = {}
    owners: dict[str, Subject] = {}
    for failure in failures:
        subject, attribute = failure.subject, failure.attribute
        owners[subject.object.dn] = subject
        by_key.setdefault((subject.object.dn, attribute), []).append(failure.finding_id)
    for subject in subjects:
        if subject.object.kind.is_listener:
            owners[subject.object.dn] = subject
            for attribute in JUDGES[subject.object.kind].evidence:
                by_key.setdefault((subject.object.dn, attribute), [])
    ids = {key: f"E-{position:04}" for position, key in enumerate(by_key, start=1)}
    rows = tuple(
        _row(ids[key], owners[key[0]], key[1], tuple(findings)) for key, findings in by_key.items()
    )
    return ids, rows


def _row(
    row_id: str, subject: Subject, attribute: str, findings: tuple[str, ...]
) -> EvidenceRecord:
    item, source = subject.object, subject.object.entry.source
    setting = item.settings.get(attribute)
    stands = setting is not None and setting.line is not None
    is_name = attribute == "distinguishedName"
    name = item.dn if is_name else None
    return EvidenceRecord(
        id=row_id,
        findings=findings,
        dn=item.dn,
        guid=item.guid,
        object_class=item.object_class,
        attribute=attribute,
        state=setting.state if setting else (State.SET if is_name else State.NOT_SET),
        raw=setting.raw if setting else name,
        text=setting.text if setting else name or "none",
        notation=str(setting.notation) if setting and setting.notation else "",
        file=source.file,
        line=setting.line if setting and stands else source.line,
        last_line=setting.last_line if setting and stands else source.last_line,
        entry_sha256=item.entry.sha256,
        when_created=item.settings["whenCreated"].text if _is_set(subject, "whenCreated") else "",
        when_changed=item.settings["whenChanged"].text if _is_set(subject, "whenChanged") else "",
        usn_changed=item.settings["uSNChanged"].text if _is_set(subject, "uSNChanged") else "",
        offset=source.offset,
    )


def _is_set(subject: Subject, attribute: str) -> bool:
    return subject.object.settings[attribute].value is not None
