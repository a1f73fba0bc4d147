"""CSV text in, the rows of it out that need not be read; see `ldif/block_scan.py` for why."""

from functools import partial
from typing import NamedTuple

from analyzer.dump.csv.csv_layout import CsvFormat
from analyzer.dump.distinguished_names import MAX_DN
from analyzer.dump.wanted import Wanted


class PassedRows(NamedTuple):
    """A run of rows that need not be read, for whoever has a row begin at its start."""

    start: int
    end: int
    lines: int
    rows: int


class CsvScan:
    """Finds the rows of CSV text that need not be read.

    A row is passed over when it would be read without complaint and is not wanted: its quotes are
    balanced and those of RFC 4180, it has no more cells than the header, as many where one
    of them holds line ends, its DN needs no judgement by libldap, and no wanted class or place
    stands in it.
    """

    def __init__(self, wanted: Wanted, csv_format: CsvFormat, *, any_byte: bool) -> None:
        """Prepare for what is wanted; `any_byte` says that every byte above ASCII is a letter.

        Raises:
            ImportError: the code that scans is not compiled.
        """
        from analyzer.dump.line_scan import CsvWalk, Starts, Words

        classes = bytearray(csv_format.width)
        for column in csv_format.class_columns:
            classes[column] = True
        self._walk = partial(
            CsvWalk,
            classes=Words(wanted.classes),
            parents=Starts(wanted.parents),
            delimiter=csv_format.delimiter,
            dn_column=csv_format.layout.dn_column,
            class_columns=bytes(classes),
            max_row=csv_format.max_row,
            max_dn=MAX_DN,
            any_byte=any_byte,
        )

    def passed(self, text: bytes) -> list[PassedRows]:
        """Return the rows to be passed over in a text that begins at the start of a line."""
        walk = self._walk(text[: text.rfind(b"\n") + 1])
        return [PassedRows(*run) for run in walk.runs()]
