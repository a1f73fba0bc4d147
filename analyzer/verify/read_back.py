"""Claims of a report and the dumps in, out whether every line of evidence still stands there."""

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from pathlib import Path

from analyzer.dump.encoding import check_encoding
from analyzer.dump.read_options import ReadOptions
from analyzer.dump.read_paths import read_inputs
from analyzer.dump.reading import Reading
from analyzer.dump.split_parts import parts_together
from analyzer.errors import ReadError
from analyzer.inventory import WANTED, DirectoryObject, build_inventory
from analyzer.proof import proof_of
from analyzer.report.phrases import count, place
from analyzer.results.records import EvidenceRecord, InputRecord
from analyzer.verify.claims import ClaimedEvidence, ClaimedInput, Claims
from analyzer.verify.verification import MOST_NAMED, Point, quote, unchecked
from analyzer.visible_text import visible

_NOT_THERE = "the object is not in the file"

_Namesakes = Mapping[str, Mapping[str, Sequence[DirectoryObject]]]
"""The objects of each DN that several have, by objectGUID, empty where it is not known."""


def read_back(claims: Claims, dumps: Sequence[Path]) -> Iterator[Point]:
    """Look up the evidence of a report in the dumps, which are told apart by their hashes."""
    by_hash: dict[str, list[InputRecord | ClaimedInput]] = defaultdict(list)
    by_name: dict[str, InputRecord | ClaimedInput] = {}
    for claimed in claims.inputs:
        # The same file may have been given twice, under two names.
        by_hash[claimed.sha256].append(claimed)
        by_name.setdefault(Path(claimed.path).name, claimed)
    by_file: dict[str, list[EvidenceRecord | ClaimedEvidence]] = defaultdict(list)
    for row in claims.evidence:
        by_file[row.file].append(row)
    given: set[str] = set()
    for paths_of_dump in parts_together([str(dump) for dump in dumps]):
        again = _ReadAgain(paths_of_dump)
        for reading in read_inputs(paths_of_dump, WANTED):
            source = reading.input
            namesakes = by_hash.get(source.sha256, [])
            if not namesakes:
                yield _stranger(reading, by_name.get(Path(source.path).name))
                continue
            given.add(source.sha256)
            name = f"input {quote(namesakes[0].path)}"
            is_same_size = all(claimed.bytes == source.bytes for claimed in namesakes)
            yield Point(name, is_same_size, f"{source.bytes:,} bytes, SHA-256 {source.sha256}")
            paths = dict.fromkeys(claimed.path for claimed in namesakes)
            rows = [row for path in paths for row in by_file.get(path, [])]
            yield from _in_claimed_encoding(claims, namesakes[0], rows, reading, again)
    missing = [claimed for claimed in claims.inputs if claimed.sha256 not in given]
    for claimed in missing[:MOST_NAMED]:
        yield unchecked(f"input {quote(claimed.path)}", "the file was not given")
    if len(missing) > MOST_NAMED:
        yield unchecked(f"{len(missing) - MOST_NAMED:,} more inputs", "the files were not given")


class _ReadAgain:
    """The readings of a dump in other encodings than it suggests, each read once."""

    def __init__(self, paths: Sequence[str]) -> None:
        self._paths = paths
        self._readings: dict[str, dict[str, Reading]] = {}

    def in_encoding(self, encoding: str, path: str) -> Reading | None:
        """Return the reading of one input, None where it is no dump in that encoding."""
        if encoding not in self._readings:
            self._readings[encoding] = {}
            with suppress(ReadError):
                options = ReadOptions(encoding=encoding)
                for reading in read_inputs(self._paths, WANTED, options):
                    self._readings[encoding][reading.input.path] = reading
        return self._readings[encoding].get(path)


def _stranger(reading: Reading, namesake: InputRecord | ClaimedInput | None) -> Point:
    source = reading.input
    detail = f"SHA-256 {source.sha256} is that of no recorded input"
    if namesake is not None:
        detail = f"SHA-256 {source.sha256}; recorded for this name: {quote(namesake.sha256)}"
    return Point(f"input {quote(source.path)}", False, detail)


def _in_claimed_encoding(
    claims: Claims,
    claimed: InputRecord | ClaimedInput,
    rows: Sequence[EvidenceRecord | ClaimedEvidence],
    reading: Reading,
    again: _ReadAgain,
) -> Iterator[Point]:
    """Check the evidence in the encoding that the report names, if the file can be read in it.

    Where it cannot, or more reads back without it, the report is wrong about the encoding: that is
    told, and the evidence is checked in the encoding that the file suggests.
    """
    suggested = reading.input.encoding
    differences = _differences(claims, rows, reading)
    reason = ""
    try:
        encoding = check_encoding(claimed.encoding)
    except LookupError:
        reason = f"recorded {quote(claimed.encoding)}, which is no encoding of text files"
    else:
        other: Reading | None = reading
        if encoding != suggested:
            other = again.in_encoding(encoding, reading.input.path)
        in_claimed = None if other is None else _differences(claims, rows, other)
        if in_claimed is None:
            reason = f"recorded {encoding}, in which the file is no dump"
        elif len(differences) < len(in_claimed):
            reason = f"recorded {encoding}, in which less of the evidence reads back"
        else:
            differences = in_claimed
    if reason:
        yield Point(f"encoding of {quote(claimed.path)}", False, f"{reason}; it is {suggested}")
    yield from _evidence(claimed.path, rows, differences)


_Differences = Sequence[tuple[EvidenceRecord | ClaimedEvidence, str]]
"""The rows that do not read back, each with what is not as claimed."""


def _differences(
    claims: Claims, rows: Sequence[EvidenceRecord | ClaimedEvidence], reading: Reading
) -> _Differences:
    objects = build_inventory([reading]).objects
    # A workbook shows the hidden characters of a DN as escapes.
    by_dn = {visible(each.dn): each for each in objects} | {each.dn: each for each in objects}
    namesakes = _namesakes(objects)
    return [
        (row, difference)
        for row in rows
        if (difference := _least_difference(row, _meant(row, by_dn, namesakes), claims)) is not None
    ]


def _namesakes(objects: Sequence[DirectoryObject]) -> _Namesakes:
    numbers = Counter(each.dn for each in objects)
    found: dict[str, dict[str, list[DirectoryObject]]] = {}
    for each in objects:
        if numbers[each.dn] > 1:
            for dn in {each.dn, visible(each.dn)}:
                found.setdefault(dn, {}).setdefault(each.guid or "", []).append(each)
    return found


def _meant(
    row: EvidenceRecord | ClaimedEvidence,
    by_dn: Mapping[str, DirectoryObject],
    namesakes: _Namesakes,
) -> Sequence[DirectoryObject]:
    """Return the objects that a row may be about: of several of its DN those of its objectGUID."""
    if row.dn in namesakes:
        return namesakes[row.dn].get(row.guid or "", ())
    only = by_dn.get(row.dn)
    return () if only is None or _is_another(only, row.guid) else (only,)


def _is_another(directory_object: DirectoryObject, guid: str | None) -> bool:
    """Tell whether an object is not the one of a GUID; one of the two may not be known."""
    return bool(guid and directory_object.guid and guid != directory_object.guid)


def _least_difference(
    row: EvidenceRecord | ClaimedEvidence, candidates: Sequence[DirectoryObject], claims: Claims
) -> str | None:
    """Return what is not as claimed on the first of the objects, None when all is on any."""
    difference: str | None = _NOT_THERE
    for at, each in enumerate(candidates):
        found = _difference(row, each, claims)
        if found is None:
            return None
        difference = found if at == 0 else difference
    return difference


def _evidence(
    path: str, rows: Sequence[EvidenceRecord | ClaimedEvidence], wrong: _Differences
) -> Iterator[Point]:
    name = f"evidence in {quote(path)}"
    if not rows:
        yield unchecked(name, "the report holds no evidence from this file")
        return
    good = len(rows) - len(wrong)
    detail = f"{good:,} of {count(len(rows), 'value')} read back as recorded"
    yield Point(name, not wrong, detail)
    for row, difference in wrong[:MOST_NAMED]:
        where = place(quote(row.file), row.line, row.last_line)
        yield Point(f"{quote(row.id)} {quote(row.attribute)}", False, f"{difference} ({where})")
    if len(wrong) > MOST_NAMED:
        yield Point(name, False, f"{len(wrong) - MOST_NAMED:,} more do not read back")


def _difference(
    row: EvidenceRecord | ClaimedEvidence, directory_object: DirectoryObject, claims: Claims
) -> str | None:
    """Return what is not as claimed, None when all is."""
    proof = proof_of(directory_object, row.attribute)
    if proof.entry_sha256 != row.entry_sha256:
        claimed = quote(row.entry_sha256)
        return f"the entry has the SHA-256 {proof.entry_sha256}, recorded {claimed}"
    if not claims.has_text(row.raw, proof.raw or "", row.id):
        claimed = quote(str(row.raw or "absent"))
        return f"the value is {quote(proof.raw or 'absent')}, recorded {claimed}"
    if not proof.is_at(row.line, row.last_line):
        return f"it stands at {place('line', proof.line, proof.last_line)}"
    return None
