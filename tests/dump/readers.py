"""Short ways to have bytes read, and what a reading is compared by."""

from collections.abc import Iterable, Iterator
from pathlib import Path

from analyzer.dump.csv.csv_events import read_csv
from analyzer.dump.detect import Detected, detect
from analyzer.dump.encoding import fallback
from analyzer.dump.entry import Entry, Unreadable
from analyzer.dump.events import Event
from analyzer.dump.ldif.ldif_events import read_ldif
from analyzer.dump.opened import Opened
from analyzer.dump.read_options import SAMPLE, Plan, ReadOptions
from analyzer.dump.read_paths import read_inputs
from analyzer.dump.reading import Reading
from analyzer.dump.tally import Tally
from analyzer.dump.wanted import Wanted
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


def tally_of(events: Iterable[Event], plan: Plan) -> Tally:
    tally = Tally(plan.wanted, plan.sample)
    for event in events:
        tally.take(event)
    return tally


def source_of(data: bytes, chunk: int, detected: Detected) -> Opened:
    return Opened("f", detected, data[:4_096], pieces(data, chunk))


def ldif_tally(
    data: bytes,
    chunk: int = 1 << 18,
    wanted: Wanted = EVERYTHING,
    limit: int = LIMIT,
    *,
    any_byte: bool = True,
    scanning: bool = False,
    sample: int = SAMPLE,
) -> Tally:
    """Read LDIF without a look at its first bytes."""
    plan = Plan(wanted, fallback(None), limit, any_byte=any_byte, scanning=scanning, sample=sample)
    source = source_of(data, chunk, Detected("ldif", "other", "utf-8", 0))
    return tally_of(read_ldif(source, plan), plan)


def csv_tally(
    data: bytes,
    chunk: int = 1 << 18,
    wanted: Wanted = EVERYTHING,
    limit: int = LIMIT,
    *,
    any_byte: bool = True,
    scanning: bool = False,
    sample: int = SAMPLE,
) -> Tally:
    """Read CSV by the layout that its first line tells."""
    plan = Plan(wanted, fallback(None), limit, any_byte=any_byte, scanning=scanning, sample=sample)
    return tally_of(read_csv(source_of(data, chunk, detect("f", data)), plan), plan)


def shape(tally: Tally) -> dict[str, object]:
    """Return all that a tally tells of a file."""
    return {
        "entries": tally.entries,
        "kept": [
            (e.dn, e.source, e.sha256, dict(e.fields), e.notes, e.cut, e.damaged)
            for e in tally.kept
        ],
        "unreadable": tally.damage(),
        "exported": tally.exported(),
        "notes": tally.notes,
        "end": tally.end,
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
