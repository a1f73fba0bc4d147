"""An opened snapshot in, its events out: it is mapped, never read whole.

A plain file is mapped where it lies. What comes from an archive or from standard input can only be
read forward, so it goes to an unnamed temporary file first, which the system removes by itself.
"""

import mmap
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from analyzer.dump.entry import Entry
from analyzer.dump.events import End, Event, PassedOver
from analyzer.dump.hashing import mapping
from analyzer.dump.opened import Opened
from analyzer.dump.plain_errors import reason_of
from analyzer.dump.read_options import Plan
from analyzer.dump.snapshot.objects import SnapshotEnd, read_objects
from analyzer.dump.snapshot.opening import open_snapshot
from analyzer.dump.snapshot.structs import MAGIC, UNFINISHED, View
from analyzer.errors import ReadError


def read_snapshot(source: Opened, plan: Plan) -> Iterator[Event]:
    """Yield the wanted objects of a snapshot, the passed over as one number, and the end.

    Raises:
        ReadError: it is no snapshot that can be read, or there is no room for a copy of it.
    """
    with _mapped(source) as view:
        snapshot = open_snapshot(view, source.path)
        read = 0
        events = read_objects(
            snapshot, plan.wanted, everything=plan.everything, max_object=plan.max_record
        )
        for event in events:
            if isinstance(event, SnapshotEnd):
                if event.objects > read:
                    yield PassedOver(event.objects - read)
                yield End(
                    naming_context=snapshot.configuration_context,
                    warnings=event.warnings,
                )
                return
            read += isinstance(event, Entry)
            yield event


@contextmanager
def _mapped(source: Opened) -> Iterator[View]:
    """Map a snapshot, which is hashed at the same time."""
    if source.file and source.mapped and _is_snapshot(source.file):
        with source.mapped() as view:
            yield view
        return
    import tempfile

    # Nothing of the dump may stay behind: the file has no name, so a kill removes it as well.
    with tempfile.TemporaryFile() as copy:
        try:
            copy.writelines(source.chunks)
            copy.flush()
        except OSError as error:
            reason = (
                "a snapshot inside an archive or a stream is unpacked to a temporary file first, "
                f"which failed: {reason_of(error)}; unpack it yourself and name the file"
            )
            raise ReadError(source.path, reason) from error
        with mapping(source.path):
            view = mmap.mmap(copy.fileno(), 0, access=mmap.ACCESS_READ)
        with view:
            yield view


def _is_snapshot(file: Path) -> bool:
    """Tell whether a file is a snapshot as it lies there, not packed by gzip."""
    with file.open("rb") as stream:
        return stream.read(len(MAGIC)) in (MAGIC, UNFINISHED)
