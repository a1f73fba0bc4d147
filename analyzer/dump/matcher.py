"""Patterns in, the places in a text where they match out.

The matcher is Hyperscan: the number of patterns hardly changes its speed, and it releases the
interpreter lock.
"""

import threading
from collections.abc import Iterable
from importlib.util import find_spec


def available() -> bool:
    """Tell whether the matcher is installed."""
    return find_spec("hyperscan") is not None


class Matcher:
    """A compiled set of patterns, for any number of threads."""

    def __init__(self, patterns: Iterable[bytes]) -> None:
        """Compile the patterns: without regard to case, ^ at every line, . for every byte."""
        import hyperscan

        expressions = list(patterns)
        flags = hyperscan.HS_FLAG_CASELESS | hyperscan.HS_FLAG_MULTILINE | hyperscan.HS_FLAG_DOTALL
        self._database = hyperscan.Database()
        self._database.compile(
            expressions=expressions,
            ids=list(range(len(expressions))),
            elements=len(expressions),
            flags=[flags] * len(expressions),
        )
        self._new_scratch = hyperscan.Scratch
        self._thread = threading.local()

    def matches(self, data: bytes) -> list[tuple[int, int]]:
        """Return the number of the pattern and the offset of the last byte of all matches."""
        if not hasattr(self._thread, "scratch"):
            self._thread.scratch = self._new_scratch(self._database)
        found: list[tuple[int, int]] = []

        def take(pattern: int, start: int, end: int, flags: int, context: object) -> None:
            found.append((pattern, end - 1))

        self._database.scan(data, match_event_handler=take, scratch=self._thread.scratch)
        return found

    def places(self, data: bytes) -> list[int]:
        """Return the offsets of the last bytes of all matches, in order."""
        return sorted({place for _, place in self.matches(data)})
