"""A TOML file of `[[name]]` tables in, each with the lines that it and its keys stand on out."""

import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import NamedTuple

from analyzer.catalogue.near_names import near_name
from analyzer.catalogue.rule_fields import Misfit, RuleTable
from analyzer.errors import CatalogueError
from analyzer.small_files import read_small_file
from analyzer.toml_text import parse_toml

LARGEST_FILE = 1 << 20
"""Bytes of a file of waivers or of a profile; a thousand waivers have some 300 KB."""

# Strings and comments (TOML 1.0), which may hold anything that looks like a header or a key.
_HIDES = r'(?s)"""(?:[^\\]|\\.)*?"{3,5}|\'\'\'.*?\'{3,5}|"(?:[^"\\\n]|\\.)*"|\'[^\'\n]*\'|#[^\n]*'
_HEADER = r"\s*\[\[\s*([A-Za-z0-9_-]+)\s*\]\]"
_SUBTABLE = r"\s*\[\s*[A-Za-z0-9_-]+\s*\.\s*([A-Za-z0-9_-]+)\s*\]"
_KEY = r"\s*([A-Za-z0-9_-]+(?:\s*\.\s*[A-Za-z0-9_-]+)?)\s*="
_LINE_OF_ERROR = r"\(at line (\d+), column \d+\)"


class PlacedTable(NamedTuple):
    """One table of a file."""

    table: RuleTable
    file: str
    line: int
    """Of its header."""
    lines: Mapping[str, int]
    """Lines of its keys, those of a table in it as `table.key`."""

    def error(self, misfit: Misfit, name: str = "") -> CatalogueError:
        """Return what is wrong with it, at the line of the key that it is about."""
        line = self.lines.get(misfit.key, self.line)
        return CatalogueError(f"{self.file}:{line}", str(misfit), name)


def read_tables(path: Path, name: str) -> tuple[PlacedTable, ...]:
    """Return the tables of a file, all of which have that name.

    Raises:
        CatalogueError: the file cannot be read, is no TOML, or holds something else.
    """
    file = str(path)
    try:
        content = read_small_file(path, LARGEST_FILE)
    except OSError as error:
        reason = (error.strerror or "no reason given").lower()
        raise CatalogueError(file, f"cannot read: {reason}") from error
    try:
        document = parse_toml(content)
    except ValueError as error:
        line = re.search(_LINE_OF_ERROR, str(error))
        raise CatalogueError(f"{file}:{line[1]}" if line else file, str(error)) from error
    text = content.decode("utf-8-sig")
    for key in document.keys() - {name}:
        line_of_key = next((at for at, word in _words(text) if word == key), 1)
        raise CatalogueError(f"{file}:{line_of_key}", _unknown(key, name))
    tables = document.get(name, [])
    places = list(_places(text, name))
    # A list in one line, or a quoted name, is TOML, too; no line could be told of its parts.
    if not isinstance(tables, list) or len(tables) != len(places):
        raise CatalogueError(file, f"{name} is no list of tables; write [[{name}]] above each")
    return tuple(
        PlacedTable(table, file, line, lines)
        for table, (line, lines) in zip(tables, places, strict=True)
    )


def _unknown(key: str, name: str) -> str:
    near = near_name(key, [name])
    hint = f"did you mean [[{near}]]?" if near else f"expected [[{name}]]"
    return f"unknown key {key!r:.60}; {hint}"


def _bare_lines(text: str) -> list[str]:
    """Return the lines without what strings and comments hold."""
    return re.sub(_HIDES, lambda hidden: "\n" * hidden[0].count("\n"), text).split("\n")


def _words(text: str) -> Iterator[tuple[int, str]]:
    """Yield number and name of the lines that are a header or begin with a key."""
    for number, line in enumerate(_bare_lines(text), start=1):
        if found := re.match(_HEADER, line) or re.match(_KEY, line):
            yield number, found[1].partition(".")[0].strip()


def _places(text: str, name: str) -> Iterator[tuple[int, Mapping[str, int]]]:
    """Yield the line of each header, and those of the keys below it."""
    lines: dict[str, int] | None = None
    within = ""
    for number, line in enumerate(_bare_lines(text), start=1):
        if (header := re.match(_HEADER, line)) and header[1] == name:
            lines, within = {}, ""
            yield number, lines
        elif lines is not None and (table := re.match(_SUBTABLE, line)):
            within = f"{table[1]}."
            lines[table[1]] = number
        elif lines is not None and (key := re.match(_KEY, line)):
            lines.setdefault(within + re.sub(r"\s", "", key[1]), number)
