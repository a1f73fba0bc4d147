"""What a rule is: which attribute of which object, what it should be, why, and who says so."""

import enum
from collections.abc import Sequence

from msgspec import Struct

from analyzer.directory.attributes import AttributeType
from analyzer.directory.editions import Edition
from analyzer.directory.kinds import KindOfObject
from analyzer.directory.values import State, Value

Scalar = bool | int | str
Argument = Scalar | tuple[Scalar, ...] | None


class Outcome(enum.StrEnum):
    """State of one rule on one object."""

    FAILED = "failed"
    PASSED = "passed"
    NOT_EVALUABLE = "not_evaluable"
    NOT_APPLICABLE = "not_applicable"


class FindingKind(enum.StrEnum):
    """What it means that an object fails a rule."""

    NON_DEFAULT = "non-default"
    WEAKNESS = "weakness"
    STRICTER = "stricter"
    """A `non-default` value on the stricter side of the default; no rule has it by itself."""
    INCONSISTENT = "inconsistent"
    INFORMATION = "information"
    HARDENING = "hardening"
    """A control of a hardening framework is not met."""


class Severity(enum.StrEnum):
    """How much a finding matters, worst first."""

    CRITICAL = "critical"
    HIGH = "high"
    MEDIUM = "medium"
    LOW = "low"
    INFO = "info"


class Stricter(enum.StrEnum):
    """Which values are stricter than the documented default of a rule."""

    ANY = "any"
    """Whatever is stored in its place."""
    LOWER = "lower"
    FEWER_BITS = "fewer-bits"
    MORE_BITS = "more-bits"


class Support(enum.StrEnum):
    """How well the documents support a rule."""

    CONFIRMED = "confirmed"
    UNCONFIRMED = "unconfirmed"
    INFERRED = "inferred"


class Offline(enum.StrEnum):
    """How much of a rule a dump can decide."""

    YES = "yes"
    PARTIAL = "partial"
    NO = "no"


class Role(enum.StrEnum):
    """Which servers of a version a control is for."""

    ANY = "any"
    MAILBOX = "mailbox"
    """Those inside: every server that is no Edge Transport server."""
    EDGE = "edge"


class Facing(enum.StrEnum):
    """Which connectors a control is for."""

    ANY = "any"
    INTERNET = "internet"
    INTERNAL = "internal"


class Default(Struct, frozen=True):
    """A documented default value and where it holds."""

    value: Scalar | tuple[Scalar, ...] | None
    """None where no value is the default."""
    versions: tuple[str, ...] = ()
    """Exchange versions it is documented for; empty when the documents make no difference."""
    small_business_server: bool = False
    """True where it holds on Small Business Server only."""
    connectors: tuple[str, ...] = ()
    """Connectors of the installation that it is documented for; empty for all others."""
    also: tuple[Scalar | tuple[Scalar, ...], ...] = ()
    """What other documents give for the same versions and connectors; each of it passes, too."""
    absent: bool = False
    """True where having no value is the default, be it beside `value`."""
    text: str = ""
    """In words, where the value says it badly; `unlimited` for none."""


class Control(Struct, frozen=True):
    """What a hardening framework demands, and for which product."""

    framework: str
    """Name on the command line, such as `disa-stig`."""
    product: str
    """As the framework names it."""
    role: Role
    """Which servers the product is."""
    control: str
    """Number in the framework; empty when it was not seen."""
    vulnerability: str
    """Second number, where the framework has one."""
    category: str
    """Severity in the words of the framework."""
    requirement: str
    threshold: str
    """What exactly is demanded."""
    facing: Facing
    contradictions: tuple[str, ...]
    """Where the default of the vendor, or another framework, demands something else."""


class Grade(Struct, frozen=True):
    """How much it matters to fail in one case, where it is less than else."""

    severity: Severity
    finding: str
    """Sentence for the object, instead of the one of the rule."""
    value: Scalar | None = None
    """None where it holds for objects without a value."""
    private_listener: bool = False
    """True where it holds for listeners on private addresses alone, whatever the value is."""
    severity_reason: str = ""

    def fits(self, state: State | None, value: Value, *, private_listener: bool) -> bool:
        """Tell whether it holds for what an object has, and for where it listens."""
        if self.private_listener:
            return private_listener
        if self.value is None:
            return state is State.NOT_SET
        # In Python True is equal to 1.
        return state is State.SET and type(value) is type(self.value) and value == self.value


class Clause(Struct, frozen=True, eq=False):
    """One condition on one attribute: what must hold for the object to pass."""

    attribute_type: AttributeType
    condition: str
    argument: Argument = None
    not_set: Outcome = Outcome.NOT_EVALUABLE
    """What it means that the object has no value."""
    undecodable: Outcome = Outcome.NOT_EVALUABLE
    """What it means that the value does not fit its syntax."""

    @property
    def attribute(self) -> str:
        """Name of the attribute as the schema spells it."""
        return self.attribute_type.name


class Remedy(Struct, frozen=True):
    """What to store so that an object passes."""

    attribute_type: AttributeType
    value: Scalar | tuple[Scalar, ...] | None = None
    """None where bits are switched on, or where `clear` is true."""
    bits: int = 0
    """Bits that have to be on beside those that are."""
    clear: bool = False
    """True where the attribute has to go."""


class Rule(Struct, frozen=True, eq=False):
    """One rule of the catalogue; rules are told apart by identity."""

    id: str
    title: str
    """What is checked, as a heading."""
    finding: str
    """Sentence for a failed object; empty for `non-default`, whose sentence names both values."""
    kinds: tuple[KindOfObject, ...]
    label: str
    kind: FindingKind
    severity: Severity
    severity_reason: str
    """Why it is that, by the definition of the severities; may be empty in rules of users."""
    grades: tuple[Grade, ...]
    """Exceptions from severity and sentence."""
    clauses: tuple[Clause, ...]
    """At least one; the first names the attribute a finding is about."""
    any_of: bool
    """True when one clause that holds is enough, False when all must hold."""
    violation: Outcome
    """`failed`, or `not_evaluable` where the rest of the rule needs what no dump holds."""
    defaults: tuple[Default, ...]
    also_documented: tuple[Scalar, ...]
    """Defaults that other documents, or the same one elsewhere, give."""
    default_text: str
    """Default in words where it is no plain value; empty when the values say it."""
    default_basis: str
    exempt_small_business_server: bool
    why: str
    check: str
    where_to_set: str
    where_confirmed: bool
    """False where no document shows the setting at that place."""
    sources: tuple[str, ...]
    confidence: Support
    disagreements: tuple[str, ...]
    offline: Offline
    offline_note: str
    """What a dump lacks for this rule."""
    versions: tuple[str, ...]
    """Exchange versions it speaks of; empty for all."""
    connectors: tuple[str, ...]
    """Connectors of the installation it speaks of; empty for all connectors."""
    references: tuple[str, ...]
    """Ids of the controls that the rule supports, those of `controls` and of other rules."""
    control: Control | None
    """What it demands in the name of a hardening framework."""
    since: str
    """Version of the catalogue that brought the rule."""
    origin: str
    """`built-in`, or the file of the user's own rule."""
    covers: tuple[str, ...] = ()
    """Rules that fail for the same cause where this one fails: reported under it."""
    stricter: Stricter | None = None
    """Which other values are stricter than the default; None where that cannot be said."""
    recommended: tuple[Scalar, ...] = ()
    """Values that the documents recommend although they are not the default: no defect."""
    departs: bool = False
    """True where whatever fails is no longer what an installation leaves behind."""
    per_organization: bool = False
    """True where one finding stands for all objects of an organisation that fail."""
    remedy: Remedy | None = None
    command: str = ""
    """Exact command that mends it, `{dn}`, `{server}` and `{name}` being those of the object."""
    verify: str = ""
    """How to see on the running system that the change worked."""
    original: "Rule | None" = None
    """As it is shipped, where a profile changes severity or argument."""
    switched_off: str = ""
    """Why a profile has it make no checks; empty where it does."""

    @property
    def attribute(self) -> str:
        """Attribute a finding of this rule is about."""
        return self.clauses[0].attribute

    def grade_for(
        self, state: State | None, value: Value, *, private_listener: bool
    ) -> Grade | None:
        """Return the exception for what an object has; None where the rule's own words hold."""
        for grade in self.grades:
            if grade.fits(state, value, private_listener=private_listener):
                return grade
        return None

    def defaults_for(self, edition: Edition, connector: str = "") -> tuple[Default, ...]:
        """Return the defaults an object of that edition may have; more than one when unsure.

        Small Business Server has defaults of its own where some are documented, and so have the
        connectors of an installation; else the common ones hold. Where none is documented for the
        version, or that is unknown, any of them may hold.
        """
        small = edition.small_business_server
        common = [default for default in self.defaults if not default.small_business_server]
        of_its_own = [default for default in self.defaults if default.small_business_server]
        candidates = _of_connector((of_its_own if small else []) or common, connector)
        certain = [
            default
            for default in candidates
            if not default.versions or edition.version in default.versions
        ]
        return tuple(certain or candidates)


class RuleChange(Struct, frozen=True):
    """What the profile of a client changes about one rule."""

    rule: str
    severity: Severity | None
    """None where it stays."""
    argument: Argument
    """None where it stays."""
    off: bool
    reason: str
    file: str
    line: int | None


class Catalogue(Struct, frozen=True):
    """All rules of a run, in order of file and position."""

    rules: tuple[Rule, ...]
    version: str
    sha256: str
    """Over names and bytes of the files, in the order in which they were read."""
    changes: tuple[RuleChange, ...] = ()
    """What the profile of the client changes, if there is one; the hash is without it."""

    @property
    def frameworks(self) -> tuple[str, ...]:
        """Names of the hardening frameworks that have a control here, in order."""
        names = (rule.control.framework for rule in self.rules if rule.control)
        return tuple(dict.fromkeys(names))


def _of_connector(defaults: Sequence[Default], connector: str) -> Sequence[Default]:
    """Leave the defaults of one connector of the installation, else those of all others."""
    of_its_own = [default for default in defaults if connector in default.connectors]
    return of_its_own or [default for default in defaults if not default.connectors]
