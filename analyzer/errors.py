"""The failures a caller has to expect: one root, a handful of kinds; and one nobody expects."""

import traceback
from collections.abc import Iterator


class AnalyzerError(Exception):
    """Any failure the analyzer foresees; the text is one line, fit to be shown."""


class ReadError(AnalyzerError):
    """An input is missing, unreadable, or no dump."""

    def __init__(self, path: str, reason: str, line: int | None = None) -> None:
        """Name the input, what is wrong with it, and the line if one is known."""
        self.path, self.reason, self.line = path, reason, line
        where = path if line is None else f"{path}:{line}"
        super().__init__(f"{where}: {reason}")


class CatalogueError(AnalyzerError):
    """A rule, waiver or settings file is invalid."""

    def __init__(self, file: str, reason: str, rule_id: str = "") -> None:
        """Name the file, the rule in it, and what is wrong."""
        self.file, self.reason, self.rule_id = file, reason, rule_id
        super().__init__(": ".join(part for part in (file, rule_id, reason) if part))


class UsageError(AnalyzerError):
    """What the command line asks for cannot be done."""

    def __init__(self, reason: str, parameter: str = "") -> None:
        """Say what is wrong and, if it is not in the reason, with which parameter."""
        self.parameter = parameter
        super().__init__(reason)


class OutputError(AnalyzerError):
    """An output cannot be written."""

    def __init__(self, path: str, reason: str) -> None:
        """Name the output and why it could not be written."""
        self.path, self.reason = path, reason
        super().__init__(f"{path}: {reason}")


class ProcessError(Exception):
    """Something unforeseen in a process of its own; the text names its kind and no data."""

    def __init__(self, kind: str, places: tuple[str, ...]) -> None:
        """Name the kind of exception, and the places it went through."""
        self.places = places
        super().__init__(f"{kind} in a reading process")


def places_of(error: BaseException) -> Iterator[str]:
    """Yield the kind of an exception, the places it went through, and those of what led to it.

    Messages and variables are left out: they may quote a secret of the dump.
    """
    seen: set[int] = set()
    cause: BaseException | None = error
    while cause is not None and id(cause) not in seen:
        seen.add(id(cause))
        yield f"{type(cause).__module__}.{type(cause).__qualname__}"
        for frame, line in traceback.walk_tb(cause.__traceback__):
            code = frame.f_code
            yield f"  {code.co_filename}:{line} in {code.co_qualname}"
        if isinstance(cause, ProcessError):
            yield from cause.places
        cause = cause.__cause__ or cause.__context__
