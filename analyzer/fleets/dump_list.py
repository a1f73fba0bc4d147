"""Inputs of a fleet in, one row for each dump out: whose it is, its label, where it is read.

A folder, a pattern or an archive gives one dump for each file in it; the parts of a split file are
one. A list is a file named behind `@`: a path or URL on each line, or a table (CSV, which needs no
`@` if it names clients or labels) with a column `path` and, if wanted, `client`, `label`, `waivers`
(files, `;` between them) and `baseline` (results, workbook or dump of the last audit). Paths in a
list count from the folder of the list.
"""

import csv
import hashlib
import io
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

from analyzer.dump.members import STDIN, Member, find_members
from analyzer.dump.plain_errors import reason_of
from analyzer.dump.split_parts import with_parts_joined
from analyzer.errors import ReadError, UsageError
from analyzer.fleets.store_access import check_url, is_url
from analyzer.fleets.stores import stored_members
from analyzer.small_files import read_small_file
from analyzer.visible_text import shorten

LARGEST_LIST = 256 << 20
"""Bytes of a list; one of a million dumps has some 100 MB."""
_COLUMNS = ("client", "label", "path", "waivers", "baseline")
_NOT_IN_LABELS = re.compile(r"[^\w.@+-]+")
_LONGEST_LABEL = 100
_LONGEST_HEADER = 4096
_DIGITS = 8
_RESERVED = re.compile(r"(?i)(con|prn|aux|nul|com\d|lpt\d)(\.|$)")
"""Names of devices on Windows, whatever their ending."""


class ListedDump(NamedTuple):
    """One dump of the fleet."""

    label: str
    """Unlike all others, whatever the capitals, and fit to be the name of a folder."""
    client: str
    """As a list names it, else the folder it lies in below the input; empty without one."""
    paths: tuple[str, ...]
    size: int
    refused: str = ""
    """Why it cannot be read at all; empty when it can be tried."""
    waivers: tuple[str, ...] = ()
    """Files of waivers, for this dump alone."""
    baseline: str = ""
    """Results, workbook or dump of the last audit; empty for none."""


class _ListRow(NamedTuple):
    """One row of a list, or one input of the command line."""

    path: str
    client: str = ""
    label: str = ""
    listed: bool = False
    """Stands in a list: what is wrong with it is told of this dump, and is no end of the run."""
    waivers: tuple[str, ...] = ()
    baseline: str = ""


class _Found(NamedTuple):
    """A dump before its label is settled."""

    row: _ListRow
    name: str
    """Where it stands below the path of its row; empty when the row names it."""
    paths: tuple[str, ...]
    size: int
    refused: str = ""


def list_dumps(inputs: Sequence[str], output: str) -> list[ListedDump]:
    """Return every dump that the inputs lead to, in their order; nothing below `output` is one.

    Raises:
        ReadError: an input names nothing, or a list cannot be read.
        UsageError: an input cannot be one of a fleet, or a URL is refused.
    """
    rows = [row for name in inputs for row in _rows_of(name)]
    found: dict[str, _Found] = {}
    for row in rows:
        for dump in _dumps_of(row, output):
            # A dump that is named twice is one dump.
            found.setdefault(dump.paths[0], dump)
    dumps = list(found.values())
    labels = _unlike([_wanted_label(dump) for dump in dumps], [dump.paths[0] for dump in dumps])
    return [
        ListedDump(
            label,
            dump.row.client or _client_of(dump.name),
            dump.paths,
            dump.size,
            dump.refused,
            dump.row.waivers,
            dump.row.baseline,
        )
        for label, dump in zip(labels, dumps, strict=True)
    ]


def _rows_of(name: str) -> Iterator[_ListRow]:
    if name == STDIN:
        raise UsageError("a fleet is made of files; name them instead of -", "INPUT")
    if not (name.startswith("@") or _is_list_of_clients(name)):
        check_url(name)
        yield _ListRow(name)
        return
    file = Path(name.removeprefix("@"))
    try:
        text = read_small_file(file, LARGEST_LIST).decode("utf-8-sig")
    except OSError as error:
        raise ReadError(str(file), reason_of(error)) from error
    except UnicodeDecodeError as error:
        raise ReadError(str(file), "this list is no UTF-8 text") from error
    rows = list(_table_rows(text) if _is_table(text) else _line_rows(text))
    if not rows:
        raise ReadError(str(file), "this list names no dump")
    for row in rows:
        check_url(row.path)
        here = file.parent
        yield row._replace(
            path=row.path if is_url(row.path) else str(here / row.path),
            waivers=tuple(str(here / name) for name in row.waivers),
            baseline=str(here / row.baseline) if row.baseline else "",
        )


def _is_list_of_clients(name: str) -> bool:
    """Tell whether a file is a table of dumps rather than a dump, by its header: no `@` needed."""
    if is_url(name) or not name.lower().endswith(".csv"):
        return False
    try:
        with Path(name).open("rb") as stream:
            header = _columns_of(stream.readline(_LONGEST_HEADER).decode("utf-8-sig"))
    except (OSError, ValueError):
        return False
    return "path" in header and bool({"client", "label"} & header) and "dn" not in header


def _is_table(text: str) -> bool:
    return "path" in _columns_of(text.partition("\n")[0])


def _columns_of(line: str) -> set[str]:
    return set(re.split(r"[,;\t]", line.lower().replace('"', "").replace(" ", "").strip()))


def _table_rows(text: str) -> Iterator[_ListRow]:
    first = text.partition("\n")[0]
    separator = max(",;\t", key=first.count)
    table = csv.DictReader(io.StringIO(text), delimiter=separator)
    table.fieldnames = [name.strip().lower() for name in table.fieldnames or ()]
    for cells in table:
        client, label, path, waivers, baseline = (
            (cells.get(name) or "").strip() for name in _COLUMNS
        )
        if path:
            files = tuple(name.strip() for name in waivers.split(";") if name.strip())
            yield _ListRow(path, client, label, True, files, baseline)


def _line_rows(text: str) -> Iterator[_ListRow]:
    for line in text.splitlines():
        path = line.strip()
        if path and not path.startswith("#"):
            yield _ListRow(path, listed=True)


def _dumps_of(row: _ListRow, output: str) -> Iterator[_Found]:
    try:
        members = stored_members(row.path) if is_url(row.path) else find_members([row.path])
        for member in with_parts_joined(members):
            if not _is_below(member.path, output):
                paths = tuple(part.path for part in member.parts) or (member.path,)
                name = _name_below(row.path, member)
                yield _Found(row, name, paths, member.size, member.refused)
            elif member.named:
                raise UsageError(f"{member.path} lies in the folder of the outputs", "-o")
    except ReadError as error:
        if not row.listed:
            raise
        yield _Found(row, "", (row.path,), 0, error.reason)


def _is_below(path: str, output: str) -> bool:
    if is_url(path) or is_url(output):
        return is_url(path) and path.startswith(output.rstrip("/") + "/")
    return Path(path).resolve().is_relative_to(Path(output).resolve())


def _name_below(path: str, member: Member) -> str:
    """Return where a dump stands below what led to it; empty for what was named itself."""
    if member.named:
        return ""
    if is_url(path):
        base = path.rstrip("/") + "/"
        return member.path.removeprefix(base) if member.path.startswith(base) else member.path
    if member.path.startswith(f"{path}!"):
        return member.path.removeprefix(f"{path}!")
    place = Path(path)
    try:
        return Path(member.path).relative_to(place if place.is_dir() else place.parent).as_posix()
    except ValueError:
        return Path(member.path).name


def _client_of(name: str) -> str:
    """Return the folder per client in which a dump lies below what was named, if it lies in one."""
    folder, step, _ = name.partition("/")
    return folder if step and "!" not in folder else ""


def _wanted_label(found: _Found) -> str:
    """Return the label that a dump would have if no other had it.

    Names of files and of members of archives come from strangers; what is left of them here is
    one step of a path.
    """
    row = found.row
    if row.label:
        parts = [row.label, *([found.name] if found.name else [])]
    elif row.client:
        parts = [row.client, found.name or _last(row.path)]
    else:
        parts = [found.name or _last(row.path)]
    label = _NOT_IN_LABELS.sub("_", "_".join(parts)).strip("._")
    if len(label) > _LONGEST_LABEL:
        label = f"{label[:_LONGEST_LABEL]}-{_digits(found.paths[0])}"
    if not label or _RESERVED.match(label):
        label = f"dump-{_digits(found.paths[0])}"
    return label


def _last(path: str) -> str:
    return re.split(r"[/\\]", path.rstrip("/\\"))[-1]


def _unlike(labels: Sequence[str], paths: Iterable[str]) -> list[str]:
    """Return labels of which none is another's: all of the same name get digits of their paths."""
    times = Counter(label.casefold() for label in labels)
    told = [
        label if times[label.casefold()] == 1 else f"{label}-{_digits(path)}"
        for label, path in zip(labels, paths, strict=True)
    ]
    again = Counter(label.casefold() for label in told)
    if twice := [label for label, number in again.items() if number > 1]:
        raise UsageError(f"two dumps would both be called {shorten(twice[0], 60)}", "INPUT")
    return told


def _digits(path: str) -> str:
    return hashlib.sha256(path.encode("utf-8", "surrogateescape")).hexdigest()[:_DIGITS]
