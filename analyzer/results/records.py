"""The results of an audit: what every output is rendered from.

Field names are those of the JSON document (schema version 1). Within a schema version fields are
only added. Everything here is plain data: text, numbers, tuples, mappings.
"""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Annotated, ClassVar, Final, Literal

from msgspec import Meta, Struct, field

from analyzer.catalogue.rule import FindingKind, Offline, Outcome, Severity
from analyzer.directory import kinds
from analyzer.directory.accepted_domains import DomainType
from analyzer.directory.address_list import Mode
from analyzer.directory.kinds import KindOfObject
from analyzer.directory.values import State, Value
from analyzer.dump.reading import ExportScope
from analyzer.relay.verdict import Confidence, Effect, RelayVerdict

if TYPE_CHECKING:
    from analyzer.dataframes import DataFrame

SCHEMA_VERSION: Final = 1

ChangeWord = Literal["", "new", "unchanged", "changed", "not_comparable"]
"""What became of a finding since the baseline."""

DirectionWord = Literal["worsened", "not_comparable", "appeared", "changed", "improved", "gone"]
"""Where a relay verdict went since the baseline, in the order in which it is read."""

_LARGEST = 2**63 - 1
"""No file is longer (POSIX `off_t`), and sums and shares of such numbers can be shown."""

Line = Annotated[int, Meta(ge=1, le=_LARGEST)] | None
"""Number of a line; None in formats without lines."""

Offset = Annotated[int, Meta(ge=0, le=_LARGEST)] | None
"""Number of a byte; None in formats with lines."""

Count = Annotated[int, Meta(ge=0, le=_LARGEST)]

Digest = Annotated[str, Meta(pattern=r"^([0-9a-f]{64})?$", max_length=64)]
"""A SHA-256; empty when unknown."""

ArgumentValue = bool | int | str | tuple[bool | int | str, ...] | None
"""What the condition of a rule compares with."""

Moment = Annotated[str, Meta(pattern=r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$", max_length=20)]
"""ISO 8601 in UTC, to the second."""


Day = Annotated[str, Meta(pattern=r"^(\d{4}-\d\d-\d\d)?$", max_length=10)]
"""ISO 8601; empty when unknown."""


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
    gateway: str = ""
    """The host that Internet mail has to leave by, as given; empty when none was named."""
    as_of: Day = ""
    """The day on which waivers and ages are judged; empty where it is that of `started`."""


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
    top: str = ""
    """DN of the entry that all others at the start of the file stand below; empty without one."""
    may_be_cut: bool | None = None
    """Whether entries may be missing at its end or for a limit; None when it is not known."""


class SettingRecord(Struct, frozen=True, gc=False):
    """One setting of one object."""

    state: State
    value: Value
    text: str
    line: Line
    last_line: Line = None
    raw: str | None = None
    reason: str = ""
    """Why it is lost or undecodable, what was decided, or why an absent value may not be unset."""


class ChangeNote(Struct, frozen=True):
    """A record of the dump that changes an object."""

    text: str
    attributes: tuple[str, ...]
    """In lower case; empty when it may change everything."""


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
    addresses_covered: Annotated[int, Meta(ge=0)] | None = None
    """How many addresses may relay by address; None when unknown."""
    covers: str = ""
    """`none`, `private`, `public`, `everything`, or empty when unknown."""
    connection_control: str = ""
    """Who may connect, in words; empty when unrestricted."""
    private_listener: bool = False
    """Whether it is known to listen on private addresses alone."""


class CopyRecord(Struct, frozen=True):
    """One of several records of an object of which none is proved newer."""

    source: SourceRecord
    settings: Mapping[str, SettingRecord]
    entry_sha256: Digest = ""


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
    left_by: str = ""
    """`conflict`, `deletion` or `upgrade`: what left it behind; then it counts for nothing."""
    changes: tuple[ChangeNote, ...] = ()
    copies: tuple[CopyRecord, ...] = ()
    """What each of several records shows, the verdict being that of the worst of them."""


class GrantRecord(Struct, frozen=True):
    """One entry of an access list about the right to relay."""

    sid: str
    name: str
    """Of the principal; the SID where nothing names it."""
    right: str
    effect: Effect
    inherited: bool


class ReceiveRelayRecord(RelayRecord, frozen=True):
    """Who may relay through one receive connector."""

    anonymous_may_relay: bool | None = None
    """Whether its descriptor lets hosts relay that do not log on; None without descriptor."""
    externally_secured: bool | None = None
    """Whether it trusts every host that connects; None when the flags are not known."""
    grants: tuple[GrantRecord, ...] = ()
    """What the descriptor says about the right to relay, in its order."""


class ReceiveConnectorRecord(Struct, frozen=True):
    """One receive connector of Exchange 2007 or later."""

    kind_of_object: ClassVar[KindOfObject] = kinds.RECEIVE_CONNECTOR
    number: ClassVar[None] = None
    """Receive connectors have names alone."""

    dn: str
    organization: str | None
    administrative_group: str | None
    server: str | None
    name: str | None
    exchange_version: str | None
    enabled: bool | None
    """None when it is not known."""
    bindings: tuple[str, ...]
    """Local addresses and ports, as stored."""
    remote_ranges: tuple[str, ...]
    """Who may connect, as CIDR texts; everything when it is not known."""
    permission_groups: tuple[str, ...] | None
    """As the shell shows them; None without descriptor."""
    settings: Mapping[str, SettingRecord]
    source: SourceRecord
    relay: ReceiveRelayRecord | None = None
    guid: str | None = None
    entry_sha256: Digest = ""
    notes: tuple[str, ...] = ()
    left_by: str = ""
    """`conflict` or `deletion`: what replication left behind, which counts for nothing."""
    changes: tuple[ChangeNote, ...] = ()
    copies: tuple[CopyRecord, ...] = ()
    """What each of several records shows, the verdict being that of the worst of them."""


Listener = VirtualServerRecord | ReceiveConnectorRecord
"""Whoever accepts mail: the union of the records that carry a relay verdict."""


class SendConnectorRecord(Struct, frozen=True):
    """One send connector of Exchange 2007 or later."""

    dn: str
    name: str | None
    enabled: bool | None
    """None when it is not known."""
    address_spaces: tuple[str, ...]
    smart_hosts: tuple[str, ...]
    settings: Mapping[str, SettingRecord]
    source: SourceRecord
    organization: str | None = None
    administrative_group: str | None = None
    routing_group: str | None = None
    servers: tuple[str, ...] = ()
    """DNs of the servers that send its mail."""
    guid: str | None = None
    entry_sha256: Digest = ""
    notes: tuple[str, ...] = ()
    changes: tuple[ChangeNote, ...] = ()


class AcceptedDomainRecord(Struct, frozen=True):
    """One domain that an organisation takes mail for."""

    dn: str
    name: str | None
    type: DomainType | None
    default: bool | None
    source: SourceRecord
    settings: Mapping[str, SettingRecord] = field(default_factory=dict)
    organization: str | None = None
    administrative_group: str | None = None
    guid: str | None = None
    entry_sha256: Digest = ""
    notes: tuple[str, ...] = ()
    changes: tuple[ChangeNote, ...] = ()


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
    changes: tuple[ChangeNote, ...] = ()


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
    changes: tuple[ChangeNote, ...] = ()
    notes: tuple[str, ...] = ()


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
    changes: tuple[ChangeNote, ...] = ()


class ExtendedRightRecord(Struct, frozen=True):
    """One right of Exchange that the dump defines otherwise than the built-in table."""

    dn: str
    rights_guid: str
    """As it stands in the dump."""
    source: SourceRecord


DescribedObject = (
    Listener
    | ServerRecord
    | ConnectorRecord
    | SendConnectorRecord
    | AcceptedDomainRecord
    | ObjectRecord
)
"""Whatever stands in the results with its settings."""


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
    assumed: bool = False
    """Whether it holds only if what the dump does not show is as bad as it can be."""
    covers: tuple[str, ...] = ()
    """Rules that the object fails for the same cause; they have no finding of their own."""
    differing: tuple[str, ...] = ()
    """Attributes of the object that differ from their documented defaults, as told here.

    Each of them is told by one finding, so that these add up.
    """
    objects: tuple[str, ...] = ()
    """DNs of all objects it holds for; empty where it is about the one of `dn`."""
    waiver: str = ""
    """ID of the waiver that accepts it; empty unless its status is `waived`."""
    original_severity: Severity | None = None
    """By the rule as it is shipped; None where the profile leaves its severity alone."""
    change: ChangeWord = ""
    """Since the baseline; empty without one."""
    previous_text: str = ""
    """What was found in the baseline, where it is not what is found now."""
    previous_severity: Severity | None = None
    """Severity in the baseline, where it is not that of now."""
    change_reason: str = ""
    """Why it cannot be compared, or what is to be known about how it was."""


class GoneFinding(FindingRecord, frozen=True, gc=False):
    """One finding of the baseline that is none of the present ones."""

    why: str = ""
    """Why it is resolved, or why that cannot be told."""
    now_dn: str = ""
    """DN of its object now; empty where it is not in the dump."""


class BaselineInput(Struct, frozen=True):
    """One input file of the baseline."""

    path: str
    sha256: Digest
    bytes: Count = 0
    modified: str = ""


class BaselineRecord(Struct, frozen=True):
    """What the results are compared with."""

    report_id: str
    made: str
    """When it was made, ISO 8601 in UTC; empty when unknown."""
    inputs: tuple[BaselineInput, ...]
    source: Literal["dump", "results", "workbook"]
    tool_version: str = ""
    catalogue_sha256: Digest = ""
    own_report_id: str = ""
    """ID of the results without the comparison."""


class ChangedSetting(Struct, frozen=True, gc=False):
    """One setting that changed on an object without being the matter of a finding."""

    dn: str
    previous_dn: str
    """The same but where the object was moved or renamed."""
    organization: str | None
    server: str | None
    name: str | None
    attribute: str
    before: str
    after: str
    previous_state: State
    state: State


class ChangedRelay(Struct, frozen=True):
    """One listener of which somebody else may relay now, or of which that cannot be told."""

    dn: str
    previous_dn: str
    """Empty for a listener that the baseline does not have; `dn` then has it alone."""
    organization: str | None
    server: str | None
    name: str | None
    direction: DirectionWord
    before: RelayVerdict | None
    after: RelayVerdict | None
    previous_confidence: Confidence | None = None
    confidence: Confidence | None = None
    addresses_covered_before: Annotated[int, Meta(ge=0)] | None = None
    addresses_covered: Annotated[int, Meta(ge=0)] | None = None
    added: tuple[str, ...] = ()
    """Networks that were not on the list before."""
    removed: tuple[str, ...] = ()
    why: str = ""


class EvaluationRecord(Struct, frozen=True, gc=False):
    """One rule on one object."""

    rule: str
    dn: str
    state: Outcome
    reason: str | None
    reported_under: str = ""
    """ID of the finding that tells this failure together with others; empty: it has its own."""


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
    reported_elsewhere: Count = 0
    """How many of the failed ones a finding tells together with others."""
    originally_failed: Count | None = None
    """How many fail the rule as it is shipped; None where the profile leaves its test alone."""


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


class RuleRecord(Struct, frozen=True, omit_defaults=True):
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
    finding: str = ""
    """Sentence for an object that fails, without its value; may be empty."""
    where_confirmed: bool = True
    """False where no document shows the setting at the place `where_to_set`."""
    remedy_attribute: str = ""
    """Attribute to change so that an object passes; empty where no value can be named."""
    remedy_value: Value = None
    remedy_bits: Count = 0
    """Bits to switch on beside those that are."""
    command: str = ""
    """Exact command, `{dn}`, `{server}` and `{name}` being those of the object; may be empty."""
    verify: str = ""
    """How to see on the running system that the change worked."""
    not_set: str = ""
    """What an absent value means for the rule: `failed`, `passed` or `not_evaluable`."""
    references: tuple[str, ...] = ()
    """Ids of the controls that the rule supports; of a hardening rule its own too."""
    severity_reason: str = ""
    """Why the severity is what it is, and what it is in which other case."""
    applies_to: str = ""
    """Kinds of object that the rule looks at, in words."""
    on_relay: bool = False
    """Whether what fails it lets more hosts relay than it should."""
    original_severity: Severity | None = None
    """As it is shipped; None where the profile leaves its severity alone."""
    original_condition: str = ""
    """The test in words as it is shipped; empty where the profile leaves its argument alone."""
    switched_off: str = ""
    """Why the profile has it make no checks; empty where it does."""


class ProfileRecord(Struct, frozen=True):
    """What a profile of the client changes about one rule, beside what the rule is shipped with."""

    rule: str
    severity: Severity | None
    """None where it is left alone."""
    original_severity: Severity
    argument: ArgumentValue
    """None where it is left alone."""
    original_argument: ArgumentValue
    off: bool
    reason: str
    file: str
    line: Line


class AppliesTo(Struct, frozen=True, omit_defaults=True):
    """What a waiver holds for: each is exact or, with `*` and `?`, a pattern; empty where left out.

    A finding has to fit all that are given.
    """

    server: str = ""
    listener: str = ""
    """Name of the virtual server or connector."""
    object: str = ""
    """DN."""
    finding: str = ""
    """ID or fingerprint."""


class WaiverRecord(Struct, frozen=True):
    """A waiver as its file says it, and what came of it."""

    id: str
    rule: str
    applies_to: AppliesTo
    reason: str
    approved_by: str
    approved_on: Day
    expires: Day
    """Last day on which it holds; empty when it never ends."""
    ticket: str
    file: str
    line: Line
    state: Literal["used", "unused", "expired"] = "unused"
    findings: tuple[str, ...] = ()
    """IDs of the findings it fits; of an expired one those that are open again."""
    note: str = ""
    """What to know about it, such as that it never ends; may be empty."""


class HardeningRecord(Struct, frozen=True, gc=False):
    """One control of a hardening framework on one object of its product.

    Without an object where only a live server answers, or where the dump holds none.
    """

    rule: str
    """Id of the rule that holds the control."""
    framework: str
    product: str
    control: str
    """Number in the framework; empty when it was not seen."""
    vulnerability: str
    category: str
    """Severity in the words of the framework; empty when it was not seen."""
    title: str
    requirement: str
    threshold: str
    dn: str
    """Empty for a control without an object."""
    server: str | None
    listener: str | None
    """Name of the connector or accepted domain."""
    attribute: str
    found_text: str
    state: Outcome
    reason: str | None
    contradiction: str
    """Where the default of the vendor, or another framework, demands something else."""
    offline: Offline
    """`no` where only a live server answers."""


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
    receive_connectors: tuple[ReceiveConnectorRecord, ...] = ()
    send_connectors: tuple[SendConnectorRecord, ...] = ()
    accepted_domains: tuple[AcceptedDomainRecord, ...] = ()
    objects: tuple[ObjectRecord, ...] = ()
    """Objects of the other kinds; they stand in the document only when there are any."""
    extended_rights: tuple[ExtendedRightRecord, ...] = ()
    """Rights that verdicts were read with instead of the built-in ones; only when there are any."""
    hardening: tuple[HardeningRecord, ...] = ()
    """Controls of hardening frameworks, not counted; in the document only when there are any."""
    baseline: BaselineRecord | None = None
    """What the results are compared with; None without a comparison."""
    resolved: tuple[GoneFinding, ...] = ()
    """Findings of the baseline whose check passes now, or whose object is gone for certain."""
    not_comparable: tuple[GoneFinding, ...] = ()
    """Findings of the baseline of which it cannot be told whether they are resolved."""
    changed_settings: tuple[ChangedSetting, ...] = ()
    changed_relay: tuple[ChangedRelay, ...] = ()
    """Listeners by what became of them, those that got worse first."""
    waivers: tuple[WaiverRecord, ...] = ()
    """All waivers that were given, in their order; in the document only when there are any."""
    profile: tuple[ProfileRecord, ...] = ()
    """Rules that the client's profile changes; in the document only when there are any."""

    @property
    def listeners(self) -> tuple[Listener, ...]:
        """All that accept mail, kind by kind."""
        return (*self.virtual_servers, *self.receive_connectors)

    @property
    def described(self) -> tuple[DescribedObject, ...]:
        """All records of objects, which have settings."""
        return (
            *self.listeners,
            *self.servers,
            *self.connectors,
            *self.send_connectors,
            *self.accepted_domains,
            *self.objects,
        )

    def findings_frame(self) -> "DataFrame":
        """Return the findings as a DataFrame; docs/dataframes.md lists its columns."""
        from analyzer.results import frames

        return frames.findings_frame(self)

    def relay_frame(self) -> "DataFrame":
        """Return who may relay through each listener as a DataFrame."""
        from analyzer.results import frames

        return frames.relay_frame(self)
