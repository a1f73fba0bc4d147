"""A record in, the same with other values in some fields out."""

from typing import TypeVar

import msgspec

_Record = TypeVar("_Record", bound=msgspec.Struct)


def with_fields(record: _Record, **fields: object) -> _Record:
    """Return a copy of a record with other values in these fields."""
    return msgspec.structs.replace(record, **fields)
