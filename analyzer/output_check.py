"""Outputs and all that a run reads in, a refusal out where one would take the place of the other.

A dump that was replaced by its report cannot be collected again. Names do not tell: files are
compared by device and inode, behind links, other spellings and other names of the same file.
"""

import os
import stat
from collections.abc import Iterator, Sequence
from contextlib import suppress
from pathlib import Path

from analyzer.catalogue.loader import find_rule_files
from analyzer.dump.members import STDIN
from analyzer.dump.named_files import files_behind
from analyzer.errors import AnalyzerError, UsageError
from analyzer.report import FORMATS
from analyzer.settings import FILE, Settings

STDOUT = "-"
_STREAMS = {1: "standard output", 2: "standard error"}


def check_names(outputs: Sequence[str], endings: Sequence[str] = tuple(FORMATS)) -> None:
    """Look at the names of the outputs.

    Raises:
        UsageError: one has no known ending, if there are any, or is named twice.
    """
    for output in outputs:
        if endings and output != STDOUT and Path(output).suffix.lower() not in endings:
            known = ", ".join(endings)
            raise UsageError(f"{output}: expected a name that ends with one of {known}", "-o")
    targets = [Path(output).resolve() for output in outputs]
    if len(set(targets)) < len(targets):
        raise UsageError("an output is named twice", "-o")


def outputs_of(settings: Settings) -> tuple[str, ...]:
    """Return the names of all outputs; a mapping is written, too."""
    return tuple(filter(None, (*settings.texts("output"), settings.text("mapping"))))


def check_outputs(
    settings: Settings, *inputs: str, endings: Sequence[str] = tuple(FORMATS)
) -> None:
    """Look, before anything is written, whether an output is one of the files that are read.

    The standard streams count as outputs where they go to a file. What else is wrong with the
    inputs is for those to tell who read them.

    Raises:
        UsageError: an output is an input, a rule file, the logo or the settings file.
    """
    outputs = outputs_of(settings)
    check_names(outputs, endings)
    targets = {Path(output).resolve() for output in outputs if output != STDOUT}
    for source in inputs:
        if source != STDIN and Path(source).resolve() in targets:
            raise UsageError(f"{source} is an input: an output would replace it", "-o")
    written = dict(_written(outputs))
    if not written:
        return
    for name, status in _read(settings, inputs):
        output = written.get((status.st_dev, status.st_ino))
        if output is not None:
            raise UsageError(f"{output} would replace {name}, which is read", "-o")


def _written(outputs: Sequence[str]) -> Iterator[tuple[tuple[int, int], str]]:
    """Yield device, inode and name of the outputs that exist already; new ones replace nothing."""
    for output in outputs:
        if output == STDOUT:
            continue
        with suppress(OSError, ValueError):
            status = Path(output).stat()
            yield (status.st_dev, status.st_ino), output
    for number, name in _STREAMS.items():
        with suppress(OSError):
            status = os.fstat(number)
            # One that is empty was made, or emptied, for what is printed: nothing is left to lose.
            if stat.S_ISREG(status.st_mode) and status.st_size:
                yield (status.st_dev, status.st_ino), name


def _read(settings: Settings, inputs: Sequence[str]) -> Iterator[tuple[str, os.stat_result]]:
    """Yield every file that is read."""
    if STDIN in inputs:
        with suppress(OSError):
            yield "standard input", os.fstat(0)
    for file in _named(settings, inputs):
        with suppress(OSError, ValueError):
            yield str(file), file.stat()


def _named(settings: Settings, inputs: Sequence[str]) -> Iterator[Path]:
    yield Path(FILE)
    if logo := settings.text("logo"):
        yield Path(logo)
    further = (settings.text("profile"), settings.text("carry-over"))
    for name in filter(None, (*settings.texts("waivers"), *further)):
        yield Path(name)
    for folder in settings.texts("rules"):
        with suppress(AnalyzerError):
            yield from find_rule_files([Path(folder)])
    for name in filter(None, (*inputs, *settings.texts("input"), settings.text("baseline"))):
        with suppress(AnalyzerError):
            # What a link in a folder leads to is not read, and yet is evidence of somebody's.
            yield from (file.path for file in files_behind(name))
