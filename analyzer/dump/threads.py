"""Items in, what threads make of them out, in the same order."""

from collections import deque
from collections.abc import Callable, Iterable, Iterator
from typing import TYPE_CHECKING, TypeVar

if TYPE_CHECKING:
    from concurrent.futures import Future

A = TypeVar("A")
B = TypeVar("B")


def side_by_side(work: Callable[[A], B], items: Iterable[A], jobs: int) -> Iterator[tuple[A, B]]:
    """Yield each item and what `work` returns for it.

    Several threads work a few items ahead; one job is done here, without the price of a thread.
    """
    if jobs == 1:
        for item in items:
            yield item, work(item)
        return
    # Imports logging, which small files do without.
    from concurrent.futures import ThreadPoolExecutor

    waiting: deque[tuple[A, Future[B]]] = deque()
    with ThreadPoolExecutor(jobs) as threads:
        for item in items:
            waiting.append((item, threads.submit(work, item)))
            if len(waiting) > 2 * jobs:
                yield _first(waiting)
        while waiting:
            yield _first(waiting)


def _first(waiting: "deque[tuple[A, Future[B]]]") -> tuple[A, B]:
    item, future = waiting.popleft()
    return item, future.result()
