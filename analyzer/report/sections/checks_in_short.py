"""Results in, every check on one page out: which failed, which passed, which could not be made."""

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from analyzer.report.phrases import applies_to, count
from analyzer.report.section import Column, ColumnKind, Row, Section
from analyzer.report.tones import TONES
from analyzer.results.records import CheckRecord, Results

COLUMNS = (
    Column("Applies to", 26),
    Column("Outcome", 16, ColumnKind.WORD, tones=TONES),
    Column("Checks", 8, ColumnKind.NUMBER),
    Column("Which", 132),
)


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
        key = applies_to(rules.get(check.rule)), _outcome(check).word
        groups.setdefault(key, []).append(check)
    kinds = list(dict.fromkeys(kind for kind, _ in groups))
    for kind in kinds:
        for outcome in _OUTCOMES:
            checks = groups.get((kind, outcome.word))
            if checks:
                yield kind, outcome.word, len(checks), _which(checks, outcome)


def _outcome(check: CheckRecord) -> _Ending:
    """Return how a check ended where it ended worst."""
    return next(
        outcome
        for outcome in _OUTCOMES
        if any(getattr(check, number) for number in outcome.numbers)
    )


def _which(checks: Sequence[CheckRecord], outcome: _Ending) -> str:
    number = outcome.numbers[0]
    return "; ".join(
        f"{check.rule} {check.title}{_share(getattr(check, number), check.tested)}"
        for check in checks
    )


def _share(number: int, tested: int) -> str:
    """Say on how many objects, where it is not all of them."""
    return f" ({number:,} of {tested:,})" if number != tested else ""
