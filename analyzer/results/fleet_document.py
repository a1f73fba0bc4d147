"""What many audits came to in, `fleet.json` out, a line at a time; and one line of it back."""

from collections.abc import Iterable, Iterator

import msgspec

from analyzer.results.document import json_line
from analyzer.results.fleet_records import (
    FLEET_SCHEMA_VERSION,
    DumpRecord,
    FleetTotals,
    ForestRecord,
    RuleInFleet,
)
from analyzer.results.records import ToolRecord

_RECORD = msgspec.json.Decoder(DumpRecord)


def dump_line(record: DumpRecord) -> bytes:
    """Return one dump as one line."""
    return json_line(record)


def dump_of(line: bytes, *, forest: str, counted: bool) -> DumpRecord:
    """Return the dump of a line, with its place among the forests."""
    record = _RECORD.decode(line)
    return msgspec.structs.replace(record, forest=forest, counted=counted)


def iter_fleet_json(
    tool: ToolRecord,
    started: str,
    arguments: tuple[str, ...],
    totals: FleetTotals,
    dumps: Iterable[DumpRecord],
    forests: Iterable[ForestRecord],
    rules: Iterable[RuleInFleet],
) -> Iterator[bytes]:
    """Yield the document as UTF-8, one line per record; no more than one record is in memory."""
    head = {
        "schema_version": FLEET_SCHEMA_VERSION,
        "tool": tool,
        "started": started,
        "arguments": arguments,
        "totals": totals,
    }
    lead = b"{\n"
    for name, value in head.items():
        yield lead + f'"{name}": '.encode() + json_line(value).rstrip()
        lead = b",\n"
    lists: tuple[tuple[str, Iterable[object]], ...] = (
        ("dumps", dumps),
        ("forests", forests),
        ("rules", rules),
    )
    for name, records in lists:
        yield f',\n"{name}": ['.encode()
        comma = b"\n"
        for record in records:
            yield comma + json_line(record).rstrip()
            comma = b",\n"
        yield b"\n]"
    yield b"\n}\n"
