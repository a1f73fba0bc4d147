"""Chunks in, the same chunks out, read and turned into UTF-8 by a thread of its own.

Reading, handing over to the hash and converting take a fifth of a second to a second per GB; beside
them the scan, which holds no lock, goes on.
"""

import queue
import threading
from collections.abc import Iterator
from contextlib import suppress


class ReadAhead:
    """The thread of one input.

    Not for what may keep a reader waiting, such as a pipe: nobody could end its thread.
    """

    def __init__(self) -> None:
        """Begin with nothing to read."""
        self._queue: queue.Queue[bytes | BaseException | None] = queue.Queue(maxsize=4)
        self._ended = False
        self._thread: threading.Thread | None = None

    def read(self, chunks: Iterator[bytes]) -> Iterator[bytes]:
        """Yield chunks; raise what reading them raises."""
        thread = threading.Thread(target=self._work, args=(chunks,), daemon=True)
        thread.start()
        self._thread = thread  # once it runs: an interrupted start leaves nothing to wait for
        while (chunk := self._queue.get()) is not None:
            if isinstance(chunk, BaseException):
                raise chunk
            yield chunk

    def _work(self, chunks: Iterator[bytes]) -> None:
        try:
            for chunk in chunks:
                self._queue.put(chunk)
                if self._ended:
                    break
            self._queue.put(None)
        except BaseException as error:  # it belongs to whoever waits for the chunk
            self._queue.put(error)

    def close(self) -> None:
        """End the thread, though there may be more."""
        self._ended = True
        while self._thread is not None and self._thread.is_alive():
            with suppress(queue.Empty):  # what it waits to hand over is not wanted
                self._queue.get_nowait()
            self._thread.join(timeout=0.001)
