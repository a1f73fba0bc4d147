"""What many audits came to: the rows of `fleet.json`, schema version 1 of `fleet.schema.json`.

Within a schema version fields are only added. Everything here is plain data.
"""

from collections.abc import Mapping
from typing import Annotated, Final, Literal

from msgspec import Meta, Struct

from analyzer.catalogue.rule import FindingKind, Severity
from analyzer.results.records import Count, Digest, Moment, ToolRecord

FLEET_SCHEMA_VERSION: Final = 1

DumpStatus = Literal["done", "failed"]


class DumpRecord(Struct, frozen=True):
    """One dump: what became of its audit, and what that found."""

    label: str
    """Name of its folder beside this document."""
    client: str
    """Whose it is; empty when the list does not say."""
    path: str
    """Where it was read, as named; `archive.zip!member` for a member of an archive."""
    sha256: Digest
    """Of the file as stored; empty where it could not be read."""
    status: DumpStatus
    reason: str
    """Why it failed; empty when it is done."""
    results: str
    """Its results, relative to this document; empty when it failed."""
    bytes: Count = 0
    forest: str = ""
    """Number of its forest in `forests`, such as `F0001`; empty when it failed."""
    counted: bool = False
    """Whether it stands for its forest in all sums: the newest of its dumps does."""
    naming_context: str = ""
    """The partition that the dump holds, as DN."""
    organizations: tuple[str, ...] = ()
    date: str = ""
    """Of the directory: the newest change seen, ISO 8601 in UTC; empty when unknown."""
    servers: Mapping[str, int] = {}
    """Exchange servers by version; `unknown` where the dump does not tell."""
    virtual_servers: Count = 0
    receive_connectors: Count = 0
    relay: Mapping[str, int] = {}
    """Listeners by relay verdict, without those that replication or an upgrade left behind."""
    left_behind: Count = 0
    """Listeners left behind by replication or an upgrade, which count for nothing."""
    assumed: Count = 0
    """Of the verdicts in `relay`, how many rest on an assumption."""
    worst: str = ""
    """The most exposed verdict among them; empty when there is none."""
    findings: Mapping[str, int] = {}
    """Open findings by severity, those that are stricter than the default included."""
    stricter: Count = 0
    """Of these, how many are stricter than the default."""
    waived: Count = 0
    """Findings that a waiver accepts, which are not open."""
    changes: Mapping[str, int] = {}
    """Since its baseline, open findings by change and `resolved` ones; empty without a baseline."""
    not_evaluable: Count = 0
    """Checks on objects that the dump cannot answer."""
    unreadable: Count = 0
    """Records and values that could not be read."""


class ForestRecord(Struct, frozen=True):
    """One forest, and its dumps."""

    id: str
    name: str
    """Partition or organisation, as the dump that counts names it."""
    counted: str
    """Label of the dump that stands for it."""
    dumps: tuple[str, ...]
    """Labels of all its dumps, the oldest directory first."""
    proved: bool
    """Whether objectGUIDs prove which forest it is; else each dump stands for itself."""


class RuleInFleet(Struct, frozen=True):
    """One rule over all forests, by the dumps that count."""

    rule: str
    title: str
    severity: Severity
    """The highest among its findings."""
    kind: FindingKind
    forests: Count
    """Forests with an open finding."""
    findings: Count


class FleetTotals(Struct, frozen=True):
    """The sums; those of findings and listeners count each forest once."""

    dumps: Count
    done: Count
    failed: Count
    forests: Count
    servers: Mapping[str, int]
    relay: Mapping[str, int]
    findings: Mapping[str, int]
    changes: Mapping[str, int]
    """As those of the dumps; empty where none has a baseline."""
    open_forests: Count
    """Forests with a listener through which anybody who can connect may relay."""


class FleetResults(Struct, frozen=True):
    """What many audits came to."""

    schema_version: Annotated[int, Meta(ge=FLEET_SCHEMA_VERSION, le=FLEET_SCHEMA_VERSION)]
    tool: ToolRecord
    started: Moment
    arguments: tuple[str, ...]
    """How each dump was judged."""
    totals: FleetTotals
    dumps: tuple[DumpRecord, ...]
    """In the order in which they were named."""
    forests: tuple[ForestRecord, ...]
    rules: tuple[RuleInFleet, ...]
    """Those with open findings, most forests first."""
