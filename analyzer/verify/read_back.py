"""Claims of a report and the dumps in, out whether every line of evidence still stands there."""

from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

from analyzer.dump.encoding import check_encoding
from analyzer.dump.read_options import ReadOptions
from analyzer.dump.read_paths import read_inputs
from analyzer.dump.reading import Reading
from analyzer.inventory import WANTED, DirectoryObject, build_inventory
from analyzer.proof import proof_of
from analyzer.report.phrases import count, place
from analyzer.results.records import EvidenceRecord, InputRecord
from analyzer.verify.claims import ClaimedEvidence, ClaimedInput, Claims
from analyzer.verify.verification import MOST_NAMED, Point, quote, unchecked
from analyzer.visible_text import visible


def read_back(claims: Claims, dumps: Sequence[Path]) -> Iterator[Point]:
    """Look up the evidence of a report in the dumps, which are told apart by their hashes."""
    given: set[str] = set()
    for dump in dumps:
        for reading in read_inputs([str(dump)], WANTED):
            source = reading.input
            # The same file may have been given twice, under two names.
            namesakes = [claimed for claimed in claims.inputs if claimed.sha256 == source.sha256]
            if not namesakes:
                yield _stranger(reading, claims.inputs)
                continue
            given.add(source.sha256)
            name = f"input {quote(namesakes[0].path)}"
            is_same_size = all(claimed.bytes == source.bytes for claimed in namesakes)
            yield Point(name, is_same_size, f"{source.bytes:,} bytes, SHA-256 {source.sha256}")
            as_claimed = _in_claimed_encoding(reading, namesakes[0], dump)
            yield from _evidence(claims, [claimed.path for claimed in namesakes], as_claimed)
    for claimed in claims.inputs:
        if claimed.sha256 not in given:
            yield unchecked(f"input {quote(claimed.path)}", "the file was not given")


def _stranger(reading: Reading, inputs: Iterable[InputRecord | ClaimedInput]) -> Point:
    source = reading.input
    name = Path(source.path).name
    namesake = next((claimed for claimed in inputs if Path(claimed.path).name == name), None)
    detail = f"SHA-256 {source.sha256} is that of no recorded input"
    if namesake is not None:
        detail = f"SHA-256 {source.sha256}; recorded for this name: {quote(namesake.sha256)}"
    return Point(f"input {quote(source.path)}", False, detail)


def _in_claimed_encoding(
    reading: Reading, claimed: InputRecord | ClaimedInput, dump: Path
) -> Reading:
    """Read again where the report was made with another encoding than the file suggests."""
    try:
        encoding = check_encoding(claimed.encoding)
    except LookupError:
        # Nobody can have read the file so; what the evidence says is then compared as it is.
        return reading
    if reading.input.encoding == encoding:
        return reading
    again = read_inputs([str(dump)], WANTED, ReadOptions(encoding=encoding))
    path = reading.input.path
    return next((other for other in again if other.input.path == path), reading)


def _evidence(claims: Claims, paths: Sequence[str], reading: Reading) -> Iterator[Point]:
    rows = [row for row in claims.evidence if row.file in paths]
    name = f"evidence in {quote(paths[0])}"
    if not rows:
        yield unchecked(name, "the report holds no evidence from this file")
        return
    objects = build_inventory([reading]).objects
    # A workbook shows the hidden characters of a DN as escapes.
    by_dn = {visible(each.dn): each for each in objects} | {each.dn: each for each in objects}
    wrong = [
        (row, difference)
        for row in rows
        if (difference := _difference(row, by_dn.get(row.dn), claims)) is not None
    ]
    good = len(rows) - len(wrong)
    detail = f"{good:,} of {count(len(rows), 'value')} read back as recorded"
    yield Point(name, not wrong, detail)
    for row, difference in wrong[:MOST_NAMED]:
        where = place(quote(row.file), row.line, row.last_line)
        yield Point(f"{quote(row.id)} {quote(row.attribute)}", False, f"{difference} ({where})")
    if len(wrong) > MOST_NAMED:
        yield Point(name, False, f"{len(wrong) - MOST_NAMED:,} more do not read back")


def _difference(
    row: EvidenceRecord | ClaimedEvidence, directory_object: DirectoryObject | None, claims: Claims
) -> str | None:
    """Return what is not as claimed, None when all is."""
    if directory_object is None:
        return "the object is not in the file"
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
