"""Findings and passed relay checks in, the rows of evidence they rest on out."""

from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

from analyzer.directory.values import Setting, State
from analyzer.inventory import DirectoryObject
from analyzer.judge.causes import Cause
from analyzer.judge.subject import Subject
from analyzer.proof import proof_of
from analyzer.relay.judges import JUDGES
from analyzer.results.records import EvidenceRecord

Key = tuple[int, str]
"""An object by its identity, and the name of its attribute: two objects may have one DN."""


class _Dates(NamedTuple):
    """When an object was made and last changed, as its directory says."""

    created: str
    changed: str
    usn_changed: str


def number_evidence(
    causes: Sequence[Cause], subjects: Iterable[Subject]
) -> Mapping[Key, EvidenceRecord]:
    """Return the rows by object and attribute, numbered in their order.

    One row for each attribute that findings rest on, in the order of the findings, then the
    attributes that the relay verdicts rest on.
    """
    findings: dict[Key, tuple[str, ...]] = {}
    objects: dict[int, DirectoryObject] = {}
    for cause in causes:
        finding_id = cause.finding_id
        for failure in cause.failures:
            failing = failure.subject.object
            objects[id(failing)] = failing
            key = id(failing), failure.attribute
            rests_on_it = findings.get(key, ())
            if finding_id not in rests_on_it:
                findings[key] = (*rests_on_it, finding_id)
    for subject in subjects:
        listener = subject.object
        if listener.kind.is_listener:
            objects[id(listener)] = listener
            for attribute in JUDGES[listener.kind].evidence:
                findings.setdefault((id(listener), attribute), ())
    dates = {key: _dates_of(each) for key, each in objects.items()}
    return {
        (key, attribute): _row(f"E-{number:04}", objects[key], attribute, finding_ids, dates[key])
        for number, ((key, attribute), finding_ids) in enumerate(findings.items(), start=1)
    }


def _row(
    row_id: str,
    directory_object: DirectoryObject,
    attribute: str,
    finding_ids: tuple[str, ...],
    dates: _Dates,
) -> EvidenceRecord:
    proof = proof_of(directory_object, attribute)
    if proof.setting is not None:
        state, text = proof.setting.state, proof.setting.text
    else:
        state = State.NOT_SET if proof.raw is None else State.SET
        text = proof.raw or "none"
    return EvidenceRecord(
        id=row_id,
        findings=finding_ids,
        dn=directory_object.dn,
        guid=directory_object.guid,
        object_class=directory_object.object_class,
        attribute=attribute,
        state=state,
        raw=proof.raw,
        text=text,
        notation=str(proof.notation or ""),
        file=proof.file,
        line=proof.line,
        last_line=proof.last_line,
        entry_sha256=proof.entry_sha256,
        when_created=dates.created,
        when_changed=dates.changed,
        usn_changed=dates.usn_changed,
        offset=proof.offset,
    )


def _dates_of(directory_object: DirectoryObject) -> _Dates:
    settings = directory_object.settings
    return _Dates(*(_text(settings[name]) for name in ("whenCreated", "whenChanged", "uSNChanged")))


def _text(setting: Setting) -> str:
    return setting.text if setting.value is not None else ""
