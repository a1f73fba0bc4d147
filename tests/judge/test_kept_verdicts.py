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
from analyzer.judge.evaluate import evaluate, judge_clauses, look_of
from analyzer.judge.kept_verdicts import KeptVerdicts
from analyzer.judge.subject import Subject, make_subject
from analyzer.judge.surroundings import survey
from analyzer.relay.verdict import RelayVerdict

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
        judged = kept.setdefault((kind, owner), KeptVerdicts(own, owner)).judge(subject)
        assert [rule for rule, _ in judged] == own
        verdicts = [verdict for _, verdict in judged]
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
    """Something that tells what of it was looked at."""

    def __init__(self, thing):
        self.thing, self.seen = thing, set()

    def __getattr__(self, name):
        self.seen.add(name)
        return getattr(self.thing, name)


OF_SETTINGS = {"attribute", "state", "value", "reason", "doubt"}
OF_OWNERS = {"edition", "connector", "is_leftover", "number"}
OF_RELAYS = {
    *("verdict", "confidence", "reasons", "authenticated_may_relay", "mode", "exposure"),
    *("logon_first", "basic", "tls_required", "doubt"),
}


@pytest.mark.parametrize("kind", [kinds.VIRTUAL_SERVER, kinds.RECEIVE_CONNECTOR, kinds.SERVER])
@pytest.mark.parametrize("state", State)
@pytest.mark.parametrize("doubt", ["", "nothing shows that the record ends"])
@pytest.mark.parametrize("verdict", RelayVerdict)
def test_a_rule_looks_at_nothing_but_what_it_says(kind, state, doubt, verdict):
    inventory = read_dump(SAMPLES / "fabrikam" / "fabrikam.ldf").inventory
    (subject,) = subjects_of([inventory.of(kind)[0]])
    looks = {rule: look_of(rule) for rule in RULES if kind in rule.kinds}
    for rule, look in looks.items():
        if look is None:
            continue
        settings = {
            name: Watched(replace(setting, state=state, doubt=doubt))
            for name, setting in subject.object.settings.items()
        }
        owner = Watched(subject.owner)
        relay = subject.relay and Watched(replace(subject.relay, verdict=verdict, doubt=doubt))
        names, around = Watched(subject.object.names), Watched(subject.around)
        judged = Watched(replace(subject.object, settings=settings, names=names))
        judge_clauses(rule, Subject(judged, owner, relay, around))
        # Whether a record changes the server decides what is kept at all.
        assert around.seen <= {"servers"}, rule.id
        assert names.seen <= {"server_dn"}, rule.id
        assert judged.seen <= {"settings", "names", "changes"}, rule.id
        assert {name for name, one in settings.items() if one.seen} <= set(look.attributes)
        assert set().union(*(one.seen for one in settings.values())) <= OF_SETTINGS, rule.id
        assert owner.seen <= OF_OWNERS - (set() if look.number else {"number"}), rule.id
        assert not relay or relay.seen <= (OF_RELAYS if look.relay else set()), rule.id
    assert any(looks.values())


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
