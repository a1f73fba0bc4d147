"""CSV text in, the lines of it out that have to be read; see `ldif/block_scan.py` for why."""

from functools import partial
from typing import NamedTuple

from analyzer.dump.csv.csv_layout import CsvFormat
from analyzer.dump.distinguished_names import MAX_DN
from analyzer.dump.wanted import Wanted


class ChosenLines(NamedTuple):
    """What has to be read of a text."""

    lines: int
    """Lines of the text, the others among them."""
    chosen: list[tuple[int, int]]
    """The number, from 0, and the start of each line that has to be read."""


class CsvScan:
    """Finds the lines of CSV text that have to be read.

    A line is passed over when it is a whole row that would be read without complaint and is not
    wanted: its quotes are balanced and those of RFC 4180, it has no more cells than the header, its
    DN needs no judgement by libldap, and no wanted class or place stands in it.
    """

    def __init__(self, wanted: Wanted, csv_format: CsvFormat) -> None:
        """Prepare for what is wanted.

        Raises:
            ImportError: the code that scans is not compiled.
        """
        from analyzer.dump.line_scan import CsvWalk, ParentStarts, Words

        classes = bytearray(csv_format.width)
        for column in csv_format.class_columns:
            classes[column] = True
        self._walk = partial(
            CsvWalk,
            classes=Words(wanted.classes),
            parents=ParentStarts(wanted.parents),
            delimiter=csv_format.delimiter,
            dn_column=csv_format.layout.dn_column,
            class_columns=bytes(classes),
            max_row=csv_format.max_row,
            max_dn=MAX_DN,
        )

    def choose(self, text: bytes) -> ChosenLines:
        """Return which lines have to be read of a text that begins at the start of a line."""
        end = text.rfind(b"\n") + 1
        walk = self._walk(text[:end])
        chosen = walk.rows()
        if end == len(text):
            return ChosenLines(walk.lines, chosen)
        return ChosenLines(walk.lines + 1, [*chosen, (walk.lines, end)])
