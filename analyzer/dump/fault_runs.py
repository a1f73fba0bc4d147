"""Faulty lines in, one fault for each run of lines with the same fault out."""

from collections.abc import Iterable, Iterator
from typing import TypeVar

from msgspec.structs import replace

from analyzer.dump.entry import Unreadable

T = TypeVar("T")
LONGEST_RUN = 100_000
"""A longer one is told in pieces, so that whoever counts faults learns of them in time."""


def joined(read: Iterable[T | Unreadable]) -> Iterator[T | Unreadable]:
    """Yield what is read; one Unreadable stands for lines in a row with the same fault."""
    run: Unreadable | None = None
    for result in read:
        if isinstance(result, Unreadable) and run is not None and _continues(run, result):
            run = replace(run, last_line=result.last_line, faults=run.faults + result.faults)
            continue
        if run is not None:
            yield run
        run = result if isinstance(result, Unreadable) else None
        if run is None:
            yield result
    if run is not None:
        yield run


def _continues(run: Unreadable, fault: Unreadable) -> bool:
    return (
        run.reason == fault.reason
        and run.faults < LONGEST_RUN
        and run.last_line is not None
        and fault.line == run.last_line + 1
    )
