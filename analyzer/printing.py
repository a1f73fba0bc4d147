"""The one way to print: whoever writes to a standard stream, nothing hidden reaches the terminal.

Within `standard_streams` both streams show control characters, marks of the writing direction and
halves of characters as escapes, also in what typer and the interpreter print. Behind them write
only `say`, which adds the colour of a mark, rich, which gets text that was made visible before, and
`write_data`, for a document that a program reads.
"""

import os
import re
import sys
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING, TextIO

import typer

from analyzer.errors import OutputError
from analyzer.visible_text import shorten, visible, visible_json

if TYPE_CHECKING:
    from analyzer.dump.hashing import Progress
    from analyzer.terminal.text_table import TextTable

_USUAL_WIDTH = 80
_TONES = {
    "critical": ("red", True),
    "high": ("red", False),
    "medium": ("yellow", False),
    "low": ("blue", False),
    "warning": ("yellow", True),
}


class VisibleStream:
    """A text stream that shows what is hidden in the text."""

    def __init__(self, behind: TextIO) -> None:
        """Take the stream that the text goes to."""
        self.behind = behind
        self.encoding, self.errors = behind.encoding, behind.errors

    # There is no `buffer`: typer would write to it past `write` where the encoding is ASCII.
    def write(self, text: str) -> int:
        """Write text with hidden characters as escapes."""
        self.behind.write(visible(text))
        return len(text)

    def flush(self) -> None:
        """Hand over what was written."""
        self.behind.flush()

    def isatty(self) -> bool:
        """Tell whether a person is reading."""
        return self.behind.isatty()

    def fileno(self) -> int:
        """Return the number of the file."""
        return self.behind.fileno()


@contextmanager
def standard_streams() -> Iterator[None]:
    """Guard the standard streams while the program runs, and close them without a complaint."""
    _open_closed_streams()
    streams = (sys.stdout, sys.stderr)
    for stream in streams:
        # Names of files and text of dumps may hold what the terminal cannot show.
        stream.reconfigure(errors="backslashreplace")  # type: ignore[union-attr] # text streams both
    for name in ("stdout", "stderr"):
        setattr(sys, name, VisibleStream(getattr(sys, name)))
    try:
        yield
    finally:
        sys.stdout, sys.stderr = streams
        for stream in streams:
            _flush_for_good(stream)


def _open_closed_streams() -> None:
    # A shell can start the program with these closed (`>&-`); Python then has None in their place.
    if sys.stdout is None:
        sys.stdout = Path(os.devnull).open("w", encoding="utf-8")  # noqa: SIM115 (open to the end)
    if sys.stderr is None:
        sys.stderr = Path(os.devnull).open("w", encoding="utf-8")  # noqa: SIM115 (open to the end)


def _flush_for_good(stream: TextIO) -> None:
    # What Python could not flush it would try again at its end, with a status of its own.
    try:
        stream.flush()
    except OSError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), stream.fileno())


def _behind(stream: TextIO) -> TextIO:
    return stream.behind if isinstance(stream, VisibleStream) else stream


def say(text: str, *, mark: str = "", tone: str = "") -> None:
    """Print a message of one line on standard error; colour only repeats what the mark says."""
    # Text from outside may hold line breaks, to look like a message of ours.
    line = visible(text).replace("\n", " ")
    with suppress(OSError):
        if mark and tone in _TONES and _coloured():
            colour, bold = _TONES[tone]
            painted = typer.style(visible(mark), fg=colour, bold=bold)
            lines = _fitted(f"{mark} {line}".rstrip(), sys.stderr)
            lines[0] = lines[0].replace(mark, painted, 1)
            typer.echo("\n".join(lines), file=_behind(sys.stderr))
        else:
            typer.echo("\n".join(_fitted(f"{mark} {line}".strip(), sys.stderr)), err=True)


def _coloured() -> bool:
    dumb = os.environ.get("NO_COLOR") or os.environ.get("TERM") == "dumb"
    return sys.stderr.isatty() and not dumb


def show(*lines: str) -> None:
    """Print lines on standard output, such as commands to copy: none is broken."""
    with standard_output():
        for line in lines:
            typer.echo(line)


def show_prose(*lines: str) -> None:
    """Print lines on standard output; a terminal that is too narrow breaks them at blanks."""
    show(*(part for line in lines for part in _fitted(line, sys.stdout)))


def _fitted(line: str, stream: TextIO) -> list[str]:
    """Return a line as a terminal of that width shows it best; programs get it whole."""
    width = _width(stream)
    if width is None or len(line) <= width:
        return [line]
    from analyzer.terminal.text_table import wrapped

    # What stands below a label goes on below its text.
    label = re.match(r" *(\S.*?)  +(?=\S)", line)
    indent = label.end() if label and label.end() < width // 2 and line.startswith(" ") else 2
    return wrapped(line, width, indent) or [line]


def output_encoding() -> str:
    """Return the encoding of standard output."""
    return sys.stdout.encoding


def _width(stream: TextIO) -> int | None:
    """Return the columns of the terminal that a stream goes to, None for a file or a pipe."""
    if not stream.isatty():
        return None
    with suppress(OSError):
        return os.get_terminal_size(stream.fileno()).columns or _USUAL_WIDTH
    return _USUAL_WIDTH


def show_table(table: "TextTable") -> None:
    """Print a table on standard output: as wide as the terminal, uncut for programs."""
    from analyzer.terminal.text_table import (
        longest_words,
        plain_lines,
        stacked_lines,
        without_empty_columns,
    )

    width = _width(sys.stdout)
    if width is None:
        show(*plain_lines(table))
        return
    words = longest_words(table)
    if _across(words) > width and table.rows:
        table = without_empty_columns(table)
        words = longest_words(table)
    if _across(words) > width:
        show(*stacked_lines(table, width))
        return
    from rich import box
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    grid = Table(box=box.SIMPLE_HEAD, pad_edge=False, header_style="bold")
    for header, longest in zip(table.headers, words, strict=True):
        grid.add_column(header, overflow="fold", min_width=longest)
    for row in table.rows:
        grid.add_row(*(Text(visible(cell)) for cell in row))
    console = Console(file=_behind(sys.stdout), markup=False, highlight=False, emoji=False)
    with standard_output():
        console.print(grid)


def _across(widths: Sequence[int]) -> int:
    # A blank before the first column, and three between two.
    return sum(widths) + 3 * len(widths)


def write_data(chunks: Iterable[bytes]) -> None:
    """Write a JSON document for a program to standard output, byte by byte.

    A terminal gets the same document with hidden characters as escapes of JSON.
    """
    if sys.stdout.isatty():
        chunks = (visible_json(chunk.decode()).encode() for chunk in chunks)
    with standard_output():
        stream = _behind(sys.stdout).buffer
        stream.writelines(chunks)
        stream.flush()


@contextmanager
def standard_output() -> Iterator[None]:
    """Tell a failure to write apart from others; that nobody reads any more is none."""
    try:
        yield
    except BrokenPipeError:
        raise
    except OSError as error:
        raise OutputError("standard output", (error.strerror or str(error)).lower()) from error


@contextmanager
def progress_bar(*, wanted: bool) -> Iterator["Progress | None"]:
    """Show how far reading has come, where a person is looking."""
    if not wanted or not sys.stderr.isatty():
        yield None
        return
    from rich.console import Console
    from rich.progress import BarColumn, DownloadColumn, TaskProgressColumn, TextColumn
    from rich.progress import Progress as Bar

    name = TextColumn("Reading {task.description}", markup=False)
    columns = (name, BarColumn(), TaskProgressColumn(), DownloadColumn())
    bar = Bar(
        *columns,
        console=Console(file=_behind(sys.stderr)),
        transient=True,
        refresh_per_second=10,
        redirect_stdout=False,  # rich would put streams of its own in place of the guarded ones
        redirect_stderr=False,
    )
    with bar:
        task = bar.add_task("", total=None)

        def report(path: str, done: int, total: int) -> None:
            bar.update(task, description=shorten(path, 48), completed=done, total=total or None)

        yield report
