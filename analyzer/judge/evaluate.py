"""One rule and one object in, a verdict out."""

from collections.abc import Iterator

from analyzer.catalogue.rule import Clause, Offline, Outcome, Rule
from analyzer.judge.check_verdict import FAILED, CheckVerdict, not_applicable, not_evaluable
from analyzer.judge.object_tests import OBJECT_TESTS
from analyzer.judge.relay_tests import RELAY_TESTS
from analyzer.judge.subject import Subject
from analyzer.judge.value_tests import VALUE_TESTS, judge_value, unusable
from analyzer.relay.judges import JUDGES
from analyzer.relay.words import in_doubt

_EXEMPT = "Small Business Server is exempt from this rule (--small-business-server)"

_COMPARED_OF_SERVER = {"is_default": "serialNumber", "matches_server_fqdn": "networkAddress"}
"""By condition the attribute of the server object that decides what a value is compared with."""

# Of several clauses the first verdict with the leftmost of these outcomes stands for the rule: what
# is known to decide comes first, and what nobody knows before what does not matter.
_WHERE_ALL_MUST_HOLD = (
    Outcome.FAILED,
    Outcome.NOT_EVALUABLE,
    Outcome.NOT_APPLICABLE,
    Outcome.PASSED,
)
_WHERE_ONE_IS_ENOUGH = (
    Outcome.PASSED,
    Outcome.NOT_EVALUABLE,
    Outcome.FAILED,
    Outcome.NOT_APPLICABLE,
)


def evaluate(rule: Rule, subject: Subject) -> CheckVerdict:
    """Judge an object of one of the rule's kinds; never raises, never guesses."""
    if rule.exempt_small_business_server and subject.owner.edition.small_business_server:
        return not_applicable(_EXEMPT)
    if len(rule.clauses) == 1:
        verdict = _judge(rule, rule.clauses[0], subject)
    else:
        ranks = _WHERE_ONE_IS_ENOUGH if rule.any_of else _WHERE_ALL_MUST_HOLD
        verdicts = [_judge_one_of_several(rule, clause, subject) for clause in rule.clauses]
        verdict = min(verdicts, key=lambda verdict: ranks.index(verdict.outcome))
    if rule.violation is Outcome.NOT_EVALUABLE and verdict.outcome is Outcome.FAILED:
        return not_evaluable(rule.offline_note)
    return verdict


def rests_on_its_object(rule: Rule) -> bool:
    """Tell whether a rule looks at nothing but the object, so that its settings decide."""
    return all(clause.condition not in OBJECT_TESTS for clause in rule.clauses) and (
        rule.offline is not Offline.NO
    )


def _judge(rule: Rule, clause: Clause, subject: Subject) -> CheckVerdict:
    """Judge by one clause; what passes only because of what may not be so is not evaluable."""
    verdict = _take_at_its_word(rule, clause, subject)
    if verdict.outcome is not Outcome.PASSED:
        return verdict
    doubt = next(_doubts(clause, subject), None)
    return verdict if doubt is None else not_evaluable(doubt)


def _take_at_its_word(rule: Rule, clause: Clause, subject: Subject) -> CheckVerdict:
    """Judge as if the record showed the object as it is."""
    condition = clause.condition
    if condition in VALUE_TESTS:
        setting = subject.object.settings[clause.attribute]
        return unusable(clause, setting) or judge_value(rule, clause, setting.value, subject.owner)
    if condition in OBJECT_TESTS:
        return OBJECT_TESTS[condition](clause, subject)
    if subject.relay is None:
        return not_applicable("the object accepts no mail")
    return RELAY_TESTS[condition](clause, subject, subject.relay)


def _doubts(clause: Clause, subject: Subject) -> Iterator[str]:
    """Yield why what the clause looks at may be otherwise than the record shows."""
    judged, condition = subject.object, clause.condition
    names = {clause.attribute}
    if condition in RELAY_TESTS and judged.kind in JUDGES:
        names.update(JUDGES[judged.kind].evidence)
    setting = judged.settings.get(clause.attribute)
    if setting is not None and setting.doubt:
        yield in_doubt(setting)
    for change in judged.changes:
        if change.concerns(names):
            yield f"its value may be another one: {change.text}"
    server = subject.around.servers.get(judged.names.server_dn)
    compared = _COMPARED_OF_SERVER.get(condition)
    if server is not None and compared is not None:
        for change in server.changes:
            if change.concerns((compared,)):
                yield f"{compared} of the server may be another one: {change.text}"


def _judge_one_of_several(rule: Rule, clause: Clause, subject: Subject) -> CheckVerdict:
    """Judge a clause; where a value fails, the finding is about that attribute, not the first."""
    verdict = _judge(rule, clause, subject)
    if verdict is FAILED and clause.condition in VALUE_TESTS:
        return FAILED._replace(attribute=clause.attribute)
    return verdict
