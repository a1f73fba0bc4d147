"""Work done in processes of its own, on Linux by fork: start-up costs next to nothing."""

import os
import signal
import sys
from collections.abc import Callable
from contextlib import suppress
from typing import TYPE_CHECKING, Generic, TypeVar

from analyzer.errors import ReadError

if TYPE_CHECKING:
    from multiprocessing.connection import Connection

T = TypeVar("T")


def cores() -> int:
    """Return how many threads or processes can work at the same time."""
    if sys.platform == "linux":
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def can_fork() -> bool:
    """Tell whether there is a fork to rely on."""
    return sys.platform == "linux"


class Task(Generic[T]):
    """A function that runs in a process of its own, started at once."""

    def __init__(self, work: Callable[[], T], name: str) -> None:
        """Start `work`; `name` is the input it is about, for errors."""
        # Most inputs are too small for processes; they need not wait for this to load.
        from multiprocessing import get_context

        self._name = name
        context = get_context("fork")
        self._results, sender = context.Pipe(duplex=False)
        self._process = context.Process(target=_run, args=(work, sender), daemon=True)
        self._process.start()
        sender.close()

    def result(self) -> T:
        """Wait for the function and return what it returned.

        Raises:
            ReadError: the function raised one, or its process ended early.
        """
        failure: tuple[str, str, int | None] | None
        value: T
        try:
            failure, value = self._results.recv()
        except EOFError:
            raise ReadError(self._name, "a reading process ended early (out of memory?)") from None
        finally:
            self._results.close()
            self._process.join()
        if failure is not None:
            raise ReadError(*failure)
        return value

    def stop(self) -> None:
        """End the process without waiting for its result."""
        self._process.kill()
        self._process.join()


def _run(work: Callable[[], T], sender: "Connection") -> None:
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    try:
        message: tuple[tuple[str, str, int | None] | None, T | None] = (None, work())
    except ReadError as error:
        message = ((error.path, error.reason, error.line), None)
    with suppress(BrokenPipeError):
        sender.send(message)
