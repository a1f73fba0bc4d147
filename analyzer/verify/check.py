"""A report and the dumps in, what still holds out: versions, hashes, every line of evidence."""

import re
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

from analyzer.catalogue import load_catalogue
from analyzer.dump.read import read_inputs
from analyzer.dump.read_one import ReadOptions
from analyzer.dump.reading import Reading
from analyzer.inventory import WANTED, DirectoryObject, build_inventory
from analyzer.report.phrases import count, place
from analyzer.report.text import visible
from analyzer.results.document import input_manifest_sha256
from analyzer.verify.agreement import agreement
from analyzer.verify.outcome import MOST_NAMED, Check, Verification, quote, unchecked
from analyzer.verify.recorded import Recorded, RecordedInput, RecordedLine, read_recorded
from analyzer.version import __version__

__all__ = ["Check", "Verification", "verify_report"]

Lines = tuple[int | None, int | None]
"""First and last line; a snapshot has none."""


def verify_report(
    path: Path, inputs: Sequence[Path] = (), *, rules: Sequence[Path] = ()
) -> Verification:
    """Check a workbook or a JSON document of results.

    `inputs` are dumps, and for a workbook its JSON twin as well (`.json`); they are matched by
    their hash, whatever their name. `rules` are the folders of own rules the report was made with.

    Raises:
        ReadError: the report or one of the inputs cannot be read.
        CatalogueError: an own rule file is invalid.
    """
    recorded = read_recorded(path)
    twins = [item for item in inputs if item.suffix.lower() == ".json"]
    dumps = [item for item in inputs if item.suffix.lower() != ".json"]
    return Verification(
        (
            *_versions(recorded, rules),
            *_hashes(recorded, twins),
            *(agreement(recorded.results) if recorded.results else ()),
            *_read_back(recorded, dumps),
        )
    )


def _versions(recorded: Recorded, rules: Sequence[Path]) -> Iterator[Check]:
    same = recorded.tool_version == __version__
    yield Check(
        "program version",
        same,
        __version__
        if same
        else f"made by {quote(recorded.tool_version)}, this is {__version__}; results may differ",
    )
    catalogue = load_catalogue(rules)
    same = recorded.catalogue_sha256 == catalogue.sha256
    yield Check(
        "rule set",
        same,
        f"{catalogue.version}, SHA-256 {catalogue.sha256}"
        if same
        else f"made with {quote(recorded.catalogue_version)}, SHA-256"
        f" {quote(recorded.catalogue_sha256)}; here it is {catalogue.version},"
        f" {catalogue.sha256}; name the folders of own rules, if there were any",
    )


def _hashes(recorded: Recorded, twins: Sequence[Path]) -> Iterator[Check]:
    found = input_manifest_sha256(recorded.inputs)
    same = found == recorded.manifest_sha256
    # A file name with hidden characters stands in the sheet with escapes: it cannot be told.
    escaped = any(
        re.search(r"\\(x[0-9a-f]{2}|u[0-9a-f]{4})", item.path) for item in recorded.inputs
    )
    if same or not escaped:
        detail = found if same else f"recorded {quote(recorded.manifest_sha256)}, found {found}"
        yield Check("list of inputs", same, detail)
    else:
        yield unchecked("list of inputs", "a file name holds characters that are shown as escapes")
    if recorded.results is not None:
        yield Check("results", True, f"SHA-256 {recorded.results_sha256}")
    elif not twins:
        yield unchecked("results", f"SHA-256 {recorded.results_sha256}; JSON twin not given")
    for twin in twins:
        found = read_recorded(twin).results_sha256
        same = found == recorded.results_sha256
        detail = found if same else f"recorded {quote(recorded.results_sha256)}, found {found}"
        yield Check(f"results in {quote(str(twin))}", same, f"SHA-256 {detail}")


def _read_back(recorded: Recorded, dumps: Sequence[Path]) -> Iterator[Check]:
    seen: set[str] = set()
    for dump in dumps:
        for reading in read_inputs([str(dump)], WANTED):
            source = reading.input
            twins = [item for item in recorded.inputs if item.sha256 == source.sha256]
            if not twins:
                yield _stranger(reading, recorded.inputs)
                continue
            name = f"input {quote(twins[0].path)}"
            same = all(item.bytes == source.bytes for item in twins)
            yield Check(name, same, f"{source.bytes:,} bytes, SHA-256 {source.sha256}")
            seen.add(source.sha256)
            yield from _evidence(recorded, twins, _as_recorded(reading, twins[0], dump))
    for item in recorded.inputs:
        if item.sha256 not in seen:
            yield unchecked(f"input {quote(item.path)}", "the file was not given")


def _stranger(reading: Reading, inputs: Iterable[RecordedInput]) -> Check:
    source = reading.input
    name = Path(source.path).name
    namesake = next((item for item in inputs if Path(item.path).name == name), None)
    detail = f"SHA-256 {source.sha256} is that of no recorded input"
    if namesake is not None:
        detail = f"SHA-256 {source.sha256}; recorded for this name: {quote(namesake.sha256)}"
    return Check(f"input {quote(source.path)}", False, detail)


def _as_recorded(reading: Reading, recorded: RecordedInput, dump: Path) -> Reading:
    """Read again where the report was made with another encoding than the file suggests."""
    if reading.input.encoding == recorded.encoding:
        return reading
    again = read_inputs([str(dump)], WANTED, ReadOptions(encoding=recorded.encoding))
    return next((item for item in again if item.input.path == reading.input.path), reading)


def _evidence(
    recorded: Recorded, twins: Sequence[RecordedInput], reading: Reading
) -> Iterator[Check]:
    files = {item.path for item in twins}
    lines = [item for item in recorded.evidence if item.file in files]
    name = f"evidence in {quote(twins[0].path)}"
    if not lines:
        yield unchecked(name, "the report holds no evidence from this file")
        return
    found = build_inventory([reading]).objects
    # A workbook shows the hidden characters of a DN as escapes.
    objects = {visible(item.dn): item for item in found} | {item.dn: item for item in found}
    wrong = [
        (item, why)
        for item in lines
        if (why := _difference(item, objects.get(item.dn), recorded)) is not None
    ]
    good = len(lines) - len(wrong)
    detail = f"{good:,} of {count(len(lines), 'value')} read back as recorded"
    yield Check(name, not wrong, detail)
    for item, why in wrong[:MOST_NAMED]:
        where = place(quote(item.file), item.line, item.last_line)
        yield Check(f"{quote(item.id)} {quote(item.attribute)}", False, f"{why} ({where})")
    if len(wrong) > MOST_NAMED:
        yield Check(name, False, f"{len(wrong) - MOST_NAMED:,} more do not read back")


def _difference(line: RecordedLine, item: DirectoryObject | None, recorded: Recorded) -> str | None:
    """Return what is not as recorded, None when all is."""
    if item is None:
        return "the object is not in the file"
    now = item.entry.sha256
    if now != line.entry_sha256:
        return f"the entry has the SHA-256 {now}, recorded {quote(line.entry_sha256)}"
    setting, source = item.settings.get(line.attribute), item.entry.source
    raw = setting.raw if setting else item.dn if line.attribute == "distinguishedName" else None
    if not recorded.same(line.raw, raw or "", line.id):
        told = str(line.raw or "absent")
        return f"the value is {quote(raw or 'absent')}, recorded {quote(told)}"
    if setting is not None and setting.line is not None:
        place_now: Lines = setting.line, setting.last_line
        same = (line.line, line.last_line) == place_now
    else:
        # What is absent has no line of its own: any of the entry stands for it.
        place_now = source.line, source.last_line
        same = _within((line.line, line.last_line), place_now)
    return None if same else f"it stands at {place('line', *place_now)}"


def _within(lines: Lines, around: Lines) -> bool:
    (first, last), (start, end) = lines, around
    if first is None or last is None or start is None or end is None:
        return lines == around
    return start <= first <= last <= end
