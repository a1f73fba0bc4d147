"""Faulty lines in, one item for each run of lines with the same fault out."""

from collections.abc import Iterable, Iterator
from dataclasses import replace
from typing import TypeVar

from analyzer.dump.entry import Unreadable

T = TypeVar("T")


def joined(items: Iterable[T | Unreadable]) -> Iterator[T | Unreadable]:
    """Yield the items; one Unreadable stands for lines in a row with the same fault."""
    run: Unreadable | None = None
    for item in items:
        if isinstance(item, Unreadable) and run is not None and _continues(run, item):
            run = replace(run, last_line=item.last_line)
            continue
        if run is not None:
            yield run
        run = item if isinstance(item, Unreadable) else None
        if run is None:
            yield item
    if run is not None:
        yield run


def _continues(run: Unreadable, item: Unreadable) -> bool:
    return (
        run.reason == item.reason and run.last_line is not None and item.line == run.last_line + 1
    )
