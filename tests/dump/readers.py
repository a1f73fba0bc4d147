"""Short ways to have bytes read, and what a reading is compared by."""

from collections.abc import Iterator
from pathlib import Path

from analyzer.dump.csv_input import tally_csv
from analyzer.dump.csv_reader import CsvFormat
from analyzer.dump.detect import detect
from analyzer.dump.encoding import fallback, utf8_chunks
from analyzer.dump.entry import Entry, Unreadable
from analyzer.dump.ldif_input import tally_ldif
from analyzer.dump.read import read_inputs
from analyzer.dump.read_one import ReadOptions
from analyzer.dump.reading import Reading, Wanted
from analyzer.dump.scan import CsvScan, LdifScan
from analyzer.dump.tally import Tally
from analyzer.inventory import WANTED

LIMIT = 1 << 26


class _All(frozenset[str]):
    """A set that holds everything."""

    def __contains__(self, item: object) -> bool:
        return True


EVERYTHING = Wanted(_All(), WANTED.attributes, ("",))
"""Wants every entry."""


def pieces(data: bytes, size: int) -> Iterator[bytes]:
    return (data[at : at + size] for at in range(0, len(data), size))


def ldif_tally(
    data: bytes,
    chunk: int = 1 << 18,
    scan: LdifScan | None = None,
    wanted: Wanted = EVERYTHING,
    limit: int = LIMIT,
    jobs: int = 1,
) -> Tally:
    """Read LDIF without a look at its first bytes."""
    tally = Tally(wanted)
    tally_ldif(pieces(data, chunk), "f", tally, fallback(None), limit, scan, jobs)
    return tally


def csv_tally(
    data: bytes,
    chunk: int = 1 << 18,
    wanted: Wanted = EVERYTHING,
    limit: int = LIMIT,
    *,
    scanning: bool = False,
) -> Tally:
    """Read CSV by the layout that its first line tells."""
    found = detect("f", data)
    assert found.csv is not None
    tally = Tally(wanted)
    text = utf8_chunks(pieces(data, chunk), found.encoding, found.bom)
    csv_format = CsvFormat(found.csv, found.dialect, "f", fallback(None), limit)
    tally_csv(text, csv_format, tally, CsvScan(wanted, csv_format) if scanning else None)
    return tally


def shape(tally: Tally) -> dict[str, object]:
    """Return all that a tally tells of a file."""
    return {
        "entries": tally.entries,
        "kept": [(e.dn, e.source, e.sha256, dict(e.fields), e.notes, e.cut) for e in tally.kept],
        "unreadable": tally.damage(),
        "exported": tally.exported,
        "notes": tally.notes,
        "size limit": (tally.size_limit_hit, tally.trailer),
        "utf8": tally.utf8,
        "context": tally.naming_context(),
    }


def read(path: Path, **options: object) -> Reading:
    """Read one file by all the means a user's file goes through."""
    (reading,) = read_all(path, **options)
    return reading


def read_all(path: Path | str, **options: object) -> list[Reading]:
    chosen = ReadOptions(**options)
    return read_inputs([str(path)], WANTED, chosen)


def simple(entry: Entry) -> tuple[str, dict[str, tuple[bytes, ...]]]:
    return entry.dn, entry.attributes


def lines(items: list[Unreadable]) -> list[tuple[int | None, int | None]]:
    return [(item.line, item.last_line) for item in items]
