"""Results in, the JSON document out, and back: schema version 1 of `results.schema.json`."""

import codecs
import hashlib
import re
from collections.abc import Iterable, Iterator
from functools import cache
from pathlib import Path
from typing import Any, Protocol

import msgspec

from analyzer.directory.shared_mapping import SharedMapping
from analyzer.errors import ReadError
from analyzer.results.records import SCHEMA_VERSION, Results, SettingRecord
from analyzer.small_files import read_small_file
from analyzer.visible_text import shorten

ONLY_IF_ANY = frozenset({"objects", "extended_rights", "hardening", "waivers", "profile"})
"""Lists that are left out of the document when they are empty."""

LARGEST = 512 << 20
"""Bytes of the largest document that is read; that of 10,000 virtual servers has some 300 MB."""

_MOST_EXPLAINED = 32 << 20
"""Bytes of the largest document whose faults, or halves of characters, are looked into."""


def _plain(value: object) -> object:
    """Return what msgspec does not know as something that it does."""
    if isinstance(value, SharedMapping):
        return value.as_dict()
    raise NotImplementedError  # which is how msgspec's hooks say that they do not know it either


def _encodable(value: object) -> object:
    """Return the same for the encoder: what thousands of objects have in common is encoded once."""
    return value.as_dict(_encoded) if isinstance(value, SharedMapping) else _plain(value)


def _encoded(value: object) -> msgspec.Raw:
    return msgspec.Raw(_ENCODER.encode(value))


_ENCODER = msgspec.json.Encoder(enc_hook=_encodable)
_AT_ONCE = 100
"""Records that are written by one call: they are small, and there may be millions."""
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


@cache
def _decoder() -> "msgspec.json.Decoder[Results]":
    """Return what reads results: to make it takes longer than to write those of a small dump."""
    return msgspec.json.Decoder(Results)


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


def json_line(value: object) -> bytes:
    """Return records, or plain values that hold some, as one line of UTF-8."""
    return _line(value) + b"\n"


def read_document(path: Path) -> bytes:
    """Return the bytes of a JSON file.

    Raises:
        ReadError: it cannot be read, or is larger than results are.
    """
    try:
        return read_small_file(path, LARGEST)
    except OSError as error:
        reason = f"cannot be read: {(error.strerror or 'no reason given').lower()}"
        raise ReadError(str(path), reason) from error


def load_json(data: bytes, path: str = "results.json") -> Results:
    """Return the results of a JSON file; fields that this version does not know are ignored.

    Raises:
        ReadError: the bytes are not JSON, or something in them is missing or of the wrong kind; the
            reason names it.
    """
    try:
        return _decoder().decode(data.removeprefix(codecs.BOM_UTF8))
    except (msgspec.DecodeError, ValueError, RecursionError) as error:
        # What follows takes some twenty times the bytes.
        if len(data) > _MOST_EXPLAINED:
            raise ReadError(path, _reason(str(error), None)) from error
    document = _any_document(data, path)
    version = document.get("schema_version") if isinstance(document, dict) else SCHEMA_VERSION
    if version != SCHEMA_VERSION or isinstance(version, bool):
        found = "none" if version is None else repr(version)[:40]
        raise ReadError(path, f"expected schema_version {SCHEMA_VERSION}, found {found}")
    try:
        return msgspec.convert(document, Results)
    except msgspec.ValidationError as error:
        raise ReadError(path, _reason(str(error), document)) from error
    except UnicodeEncodeError as error:
        reason = "half a character (lone surrogate) in the place of a word, a time or a hash"
        raise ReadError(path, reason) from error


def _any_document(data: bytes, path: str) -> object:
    """Return the JSON document; msgspec refuses lone surrogates (RFC 8259, section 8.2)."""
    import json  # for what is rare

    try:
        document: object = json.loads(data.decode("utf-8-sig"))
    except UnicodeDecodeError as error:
        raise ReadError(path, f"not UTF-8 at byte {error.start}") from error
    except json.JSONDecodeError as error:
        raise ReadError(path, f"not JSON: {error.msg}", error.lineno) from error
    except (ValueError, RecursionError) as error:
        raise ReadError(path, "not JSON: nested too deeply or a number too long") from error
    return document


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
    for start in range(0, len(records), _AT_ONCE):
        yield lead + _lines(records[start : start + _AT_ONCE])
        lead = b",\n"
    yield b"\n]"


def _lines(records: tuple[msgspec.Struct, ...]) -> bytes:
    try:
        # In strings a line feed is an escape, so that each of these ends a record.
        return _ENCODER.encode_lines(records)[:-1].replace(b"\n", b",\n")
    except UnicodeEncodeError:
        return b",\n".join(map(_line, records))


def _line(value: object) -> bytes:
    try:
        return _ENCODER.encode(value)
    except UnicodeEncodeError:
        import json

        # A lone surrogate has no UTF-8; `json` writes all that is not ASCII as escapes.
        return json.dumps(
            msgspec.to_builtins(value, enc_hook=_plain), separators=(",", ":")
        ).encode()


def _reason(message: str, document: object) -> str:
    """Put the place in front of a message of msgspec, `what - at `$.place``."""
    what, gap, place = message.rpartition(" - at `$")
    if not gap:
        what, place = message, ""
    place = place.rstrip("`").removeprefix(".")
    if document is not None:
        place = _with_setting(place, document)
    return f"{place or 'document'}: {what[:1].lower()}{shorten(what[1:], _LONGEST_REASON)}"


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
        except (msgspec.ValidationError, UnicodeEncodeError):
            return f"{before}.{shorten(name, 60)}{after}"
    return place
