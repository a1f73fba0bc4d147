"""Any bytes in, nothing out: what may not raise, one function for each reader and decoder.

A target returns when the bytes were handled as they should be: read, reported, or refused by an
error of the analyzer. Whatever else comes out of it is a find; its input goes to
tests/hostile/finds/NAME, where the tests read it again.
"""

import functools
import tempfile
from collections.abc import Callable, Iterable
from contextlib import suppress
from pathlib import Path

import analyzer
from analyzer import AnalyzerError, CatalogueError, ReadError, ReadOptions
from analyzer.catalogue.loader import check_folder
from analyzer.directory.address_list import decode_address_list
from analyzer.directory.bindings import parse_binding
from analyzer.directory.kinds import KINDS
from analyzer.directory.names import normalise_dn, parse_names
from analyzer.directory.security_descriptor import decode_security_descriptor, describe
from analyzer.directory.values import decode
from analyzer.dump.csv.csv_events import read_csv
from analyzer.dump.detect import Detected, detect
from analyzer.dump.distinguished_names import is_dn
from analyzer.dump.encoding import fallback
from analyzer.dump.entry import Attribute, Notation
from analyzer.dump.events import Event
from analyzer.dump.ldif.ldif_events import read_ldif
from analyzer.dump.opened import Opened
from analyzer.dump.read_options import Plan
from analyzer.dump.tally import Tally
from analyzer.inventory import WANTED
from analyzer.judge.rule_records import rule_record
from analyzer.report import FORMATS, write_reports
from analyzer.report.paper import read_logo
from analyzer.results.document import load_json
from analyzer.results.records import Results
from analyzer.reviewed.accepted_risks import FURTHER, accepted_risks
from analyzer.reviewed.reviewed_workbook import read_review
from analyzer.settings import merge
from analyzer.terminal.audit_summary import summary, written_line
from analyzer.verify.report_check import verify_report
from analyzer.waivers.waiving import apply_waivers
from fuzz.snapshot_target import snapshot

LIMIT = 1 << 16
DUMP = Path(__file__).parents[1] / "samples" / "quirks" / "mixed-line-ends.ldif"
"""The dump that the seeds of results and of workbooks were made from."""
_LDIF = Detected("ldif", "other", "utf-8", 0)
_CSV = b"DN,objectClass,cn,msExchSmtpRelayIpList\n"


def ldif(data: bytes) -> None:
    """Read LDIF whole, in chunks and by the scan; all three agree."""
    _read_alike(read_ldif, data, _LDIF)


def csv(data: bytes) -> None:
    """Read rows of CSV whole, in chunks and by the scan; all three agree."""
    _read_alike(read_csv, _CSV + data, detect("f", _CSV))


def dump(data: bytes) -> None:
    """Detect, read and judge a file of any bytes."""
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder, "dump")
        file.write_bytes(data)
        try:
            found = analyzer.read_dump(file, options=ReadOptions(max_record=LIMIT))
            analyzer.audit(found)
            for _ in found.entries:
                pass
        except AnalyzerError as error:
            check_message(error)


def archive(data: bytes) -> None:
    """Open any bytes as a zip archive and as a gzip file."""
    with tempfile.TemporaryDirectory() as folder:
        for magic in (b"PK\3\4", b"\x1f\x8b\x08"):
            file = Path(folder, "dump")
            file.write_bytes(magic + data[len(magic) :])
            try:
                found = analyzer.read_dump(file, options=ReadOptions(max_record=LIMIT))
                assert found.inputs
            except AnalyzerError as error:
                check_message(error)


def address_list(data: bytes) -> None:
    """Decode a relay or connection-control list."""
    with suppress(ValueError):
        decode_address_list(data)


def security_descriptor(data: bytes) -> None:
    """Decode a security descriptor and put it into words."""
    with suppress(ValueError):
        describe(decode_security_descriptor(data))


def names(data: bytes) -> None:
    """Take a DN apart."""
    text = data.decode("utf-8", "replace")
    parse_names(text)
    if is_dn(text):
        assert normalise_dn(normalise_dn(text)) == normalise_dn(text)


def values(data: bytes) -> None:
    """Decode a value by every syntax there is."""
    attribute = Attribute("x", tuple(data.split(b"\n")), 1, 1, Notation.PLAIN)
    for row in {row.syntax: row for kind in KINDS for row in kind.attributes}.values():
        decode(row, attribute, exported=True)
    parse_binding(data.decode("utf-8", "replace"))


def rules(data: bytes) -> None:
    """Load a rule file of any bytes, and put its rules into words."""
    with tempfile.TemporaryDirectory() as folder:
        Path(folder, "rules.toml").write_bytes(data)
        try:
            for rule in check_folder(Path(folder)):
                rule_record(rule)
        except CatalogueError as error:
            check_message(error)


def settings(data: bytes) -> None:
    """Merge a settings file of any bytes."""
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder, "settings.toml")
        file.write_bytes(data)
        try:
            for _ in merge({}, {}, file).rows():
                pass
        except CatalogueError as error:
            check_message(error)


def waivers(data: bytes) -> None:
    """Load a file of waivers of any bytes, and apply them to findings."""
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder, "waivers.toml")
        file.write_bytes(data)
        try:
            loaded = analyzer.load_waivers([file], analyzer.load_catalogue())
        except CatalogueError as error:
            check_message(error)
            return
    applied = apply_waivers(_audited(), loaded, day="2026-11-24")
    assert applied.checks == _audited().checks
    assert len(applied.waivers) == len(loaded)


def profile(data: bytes) -> None:
    """Change the rules by a profile of any bytes, and put them into words."""
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder, "profile.toml")
        file.write_bytes(data)
        try:
            changed = analyzer.apply_profile(analyzer.load_catalogue(), file)
        except CatalogueError as error:
            check_message(error)
            return
    for rule in changed.rules:
        rule_record(rule)


def results(data: bytes) -> None:
    """Load results of any bytes, render them in every format, tell of them and verify them."""
    try:
        loaded = load_json(data)
    except ReadError as error:
        check_message(error)
        return
    for _ in summary(loaded, everything=True):
        pass
    written_line(loaded, ("out.json",))
    with tempfile.TemporaryDirectory() as folder:
        outputs = [Path(folder, f"out{suffix}") for suffix in FORMATS]
        write_reports(loaded, outputs, evidence="all", reproducible=True)
        assert load_json(Path(folder, "out.json").read_bytes()) == loaded
        for suffix in (".json", ".xlsx"):
            verify_report(Path(folder, f"out{suffix}"), [DUMP])


def workbook(data: bytes) -> None:
    """Verify a workbook of any bytes, and carry over what reviewers entered in it."""
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder, "report.xlsx")
        file.write_bytes(data)
        try:
            verify_report(file)
        except ReadError as error:
            check_message(error)
        try:
            review = read_review(file, FURTHER)
        except ReadError as error:
            check_message(error)
            return
        write_reports(_audited(), [Path(folder, "next.xlsx")], review=review)
        file.write_text("\n".join(accepted_risks(review)), encoding="utf-8")
        waivers(file.read_bytes())


@functools.cache
def _audited() -> Results:
    return analyzer.audit(analyzer.read_dump(DUMP))


def logo(data: bytes) -> None:
    """Read a logo of any bytes."""
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder, "logo")
        file.write_bytes(data)
        try:
            read_logo(file)
        except ReadError as error:
            check_message(error)


def check_message(error: AnalyzerError) -> None:
    """Check that an error is one line."""
    assert len(str(error).splitlines()) == 1


TARGETS: dict[str, Callable[[bytes], None]] = {
    target.__name__: target
    for target in (
        *(ldif, csv, snapshot, dump, archive, address_list, security_descriptor, names, values),
        *(rules, settings, waivers, profile, results, workbook, logo),
    )
}


def _read_alike(
    read: Callable[[Opened, Plan], Iterable[Event]], data: bytes, detected: Detected
) -> None:
    whole = len(data) or 1
    first, *others = (
        _shape(read, data, detected, chunk, scanning=scanning)
        for chunk, scanning in ((whole, False), (37, False), (whole, True))
    )
    assert all(other == first for other in others)


def _shape(
    read: Callable[[Opened, Plan], Iterable[Event]],
    data: bytes,
    detected: Detected,
    chunk: int,
    *,
    scanning: bool,
) -> tuple[object, ...]:
    chunks = (data[at : at + chunk] for at in range(0, len(data), chunk))
    # No sample, as in mid-file: the scan works from the first record on.
    plan = Plan(WANTED, fallback(None), LIMIT, scanning=scanning, sample=0)
    tally = Tally(WANTED, sample=0)
    for event in read(Opened("f", detected, data[:LIMIT], chunks), plan):
        tally.take(event)
    kept = [(entry.dn, entry.source, entry.sha256, dict(entry.fields)) for entry in tally.kept]
    return kept, tally.unreadable, tally.entries, tally.notes, tally.exported(), tally.end
