"""Verdicts that are kept are those that judging anew gives, and nothing else decides them."""

from pathlib import Path

import pytest
from msgspec.structs import replace

from analyzer import read_dump
from analyzer.catalogue import load_catalogue
from analyzer.catalogue.rule import Offline
from analyzer.directory import kinds
from analyzer.directory.values import State
from analyzer.inventory import ChangeRecord, Inventory
from analyzer.judge.evaluate import evaluate, judge_clauses, rests_on_value
from analyzer.judge.kept_verdicts import KeptVerdicts
from analyzer.judge.subject import make_subject
from analyzer.judge.surroundings import survey

SAMPLES = Path(__file__).parent.parent.parent / "samples"
DUMPS = sorted(
    str(file.relative_to(SAMPLES))
    for file in SAMPLES.rglob("*")
    if file.suffix in (".ldf", ".ldif", ".csv", ".dat")
)
RULES = [
    rule
    for rule in load_catalogue().rules
    if rule.offline is not Offline.NO and rule.control is None
]


def subjects_of(objects, *, small_business_server=False):
    around = survey(Inventory(tuple(objects)))
    return [
        make_subject(each, around, small_business_server=small_business_server) for each in objects
    ]


def with_setting(judged, name, setting):
    return replace(judged, settings={**judged.settings, name: setting})


def judged_together(subjects):
    """Yield each object with its verdicts as kept, and as judged anew."""
    kept = {}
    for subject in subjects:
        kind, owner = subject.object.kind, replace(subject.owner, number=None)
        own = [rule for rule in RULES if kind in rule.kinds]
        verdicts = kept.setdefault((kind, owner), KeptVerdicts(own, owner)).judge(subject)
        yield subject, verdicts, [evaluate(rule, subject) for rule in own]


@pytest.mark.parametrize("dump", DUMPS)
@pytest.mark.parametrize("small_business_server", [False, True])
def test_what_is_kept_is_what_judging_anew_gives(dump, small_business_server):
    subjects = subjects_of(
        read_dump(SAMPLES / dump).inventory.objects, small_business_server=small_business_server
    )
    for subject, kept, anew in judged_together([*subjects, *subjects]):
        assert kept == anew, subject.object.dn


class Watched:
    """A setting that tells what of it was looked at."""

    def __init__(self, setting):
        self.setting, self.seen = setting, set()

    def __getattr__(self, name):
        self.seen.add(name)
        return getattr(self.setting, name)


@pytest.mark.parametrize("kind", [kinds.VIRTUAL_SERVER, kinds.RECEIVE_CONNECTOR, kinds.SERVER])
@pytest.mark.parametrize("state", State)
@pytest.mark.parametrize("doubt", ["", "nothing shows that the record ends"])
def test_a_rule_on_a_value_looks_at_nothing_else_of_a_setting(kind, state, doubt):
    inventory = read_dump(SAMPLES / "fabrikam" / "fabrikam.ldf").inventory
    judged = inventory.of(kind)[0]
    rules = [rule for rule in RULES if kind in rule.kinds and rests_on_value(rule)]
    for rule in rules:
        name = rule.clauses[0].attribute_type.name
        watched = Watched(replace(judged.settings[name], state=state, doubt=doubt))
        (subject,) = subjects_of([judged])
        subject = replace(subject, object=with_setting(judged, name, watched))
        judge_clauses(rule, subject)
        assert watched.seen <= {"attribute", "state", "value", "reason", "doubt"}, rule.id
    assert rules


def test_a_doubt_is_not_lost_on_the_next_object(build):
    name = "msExchSmtpSmartHost"
    certain, doubtful = build.inventory(
        build.virtual_server(server="EX01"), build.virtual_server(server="EX02")
    ).objects
    assert certain.settings[name].state is State.NOT_SET
    doubt = replace(certain.settings[name], doubt="it may be there all the same")
    subjects = subjects_of([certain, with_setting(doubtful, name, doubt), certain])
    first, second, third = (kept for _, kept, _ in judged_together(subjects))
    assert first == third != second
    assert all(kept == anew for _, kept, anew in judged_together(subjects))


@pytest.mark.parametrize("changed", ["server", "virtual server"])
def test_what_a_record_changes_is_judged_by_itself(build, changed):
    entries = (build.server("EX01"), build.virtual_server(), build.server("EX02"))
    objects = build.inventory(*entries, build.virtual_server(server="EX02")).objects
    at = 2 if changed == "server" else 3
    by_record = replace(objects[at], changes=(ChangeRecord("a record changes it"),))
    subjects = subjects_of([*objects[:at], by_record, *objects[at + 1 :]])
    judged = list(judged_together(subjects))
    assert all(kept == anew for _, kept, anew in judged)
    assert judged[1][1] != judged[3][1]
