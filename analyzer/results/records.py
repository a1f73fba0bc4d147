"""The results of an audit: what every output is rendered from.

Field names are those of the JSON document (schema version 1). Within a schema version fields are
only added. Everything here is plain data: text, numbers, tuples, mappings.
"""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Annotated, ClassVar, Final, Literal

from msgspec import Meta, Struct, field

from analyzer.catalogue.rule import FindingKind, Offline, Outcome, Severity
from analyzer.directory import kinds
from analyzer.directory.address_list import Mode
from analyzer.directory.kinds import KindOfObject
from analyzer.directory.values import State, Value
from analyzer.dump.reading import ExportScope
from analyzer.relay.verdict import Confidence, RelayVerdict

if TYPE_CHECKING:
    from analyzer.dataframes import DataFrame

SCHEMA_VERSION: Final = 1

Line = Annotated[int, Meta(ge=1)] | None
"""Number of a line; None in formats without lines."""

Offset = Annotated[int, Meta(ge=0)] | None
"""Number of a byte; None in formats with lines."""

Count = Annotated[int, Meta(ge=0)]

Digest = Annotated[str, Meta(pattern=r"^([0-9a-f]{64})?$", max_length=64)]
"""A SHA-256; empty when unknown."""

Moment = Annotated[str, Meta(pattern=r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$", max_length=20)]
"""ISO 8601 in UTC, to the second."""


class ToolRecord(Struct, frozen=True):
    """The program and the rules it ran."""

    name: str
    version: str
    catalogue_version: str
    catalogue_sha256: Digest


class RunRecord(Struct, frozen=True):
    """This run."""

    report_id: str
    """Twelve characters in three groups, derived from inputs, rules and arguments."""
    started: Moment
    arguments: tuple[str, ...]
    small_business_server: bool = False


class SourceRecord(Struct, frozen=True, gc=False):
    """Where an object stands."""

    file: str
    line: Line
    last_line: Line
    offset: Offset = None


class InputRecord(Struct, frozen=True):
    """One input file, archive member or stream."""

    path: str
    bytes: Count
    sha256: Digest
    format: str
    dialect: str
    encoding: str
    entries: Count
    relevant_entries: Count
    export_scope: ExportScope
    naming_context: str | None
    warnings: tuple[str, ...]
    line_ends: str = ""
    modified: str = ""
    """Time of last change of the file, ISO 8601 in UTC; empty when unknown."""


class SettingRecord(Struct, frozen=True, gc=False):
    """One setting of one object."""

    state: State
    value: Value
    text: str
    line: Line
    last_line: Line = None
    raw: str | None = None
    reason: str = ""


class RelayRecord(Struct, frozen=True):
    """Who may relay through one virtual server."""

    verdict: RelayVerdict
    confidence: Confidence
    authenticated_may_relay: bool | None
    mode: Mode | None
    addresses: tuple[str, ...]
    """CIDR texts of the list: who may relay, or for `all_except` who may not."""
    reasons: tuple[str, ...]
    names: tuple[str, ...] = ()
    """Domain names on the list."""
    anonymous: bool | None = None
    """Anonymous access allowed; None when the flags are not known."""
    basic: bool | None = None
    tls_required: bool | None = None
    addresses_covered: Count | None = None
    """How many addresses may relay by address; None when unknown."""
    covers: str = ""
    """`none`, `private`, `public`, `everything`, or empty when unknown."""
    connection_control: str = ""
    """Who may connect, in words; empty when unrestricted."""


class VirtualServerRecord(Struct, frozen=True):
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
    entry_sha256: Digest = ""
    notes: tuple[str, ...] = ()
    connectors: tuple[str, ...] = ()
    """DNs of the connectors that name this virtual server as local bridgehead."""


Listener = VirtualServerRecord
"""Whoever accepts mail: the union of the records that carry a relay verdict."""


class ServerRecord(Struct, frozen=True):
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
    virtual_servers: Count
    connectors: Count
    when_changed: str
    settings: Mapping[str, SettingRecord] = field(default_factory=dict)
    source: SourceRecord | None = None
    notes: tuple[str, ...] = ()


class ConnectorRecord(Struct, frozen=True):
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


class ObjectRecord(Struct, frozen=True):
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


class FindingEvidence(Struct, frozen=True, gc=False):
    """Where the finding can be read in the dump."""

    file: str
    line: Line
    last_line: Line
    raw: str | None
    entry_sha256: Digest
    offset: Offset = None


class FindingRecord(Struct, frozen=True, gc=False):
    """One rule that one object fails."""

    id: str
    fingerprint: Annotated[str, Meta(pattern="^[0-9a-f]{64}$", max_length=64)]
    rule: str
    kind: FindingKind
    severity: Severity
    title: str
    """One sentence for a reader, condition first."""
    dn: str
    organization: str | None
    administrative_group: str | None
    server: str | None
    virtual_server: str | None
    """Display name of the virtual server or connector."""
    attribute: str
    found: Value
    found_text: str
    default: Value
    default_text: str
    default_basis: str
    status: Literal["open", "waived", "resolved"]
    evidence: FindingEvidence
    evidence_id: str = ""
    """`E-0001`: the row in the evidence."""
    consequence: str = ""
    """Why it matters for this object, when more is known than the rule's own text."""
    method: str = "direct"
    """`direct` (one value), `derived` (several values) or `inferred` (an assumption is named)."""


class EvaluationRecord(Struct, frozen=True, gc=False):
    """One rule on one object."""

    rule: str
    dn: str
    state: Outcome
    reason: str | None


class CheckRecord(Struct, frozen=True):
    """One rule over all its objects."""

    rule: str
    title: str
    tested: Count
    failed: Count
    passed: Count
    not_evaluable: Count
    not_applicable: Count
    reasons: tuple[str, ...] = ()
    """Distinct reasons of the objects that were not evaluable or not applicable."""


class EvidenceRecord(Struct, frozen=True, gc=False):
    """One value of one object that a finding or a passed check rests on."""

    id: str
    findings: tuple[str, ...]
    dn: str
    guid: str | None
    object_class: str
    attribute: str
    state: State
    raw: str | None
    text: str
    notation: str
    file: str
    line: Line
    last_line: Line
    entry_sha256: Digest
    when_created: str = ""
    when_changed: str = ""
    usn_changed: str = ""
    offset: Offset = None


class RuleRecord(Struct, frozen=True):
    """One rule as the reader sees it."""

    id: str
    title: str
    kind: FindingKind
    severity: Severity
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
    offline: Offline
    offline_note: str
    origin: str
    """`built-in`, or the file of the user's own rule."""
    not_set: str = ""
    """What an absent value means for the rule: `failed`, `passed` or `not_evaluable`."""


class UnreadableRecord(Struct, frozen=True):
    """A record or value that could not be read."""

    file: str
    line: Line
    last_line: Line
    reason: str
    offset: Offset = None


class Results(Struct, frozen=True):
    """Everything one audit found, in the order of the outputs."""

    schema_version: Literal[1]
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
