"""Sizes and places as a person reads them on the screen."""

from analyzer.dump.entry import Source
from analyzer.report.phrases import place


def size_in_words(size: int) -> str:
    """Return a number of bytes as `812 bytes`, `48.2 MB` or `1.3 GB`."""
    for limit, unit in ((1 << 30, "GB"), (1 << 20, "MB"), (1 << 10, "KB")):
        if size >= limit:
            return f"{size / limit:.1f} {unit}"
    return f"{size} bytes"


def place_of(source: Source) -> str:
    """Return where an entry begins."""
    return place(source.file, source.line, None, source.offset)
