"""Every built-in rule against every state a setting can have: what is not known never passes.

A setting that is not set passes only where the catalogue says so, with a source, and not where it
is in doubt. The object is one that passes or fails by its own values; only the state is changed.
"""

import pytest
from msgspec.structs import replace

from analyzer.catalogue import load_catalogue
from analyzer.catalogue.rule import Offline, Outcome
from analyzer.directory import kinds
from analyzer.directory.address_list import Mode
from analyzer.directory.kinds import KINDS
from analyzer.directory.values import Setting, State
from analyzer.inventory import ChangeRecord, Inventory
from analyzer.judge.evaluate import evaluate
from analyzer.judge.subject import make_subject
from analyzer.judge.surroundings import survey
from analyzer.relay.forest import know_forest
from analyzer.relay.judges import JUDGES, judge_relay

from ..relay.descriptors import ANONYMOUS, ANONYMOUS_SET, allow, descriptor
from . import forest_2016 as later

RULES = [
    rule for rule in load_catalogue().rules if rule.offline is not Offline.NO and not rule.control
]
STATES = ("not_set", "doubt", "not_exported", "lost", "undecodable")
DOUBT = "the other records come from another export"
NEVER_RESTS_ON_SETTINGS = {"DQ-01", "RT-03"}
"""Their subject is the name of the object and what stands beside it."""


def without_value(setting: Setting, state: str) -> Setting:
    bare = Setting(setting.attribute, State(state) if state != "doubt" else State.NOT_SET)
    if state == "doubt":
        return replace(bare, doubt=DOUBT)
    return replace(bare, reason="damaged") if state in ("lost", "undecodable") else bare


def entries_of(build):
    """One object of each kind that rules judge, with peers and a server to compare with."""
    group, organization = build.group, build.organization
    return [
        build.virtual_server(number=1),
        build.virtual_server(number=2),
        build.virtual_server(number=3),
        build.server(msExchHomeRoutingGroup=build.routing_group),
        build.connector(),
        build.entry(
            f"CN=To RG2,CN=Connections,{build.routing_group}",
            "msExchRoutingGroupConnector",
            cn="To RG2",
        ),
        build.entry(
            build.routing_group,
            "msExchRoutingGroup",
            msExchRoutingMasterDN=build.server_dn("EX01"),
        ),
        build.entry(f"CN=Servers,{group}", "msExchServersContainer"),
        build.entry(
            f"CN=Message Delivery,CN=Global Settings,{organization}",
            "msExchMessageDeliveryConfig",
            msExchRecipLimit=5000,
            delivContLength=10240,
        ),
        build.entry(f"CN=P,CN=S,CN=InformationStore,{build.server_dn('EX01')}", "msExchPublicMDB"),
        build.entry(f"CN=Policy,CN=Recipient Policies,{organization}", "msExchRecipientPolicy"),
        build.entry(
            f"CN=RUS,CN=Recipient Update Services,{organization}", "msExchAddressListService"
        ),
        later.server(build),
        later.receive_connector(
            build,
            msExchSmtpReceiveEnabled=True,
            msExchSMTPReceiveInboundSecurityFlag=1,
            nTSecurityDescriptor=descriptor(allow(ANONYMOUS, *ANONYMOUS_SET)),
        ),
        later.send_connector(build),
        later.accepted_domain(build, "contoso.com", 4),
        later.transport_settings(build),
    ]


@pytest.fixture(scope="module")
def inventory(build) -> Inventory:
    return build.inventory(*entries_of(build))


def judged_with(inventory, rule, changes, change_records=()):
    """The rule's outcome on the first object of each of its kinds, its settings changed."""
    for kind in rule.kinds:
        first = inventory.of(kind)[0]
        changed = replace(
            first, settings={**first.settings, **changes(first)}, changes=change_records
        )
        objects = tuple(changed if each is first else each for each in inventory.objects)
        around = survey(Inventory(objects))
        yield evaluate(rule, make_subject(changed, around, small_business_server=False))


def needed(rule, listener_evidence=True):
    """What the rule looks at: its own attributes, and what a relay verdict rests on."""
    names = {clause.attribute for clause in rule.clauses}
    if listener_evidence and rule.id.startswith("RL-") and rule.id not in ("RL-05", "RL-06"):
        names.update(JUDGES[kinds.VIRTUAL_SERVER].evidence)
    if rule.id in ("CN-04", "CN-05"):
        names.update(("dLMemRejectPerms", "dLMemSubmitPerms"))
    return names


@pytest.mark.parametrize("state", STATES)
@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.id)
def test_what_is_not_known_never_passes(inventory, rule, state):
    def changes(judged):
        return {
            name: without_value(judged.settings[name], state)
            for name in needed(rule)
            if name in judged.settings
        }

    for verdict in judged_with(inventory, rule, changes):
        may_pass = state == "not_set" and (
            any(clause.not_set is Outcome.PASSED for clause in rule.clauses)
            or any(default.absent for default in rule.defaults)
        )
        if may_pass:
            assert rule.sources
        elif rule.id not in NEVER_RESTS_ON_SETTINGS and not by_others(rule):
            assert verdict.outcome is not Outcome.PASSED
        if verdict.outcome in (Outcome.NOT_EVALUABLE, Outcome.NOT_APPLICABLE):
            assert verdict.reason


def by_others(rule):
    """Rules that other objects or settings decide, of which the dump shows enough."""
    return rule.id in ("VS-16", "VS-17", "GL-06")


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.id)
def test_nothing_passes_on_what_a_change_record_names(inventory, rule):
    for names in (frozenset(), frozenset(name.lower() for name in needed(rule))):
        change = ChangeRecord("a record of changetype modify at line 90", names)
        for verdict in judged_with(inventory, rule, lambda _: {}, (change,)):
            if by_others(rule):
                continue
            assert verdict.outcome is not Outcome.PASSED


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.id)
def test_a_change_of_something_else_changes_no_state(inventory, rule):
    change = ChangeRecord("a record at line 90", frozenset({"adminDisplayName".lower()}))
    before = [verdict.outcome for verdict in judged_with(inventory, rule, lambda _: {})]
    after = [verdict.outcome for verdict in judged_with(inventory, rule, lambda _: {}, (change,))]
    assert before == after


LISTS = {
    "none": None,
    "open": {"deny": ["192.0.2.7/32"]},
    "listed": {"grant": ["203.0.113.0/24"]},
    "nobody": {"grant": ["0.0.0.0/32"]},
    "all denied": {"deny": ["0.0.0.0/0"]},
}
RANK = ["closed", "authenticated", "listed", "open"]


@pytest.mark.parametrize("state", STATES[1:])
@pytest.mark.parametrize("lost", [*JUDGES[kinds.VIRTUAL_SERVER].evidence, "msExchIPSecurity"])
@pytest.mark.parametrize("flags", [0, 1, 6, 7, 38, -2])
@pytest.mark.parametrize("for_auth", [True, False])
@pytest.mark.parametrize("listed", LISTS)
def test_no_verdict_gets_milder_and_decided(build, listed, for_auth, flags, lost, state):
    networks = LISTS[listed]
    relay_list = None if networks is None else build.relay_list(**networks)
    entry = build.virtual_server(
        msExchSmtpRelayIpList=relay_list,
        msExchSmtpRelayForAuth=for_auth,
        msExchAuthenticationFlags=flags,
    )
    inventory = build.inventory(entry)
    truth, forest = inventory.objects[0], know_forest(inventory)
    settings = {**truth.settings, lost: without_value(truth.settings[lost], state)}
    poorer = replace(truth, settings=settings)
    before, after = judge_relay(truth, forest), judge_relay(poorer, forest)
    milder = after.verdict != "unknown" and RANK.index(after.verdict) < RANK.index(before.verdict)
    assert not (milder and after.confidence == "decided")
    around = survey(Inventory((truth,)))
    for rule in RULES:
        if kinds.VIRTUAL_SERVER in rule.kinds:
            was, now = (
                evaluate(rule, make_subject(each, around, small_business_server=False)).outcome
                for each in (truth, poorer)
            )
            assert not (was is Outcome.FAILED and now is Outcome.PASSED), rule.id


def test_a_change_record_makes_every_verdict_assumed(build):
    for networks in LISTS.values():
        relay_list = None if networks is None else build.relay_list(**networks)
        inventory = build.inventory(build.virtual_server(msExchSmtpRelayIpList=relay_list))
        listener, forest = inventory.objects[0], know_forest(inventory)
        change = ChangeRecord("a record of changetype modify stands at line 90")
        relay = judge_relay(replace(listener, changes=(change,)), forest)
        assert relay.confidence == "assumed"
        assert any("line 90" in reason for reason in relay.reasons)
        assert relay.verdict == judge_relay(listener, forest).verdict


def test_every_kind_that_a_rule_judges_is_in_the_table(inventory):
    judged = {kind for rule in RULES for kind in rule.kinds}
    assert judged <= {each.kind for each in inventory.objects}
    assert judged <= set(KINDS)
    assert judge_relay(inventory.objects[0], know_forest(inventory)).mode in (None, *Mode)
