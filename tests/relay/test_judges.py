"""One judge for each kind of listener, and room for kinds that are told by other means."""

from ipaddress import IPv6Address, IPv6Network

import pytest
from msgspec.structs import replace

from analyzer.directory import kinds
from analyzer.directory.address_list import Mode
from analyzer.relay.forest import Forest
from analyzer.relay.judges import JUDGES, Judge, judge_relay, may_relay
from analyzer.relay.verdict import Answer, Confidence, Relay, RelayVerdict

NO_FOREST = Forest({}, {}, frozenset())


def test_every_kind_of_listener_has_a_judge_and_nothing_else_has():
    assert set(JUDGES) == {kind for kind in kinds.KINDS if kind.is_listener}


def test_the_evidence_of_a_judge_is_made_of_attributes_of_its_kind():
    for kind, judge in JUDGES.items():
        assert set(judge.evidence) <= {attribute.name for attribute in kind.attributes}


@pytest.fixture
def listener(build, monkeypatch):
    """Return a listener of an invented kind, whose judge knows networks of IPv6."""
    kind = replace(kinds.VIRTUAL_SERVER, key="invented")
    relay = Relay(
        RelayVerdict.LISTED,
        Confidence.DECIDED,
        ("invented",),
        authenticated_may_relay=False,
        mode=Mode.ONLY_LISTED,
        networks=(IPv6Network("2001:db8::/32"),),
    )
    monkeypatch.setitem(JUDGES, kind, Judge(lambda *_: relay, ()))
    return replace(build.inventory(build.virtual_server()).objects[0], kind=kind)


def test_a_kind_of_listener_is_one_row(listener):
    assert judge_relay(listener, NO_FOREST).reasons == ("invented",)
    assert may_relay(IPv6Address("2001:db8::1"), listener, NO_FOREST).answer is Answer.YES
    assert may_relay(IPv6Address("fd00::1"), listener, NO_FOREST).answer is Answer.NO
