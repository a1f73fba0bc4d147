"""An order in, its results written, and what became of it out: the work of one worker."""

import hashlib
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from functools import lru_cache
from pathlib import Path

from msgspec.structs import replace

from analyzer.catalogue import Catalogue, load_catalogue
from analyzer.catalogue.profile import apply_profile
from analyzer.changes.baselines import Baseline, kind_of_file, read_baseline
from analyzer.changes.compare_results import compare_results
from analyzer.crash_log import where
from analyzer.dump.hashing import CHUNK
from analyzer.dump.members import BROKEN, Member, find_members
from analyzer.dump.plain_errors import reason_of
from analyzer.dump.read_options import MAX_INPUT, MAX_RECORD, ReadOptions
from analyzer.dump.read_paths import read_inputs
from analyzer.dump.reading import Reading
from analyzer.errors import AnalyzerError, CatalogueError, ReadError
from analyzer.fleets.audit_order import AuditOrder, AuditOutcome
from analyzer.fleets.store_access import is_url
from analyzer.fleets.stores import OutputFolder, output_folder, stored_members
from analyzer.inventory import WANTED, build_inventory
from analyzer.judge.run import run_audit
from analyzer.report import Paper, render_as
from analyzer.report.moments import time_of
from analyzer.results.document import load_json
from analyzer.results.records import Results, WaiverRecord
from analyzer.results.results_digest import KeptAudit, read_digest
from analyzer.version import __version__
from analyzer.visible_text import shorten
from analyzer.waivers.waiver_file import load_waivers

RESULTS = "results.json"
_LONGEST_REASON = 300


def audit_one(order: AuditOrder) -> AuditOutcome:
    """Audit one dump, or keep the audit of an earlier run; a failure is an outcome, too."""
    try:
        return _audited(order)
    except AnalyzerError as error:
        reason = error.reason if isinstance(error, ReadError) else str(error)
        return AuditOutcome(order.label, shorten(reason, _LONGEST_REASON), hash_if_any(order))
    except MemoryError:
        raise
    except Exception as error:  # whatever was not foreseen is the end of one dump only
        return AuditOutcome(order.label, f"internal error ({where(error)})", hash_if_any(order))


def _audited(order: AuditOrder) -> AuditOutcome:
    judging = order.judging
    if judging.version != __version__:
        raise ReadError(order.path, f"this worker runs version {__version__} of the program")
    catalogue = _catalogue(judging.rules, judging.profile)
    if catalogue.sha256 != judging.catalogue_sha256:
        raise CatalogueError(" ".join(judging.rules), "the rules of this worker are others")
    folder = output_folder(order.folder)
    beside = _hash_beside(order.files_beside)
    if not judging.force and (kept := _kept(order, folder, beside)):
        _render_missing(order, folder, None)
        return AuditOutcome(order.label, sha256=kept, kept=True)
    results = _results_of(order, catalogue, beside)
    # The results come last: what is there when a run is stopped and started again is complete.
    _render_missing(order, folder, results)
    folder.write(f"{order.label}/{RESULTS}", render_as(".json", results))
    return AuditOutcome(order.label, sha256=results.inputs[0].sha256)


@lru_cache(maxsize=4)
def _catalogue(folders: tuple[str, ...], profile: str) -> Catalogue:
    catalogue = load_catalogue([Path(folder) for folder in folders])
    return apply_profile(catalogue, profile) if profile else catalogue


def _hash_beside(files: Sequence[str]) -> str:
    """Return one hash of some files, empty where there are none.

    Raises:
        ReadError: one cannot be read.
    """
    if not files:
        return ""
    digest = hashlib.sha256()
    for name in files:
        try:
            with Path(name).open("rb") as stream:
                digest.update(hashlib.file_digest(stream, "sha256").digest())
        except OSError as error:
            raise ReadError(name, f"{name}: {reason_of(error)}") from error
    return digest.hexdigest()


def _results_of(order: AuditOrder, catalogue: Catalogue, beside: str) -> Results:
    now = datetime.now(UTC)
    waivers = load_waivers(order.all_waivers, catalogue)
    results = _judged(order, _read(order), catalogue, waivers, now)
    if order.baseline:
        old = _baseline(order, catalogue)
        results = compare_results(old, Baseline(results, "dump"), catalogue)
    return replace(results, run=replace(results.run, beside_sha256=beside))


def _judged(
    order: AuditOrder,
    readings: Sequence[Reading],
    catalogue: Catalogue,
    waivers: Sequence[WaiverRecord],
    started: datetime,
) -> Results:
    judging = order.judging
    return run_audit(
        build_inventory(readings),
        inputs=[reading.input for reading in readings],
        unreadable=[record for reading in readings for record in reading.unreadable],
        catalogue=catalogue,
        small_business_server=judging.small_business_server,
        gateway=judging.gateway,
        frameworks=judging.frameworks,
        waivers=waivers,
        as_of=_day(order, started),
        arguments=order.arguments(),
        started=started,
        version=__version__,
    )


def _day(order: AuditOrder, started: datetime) -> str:
    """Return the day that decides what has expired; without waivers only one that was named."""
    return order.judging.as_of or (started.date().isoformat() if order.all_waivers else "")


def _baseline(order: AuditOrder, catalogue: Catalogue) -> Baseline:
    """Return the results of last time; those of a dump by the rules and options of now."""
    file = Path(order.baseline)
    if kind_of_file(file) != "dump":
        return read_baseline(file)
    readings = read_inputs([order.baseline], WANTED, _options(order))
    # What it shows is as old as its files.
    started = time_of([reading.input for reading in readings])
    return Baseline(_judged(order, readings, catalogue, (), started), "dump")


def _options(order: AuditOrder) -> ReadOptions:
    judging = order.judging
    return ReadOptions(
        encoding=judging.encoding,
        parse_all=judging.parse_all,
        max_record=judging.max_record or MAX_RECORD,
        max_input=judging.max_input or MAX_INPUT,
        jobs=1,  # the fleet has a process for each core already
    )


def _read(order: AuditOrder) -> Sequence[Reading]:
    options = _options(order)
    if _archive_of(order.path) or is_url(order.path):
        # The members of an archive are open only until the next one is asked for.
        for member in _members(order):
            return read_inputs([replace(member, named=True)], WANTED, options)
        raise ReadError(order.path, "the archive has no such member any more")
    return read_inputs(order.paths, WANTED, options)


def _members(order: AuditOrder) -> Iterator[Member]:
    """Yield the streams of an order, one or several parts."""
    for path in order.paths:
        whole = _archive_of(path) or path
        members = stored_members(whole) if is_url(whole) else find_members([whole])
        yield from (member for member in members if member.path == path)


def _archive_of(path: str) -> str:
    """Return the archive that a path leads into, empty when it leads to a file."""
    if is_url(path):
        return path.partition("!")[0] if "!" in path else ""
    if Path(path).exists():
        return ""
    ends = (at for at, character in enumerate(path) if character == "!")
    return next((path[:at] for at in ends if Path(path[:at]).is_file()), "")


def _kept(order: AuditOrder, folder: OutputFolder, beside: str) -> str:
    """Return the hash of the dump if its results of an earlier run hold; empty otherwise."""
    data = folder.read(f"{order.label}/{RESULTS}")
    if data is None:
        return ""
    try:
        earlier = read_digest(data, KeptAudit, order.label)
    except ReadError:
        return ""
    judging = order.judging
    made_by = (earlier.tool.version, earlier.tool.catalogue_sha256, earlier.run.arguments)
    if made_by != (judging.version, judging.catalogue_sha256, order.arguments()):
        return ""
    # Waivers that held yesterday may have expired.
    if (earlier.run.beside_sha256, earlier.run.as_of) != (beside, _day(order, datetime.now(UTC))):
        return ""
    hashes = tuple(source.sha256 for source in earlier.inputs)
    return hashes[0] if hashes == _hashes(order) else ""


def _hashes(order: AuditOrder) -> tuple[str, ...]:
    return tuple(_hash(member) for member in _members(order))


def _hash(member: Member) -> str:
    """Return the hash of a file as stored, empty where it cannot be read."""
    if member.refused:
        return ""
    digest = hashlib.sha256()
    try:
        with member.open() as stream:
            while chunk := stream.read(CHUNK):
                digest.update(chunk)
    except (ReadError, *BROKEN):
        return ""
    return digest.hexdigest()


def hash_if_any(order: AuditOrder) -> str:
    """Return the hash of a dump that failed; no archive is unpacked for it."""
    if _archive_of(order.path):
        return ""
    try:
        return next(iter(_hashes(order)), "")
    except Exception:  # the dump failed for a better reason
        return ""


def _render_missing(order: AuditOrder, folder: OutputFolder, results: Results | None) -> None:
    """Write the further reports of an audit; of one that was kept, those that are not there."""
    paper = Paper(client=order.client)
    for form in order.judging.each:
        name = f"{order.label}/report.{form}"
        if results is not None:
            folder.write(name, render_as(f".{form}", results, paper=paper))
        elif not folder.has(name):
            loaded = load_json(folder.read(f"{order.label}/{RESULTS}") or b"", order.label)
            folder.write(name, render_as(f".{form}", loaded, paper=paper))
