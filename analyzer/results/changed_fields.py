"""A record in, the same with other values in some fields out."""

from typing import TypeVar

import msgspec

from analyzer.results.records import FindingRecord, GoneFinding

_AnyRecord = TypeVar("_AnyRecord", bound=msgspec.Struct)


def with_fields(record: _AnyRecord, **fields: object) -> _AnyRecord:
    """Return a copy of a record with other values in these fields."""
    return msgspec.structs.replace(record, **fields)


def gone(finding: FindingRecord, **fields: object) -> GoneFinding:
    """Return a finding of the baseline as one that is no longer there."""
    values = {name: getattr(finding, name) for name in FindingRecord.__struct_fields__}
    return GoneFinding(**{**values, **fields})
