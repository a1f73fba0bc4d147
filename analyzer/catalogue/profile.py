"""A profile of the client and the rules in, the rules as the client wants them out.

Each changed rule keeps the one that is shipped beside it, so that the original can be shown
wherever the client's severity or threshold is.
"""

from collections.abc import Iterable, Mapping, Sequence
from os import PathLike
from pathlib import Path

from msgspec.structs import replace

from analyzer.catalogue.condition_table import CONDITIONS, ArgumentType, argument_text
from analyzer.catalogue.near_names import near_rule
from analyzer.catalogue.placed_tables import PlacedTable, read_tables
from analyzer.catalogue.rule import Argument, Catalogue, Clause, Offline, Rule, RuleChange, Severity
from analyzer.catalogue.rule_fields import (
    Misfit,
    RuleTable,
    read_choice,
    read_text,
    read_truth,
    refuse_unknown,
)
from analyzer.catalogue.rule_reader import read_argument
from analyzer.errors import CatalogueError

_KEYS = frozenset({"id", "severity", "argument", "off", "reason"})


def apply_profile(catalogue: Catalogue, path: str | PathLike[str]) -> Catalogue:
    """Return the rules as the `[[rule]]` tables of a TOML file change them.

    Raises:
        CatalogueError: the file is no profile for these rules; file and line are named.
    """
    rules = {rule.id: rule for rule in catalogue.rules}
    changes: dict[str, RuleChange] = {}
    for placed in read_tables(Path(path), "rule"):
        name = str(placed.table.get("id", ""))[:60]
        try:
            change = _read_change(placed, rules, changes)
        except Misfit as misfit:
            raise placed.error(misfit, name) from misfit
        changes[change.rule] = change
    return apply_changes(catalogue, tuple(changes.values()))


def apply_changes(catalogue: Catalogue, changes: Sequence[RuleChange]) -> Catalogue:
    """Return the rules as some changes have them.

    Raises:
        CatalogueError: a change is about no rule, or cannot be made to it.
    """
    rules = {rule.id: rule for rule in catalogue.rules}
    for change in changes:
        try:
            rules[change.rule] = _changed(known_rule(change.rule, rules), change)
        except Misfit as misfit:
            raise CatalogueError(change.file, str(misfit), change.rule) from misfit
    return replace(catalogue, rules=tuple(rules.values()), changes=tuple(changes))


def known_rule(rule_id: str, rules: Mapping[str, Rule], key: str = "id") -> Rule:
    """Return the rule that a key names; raises Misfit with the nearest id when there is none."""
    if rule_id in rules:
        return rules[rule_id]
    near = near_rule(rule_id, rules)
    hint = f"did you mean {near}?" if near else "see: exchange-analyzer rules list"
    raise Misfit(f"unknown rule {rule_id!r:.60}; {hint}", key)


def original_argument(rule: Rule) -> Argument:
    """Return what the clause compares with whose argument a profile can change; None if none."""
    original = rule.original or rule
    clauses = _with_argument(original)
    return clauses[0].argument if len(clauses) == 1 else None


def _read_change(
    placed: PlacedTable, rules: Mapping[str, Rule], others: Mapping[str, RuleChange]
) -> RuleChange:
    table = placed.table
    refuse_unknown(table, _KEYS)
    rule = known_rule(read_text(table, "id"), rules)
    if rule.id in others:
        raise Misfit(f"stands twice (line {others[rule.id].line})", "id")
    off = read_truth(table, "off")
    change = RuleChange(
        rule=rule.id,
        severity=read_choice(table, "severity", Severity) if "severity" in table else None,
        argument=_read_argument(table, rule) if "argument" in table else None,
        off=off,
        reason=read_text(table, "reason", None if off else ""),
        file=placed.file,
        line=placed.line,
    )
    if off and (change.severity or change.argument is not None):
        raise Misfit("off stands beside severity or argument, which then mean nothing", "off")
    if not off and change.severity is None and change.argument is None:
        raise Misfit("changes nothing; give severity or argument, or off = true")
    return change


def _read_argument(table: RuleTable, rule: Rule) -> Argument:
    if rule.control is not None:
        raise Misfit(
            "the threshold is that of the framework; change the severity, or switch it off",
            "argument",
        )
    clauses = _with_argument(rule)
    if len(clauses) != 1:
        number = f"compares with {len(clauses)}" if clauses else "has none"
        raise Misfit(f"its argument cannot be changed: the rule {number}", "argument")
    clause = clauses[0]
    return read_argument(table, clause.condition, clause.attribute_type, rule.kinds)


def _with_argument(rule: Rule) -> Sequence[Clause]:
    return [
        clause
        for clause in rule.clauses
        if CONDITIONS[clause.condition].argument is not ArgumentType.NONE
    ]


def _changed(rule: Rule, change: RuleChange) -> Rule:
    if change.off:
        return replace(rule, switched_off=change.reason or "no reason given")
    changed = rule
    if change.severity is not None:
        # Grades say which values matter less by the scale of the catalogue, which is not theirs.
        grades = tuple(
            replace(grade, severity=change.severity, severity_reason="") for grade in rule.grades
        )
        why = f"By the client's profile. As shipped it is {rule.severity}: {rule.severity_reason}"
        changed = replace(changed, severity=change.severity, grades=grades, severity_reason=why)
    if change.argument is not None:
        table = {"argument": _as_written(change.argument)}
        argument = _read_argument(table, rule)
        changed = _compared_with(changed, argument)
    return replace(changed, original=rule)


def _compared_with(rule: Rule, argument: Argument) -> Rule:
    """Return a rule with another argument; its own sentences and remedy may name the old one."""
    asked = f"{argument_text(argument)} instead of {argument_text(original_argument(rule))}"
    return replace(
        rule,
        clauses=tuple(_with(clause, argument) for clause in rule.clauses),
        finding=f"{rule.title}: not as the client's profile asks for, {asked}",
        check=f"The client's profile asks for {asked}. By the rule as it is shipped: {rule.check}",
        remedy=None,
        command="",
        # The client asks for it whatever the default is, and whatever the documents recommend.
        stricter=None,
        recommended=(),
    )


def _with(clause: Clause, argument: Argument) -> Clause:
    takes_one = CONDITIONS[clause.condition].argument is not ArgumentType.NONE
    return replace(clause, argument=argument) if takes_one else clause


def _as_written(argument: Argument) -> object:
    return list(argument) if isinstance(argument, tuple) else argument


def judged_rules(rules: Iterable[Rule]) -> tuple[Rule, ...]:
    """Return the rules that are not switched off."""
    return tuple(rule for rule in rules if not rule.switched_off)


def why_not_judged(rule: Rule) -> str:
    """Return why a rule makes no checks, whatever the dump holds; empty where it does."""
    if rule.switched_off:
        return f"switched off by the client's profile: {rule.switched_off}"
    if rule.offline is Offline.NO:
        return f"not checkable from a dump: {rule.offline_note}"
    return ""
