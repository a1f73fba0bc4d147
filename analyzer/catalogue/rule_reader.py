"""One TOML table in, one checked Rule out; a Misfit says what is wrong with it."""

import re
from collections.abc import Iterator, Mapping

from analyzer.catalogue.condition_table import CONDITIONS, DEFAULT_CONDITIONS, ArgumentType
from analyzer.catalogue.rule import (
    Argument,
    Clause,
    FindingKind,
    Grade,
    Offline,
    Outcome,
    Remedy,
    Rule,
    Severity,
    Stricter,
    Support,
)
from analyzer.catalogue.rule_fields import (
    Misfit,
    RuleTable,
    read_choice,
    read_lines,
    read_text,
    read_texts,
    read_truth,
    refuse_unknown,
)
from analyzer.catalogue.rule_values import (
    read_connectors,
    read_control,
    read_default_value,
    read_defaults,
    read_fitting,
    read_values,
    read_versions,
)
from analyzer.directory.attributes import AttributeType, Syntax
from analyzer.directory.kinds import KINDS, KindOfObject

_CLAUSE_KEYS = frozenset({"attribute", "condition", "argument", "not_set", "undecodable"})
_RULE_KEYS = _CLAUSE_KEYS | {
    "id",
    "title",
    "finding",
    "object_class",
    "object_kind",
    "label",
    "kind",
    "severity",
    "severity_reason",
    "grades",
    "clause",
    "match",
    "violation",
    "default",
    "defaults",
    "also_documented",
    "default_text",
    "default_basis",
    "exempt_small_business_server",
    "why",
    "check",
    "where_to_set",
    "sources",
    "confidence",
    "disagreements",
    "offline",
    "offline_note",
    "versions",
    "connectors",
    "references",
    "control",
    "since",
    "covers",
    "stricter",
    "recommended",
    "departs",
    "per_organization",
    "remedy",
    "command",
    "verify",
}
_REMEDY_KEYS = frozenset({"attribute", "value", "bits", "clear"})
_NOT_CONFIRMED = re.compile(r"\s*(?:,|\()\s*(?:tab )?not confirmed(?P<end>\)?)")
"""How a path in an administration tool says that no document shows it: a fact on the rule."""
_KINDS_OF_RULES = tuple(kind for kind in FindingKind if kind is not FindingKind.STRICTER)
_CASES = frozenset({"not_set", "value", "private_listener"})
_GRADE_KEYS = _CASES | {"severity", "severity_reason", "finding"}
# Of kinds that share a class the first one has no marks; rules that name the class are about it.
_KIND_OF_CLASS = {kind.object_class: kind for kind in reversed(KINDS)}
_KIND_OF_KEY = {kind.key: kind for kind in KINDS}
_DN = AttributeType("distinguishedName", Syntax.DN, "Distinguished name")
_WITHOUT_VALUE = (Outcome.FAILED, Outcome.PASSED, Outcome.NOT_EVALUABLE)
_VERDICTS = (Outcome.FAILED, Outcome.NOT_EVALUABLE)


def read_rule(table: RuleTable, origin: str) -> Rule:
    """Turn one table into a rule; raises Misfit with the reason in one line."""
    refuse_unknown(table, _RULE_KEYS)
    kinds = _kinds(table)
    clauses = _clauses(table, kinds)
    primary = clauses[0].attribute_type
    kind = read_choice(table, "kind", FindingKind, None, _KINDS_OF_RULES)
    where_to_set = read_text(table, "where_to_set", "")
    offline = read_choice(table, "offline", Offline, Offline.YES)
    rule = Rule(
        id=read_text(table, "id"),
        title=read_text(table, "title"),
        finding=read_text(table, "finding", ""),
        kinds=kinds,
        label=read_text(table, "label", primary.label),
        kind=kind,
        severity=read_choice(table, "severity", Severity),
        severity_reason=_reason(table),
        grades=_grades(table, primary, kinds),
        clauses=clauses,
        any_of=_any_of(table),
        violation=read_choice(table, "violation", Outcome, Outcome.FAILED, _VERDICTS),
        defaults=read_defaults(table, primary),
        also_documented=read_values(table, "also_documented", primary),
        default_text=read_text(table, "default_text", ""),
        default_basis=read_text(table, "default_basis", ""),
        exempt_small_business_server=read_truth(table, "exempt_small_business_server"),
        why=read_text(table, "why"),
        check=read_text(table, "check"),
        where_to_set=_NOT_CONFIRMED.sub(_closing, where_to_set),
        where_confirmed=_NOT_CONFIRMED.search(where_to_set) is None,
        sources=read_texts(table, "sources"),
        confidence=read_choice(table, "confidence", Support),
        disagreements=read_texts(table, "disagreements"),
        offline=offline,
        offline_note=read_text(table, "offline_note", ""),
        versions=read_versions(table),
        connectors=read_connectors(table),
        references=read_texts(table, "references"),
        control=read_control(table),
        since=read_text(table, "since", ""),
        origin=origin,
        covers=read_texts(table, "covers"),
        stricter=_stricter(table, kind),
        recommended=read_values(table, "recommended", primary),
        departs=kind is FindingKind.NON_DEFAULT or read_truth(table, "departs"),
        per_organization=read_truth(table, "per_organization"),
        remedy=_remedy(table, kinds),
        command=read_lines(table, "command"),
        verify=read_text(table, "verify", ""),
    )
    _check_whole(rule)
    return rule


def _check_whole(rule: Rule) -> None:
    if rule.kind is not FindingKind.NON_DEFAULT and not rule.finding:
        raise Misfit(f"finding is missing; kind {rule.kind} needs the sentence of a finding")
    if rule.offline is not Offline.YES and not rule.offline_note:
        raise Misfit("offline_note is missing; say what the dump lacks")
    if rule.violation is Outcome.NOT_EVALUABLE and not rule.offline_note:
        raise Misfit("offline_note is missing; it is the reason of every violation")
    conditions = {clause.condition for clause in rule.clauses}
    if ("live_only" in conditions) is not (rule.offline is Offline.NO):
        raise Misfit("condition live_only and offline 'no' belong together")
    for condition in conditions & DEFAULT_CONDITIONS:
        if not rule.defaults:
            raise Misfit(f"default is missing; condition {condition} compares with it")
    if (rule.kind is FindingKind.HARDENING) is not (rule.control is not None):
        raise Misfit("kind hardening and [rule.control] belong together")
    if rule.control and not rule.versions:
        raise Misfit("versions is missing; a control is for the versions of its product")


def _closing(doubt: re.Match[str]) -> str:
    """Keep the bracket that the doubt shared with other words."""
    return doubt["end"] if doubt[0].lstrip().startswith(",") else ""


def _stricter(table: RuleTable, kind: FindingKind) -> Stricter | None:
    if "stricter" not in table:
        return None
    if kind is not FindingKind.NON_DEFAULT:
        raise Misfit(f"stricter stands in a rule of kind {kind}; only non-default has a default")
    return read_choice(table, "stricter", Stricter)


def _remedy(table: RuleTable, kinds: tuple[KindOfObject, ...]) -> Remedy | None:
    """Read what to store; exactly one of value, bits and clear says it."""
    remedy = table.get("remedy")
    if remedy is None:
        return None
    if not isinstance(remedy, dict):
        raise Misfit(f"remedy is {remedy!r:.60}, expected a table")
    refuse_unknown(remedy, _REMEDY_KEYS)
    if len(remedy.keys() & {"value", "bits", "clear"}) != 1:
        raise Misfit("remedy needs exactly one of value, bits and clear")
    attribute = _attribute(read_text(remedy, "attribute"), "equals", kinds)
    value, bits = remedy.get("value"), remedy.get("bits", 0)
    if isinstance(bits, bool) or not isinstance(bits, int):
        raise Misfit(f"bits is {bits!r:.60}, expected a whole number")
    return Remedy(
        attribute_type=attribute,
        value=None if value is None else read_default_value(value, attribute),
        bits=bits,
        clear=read_truth(remedy, "clear"),
    )


def _clauses(table: RuleTable, kinds: tuple[KindOfObject, ...]) -> tuple[Clause, ...]:
    if "clause" not in table:
        own = {key: table[key] for key in _CLAUSE_KEYS & table.keys()}
        return (_clause(own, kinds),)
    both = sorted(_CLAUSE_KEYS & table.keys())
    if both:
        raise Misfit(f"{both[0]} stands beside [[rule.clause]]; put it into the clauses")
    clauses = table["clause"]
    if not isinstance(clauses, list) or not clauses:
        raise Misfit("clause is no list of tables; write [[rule.clause]]")
    return tuple(_clause(clause, kinds) for clause in clauses)


def _clause(table: object, kinds: tuple[KindOfObject, ...]) -> Clause:
    if not isinstance(table, dict):
        raise Misfit("clause is no table; write [[rule.clause]]")
    refuse_unknown(table, _CLAUSE_KEYS)
    condition = read_text(table, "condition")
    if condition not in CONDITIONS:
        raise Misfit(f"unknown condition {condition!r:.60}")
    judged = CONDITIONS[condition].kinds
    if judged and not set(kinds) <= set(judged):
        classes = " or ".join(kind.object_class for kind in judged)
        raise Misfit(f"condition {condition} judges objects of class {classes} only")
    attribute = _attribute(read_text(table, "attribute"), condition, kinds)
    syntaxes = CONDITIONS[condition].syntaxes
    if syntaxes and attribute.syntax not in syntaxes:
        raise Misfit(
            f"condition {condition} cannot judge {attribute.name} ({attribute.syntax.value})"
        )
    return Clause(
        attribute_type=attribute,
        condition=condition,
        argument=read_argument(table, condition, attribute, kinds),
        not_set=read_choice(table, "not_set", Outcome, None, _WITHOUT_VALUE),
        undecodable=read_choice(table, "undecodable", Outcome, Outcome.NOT_EVALUABLE, _VERDICTS),
    )


def read_argument(
    table: RuleTable, condition: str, attribute: AttributeType, kinds: tuple[KindOfObject, ...]
) -> Argument:
    """Return what a condition compares with; raises Misfit when it cannot."""
    wanted = CONDITIONS[condition].argument
    names = {row.name for kind in kinds for row in kind.attributes}
    value = table.get("argument")
    match wanted, value:
        case ArgumentType.NONE, None:
            return None
        case ArgumentType.INTEGER, int() if not isinstance(value, bool):
            return value
        case ArgumentType.TEXT, str() if value:
            return value
        case ArgumentType.ATTRIBUTE, str() if value in names:
            return value
        case ArgumentType.RANGE, [int() as low, int() as high] if low <= high:
            return (low, high)
        case ArgumentType.VALUE, bool() | int() | str():
            return read_fitting("argument", value, attribute)
        case ArgumentType.VALUES, [_, *_]:
            return read_values(table, "argument", attribute)
    reason = f"argument of {condition} is {value!r:.60}, expected {wanted.value}"
    raise Misfit(reason, "argument")


def _reason(table: RuleTable) -> str:
    """Read why a severity is what it is; a reader wants it in one line."""
    if "\n" in str(table.get("severity_reason", "")).strip():
        raise Misfit("severity_reason has several lines, expected one")
    return read_text(table, "severity_reason", "")


def _grades(
    table: RuleTable, attribute: AttributeType, kinds: tuple[KindOfObject, ...]
) -> tuple[Grade, ...]:
    entries = table.get("grades", [])
    if not isinstance(entries, list):
        raise Misfit("grades is no list of tables; write [[rule.grades]]")
    grades = tuple(_grade(entry, attribute) for entry in entries)
    if any(grade.private_listener for grade in grades) and not all(
        kind.is_listener for kind in kinds
    ):
        raise Misfit("private_listener stands in a rule on objects that do not listen")
    return grades


def _grade(table: object, attribute: AttributeType) -> Grade:
    if not isinstance(table, dict):
        raise Misfit("grades needs tables; write [[rule.grades]]")
    refuse_unknown(table, _GRADE_KEYS)
    truths = [key for key in ("not_set", "private_listener") if read_truth(table, key)]
    if len(truths) + ("value" in table) != 1:
        raise Misfit("grades needs one of a value, not_set = true and private_listener = true")
    return Grade(
        severity=read_choice(table, "severity", Severity),
        finding=read_text(table, "finding"),
        value=read_fitting("value", table["value"], attribute) if "value" in table else None,
        private_listener="private_listener" in truths,
        severity_reason=_reason(table),
    )


def _kinds(table: RuleTable) -> tuple[KindOfObject, ...]:
    """Return the kinds a rule is about, by class, and by key where several share a class."""
    kinds = [
        kind
        for key, known in (("object_class", _KIND_OF_CLASS), ("object_kind", _KIND_OF_KEY))
        for kind in _known_kinds(table, key, known)
    ]
    if not kinds or len(set(kinds)) < len(kinds):
        raise Misfit("object_class is empty or names a class twice")
    return tuple(kinds)


def _known_kinds(
    table: RuleTable, key: str, known: Mapping[str, KindOfObject]
) -> Iterator[KindOfObject]:
    if key == "object_kind" and key not in table:
        return
    is_missing = key not in table and "object_kind" in table
    several = is_missing or isinstance(table.get(key), list)
    for name in read_texts(table, key) if several else (read_text(table, key),):
        if name not in known:
            raise Misfit(f"unknown {key} {name!r:.60}")
        yield known[name]


def _attribute(name: str, condition: str, kinds: tuple[KindOfObject, ...]) -> AttributeType:
    """Return the attribute of that name, which each of the kinds has to have.

    A condition on the object as a whole may name an attribute of another object, for the reader.
    """
    own = CONDITIONS[condition].own_attribute
    if not own and name == _DN.name:
        return _DN
    same_name = [
        attribute
        for kind in (kinds if own else KINDS)
        for attribute in kind.attributes
        if attribute.name == name
    ]
    if not same_name or (own and len(same_name) < len(kinds)):
        classes = ", ".join(kind.object_class for kind in (kinds if own else KINDS))
        raise Misfit(f"unknown attribute {name!r:.60} of {classes}")
    if same_name[0].secret and condition != "is_absent":
        raise Misfit(f"{name} is a secret; only is_absent can judge it")
    return same_name[0]


def _any_of(table: RuleTable) -> bool:
    match = read_text(table, "match", "all")
    if match not in ("all", "any"):
        raise Misfit(f"match is {match!r:.60}, expected 'all' or 'any'")
    return match == "any"
