"""The tables of a fleet in, Parquet files out: one row a dump, and one row a finding."""

from collections.abc import Iterator, Sequence
from importlib.util import find_spec
from itertools import islice
from typing import Any, BinaryIO

from analyzer.fleets.digest_rows import VERDICTS
from analyzer.fleets.fleet_tables import Tables
from analyzer.fleets.stores import OutputFolder
from analyzer.results.fleet_records import DumpRecord

_AT_ONCE = 2_000
"""Rows of one group, all that is in memory."""
SEVERITIES = ("critical", "high", "medium", "low", "info")
DUMP_TEXTS = (
    *("label", "client", "path", "sha256", "status", "reason", "results", "forest"),
    *("naming_context", "date", "worst"),
)
DUMP_NUMBERS = (
    *("bytes", "virtual_servers", "receive_connectors", "left_behind", "assumed", "stricter"),
    *("waived", "not_evaluable", "unreadable"),
)
FINDING_TEXTS = (
    *("label", "client", "forest", "severity", "kind", "rule", "title", "organization", "server"),
    *("listener", "dn", "attribute", "found", "default", "status"),
)
_FINDINGS = """
SELECT dump.label, dump.client, dump.forest, finding.severity, finding.kind, finding.rule,
  finding.title, finding.organization, finding.server, finding.listener, finding.dn,
  finding.attribute, finding.found, finding.usual, finding.status, dump.counted, finding.assumed
FROM finding JOIN dump ON dump.number = finding.dump ORDER BY finding.rowid"""


def has_parquet() -> bool:
    """Tell whether Parquet can be written here."""
    return find_spec("pyarrow") is not None


def dump_columns() -> dict[str, str]:
    """Return the columns of the table of dumps with their types: `string`, `Int64`, `boolean`."""
    relay = {f"relay_{verdict}": "Int64" for verdict in VERDICTS}
    findings = {f"findings_{severity}": "Int64" for severity in SEVERITIES}
    return {
        **dict.fromkeys(DUMP_TEXTS, "string"),
        "counted": "boolean",
        **dict.fromkeys(DUMP_NUMBERS, "Int64"),
        "servers": "Int64",
        **relay,
        **findings,
    }


def finding_columns() -> dict[str, str]:
    """Return the columns of the table of findings with their types."""
    return {**dict.fromkeys(FINDING_TEXTS, "string"), "counted": "boolean", "assumed": "boolean"}


def dump_rows(tables: Tables) -> Iterator[Sequence[object]]:
    """Yield the dumps, a row each."""
    for record in tables.dumps():
        yield _dump_row(record)


def finding_rows(tables: Tables) -> Iterator[Sequence[object]]:
    """Yield the findings of all dumps, a row each."""
    for *texts, counted, assumed in tables.rows(_FINDINGS):
        yield (*texts, bool(counted), bool(assumed))


def write_parquet(tables: Tables, folder: OutputFolder) -> tuple[str, str]:
    """Write both files, and return their names.

    Raises:
        OutputError: one cannot be written.
    """
    dumps, findings = "fleet.parquet", "fleet-findings.parquet"
    folder.write(dumps, lambda stream: _write(stream, dump_columns(), dump_rows(tables)))
    folder.write(findings, lambda stream: _write(stream, finding_columns(), finding_rows(tables)))
    return dumps, findings


def _dump_row(record: DumpRecord) -> Sequence[object]:
    return (
        *(getattr(record, name) for name in DUMP_TEXTS),
        record.counted,
        *(getattr(record, name) for name in DUMP_NUMBERS),
        sum(record.servers.values()),
        *(record.relay.get(verdict) for verdict in VERDICTS),
        *(record.findings.get(severity) for severity in SEVERITIES),
    )


def _write(stream: BinaryIO, columns: dict[str, str], rows: Iterator[Sequence[object]]) -> None:
    import pyarrow as pa
    from pyarrow import parquet

    types: dict[str, Any] = {"string": pa.string(), "Int64": pa.int64(), "boolean": pa.bool_()}
    schema = pa.schema([(name, types[kind]) for name, kind in columns.items()])
    with parquet.ParquetWriter(stream, schema, compression="zstd") as writer:
        while group := list(islice(rows, _AT_ONCE)):
            table = dict(zip(columns, zip(*group, strict=True), strict=True))
            writer.write_table(pa.table(table, schema=schema))
