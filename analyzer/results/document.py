"""Results in, the JSON document out, and back: schema version 1 of `results.schema.json`."""

import hashlib
import json
import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, Protocol

import msgspec

from analyzer.errors import ReadError
from analyzer.results.records import SCHEMA_VERSION, Results, SettingRecord

ONLY_IF_ANY = frozenset({"objects"})
"""Lists that are left out of the document when they are empty."""


def _plain(value: object) -> object:
    """Return what msgspec does not know as something that it does."""
    if isinstance(value, Mapping):
        return dict(value)
    raise NotImplementedError


_ENCODER = msgspec.json.Encoder(enc_hook=_plain)
_SETTING = "[...]"
_LONGEST_REASON = 200


class HashedInput(Protocol):
    """What the list of inputs is hashed from."""

    @property
    def path(self) -> str:
        """Path as shown."""

    @property
    def sha256(self) -> str:
        """SHA-256 of the bytes."""


def iter_json(results: Results) -> Iterator[bytes]:
    """Yield the document as UTF-8, one line per record; equal results give equal bytes.

    Text that is no valid Unicode (lone surrogates) is written as JSON escapes.
    """
    lead = b"{\n"
    for name in results.__struct_fields__:
        value = getattr(results, name)
        if name in ONLY_IF_ANY and not value:
            continue
        yield lead + f'"{name}": '.encode()
        yield from _list(value) if isinstance(value, tuple) else [_line(value)]
        lead = b",\n"
    yield b"\n}\n"


def load_json(data: bytes, path: str = "results.json") -> Results:
    """Return the results of a JSON file; fields that this version does not know are ignored.

    Raises:
        ReadError: the bytes are not JSON, or something in them is missing or of the wrong kind; the
            reason names it.
    """
    try:
        # msgspec's own parser refuses lone surrogates, which JSON allows (RFC 8259, section 8.2).
        document = json.loads(data.decode("utf-8-sig"))
    except UnicodeDecodeError as error:
        raise ReadError(path, f"not UTF-8 at byte {error.start}") from error
    except json.JSONDecodeError as error:
        raise ReadError(path, f"not JSON: {error.msg}", error.lineno) from error
    except (ValueError, RecursionError) as error:
        raise ReadError(path, "not JSON: nested too deeply or a number too long") from error
    version = document.get("schema_version") if isinstance(document, dict) else SCHEMA_VERSION
    if version != SCHEMA_VERSION or isinstance(version, bool):
        found = "none" if version is None else repr(version)[:40]
        raise ReadError(path, f"expected schema_version {SCHEMA_VERSION}, found {found}")
    try:
        return msgspec.convert(document, Results)
    except msgspec.ValidationError as error:
        raise ReadError(path, _reason(str(error), document)) from error


def results_sha256(results: Results) -> str:
    """Return the SHA-256 of the JSON document."""
    digest = hashlib.sha256()
    for piece in iter_json(results):
        digest.update(piece)
    return digest.hexdigest()


def input_manifest_sha256(inputs: Iterable[HashedInput]) -> str:
    """Return the SHA-256 of the list of inputs: hash, two blanks, path, LF for each, in order."""
    lines = (f"{source.sha256}  {source.path}\n" for source in inputs)
    return hashlib.sha256("".join(lines).encode("utf-8", "surrogatepass")).hexdigest()


def _list(records: tuple[msgspec.Struct, ...]) -> Iterator[bytes]:
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
        return _ENCODER.encode(value)
    except UnicodeEncodeError:
        # A lone surrogate has no UTF-8; `json` writes all that is not ASCII as escapes.
        return json.dumps(
            msgspec.to_builtins(value, enc_hook=_plain), separators=(",", ":")
        ).encode()


def _reason(message: str, document: object) -> str:
    """Put the place in front of a message of msgspec, `what - at `$.place``."""
    what, gap, place = message.rpartition(" - at `$")
    if not gap:
        what, place = message, ""
    place = _with_setting(place.rstrip("`").removeprefix("."), document)
    return f"{place or 'document'}: {what[:1].lower()}{what[1:_LONGEST_REASON]}"


def _with_setting(place: str, document: object) -> str:
    """Name the setting of a place: msgspec tells positions in lists, but no keys of mappings."""
    before, gap, after = place.partition(_SETTING)
    if not gap:
        return place
    settings: Any = document
    for step in re.findall(r"\w+", before):
        settings = settings[int(step) if step.isdigit() else step]
    for name, setting in settings.items():
        try:
            msgspec.convert(setting, SettingRecord)
        except msgspec.ValidationError:
            return f"{before}.{name.encode('unicode_escape').decode():.60}{after}"
    return place
