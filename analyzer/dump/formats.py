"""The formats of dumps, a row each: who reads what the first bytes were detected to be.

To add a format: its mark in `detect.py`, a folder with a generator of events beside `ldif/`,
`csv/` and `snapshot/`, and a row here.
"""

from collections.abc import Callable, Iterator
from typing import NamedTuple

from msgspec.structs import replace

from analyzer.dump.events import Event
from analyzer.dump.fault_limit import FaultLimit
from analyzer.dump.opened import Opened
from analyzer.dump.read_options import Plan


class Format(NamedTuple):
    """How one format is read."""

    read: Callable[[Opened, Plan], Iterator[Event]]
    has_lines: bool = True
    """Whether it is text, so that what stands in it has a line and not an offset."""


def _ldif(source: Opened, plan: Plan) -> Iterator[Event]:
    # A reader is loaded with the first file of its format: start-up is felt with every small one.
    from analyzer.dump.ldif.ldif_events import read_ldif

    return read_ldif(source, plan)


def _csv(source: Opened, plan: Plan) -> Iterator[Event]:
    from analyzer.dump.csv.csv_events import read_csv

    return read_csv(source, plan)


def _snapshot(source: Opened, plan: Plan) -> Iterator[Event]:
    from analyzer.dump.snapshot.snapshot_events import read_snapshot

    return read_snapshot(source, plan)


FORMATS = {
    "ldif": Format(_ldif),
    "csv": Format(_csv),
    "snapshot": Format(_snapshot, has_lines=False),
}
"""By the name that `detect` gives."""


def events_of(source: Opened, plan: Plan) -> Iterator[Event]:
    """Yield what stands in an input, by the reader of its format.

    Raises:
        ReadError: the input cannot be read on, it is faults above all, or a process that reads it
            ended early.
    """
    limit = FaultLimit(source.path)
    counted = replace(source, chunks=limit.chunks(source.chunks))
    return limit.events(FORMATS[source.detected.format].read(counted, plan))
