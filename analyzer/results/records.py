"""The results of an audit: what every output is rendered from.

Field names are those of the JSON document (schema version 1). Within a schema version fields are
only added. Everything here is plain data: text, numbers, tuples, mappings.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, ClassVar, TypeVar, dataclass_transform

from analyzer.directory import kinds
from analyzer.directory.kinds import KindOfObject

if TYPE_CHECKING:
    from analyzer.dataframes import DataFrame

Scalar = bool | int | str | tuple[str, ...] | tuple[int, ...] | None
_Record = TypeVar("_Record")


@dataclass_transform(frozen_default=True)
def _numerous(kind: type[_Record]) -> type[_Record]:
    """Make a record of which a virtual server has dozens; frozen to the type checker alone.

    A dataclass that is frozen at run time takes four times as long to make.
    """
    return dataclass(slots=True, unsafe_hash=True)(kind)


@dataclass(frozen=True, slots=True)
class ToolRecord:
    """The program and the rules it ran."""

    name: str
    version: str
    catalogue_version: str
    catalogue_sha256: str


@dataclass(frozen=True, slots=True)
class RunRecord:
    """This run."""

    report_id: str
    """Twelve characters in three groups, derived from inputs, rules and arguments."""
    started: str
    """ISO 8601 in UTC, to the second."""
    arguments: tuple[str, ...]
    small_business_server: bool = False


@dataclass(frozen=True, slots=True)
class SourceRecord:
    """Where an object stands."""

    file: str
    line: int | None
    last_line: int | None
    offset: int | None = None


@dataclass(frozen=True, slots=True)
class InputRecord:
    """One input file, archive member or stream."""

    path: str
    bytes: int
    sha256: str
    format: str
    dialect: str
    encoding: str
    entries: int
    relevant_entries: int
    export_scope: str
    naming_context: str | None
    warnings: tuple[str, ...]
    line_ends: str = ""
    modified: str = ""
    """Time of last change of the file, ISO 8601 in UTC; empty when unknown."""


@_numerous
class SettingRecord:
    """One setting of one object."""

    state: str
    value: Scalar
    text: str
    line: int | None
    last_line: int | None = None
    raw: str | None = None
    reason: str = ""


@dataclass(frozen=True, slots=True)
class RelayRecord:
    """Who may relay through one virtual server."""

    verdict: str
    """`open`, `listed`, `authenticated`, `closed` or `unknown`."""
    confidence: str
    """`decided` or `assumed`."""
    authenticated_may_relay: bool | None
    mode: str | None
    """`only_listed`, `all_except` or None."""
    addresses: tuple[str, ...]
    """CIDR texts of the list: who may relay, or for `all_except` who may not."""
    reasons: tuple[str, ...]
    names: tuple[str, ...] = ()
    """Domain names on the list."""
    anonymous: bool | None = None
    """Anonymous access allowed; None when the flags are not known."""
    basic: bool | None = None
    tls_required: bool | None = None
    addresses_covered: int | None = None
    """How many addresses may relay by address; None when unknown."""
    covers: str = ""
    """`none`, `private`, `public`, `everything`, or empty when unknown."""
    connection_control: str = ""
    """Who may connect, in words; empty when unrestricted."""


@dataclass(frozen=True, slots=True)
class VirtualServerRecord:
    """One SMTP virtual server."""

    kind_of_object: ClassVar[KindOfObject] = kinds.VIRTUAL_SERVER

    dn: str
    organization: str | None
    administrative_group: str | None
    server: str | None
    number: int | None
    name: str | None
    exchange_version: str | None
    settings: Mapping[str, SettingRecord]
    source: SourceRecord
    relay: RelayRecord | None = None
    guid: str | None = None
    entry_sha256: str = ""
    notes: tuple[str, ...] = ()
    connectors: tuple[str, ...] = ()
    """DNs of the connectors that name this virtual server as local bridgehead."""


Listener = VirtualServerRecord
"""Whoever accepts mail: the union of the records that carry a relay verdict."""


@dataclass(frozen=True, slots=True)
class ServerRecord:
    """One Exchange server: an object of the dump, or only named by the DN of a virtual server."""

    dn: str
    organization: str | None
    administrative_group: str | None
    name: str
    exchange_version: str | None
    version_text: str
    """`serialNumber` as it stands, empty when not in the dump."""
    roles: str
    in_dump: bool
    virtual_servers: int
    connectors: int
    when_changed: str
    settings: Mapping[str, SettingRecord] = field(default_factory=dict)
    source: SourceRecord | None = None
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class ConnectorRecord:
    """One SMTP or routing group connector of Exchange 2000 or 2003."""

    dn: str
    kind: str
    """`smtp` or `routing_group`."""
    name: str
    organization: str | None
    administrative_group: str | None
    routing_group: str | None
    bridgeheads: tuple[str, ...]
    """DNs of the virtual servers that carry its mail."""
    smart_host: str
    address_spaces: tuple[str, ...]
    restrictions: tuple[str, ...]
    outbound_account: str
    """`set`, `not_set` or `not_exported`."""
    settings: Mapping[str, SettingRecord]
    source: SourceRecord


@dataclass(frozen=True, slots=True)
class ObjectRecord:
    """One object of a kind that has no record of its own."""

    kind: str
    """Key of its kind of object."""
    heading: str
    """Name of the kind for readers, at the start of a cell or a line."""
    plural: str
    """Name of several objects of the kind."""
    dn: str
    organization: str | None
    administrative_group: str | None
    server: str | None
    name: str | None
    settings: Mapping[str, SettingRecord]
    source: SourceRecord
    notes: tuple[str, ...] = ()


@_numerous
class FindingEvidence:
    """Where the finding can be read in the dump."""

    file: str
    line: int | None
    last_line: int | None
    raw: str | None
    entry_sha256: str
    offset: int | None = None


@_numerous
class FindingRecord:
    """One rule that one object fails."""

    id: str
    fingerprint: str
    rule: str
    kind: str
    """`non-default`, `weakness`, `inconsistent` or `information`."""
    severity: str
    """`critical`, `high`, `medium`, `low` or `info`."""
    title: str
    """One sentence for a reader, condition first."""
    dn: str
    organization: str | None
    administrative_group: str | None
    server: str | None
    virtual_server: str | None
    """Display name of the virtual server or connector."""
    attribute: str
    found: Scalar
    found_text: str
    default: Scalar
    default_text: str
    default_basis: str
    status: str
    evidence: FindingEvidence
    evidence_id: str = ""
    """`E-0001`: the row in the evidence."""
    consequence: str = ""
    """Why it matters for this object, when more is known than the rule's own text."""
    method: str = "direct"
    """`direct` (one value), `derived` (several values) or `inferred` (an assumption is named)."""


@_numerous
class EvaluationRecord:
    """One rule on one object."""

    rule: str
    dn: str
    state: str
    """`failed`, `passed`, `not_evaluable` or `not_applicable`."""
    reason: str | None


@dataclass(frozen=True, slots=True)
class CheckRecord:
    """One rule over all its objects."""

    rule: str
    title: str
    tested: int
    failed: int
    passed: int
    not_evaluable: int
    not_applicable: int
    reasons: tuple[str, ...] = ()
    """Distinct reasons of the objects that were not evaluable or not applicable."""


@_numerous
class EvidenceRecord:
    """One value of one object that a finding or a passed check rests on."""

    id: str
    findings: tuple[str, ...]
    dn: str
    guid: str | None
    object_class: str
    attribute: str
    state: str
    raw: str | None
    text: str
    notation: str
    file: str
    line: int | None
    last_line: int | None
    entry_sha256: str
    when_created: str = ""
    when_changed: str = ""
    usn_changed: str = ""
    offset: int | None = None


@dataclass(frozen=True, slots=True)
class RuleRecord:
    """One rule as the reader sees it."""

    id: str
    title: str
    kind: str
    severity: str
    object_class: str
    attribute: str
    label: str
    """The setting's name in the administration tool."""
    default_text: str
    condition: str
    """The test in words."""
    why: str
    recommendation: str
    where_to_set: str
    sources: tuple[str, ...]
    confidence: str
    disagreements: tuple[str, ...]
    offline: str
    """`yes`, `partial` or `no` (not checkable from a dump)."""
    offline_note: str
    origin: str
    """`built-in`, or the file of the user's own rule."""
    not_set: str = ""
    """What an absent value means for the rule: `failed`, `passed` or `not_evaluable`."""


@dataclass(frozen=True, slots=True)
class UnreadableRecord:
    """A record or value that could not be read."""

    file: str
    line: int | None
    last_line: int | None
    reason: str
    offset: int | None = None


@dataclass(frozen=True, slots=True)
class Results:
    """Everything one audit found, in the order of the outputs."""

    schema_version: int
    tool: ToolRecord
    run: RunRecord
    inputs: tuple[InputRecord, ...]
    virtual_servers: tuple[VirtualServerRecord, ...]
    findings: tuple[FindingRecord, ...]
    """Sorted by severity, server, attribute."""
    evaluations: tuple[EvaluationRecord, ...]
    checks: tuple[CheckRecord, ...]
    unreadable: tuple[UnreadableRecord, ...]
    servers: tuple[ServerRecord, ...] = ()
    connectors: tuple[ConnectorRecord, ...] = ()
    evidence: tuple[EvidenceRecord, ...] = ()
    rules: tuple[RuleRecord, ...] = ()
    """Every rule of the catalogue, those that only a live system can decide included."""
    objects: tuple[ObjectRecord, ...] = ()
    """Objects of the other kinds; they stand in the document only when there are any."""

    @property
    def listeners(self) -> tuple[Listener, ...]:
        """All that accept mail, kind by kind."""
        return self.virtual_servers

    def findings_frame(self) -> "DataFrame":
        """Return the findings as a DataFrame; docs/dataframes.md lists its columns."""
        from analyzer.results import frames

        return frames.findings_frame(self)

    def relay_frame(self) -> "DataFrame":
        """Return who may relay through each listener as a DataFrame."""
        from analyzer.results import frames

        return frames.relay_frame(self)
