"""The built-in dump in, whether the program reads, judges, writes and verifies it out.

The dump is invented; its expected verdicts were worked out by hand from its settings. Between
objects of no interest it is long enough for the scan of big files to choose what is parsed.

What may be broken is imported by the step that needs it, so that the step tells.
"""

import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from analyzer.crash_log import where

if TYPE_CHECKING:
    from analyzer.open_dump import Dump
    from analyzer.results.records import Results

DUMP = Path(__file__).with_name("self_test.ldf")
ENTRIES = 12
"""Objects of the built-in dump."""
ENDINGS = (".xlsx", ".html", ".docx", ".json", ".csv")
VERDICTS = {
    ("EX01", "Default SMTP Virtual Server"): "authenticated",
    ("EX01", "Partner relay; two hosts"): "listed",
    ("EX02", "Default SMTP Virtual Server"): "closed",
    ("EX02", "Application relay"): "open",
}
FILLERS = 5_000
"""Objects of no interest before the others, and as many behind: a mebibyte and more of each."""

_FILLER = """\
dn: CN={0}-Display,CN=409,CN=DisplaySpecifiers,CN=Configuration,DC=contoso,DC=com
changetype: add
objectClass: top
objectClass: displaySpecifier
cn: {0}-Display
contextMenu: 0,{{08eb4fa6-6ffd-11d1-b0e0-00c04fd8dca6}}
classDisplayName: Class {0}

"""


class SelfTestStep(NamedTuple):
    """One thing that was tried."""

    name: str
    ok: bool
    detail: str
    """What came out; of a failure no more than kind and place, which hold no path of the user."""


class UnexpectedResult(Exception):
    """Something came out otherwise than it must; the text is about the built-in dump only."""


def self_test() -> Iterator[SelfTestStep]:
    """Yield what was tried, in order; the first failure is the last."""
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder:
        trial = _Trial(Path(folder))
        for name, attempt in trial.attempts():
            try:
                yield SelfTestStep(name, True, attempt())
            except Exception as error:  # whatever it is, it is what is looked for
                yield SelfTestStep(name, False, _told(error))
                return


class _Trial:
    """The way of the built-in dump through the program, a method a step."""

    def __init__(self, folder: Path) -> None:
        """Take the folder for the dump and the reports."""
        self._dump = folder / "self_test.ldf"
        self._reports = tuple(folder / f"self_test{ending}" for ending in ENDINGS)
        self._parsed: Dump
        self._results: Results

    def attempts(self) -> Iterator[tuple[str, Callable[[], str]]]:
        """Yield each step with its name."""
        yield "Write a dump", self._make
        yield "Read it whole", self._read
        yield "Read it by scanning", self._scan
        yield "Judge it", self._judge
        yield "Write the reports", self._write
        yield "Verify them", self._verify

    def _make(self) -> str:
        before, behind = (
            "".join(_FILLER.format(number) for number in range(start, start + FILLERS))
            for start in (0, FILLERS)
        )
        text = before + DUMP.read_text(encoding="utf-8") + "\n" + behind
        self._dump.write_text(text, encoding="utf-8", newline="\n")
        return f"{len(text):,} bytes"

    def _read(self) -> str:
        from analyzer import ReadOptions, read_dump

        self._parsed = read_dump(self._dump, options=ReadOptions(parse_all=True))
        (about,) = self._parsed.inputs
        _expect("entries", about.entries, 2 * FILLERS + ENTRIES)
        _expect("unreadable records", len(self._parsed.unreadable), 0)
        return f"{about.entries:,} entries"

    def _scan(self) -> str:
        from analyzer import read_dump
        from analyzer.dump.read_options import scan_is_compiled

        if not scan_is_compiled():
            return "not compiled: every record is parsed"
        scanned = read_dump(self._dump)
        _expect("inputs", scanned.inputs, self._parsed.inputs)
        same = scanned.settings().equals(self._parsed.settings())
        _expect("settings that agree", same, True)
        return "the same"

    def _judge(self) -> str:
        from analyzer import audit

        self._results = audit(self._parsed)
        servers = self._results.virtual_servers
        verdicts = {(one.server, one.name): one.relay and one.relay.verdict for one in servers}
        _expect("verdicts", verdicts, VERDICTS)
        return f"{len(verdicts)} virtual servers, {len(self._results.findings)} findings"

    def _write(self) -> str:
        from analyzer import write_report

        write_report(self._results, *self._reports)
        return ", ".join(report.suffix for report in self._reports)

    def _verify(self) -> str:
        from analyzer.verify.report_check import verify_report

        for report in self._reports:
            if report.suffix in (".xlsx", ".json"):
                points = verify_report(report, [self._dump]).points
                failed = [point.name for point in points if not point.ok]
                _expect(f"faults of {report.suffix}", failed, [])
        return "everything agrees with the dump"


def _expect(what: str, found: object, expected: object) -> None:
    if found != expected:
        raise UnexpectedResult(f"{what}: found {found}, expected {expected}")


def _told(error: Exception) -> str:
    if isinstance(error, UnexpectedResult):
        return str(error)
    reasons = [reason for cause in _causes(error) if (reason := _reason(cause))]
    return f"{where(error)}: {reasons[-1]}" if reasons else where(error)


def _reason(error: BaseException) -> str:
    """Return what went wrong, without the names of files that a message may hold."""
    if isinstance(error, ImportError):
        return f"module {error.name}"
    return error.strerror or "" if isinstance(error, OSError) else ""


def _causes(error: BaseException | None) -> Iterator[BaseException]:
    while error is not None:
        yield error
        error = error.__cause__ or error.__context__
