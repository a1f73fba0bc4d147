"""The pieces of an extract in, its file out, whole or not at all, and the mapping beside it."""

from collections.abc import Callable, Iterable
from pathlib import Path
from typing import BinaryIO

from analyzer.extract.extract_options import ExtractOptions
from analyzer.report.whole_files import Render, check_target, write_files


def check_extract(target: Path | None, mapping: Path | None, *, overwrite: bool) -> None:
    """Look whether the files may be written; a mapping that exists is to be extended.

    Raises:
        OutputError: one may not.
    """
    if target is not None:
        check_target(target, overwrite=overwrite)
    if mapping is not None:
        check_target(mapping, overwrite=True)


def write_extract(
    pieces: Iterable[bytes],
    options: ExtractOptions,
    target: Path | None,
    mapping: Path | None,
    *,
    overwrite: bool,
    show: Callable[[Iterable[bytes]], None],
) -> None:
    """Write an extract to its target, or show it where there is none, and the mapping it made.

    Raises:
        OutputError: one cannot be written; then neither was touched.
    """

    def render_extract(stream: BinaryIO) -> None:
        stream.writelines(pieces)

    def render_mapping(stream: BinaryIO) -> None:
        if options.redactor is not None:
            stream.write(options.redactor.mapping.to_json())

    outputs: list[tuple[Path, Render]] = []
    if target is None:
        show(pieces)
    else:
        outputs.append((target, render_extract))
    # Behind the extract, whose making fills it.
    if mapping is not None:
        outputs.append((mapping, render_mapping))
    check_extract(target, mapping, overwrite=overwrite)
    write_files(outputs, overwrite=overwrite or mapping is not None)
