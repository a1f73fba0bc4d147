"""Results in, the JSON document out, and back: schema version 1 of `results.schema.json`."""

import hashlib
import json
import types
import typing
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import MISSING, fields, is_dataclass
from functools import cache

import orjson

from analyzer.errors import ReadError
from analyzer.results.records import (
    EvaluationRecord,
    FindingRecord,
    InputRecord,
    RelayRecord,
    Results,
    Scalar,
    SettingRecord,
)

SCHEMA_VERSION = 1


class HashedInput(typing.Protocol):
    """What the list of inputs is hashed from."""

    @property
    def path(self) -> str:
        """Path as shown."""

    @property
    def sha256(self) -> str:
        """SHA-256 of the bytes."""


CHOICES: Mapping[tuple[type, str], tuple[str, ...]] = {
    (FindingRecord, "kind"): ("non-default", "weakness", "inconsistent", "information"),
    (FindingRecord, "severity"): ("critical", "high", "medium", "low", "info"),
    (FindingRecord, "status"): ("open", "waived", "resolved"),
    (RelayRecord, "verdict"): ("open", "listed", "authenticated", "closed", "unknown"),
    (RelayRecord, "confidence"): ("decided", "assumed"),
    (EvaluationRecord, "state"): ("failed", "passed", "not_evaluable", "not_applicable"),
    (SettingRecord, "state"): ("set", "not_set", "not_exported", "lost", "undecodable"),
    (InputRecord, "export_scope"): ("full", "limited"),
}
"""Fields that hold one of a closed set of words."""

ONLY_IF_ANY = frozenset({"objects"})
"""Lists that are left out of the document when they are empty."""


def to_document(results: Results) -> dict[str, object]:
    """Return the results as plain dictionaries, lists and scalars."""
    document: dict[str, object] = json.loads(dump_json(results))
    return document


def dump_json(results: Results) -> bytes:
    """Return the document as UTF-8, one line per record; equal results give equal bytes.

    Text that is no valid Unicode (lone surrogates) is written as JSON escapes.
    """
    return b"".join(iter_json(results))


def iter_json(results: Results) -> Iterator[bytes]:
    """Yield the document of `dump_json` in small pieces."""
    lead = b"{\n"
    for field in fields(results):
        value = getattr(results, field.name)
        if field.name in ONLY_IF_ANY and not value:
            continue
        yield lead + f'"{field.name}": '.encode()
        if isinstance(value, tuple):
            yield from _list(value)
        else:
            yield _line(value)
        lead = b",\n"
    yield b"\n}\n"


def from_document(document: object, path: str = "results.json") -> Results:
    """Return the results of a document; fields this version does not know are ignored.

    Raises:
        ReadError: something required is missing or of the wrong kind; the reason names it.
    """
    if not isinstance(document, dict):
        raise ReadError(path, f"expected a JSON object with results, found {_kind(document)}")
    version = document.get("schema_version")
    if version != SCHEMA_VERSION or isinstance(version, bool):
        found = "none" if version is None else repr(version)[:40]
        raise ReadError(path, f"expected schema_version {SCHEMA_VERSION}, found {found}")
    try:
        results = _record(Results, document, "")
    except _Misfit as misfit:
        raise ReadError(path, str(misfit)) from misfit
    if not isinstance(results, Results):
        raise TypeError("a record of results was built")
    return results


def load_json(data: bytes, path: str = "results.json") -> Results:
    """Return the results of a JSON file.

    Raises:
        ReadError: the bytes are not JSON, or not such a document.
    """
    try:
        document = json.loads(data.decode("utf-8-sig"))
    except UnicodeDecodeError as error:
        raise ReadError(path, f"not UTF-8 at byte {error.start}") from error
    except json.JSONDecodeError as error:
        raise ReadError(path, f"not JSON: {error.msg}", error.lineno) from error
    except (ValueError, RecursionError) as error:
        raise ReadError(path, "not JSON: nested too deeply or a number too long") from error
    return from_document(document, path)


def results_sha256(results: Results) -> str:
    """Return the SHA-256 of the JSON document."""
    digest = hashlib.sha256()
    for piece in iter_json(results):
        digest.update(piece)
    return digest.hexdigest()


def input_manifest_sha256(inputs: Iterable[HashedInput]) -> str:
    """Return the SHA-256 of the list of inputs: hash, two blanks, path, LF for each, in order."""
    lines = (f"{item.sha256}  {item.path}\n" for item in inputs)
    return hashlib.sha256("".join(lines).encode("utf-8", "surrogatepass")).hexdigest()


def _list(records: tuple[object, ...]) -> Iterator[bytes]:
    if not records:
        yield b"[]"
        return
    lead = b"[\n"
    for record in records:
        yield lead + _line(record)
        lead = b",\n"
    yield b"\n]"


def _line(value: object) -> bytes:
    try:
        return orjson.dumps(value, default=_plain)
    except orjson.JSONEncodeError:
        # Lone surrogates, and numbers of more than 64 bits.
        return json.dumps(value, separators=(",", ":"), default=_plain).encode()


def _plain(value: object) -> dict[str, object]:
    """Return a mapping or record as a dictionary, one level deep."""
    if isinstance(value, Mapping):
        return dict(value)
    if not is_dataclass(value):
        raise TypeError(f"{type(value).__name__} is no record of the results")
    return {field.name: getattr(value, field.name) for field in fields(value)}


class _Misfit(ValueError):
    """A part of the document that is not as it should be."""


@cache
def _shape(kind: type) -> tuple[tuple[str, object, bool], ...]:
    hints = typing.get_type_hints(kind)
    if not is_dataclass(kind):
        raise TypeError(f"{kind.__name__} is no record of the results")
    return tuple(
        (
            field.name,
            hints[field.name],
            field.default is MISSING and field.default_factory is MISSING,
        )
        for field in fields(kind)
    )


def _record(kind: type, document: object, where: str) -> object:
    if not isinstance(document, dict):
        raise _Misfit(f"{where or 'document'}: expected an object, found {_kind(document)}")
    values: dict[str, object] = {}
    for name, hint, required in _shape(kind):
        place = f"{where}.{name}" if where else name
        if name in document:
            values[name] = _value(hint, document[name], place)
        elif required:
            raise _Misfit(f"{place}: missing")
        choices = CHOICES.get((kind, name))
        if choices and name in values and values[name] not in choices:
            raise _Misfit(
                f"{place}: expected one of {', '.join(choices)}, found {values[name]!r:.60}"
            )
    return kind(**values)


def _value(hint: object, value: object, where: str) -> object:
    if hint == Scalar:
        return _scalar(value, where)
    origin, arguments = typing.get_origin(hint), typing.get_args(hint)
    if origin in (types.UnionType, typing.Union):
        if value is None and types.NoneType in arguments:
            return None
        return _value(next(item for item in arguments if item is not types.NoneType), value, where)
    if origin is tuple:
        if not isinstance(value, list):
            raise _Misfit(f"{where}: expected a list, found {_kind(value)}")
        return tuple(_value(arguments[0], item, f"{where}[{at}]") for at, item in enumerate(value))
    if isinstance(origin, type) and issubclass(origin, Mapping):
        if not isinstance(value, dict):
            raise _Misfit(f"{where}: expected an object, found {_kind(value)}")
        return {key: _value(arguments[1], item, f"{where}.{key}") for key, item in value.items()}
    if isinstance(hint, type) and is_dataclass(hint):
        return _record(hint, value, where)
    return _leaf(hint, value, where)


def _leaf(hint: object, value: object, where: str) -> object:
    wanted = {str: "text", int: "a number", bool: "true or false"}
    # In Python true is an int; in the document it is not a number.
    fits = type(value) is hint
    if not fits:
        name = wanted.get(hint, "something else") if isinstance(hint, type) else "something else"
        raise _Misfit(f"{where}: expected {name}, found {_kind(value)}")
    return value


def _scalar(value: object, where: str) -> object:
    if value is None or type(value) in (bool, int, str):
        return value
    if isinstance(value, list) and (
        all(type(item) is str for item in value) or all(type(item) is int for item in value)
    ):
        return tuple(value)
    raise _Misfit(f"{where}: expected a value or a list of texts or numbers, found {_kind(value)}")


def _kind(value: object) -> str:
    if value is None:
        return "null"
    names = {
        bool: "true or false",
        int: "a number",
        float: "a fraction",
        str: "text",
        list: "a list",
    }
    return names.get(type(value), "an object")
