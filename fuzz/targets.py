"""Any bytes in, nothing out: what may not raise, one function for each reader and decoder.

A target returns when the bytes were handled as they should be: read, reported, or refused by an
error of the analyzer. Whatever else comes out of it is a find; its input goes to
tests/hostile/finds/NAME, where the tests read it again.
"""

import tempfile
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

import analyzer
from analyzer import AnalyzerError, CatalogueError, ReadOptions
from analyzer.catalogue.loader import check_folder
from analyzer.directory.address_list import decode_address_list
from analyzer.directory.bindings import parse_binding
from analyzer.directory.kinds import KINDS
from analyzer.directory.names import normalise_dn, parse_names
from analyzer.directory.security_descriptor import decode_security_descriptor, describe
from analyzer.directory.values import decode
from analyzer.dump.csv_input import tally_csv
from analyzer.dump.csv_reader import CsvFormat
from analyzer.dump.detect import detect
from analyzer.dump.encoding import fallback
from analyzer.dump.entry import Attribute, Notation
from analyzer.dump.ldif_input import tally_ldif
from analyzer.dump.ldif_reader import is_dn
from analyzer.dump.scan import CsvScan, LdifScan
from analyzer.dump.tally import SAMPLE, Tally
from analyzer.inventory import WANTED

LIMIT = 1 << 16
_LDIF_SCAN = LdifScan(WANTED, LIMIT)


def ldif(data: bytes) -> None:
    """Read LDIF whole, in chunks and by the scan; all three agree."""
    whole = len(data) or 1
    found = [_ldif_tally(data, *how) for how in ((whole, None), (37, None), (whole, _LDIF_SCAN))]
    assert all(_shape(tally) == _shape(found[0]) for tally in found)


def csv(data: bytes) -> None:
    """Read rows of CSV whole, in chunks and by the scan; all three agree."""
    header = b"DN,objectClass,cn,msExchSmtpRelayIpList\n"
    text = header + data
    layout = detect("f", header).csv
    assert layout is not None
    found = []
    csv_format = CsvFormat(layout, "csvde", "f", fallback(None), LIMIT)
    by_scan = CsvScan(WANTED, csv_format)
    for chunk, scan in ((len(text), None), (37, None), (len(text), by_scan)):
        # As of rows in mid-file: the scan works from the first one on.
        tally = Tally(WANTED, first_dns=["CN=a"] * SAMPLE)
        chunks = (text[at : at + chunk] for at in range(0, len(text), chunk))
        tally_csv(chunks, csv_format, tally, scan)
        found.append(tally)
    assert all(_shape(tally) == _shape(found[0]) for tally in found)


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


def catalogue(data: bytes) -> None:
    """Load a rule file of any bytes."""
    with tempfile.TemporaryDirectory() as folder:
        Path(folder, "rules.toml").write_bytes(data)
        try:
            check_folder(Path(folder))
        except CatalogueError as error:
            check_message(error)


def check_message(error: AnalyzerError) -> None:
    """Check that an error is one line."""
    assert len(str(error).splitlines()) == 1


TARGETS: dict[str, Callable[[bytes], None]] = {
    target.__name__: target
    for target in (ldif, csv, dump, address_list, security_descriptor, names, values, catalogue)
}


def _ldif_tally(data: bytes, chunk: int, scan: LdifScan | None) -> Tally:
    # As of a range in mid-file: the scan works from the first record on.
    tally = Tally(WANTED, sampled=SAMPLE)
    chunks = (data[at : at + chunk] for at in range(0, len(data), chunk))
    tally_ldif(chunks, "f", tally, fallback(None), LIMIT, scan)
    return tally


def _shape(tally: Tally) -> tuple[object, ...]:
    kept = [(entry.dn, entry.source, entry.sha256, dict(entry.fields)) for entry in tally.kept]
    return kept, tally.unreadable, tally.entries, tally.notes, tally.exported
