"""Items in, what processes make of them out; on Linux by fork: start-up costs next to nothing."""

import signal
import warnings
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from functools import partial
from typing import TYPE_CHECKING, Generic, TypeVar

from analyzer.errors import ProcessError, ReadError, places_of
from analyzer.platform_calls import forked

if TYPE_CHECKING:
    from multiprocessing.connection import Connection

A = TypeVar("A")
B = TypeVar("B")
_MakeError = Callable[[], Exception]
"""Makes an exception, which cannot always be sent itself."""


PAYS_FROM = 8 << 20
"""Bytes of a file from which processes of its own pay."""


class Worker(Generic[A, B]):
    """A process that applies a function to what it is sent, one item at a time."""

    def __init__(self, work: Callable[[A], B], name: str) -> None:
        """Start a process for `work`; `name` is the input it is about, for errors."""
        # Most inputs are too small for processes; they need not wait for this to load.
        from multiprocessing.connection import Pipe

        self._name = name
        self._pipe, other = Pipe()
        self._process = forked(_serve, work, other)
        with warnings.catch_warnings():
            # The threads here hash and draw progress; a child has no use for what they lock.
            warnings.simplefilter("ignore", DeprecationWarning)
            self._process.start()
        other.close()

    def send(self, item: A) -> None:
        """Have the function applied to an item, once the result for the last one was taken."""
        with suppress(OSError):  # it has ended; the result tells
            self._pipe.send(item)

    def result(self) -> B:
        """Wait for what the function returns for the item.

        Raises:
            ReadError: the function raised one, or the process ended early.
            ProcessError: the function raised anything else.
        """
        failure: _MakeError | None
        value: B
        try:
            failure, value = self._pipe.recv()
        except (EOFError, OSError):
            raise ReadError(self._name, "a reading process ended early (out of memory?)") from None
        if failure is not None:
            raise failure()
        return value

    def stop(self) -> None:
        """End the process."""
        self._process.kill()
        self._process.join()
        self._pipe.close()


def in_processes(work: Callable[[A], B], items: Iterable[A], jobs: int, name: str) -> Iterator[B]:
    """Yield what `work` returns for each item, in order; so many processes share the items.

    Raises:
        ReadError: `work` raised one, or a process ended early.
    """
    workers: list[Worker[A, B]] = []
    busy: deque[Worker[A, B]] = deque()
    try:
        for item in items:
            if len(workers) < jobs:
                workers.append(Worker(work, name))
                workers[-1].send(item)
                busy.append(workers[-1])
                continue
            # The oldest first: results come in the order of the items, and no more wait than
            # there are processes. `Executor.map` of Python 3.11 takes all items at once.
            worker = busy.popleft()
            result = worker.result()
            worker.send(item)
            busy.append(worker)
            yield result
        while busy:
            yield busy.popleft().result()
    finally:
        for worker in workers:
            worker.stop()


def _serve(work: Callable[[A], B], pipe: "Connection") -> None:
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    with suppress(EOFError, BrokenPipeError):
        while True:
            item: A = pipe.recv()
            try:
                message: tuple[_MakeError | None, B | None] = (None, work(item))
            except ReadError as error:
                message = (partial(ReadError, error.path, error.reason, error.line), None)
            except (
                Exception
            ) as error:  # told where errors are told, with no more than is told there
                kind = type(error).__name__
                message = (partial(ProcessError, kind, tuple(places_of(error))), None)
            pipe.send(message)
