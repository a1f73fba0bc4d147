"""One rule and one object in, a verdict out."""

from typing import NamedTuple

from msgspec.structs import replace

from analyzer.catalogue.rule import Clause, Offline, Outcome, Rule
from analyzer.inventory import DirectoryObject
from analyzer.judge.check_verdict import FAILED, CheckVerdict, not_applicable, not_evaluable
from analyzer.judge.connector_tests import CONNECTOR_TESTS
from analyzer.judge.object_tests import OBJECT_TESTS
from analyzer.judge.organization_tests import ORGANIZATION_TESTS
from analyzer.judge.relay_tests import RELAY_TESTS
from analyzer.judge.subject import Owner, Subject
from analyzer.judge.value_tests import VALUE_TESTS, judge_setting
from analyzer.relay.judges import JUDGES
from analyzer.relay.words import in_doubt

# Python 3.11 takes ten times as long for a member of an enumeration as for a name.
_PASSED, _FAILED, _NOT_EVALUABLE = Outcome.PASSED, Outcome.FAILED, Outcome.NOT_EVALUABLE
_EXEMPT = "Small Business Server is exempt from this rule (--small-business-server)"

_LEFT_OVER = "left over from an upgrade: Exchange {} takes no mail through virtual servers"
_ON_LEFTOVERS = ("not_conflict_or_deleted",)
"""Conditions on an object as such, be it in use or not."""

_LOOK_AROUND = {**OBJECT_TESTS, **CONNECTOR_TESTS, **ORGANIZATION_TESTS}
"""Conditions that compare an object with others, or with the security descriptors of a dump."""

_COMPARED_OF_SERVER = {"is_default": "serialNumber", "matches_server_fqdn": "networkAddress"}
"""By condition the attribute of the server object that decides what a value is compared with."""

_ON_THE_NUMBER = ("path_ends_with",)
"""Conditions on a value that compare it with the number of a virtual server."""


class Look(NamedTuple):
    """All that a rule looks at, beside the owner of an object but for its number."""

    attributes: tuple[str, ...]
    """Whose state, value, reason and doubt."""
    number: bool
    """Whether at the number of the owner."""
    relay: bool
    """Whether at who may relay."""


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
    return outside_scope(rule, subject.owner) or judge_clauses(rule, subject)


def judge_clauses(rule: Rule, subject: Subject) -> CheckVerdict:
    """Judge an object that a rule speaks of by its clauses."""
    if len(rule.clauses) == 1:
        verdict = _judge(rule, rule.clauses[0], subject)
    else:
        ranks = _WHERE_ONE_IS_ENOUGH if rule.any_of else _WHERE_ALL_MUST_HOLD
        verdicts = [_judge_one_of_several(rule, clause, subject) for clause in rule.clauses]
        verdict = min(verdicts, key=lambda verdict: ranks.index(verdict.outcome))
    if rule.violation is _NOT_EVALUABLE and verdict.outcome is _FAILED:
        return not_evaluable(rule.offline_note)
    return verdict


def rests_on_its_object(rule: Rule) -> bool:
    """Tell whether a rule looks at nothing but the object, so that its settings decide."""
    return (
        rule.offline is not Offline.NO
        and rule.control is None
        and not any(clause.condition in _LOOK_AROUND for clause in rule.clauses)
    )


def look_of(rule: Rule) -> Look | None:
    """Return what a rule looks at of an unchanged object; None where it looks at other objects."""
    conditions = [clause.condition for clause in rule.clauses]
    if any(condition in _LOOK_AROUND for condition in conditions):
        return None
    return Look(
        tuple(dict.fromkeys(clause.attribute for clause in rule.clauses)),
        number=any(condition in _ON_THE_NUMBER for condition in conditions),
        relay=any(condition in RELAY_TESTS for condition in conditions),
    )


def is_unchanged(subject: Subject) -> bool:
    """Tell whether no record of the dump changes an object, or the server that it stands on."""
    server = subject.around.servers.get(subject.object.names.server_dn)
    return not (subject.object.changes or (server is not None and server.changes))


def outside_scope(rule: Rule, owner: Owner) -> CheckVerdict | None:
    """Return why a rule does not speak of an object, by its version and its name."""
    if rule.exempt_small_business_server and owner.edition.small_business_server:
        return not_applicable(_EXEMPT)
    if owner.is_leftover and rule.clauses[0].condition not in _ON_LEFTOVERS:
        return not_applicable(_LEFT_OVER.format(owner.edition.version))
    if rule.connectors and owner.connector not in rule.connectors:
        return not_applicable(f"the rule speaks of {', '.join(rule.connectors)} only")
    if not rule.versions or owner.edition.version in rule.versions:
        return None
    versions = f"the rule speaks of Exchange {', '.join(rule.versions)} only"
    if owner.edition.version is None:
        return not_evaluable(f"{versions}, and the dump does not reveal the version")
    return not_applicable(versions)


def _judge(rule: Rule, clause: Clause, subject: Subject) -> CheckVerdict:
    """Judge by one clause; what passes only because of what may not be so is not evaluable."""
    verdict = _take_at_its_word(rule, clause, subject)
    if verdict.outcome is not _PASSED:
        return verdict
    doubt = _doubt(clause, subject)
    return not_evaluable(doubt) if doubt else verdict


def _take_at_its_word(rule: Rule, clause: Clause, subject: Subject) -> CheckVerdict:
    """Judge as if the record showed the object as it is."""
    condition = clause.condition
    if condition in VALUE_TESTS:
        setting = subject.object.settings[clause.attribute_type.name]
        return judge_setting(rule, clause, setting, subject.owner)
    if condition in _LOOK_AROUND:
        return _LOOK_AROUND[condition](clause, subject)
    if subject.relay is None:
        return not_applicable("the object accepts no mail")
    return RELAY_TESTS[condition](clause, subject, subject.relay)


def _doubt(clause: Clause, subject: Subject) -> str:
    """Return why what the clause looks at may be otherwise than the record shows; empty if not."""
    judged = subject.object
    setting = judged.settings.get(clause.attribute_type.name)
    if setting is not None and setting.doubt:
        return in_doubt(setting)
    for change in judged.changes:
        if change.concerns(_looked_at(clause, judged)):
            return f"its value may be another one: {change.text}"
    compared = _COMPARED_OF_SERVER.get(clause.condition)
    if compared is not None:
        server = subject.around.servers.get(judged.names.server_dn)
        for change in server.changes if server else ():
            if change.concerns((compared,)):
                return f"{compared} of the server may be another one: {change.text}"
    return ""


def _looked_at(clause: Clause, judged: DirectoryObject) -> set[str]:
    """Return the attributes of an object that decide what a clause comes to."""
    names = {clause.attribute}
    if clause.condition in RELAY_TESTS and judged.kind in JUDGES:
        names.update(JUDGES[judged.kind].evidence)
    return names


def _judge_one_of_several(rule: Rule, clause: Clause, subject: Subject) -> CheckVerdict:
    """Judge a clause; where a value fails, the finding is about that attribute, not the first."""
    verdict = _judge(rule, clause, subject)
    if verdict is FAILED and clause.condition in VALUE_TESTS:
        return replace(FAILED, attribute=clause.attribute)
    return verdict
