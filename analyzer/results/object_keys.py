"""Results in, the keys that tell their objects apart out: DNs, and objectGUIDs where they collide.

Objects of several objectGUIDs are different ones whatever their DNs: of names that lost letters to
`?` two may be the same, and a server that was set up again has the DN of the first one.
"""

from collections import Counter
from collections.abc import Iterator, Sequence

from analyzer.directory.values import State
from analyzer.results.records import DescribedObject, EvidenceRecord, FindingRecord, Results

ObjectKey = str | tuple[str, str]
"""The DN of an object; where other objects have it too, with the objectGUID, empty if unknown."""


class ObjectKeys:
    """Tells the objects of results apart, whichever record speaks of them."""

    def __init__(self, results: Results) -> None:
        """Take the results."""
        seen: set[str] = set()
        shared: set[str] = set()
        described = results.described
        for record in described:
            (shared if record.dn in seen else seen).add(record.dn)
        self._shared = shared
        # Hardly any dump has such DNs, and then nothing more has to be known.
        self._guids: dict[str, str] = {}
        self._namesakes: dict[str, list[ObjectKey]] = {}
        if shared:
            self._guids = {row.id: row.guid or "" for row in results.evidence if row.dn in shared}
            for record in described:
                if record.dn in shared:
                    self._namesakes.setdefault(record.dn, []).append(self.of_record(record))

    def of_record(self, record: DescribedObject) -> ObjectKey:
        """Return the key of an object by its record."""
        dn = record.dn
        return (dn, guid_of_record(record)) if dn in self._shared else dn

    def of_evidence(self, row: EvidenceRecord) -> ObjectKey:
        """Return the key of the object that a row of evidence is of."""
        return (row.dn, row.guid or "") if row.dn in self._shared else row.dn

    def of_finding(self, finding: FindingRecord) -> ObjectKey:
        """Return the key of the object that a finding is about, by its row of evidence."""
        dn = finding.dn
        return (dn, self._guids.get(finding.evidence_id, "")) if dn in self._shared else dn

    def at(self, dn: str) -> Sequence[ObjectKey]:
        """Return the keys of all objects of a DN, for what names them by that alone."""
        return self._namesakes[dn] if dn in self._shared else (dn,)

    def held_by(self, finding: FindingRecord) -> Iterator[tuple[ObjectKey, bool]]:
        """Yield the objects that a finding holds for, and whether it does so for certain.

        A finding on an organisation names them by their DNs alone.
        """
        if not finding.objects:
            yield self.of_finding(finding), True
            return
        if self._shared.isdisjoint(finding.objects):
            yield from ((dn, True) for dn in finding.objects)
            return
        for dn, number in Counter(finding.objects).items():
            namesakes = self.at(dn)
            yield from ((key, number >= len(namesakes)) for key in namesakes)


def title_of(key: ObjectKey) -> str:
    """Return what tells an object from the others of its DN; empty where it is the only one."""
    return "" if isinstance(key, str) else f"objectGUID {key[1] or 'not known'}"


def guid_of_record(record: DescribedObject) -> str:
    """Return the objectGUID of an object; empty where it is not known."""
    own: str | None = getattr(record, "guid", None)
    if own:
        return own
    setting = record.settings.get("objectGUID")
    return setting.text if setting is not None and setting.state is State.SET else ""
