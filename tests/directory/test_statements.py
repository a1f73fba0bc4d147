"""What an extract states of an attribute: written and read, and no more believed than a dump is."""

import pytest

from analyzer.directory.attributes import AttributeType, Syntax
from analyzer.directory.statements import Statement, from_url, to_url
from analyzer.directory.values import State, decode
from analyzer.dump.entry import Attribute, Notation

RELAY = AttributeType("msExchSmtpRelayForAuth", Syntax.BOOLEAN, "Relay")
SECRET = AttributeType("msExchEncryptedPassword", Syntax.OCTETS, "Password", secret=True)


def stated(url: str, row: AttributeType = RELAY) -> tuple[State, object, str]:
    attribute = Attribute(row.name, (), 4, 5, Notation.STATED, raw=url)
    setting = decode(row, attribute, exported=True)
    assert setting.line is None
    return setting.state, setting.value, setting.reason or setting.doubt


@pytest.mark.parametrize("reason", ["", "why, not", "für\nimmer"])
@pytest.mark.parametrize("raw", ["", "x,y"])
def test_a_statement_comes_back(reason: str, raw: str) -> None:
    statement = Statement("lost", reason, raw)
    url = to_url(statement)
    assert url.isascii()
    assert not set(" \n") & set(url)
    assert from_url(url) == statement


@pytest.mark.parametrize("state", ["lost", "undecodable", "not_set", "not_exported"])
def test_each_state_is_taken(state: str) -> None:
    assert stated(to_url(Statement(state, "why"))) == (State(state), None, "why")


def test_a_secret_alone_can_be_set_without_a_value() -> None:
    assert stated(to_url(Statement("set")), SECRET)[0] is State.SET
    assert stated(to_url(Statement("set", "", "TRUE")))[0] is State.UNDECODABLE


@pytest.mark.parametrize("rest", ["", "lost,%", "no,,,"])
def test_what_is_damaged_makes_nothing_better(rest: str) -> None:
    assert stated(f"x-exchange-analyzer:{rest}")[0] in (State.LOST, State.UNDECODABLE)
