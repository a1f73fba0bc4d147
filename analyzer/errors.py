"""The failures a caller has to expect: one root, a handful of kinds."""


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


class OutputError(AnalyzerError):
    """An output cannot be written."""

    def __init__(self, path: str, reason: str) -> None:
        """Name the output and why it could not be written."""
        self.path, self.reason = path, reason
        super().__init__(f"{path}: {reason}")
