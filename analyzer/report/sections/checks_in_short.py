"""Results in, every check on one page out: which failed, which passed, which could not be made."""

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from analyzer.report.phrases import count
from analyzer.report.section import Column, ColumnKind, Row, Section
from analyzer.report.tones import TONES
from analyzer.results.records import CheckRecord, Results, RuleRecord

COLUMNS = (
    Column("Applies to", 34),
    Column("Outcome", 14, ColumnKind.WORD, tones=TONES),
    Column("Checks", 8, ColumnKind.NUMBER),
    Column("Which", 128),
)
_SEVERAL = "Several kinds of object"
_NAMED_KINDS = 2


class _Ending(NamedTuple):
    """An outcome, and the numbers that make it one."""

    word: str
    numbers: tuple[str, ...]
    """Fields of a check; the outcome of a check is the first of which one is not 0."""


_OUTCOMES = (
    _Ending("Failed", ("failed",)),
    _Ending("Not evaluable", ("not_evaluable",)),
    _Ending("Passed", ("passed",)),
    _Ending("Not applicable", ("not_applicable", "rule")),
)


def section(results: Results) -> Section:
    """Return the checks by kind of object and outcome."""
    rows = tuple(_rows(results))
    return Section(
        key="checks-in-short",
        title="Checks in short",
        intro=(
            f"{count(len(results.checks), 'check')} by what they look at and how they ended; in"
            " brackets on how many of the objects tested, where not on all. All numbers and reasons"
            " are on Checks run."
        ),
        columns=COLUMNS,
        rows=lambda: iter(rows),
        count=len(rows),
        table="tblChecksInShort",
        in_print_set=True,
    )


def _rows(results: Results) -> Iterator[Row]:
    rules = {rule.id: rule for rule in results.rules}
    groups: dict[tuple[str, str], list[CheckRecord]] = {}
    for check in results.checks:
        key = _applies_to(rules.get(check.rule)), _outcome(check).word
        groups.setdefault(key, []).append(check)
    kinds = list(dict.fromkeys(kind for kind, _ in groups))
    for kind in kinds:
        for outcome in _OUTCOMES:
            checks = groups.get((kind, outcome.word))
            if checks:
                yield kind, outcome.word, len(checks), _which(checks, outcome)


def _applies_to(rule: RuleRecord | None) -> str:
    """Return the kinds of object that a rule looks at, where they are few."""
    kinds = rule.applies_to if rule else ""
    return kinds if kinds.count(", ") < _NAMED_KINDS else _SEVERAL


def _outcome(check: CheckRecord) -> _Ending:
    """Return how a check ended where it ended worst."""
    return next(
        outcome
        for outcome in _OUTCOMES
        if any(getattr(check, number) for number in outcome.numbers)
    )


def _which(checks: Sequence[CheckRecord], outcome: _Ending) -> str:
    """Name the checks; of a kind that the dump does not hold, the numbers say enough."""
    if not any(check.tested for check in checks):
        return f"Nothing to look at in the dump: {', '.join(_ranges(checks))}"
    number = outcome.numbers[0]
    return "; ".join(
        f"{check.rule} {check.title}{_share(getattr(check, number), check.tested)}"
        for check in checks
    )


def _ranges(checks: Sequence[CheckRecord]) -> Iterator[str]:
    """Yield the rules of the checks, those with numbers in a row together: `RC-01 to RC-34`."""
    runs: list[list[str]] = []
    for check in checks:
        if not runs or _next_to(runs[-1][-1]) != check.rule:
            runs.append([])
        runs[-1].append(check.rule)
    for run in runs:
        yield run[0] if len(run) == 1 else f"{run[0]} to {run[-1]}"


def _next_to(rule_id: str) -> str:
    """Return the ID with the next number; empty where it ends in none."""
    name, _, number = rule_id.rpartition("-")
    return f"{name}-{int(number) + 1:0{len(number)}}" if number.isdecimal() else ""


def _share(number: int, tested: int) -> str:
    """Say on how many objects, where it is not all of them."""
    return f" ({number:,} of {tested:,})" if number != tested else ""
