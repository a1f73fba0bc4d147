"""A record in, the same with other values in some fields out."""

from typing import TypeVar

import msgspec

_AnyRecord = TypeVar("_AnyRecord", bound=msgspec.Struct)


def with_fields(record: _AnyRecord, **fields: object) -> _AnyRecord:
    """Return a copy of a record with other values in these fields."""
    return msgspec.structs.replace(record, **fields)
