"""One rule and one object in, a verdict out."""

from analyzer.catalogue.rule import Clause, Outcome, Rule
from analyzer.judge.object_tests import OBJECT_TESTS
from analyzer.judge.relay_tests import RELAY_TESTS
from analyzer.judge.subject import (
    FAILED,
    PASSED,
    Subject,
    Verdict,
    not_applicable,
    not_evaluable,
)
from analyzer.judge.value_tests import VALUE_TESTS, judge_value, unusable

_EXEMPT = "Small Business Server is exempt from this rule (--small-business-server)"


def evaluate(rule: Rule, subject: Subject) -> Verdict:
    """Judge an object of one of the rule's kinds; never raises, never guesses."""
    if rule.exempt_small_business_server and subject.owner.edition.small_business_server:
        return not_applicable(_EXEMPT)
    if len(rule.clauses) == 1:
        verdict = _judge(rule, rule.clauses[0], subject)
    else:
        verdicts = [_judge(rule, clause, subject) for clause in rule.clauses]
        verdict = _any_of(verdicts) if rule.any_of else _all_of(verdicts)
    if rule.violation is Outcome.NOT_EVALUABLE and verdict.outcome is Outcome.FAILED:
        return not_evaluable(rule.offline_note)
    return verdict


def _judge(rule: Rule, clause: Clause, subject: Subject) -> Verdict:
    if clause.condition not in VALUE_TESTS:
        return _judge_whole(rule, clause, subject)
    setting = subject.item.settings[clause.attribute]
    verdict = unusable(clause, setting) or judge_value(rule, clause, setting.value, subject.owner)
    if verdict is FAILED and len(rule.clauses) > 1:
        return FAILED._replace(attribute=clause.attribute)
    return verdict


def _judge_whole(rule: Rule, clause: Clause, subject: Subject) -> Verdict:
    relay_test = RELAY_TESTS.get(clause.condition)
    if relay_test is None:
        return OBJECT_TESTS[clause.condition](rule, clause, subject)
    if subject.relay is None:
        return not_applicable("only SMTP virtual servers relay")
    return relay_test(clause, subject, subject.relay)


def _all_of(verdicts: list[Verdict]) -> Verdict:
    for outcome in (Outcome.FAILED, Outcome.NOT_EVALUABLE, Outcome.NOT_APPLICABLE):
        for verdict in verdicts:
            if verdict.outcome is outcome:
                return verdict
    return PASSED


def _any_of(verdicts: list[Verdict]) -> Verdict:
    for outcome in (Outcome.PASSED, Outcome.NOT_EVALUABLE, Outcome.FAILED):
        for verdict in verdicts:
            if verdict.outcome is outcome:
                return verdict
    return verdicts[0]
