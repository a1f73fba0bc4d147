"""Events of a reader in, the same out, until there are more faults than any damaged dump has."""

from collections.abc import Iterator

from analyzer.dump.entry import Unreadable
from analyzer.dump.events import Event
from analyzer.errors import ReadError

MAX_FAULTS = 100_000
_BYTES_PER_FAULT = 100
"""A record or a row of a directory is larger, so that a dump may have any number of bad ones."""


class FaultLimit:
    """Counts faults beside bytes: each fault takes the time of a whole record, however small."""

    def __init__(self, path: str) -> None:
        """Begin to read an input."""
        self._path = path
        self._bytes = self._faults = 0

    def chunks(self, chunks: Iterator[bytes]) -> Iterator[bytes]:
        """Pass the text of the input on, its bytes counted."""
        for chunk in chunks:
            self._bytes += len(chunk)
            yield chunk

    def events(self, events: Iterator[Event]) -> Iterator[Event]:
        """Pass events on.

        Raises:
            ReadError: what was read so far is faults above all.
        """
        for event in events:
            if isinstance(event, Unreadable):
                self._faults += event.faults
                if self._faults > MAX_FAULTS and self._faults * _BYTES_PER_FAULT > self._bytes:
                    reason = (
                        f"{self._faults} records, rows or values that cannot be read in the first "
                        f"{self._bytes} bytes; this is no dump as a tool exports it"
                    )
                    raise ReadError(self._path, reason)
            yield event
