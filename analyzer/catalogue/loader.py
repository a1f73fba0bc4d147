"""TOML rule files in, a checked catalogue out; anything odd is a CatalogueError."""

import hashlib
import re
from collections.abc import Iterator, Mapping, Sequence
from functools import lru_cache
from pathlib import Path
from typing import NamedTuple

from analyzer.catalogue.rule import Catalogue, Rule
from analyzer.catalogue.rule_fields import Misfit
from analyzer.catalogue.rule_reader import read_rule
from analyzer.errors import CatalogueError
from analyzer.small_files import read_small_file
from analyzer.toml_text import parse_toml

CATALOGUE_VERSION = "1.0"
BUILT_IN = "built-in"
BUILT_IN_FILES = (
    "smtp_virtual_server.toml",
    "smtp_virtual_server_defaults.toml",
    "relay.toml",
    "smtp_connector.toml",
    "global_settings.toml",
    "recipient_policy.toml",
    "server.toml",
    "end_of_support.toml",
    "routing_group.toml",
    "receive_connector.toml",
    "send_connector.toml",
    "accepted_domain.toml",
    "transport_settings.toml",
    "hardening.toml",
)
"""In the order in which a reader meets the rules; the hash depends on it."""

LARGEST_FILE = 1 << 20
"""Bytes of a rule file; all built-in ones together have some 100 KB."""

_ID = re.compile(r"[A-Za-z][A-Za-z0-9]*(-[A-Za-z0-9]+)+")


class _RuleFile(NamedTuple):
    name: str
    origin: str
    content: bytes


def load_catalogue(folders: Sequence[Path] = ()) -> Catalogue:
    """Load the built-in rules and those of the folders' `*.toml` files, which add to them.

    Raises CatalogueError, naming file and rule, for anything that is not a valid rule file.
    """
    rule_files = [*_built_in_files(), *_files_of(folders)]
    digest = hashlib.sha256()
    rules: dict[str, Rule] = {}
    for rule_file in rule_files:
        digest.update(f"{rule_file.name}\n{len(rule_file.content)}\n".encode("utf-8", "replace"))
        digest.update(rule_file.content)
        for rule in _rules_of(rule_file):
            if rule.id in rules:
                other = rules[rule.id].origin
                raise CatalogueError(rule_file.name, f"id already used ({other})", rule.id)
            rules[rule.id] = rule
    _check_covers(rules)
    return Catalogue(tuple(rules.values()), CATALOGUE_VERSION, digest.hexdigest())


def check_folder(folder: Path) -> tuple[Rule, ...]:
    """Return the rules of a folder after checking them together with the built-in ones.

    Raises CatalogueError like `load_catalogue`.
    """
    rules = load_catalogue([folder]).rules
    return tuple(rule for rule in rules if rule.origin != BUILT_IN)


def _built_in_files() -> list[_RuleFile]:
    folder = Path(__file__).parent
    return [_RuleFile(name, BUILT_IN, (folder / name).read_bytes()) for name in BUILT_IN_FILES]


def find_rule_files(folders: Sequence[Path]) -> Iterator[Path]:
    """Yield the rule files of folders.

    Raises CatalogueError where a folder cannot be read, or holds none.
    """
    for folder in folders:
        try:
            paths = sorted(path for path in folder.iterdir() if path.suffix == ".toml")
        except (OSError, ValueError) as error:
            raise CatalogueError(str(folder), f"cannot read the folder: {_plain(error)}") from error
        if not paths:
            raise CatalogueError(str(folder), "no rule file (*.toml) in this folder")
        yield from paths


def _files_of(folders: Sequence[Path]) -> Iterator[_RuleFile]:
    for path in find_rule_files(folders):
        try:
            content = read_small_file(path, LARGEST_FILE)
        except OSError as error:
            raise CatalogueError(str(path), f"cannot read: {_plain(error)}") from error
        yield _RuleFile(str(path), path.name, content)


def _check_covers(rules: Mapping[str, Rule]) -> None:
    """See to it that every rule that another one covers exists, and that none leads in a circle.

    Raises CatalogueError.
    """
    for rule in rules.values():
        for covered in rule.covers:
            other = rules.get(covered)
            if other is None:
                raise CatalogueError(rule.origin, f"covers {covered!r:.60}, no such rule", rule.id)
            if not set(other.kinds) & set(rule.kinds):
                reason = f"covers {covered}, which judges objects of another class"
                raise CatalogueError(rule.origin, reason, rule.id)
        seen = set(rule.covers)
        while further := {name for one in seen for name in rules[one].covers} - seen:
            if rule.id in further:
                raise CatalogueError(rule.origin, "covers itself by way of others", rule.id)
            seen |= further
        if rule.id in seen:
            raise CatalogueError(rule.origin, "covers itself", rule.id)


# Parsing takes three times as long as judging a small dump, and a library judges many; rules do
# not change once they are made, so those of the same bytes are the same.
@lru_cache(maxsize=64)
def _rules_of(rule_file: _RuleFile) -> tuple[Rule, ...]:
    return tuple(_parse(rule_file))


def _parse(rule_file: _RuleFile) -> Iterator[Rule]:
    for position, table in enumerate(_rule_tables(rule_file), start=1):
        if not isinstance(table, dict):
            raise CatalogueError(rule_file.name, f"rule {position} is no table; write [[rule]]")
        rule_id = table.get("id")
        if not isinstance(rule_id, str) or not _ID.fullmatch(rule_id):
            reason = f"id is {rule_id!r:.60}, expected a form such as VS-01"
            raise CatalogueError(rule_file.name, reason, f"rule {position}")
        try:
            yield read_rule(table, rule_file.origin)
        except Misfit as misfit:
            raise CatalogueError(rule_file.name, str(misfit), rule_id) from misfit


def _rule_tables(rule_file: _RuleFile) -> list[object]:
    try:
        document = parse_toml(rule_file.content)
    except ValueError as error:
        raise CatalogueError(rule_file.name, str(error)) from error
    unknown = sorted(document.keys() - {"rule"})
    if unknown:
        raise CatalogueError(rule_file.name, f"unknown key {unknown[0]!r:.60}, expected [[rule]]")
    tables = document.get("rule", [])
    if not isinstance(tables, list):
        raise CatalogueError(rule_file.name, "rule is no list of tables; write [[rule]]")
    return tables


def _plain(error: Exception) -> str:
    if isinstance(error, OSError) and error.strerror:
        return error.strerror.lower()
    return " ".join(str(error).split())[:200]
