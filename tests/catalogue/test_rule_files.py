"""Rule files of the user: they add rules, and whatever is wrong is named with file and rule."""

import tomllib
from contextlib import suppress

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from analyzer.catalogue import Catalogue, Outcome, check_folder, load_catalogue
from analyzer.catalogue.condition_table import CONDITIONS, ArgumentType
from analyzer.catalogue.rule_fields import Misfit
from analyzer.catalogue.rule_reader import read_rule
from analyzer.directory import kinds
from analyzer.errors import CatalogueError
from analyzer.judge.rule_records import rule_record

GOOD = """
[[rule]]
id = "OWN-01"
title = "House limit of recipients"
object_class = "protocolCfgSMTPServer"
attribute = "msExchSmtpMaxRecipients"
kind = "weakness"
severity = "low"
finding = "The limit of recipients is below the house limit"
condition = "at_least"
argument = 500
not_set = "failed"
why = "House rule."
check = "Raise the limit."
sources = ["https://intranet.example/rules"]
confidence = "confirmed"
"""

COMBINED = """
[[rule]]
id = "OWN-02"
title = "Log or close"
object_class = "protocolCfgSMTPServer"
kind = "weakness"
severity = "low"
finding = "Neither logged nor closed"
match = "any"
why = "House rule."
check = "Switch logging on."
confidence = "inferred"

[[rule.clause]]
attribute = "msExchLogType"
condition = "one_of"
argument = [1, 2]
not_set = "failed"

[[rule.clause]]
attribute = "msExchSmtpRelayForAuth"
condition = "equals"
argument = false
not_set = "failed"
"""


def write(folder, text, name="own.toml"):
    path = folder / name
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return folder


def test_rules_of_the_user_come_on_top_and_carry_their_origin(tmp_path):
    built_in = load_catalogue()
    catalogue = load_catalogue([write(tmp_path, GOOD)])
    assert len(catalogue.rules) == len(built_in.rules) + 1
    assert catalogue.rules[-1].id == "OWN-01"
    assert catalogue.rules[-1].origin == "own.toml"
    assert catalogue.sha256 != built_in.sha256
    assert rule_record(catalogue.rules[-1]).origin == "own.toml"


def test_check_folder_gives_the_rules_of_the_folder_alone(tmp_path):
    write(tmp_path, GOOD)
    write(tmp_path, COMBINED, "two.toml")
    write(tmp_path, "not a rule", "notes.txt")
    assert [rule.id for rule in check_folder(tmp_path)] == ["OWN-01", "OWN-02"]


def test_several_clauses_become_one_rule(tmp_path):
    (rule,) = check_folder(write(tmp_path, COMBINED))
    assert rule.any_of
    assert [clause.attribute for clause in rule.clauses] == [
        "msExchLogType",
        "msExchSmtpRelayForAuth",
    ]
    assert rule.clauses[0].not_set is Outcome.FAILED


def test_own_rules_are_judged_like_the_others(tmp_path, build_audit):
    catalogue = load_catalogue([write(tmp_path, GOOD + COMBINED)])
    states = build_audit(catalogue, msExchSmtpMaxRecipients=b"499", msExchLogType=b"1")
    assert (states["OWN-01"], states["OWN-02"]) == ("failed", "passed")
    states = build_audit(catalogue, msExchSmtpMaxRecipients=b"500", msExchLogType=b"0")
    assert (states["OWN-01"], states["OWN-02"]) == ("passed", "failed")


LINE = "argument = 500\n"
CONTROL = "control = {framework = 'x', product = 'x', requirement = 'x'}\n"


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ('title = "House', 'titel = "House', "unknown key 'titel'"),
        ('"House limit of recipients"', "7", "title is 7, expected text"),
        ('"House limit of recipients"', '" "', "title is ' ', expected text"),
        ('why = "House rule."\n', "", "why is missing"),
        ("MaxRecipients", "MaxRecipient", "unknown attribute 'msExchSmtpMaxRecipient'"),
        ("msExchSmtpMaxRecipients", "serialNumber", "unknown attribute 'serialNumber'"),
        ("protocolCfgSMTPServer", "user", "unknown object_class 'user'"),
        ('"protocolCfgSMTPServer"', "[]", "object_class is empty"),
        ("at_least", "atleast", "unknown condition 'atleast'"),
        ("at_least", "port_present", "cannot judge msExchSmtpMaxRecipients (Integer)"),
        ("at_least", "valid_routing_master", "judges objects of class msExchRoutingGroup only"),
        ("500", '"500"', "argument of at_least is '500', expected a whole number"),
        ("500", "true", "argument of at_least is True"),
        ("500", "5.5", "argument of at_least is 5.5"),
        (LINE, "", "argument of at_least is None"),
        ("at_least", "is_absent", "argument of is_absent is 500, expected no argument"),
        ("at_least", "one_of", "expected a list of values"),
        ('"at_least"\n' + LINE, '"one_of"\nargument = []\n', "expected a list of values"),
        ('"at_least"\n' + LINE, '"one_of"\nargument = ["a"]\n', "argument is 'a'"),
        ('"at_least"\n' + LINE, '"equals"\nargument = true\n', "argument is True"),
        ('"at_least"\n' + LINE, '"outside"\nargument = [9, 1]\n', "the smaller first"),
        ('"at_least"\n' + LINE, '"is_default"\n', "default is missing"),
        ('"at_least"', '"bits_are_default"', "default is missing"),
        ('"at_least"\n' + LINE, '"live_only"\n', "live_only and offline"),
        (LINE, LINE + 'offline = "no"\noffline_note = "x"\n', "live_only and offline"),
        (LINE, LINE + 'offline = "partial"\n', "offline_note is missing"),
        (LINE, LINE + 'offline = "perhaps"\n', "expected one of yes, partial, no"),
        (LINE, LINE + 'violation = "not_evaluable"\n', "offline_note is missing"),
        (LINE, LINE + 'violation = "passed"\n', "violation is 'passed'"),
        (LINE, LINE + 'match = "some"\n', "match is 'some'"),
        (LINE, LINE + "default = true\n", "default is True, msExchSmtpMaxRecipients holds Integer"),
        (LINE, LINE + "default = [1]\n", "default is [1]"),
        (LINE, LINE + 'versions = ["5.5"]\n', "unknown Exchange version '5.5'"),
        (LINE, LINE + 'connectors = ["Own"]\n', "unknown default connector 'Own'"),
        (LINE, LINE + 'references = "X-1"\n', "references is 'X-1', expected a list of texts"),
        (LINE, LINE + 'object_kind = "own"\n', "unknown object_kind 'own'"),
        (LINE, LINE + 'object_kind = "virtual_server"\n', "names a class twice"),
        (LINE, LINE + "defaults = [{absent = false}]\n", "with a value, or absent"),
        (LINE, LINE + "defaults = [{value = 1, also = 2}]\n", "also is 2, expected a list"),
        (LINE, LINE + "defaults = [{value = 1, also = [true]}]\n", "default is True"),
        (LINE, LINE + 'control = "X"\n', "control is no table"),
        (LINE, LINE + "control = {number = 1}\n", "unknown key 'number'"),
        (LINE, LINE + "control = {framework = 'x'}\n", "product is missing"),
        (LINE, LINE + CONTROL, "kind hardening and [rule.control] belong together"),
        ('"weakness"', '"hardening"', "kind hardening and [rule.control] belong together"),
        ('"weakness"\n', '"hardening"\n' + CONTROL, "versions is missing"),
        ('"at_least"\n' + LINE, '"equals_attribute"\nargument = "x"\n', "name of another"),
        (LINE, LINE + "default = 1\ndefaults = []\n", "stands beside"),
        (LINE, LINE + "defaults = 1\n", "defaults is no list"),
        (LINE, LINE + "defaults = [1]\n", "defaults needs tables with a value"),
        (LINE, LINE + "defaults = [{value = 1, version = 2}]\n", "unknown key 'version'"),
        (LINE, LINE + 'defaults = [{value = 1, versions = ["5.5"]}]\n', "Exchange version '5.5'"),
        (LINE, LINE + "defaults = [{value = 1, versions = 2000}]\n", "expected a list of texts"),
        (LINE, LINE + "also_documented = 3\n", "also_documented is 3, expected a list"),
        (LINE, LINE + "exempt_small_business_server = 1\n", "expected true or false"),
        (LINE, LINE + "disagreements = [1]\n", "expected a list of texts"),
        (LINE, LINE + "clause = []\n", "stands beside [[rule.clause]]"),
        ('not_set = "failed"\n', "", "not_set is None, expected one of"),
        ('"failed"', '"not_applicable"', "not_set is 'not_applicable'"),
        (LINE, LINE + 'undecodable = "passed"\n', "undecodable is 'passed'"),
        ('kind = "weakness"', 'kind = "bad"', "kind is 'bad'"),
        ('severity = "low"', 'severity = "mild"', "severity is 'mild'"),
        (LINE, LINE + 'severity_reason = """a\nb"""\n', "severity_reason has several lines"),
        ('confidence = "confirmed"\n', "", "confidence is None"),
        ('finding = "The limit', 'label = "The limit', "finding is missing"),
        ('id = "OWN-01"', 'id = "VS-01"', "id already used (built-in)"),
    ],
)
def test_a_wrong_rule_is_named_with_its_file(tmp_path, old, new, words):
    assert GOOD.count(old) >= 1
    with pytest.raises(CatalogueError) as caught:
        check_folder(write(tmp_path, GOOD.replace(old, new, 1)))
    text = str(caught.value)
    assert words in text
    assert "own.toml" in text
    assert caught.value.rule_id in ("OWN-01", "VS-01")
    assert "\n" not in text


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (GOOD + GOOD, "id already used (own.toml)"),
        ("rule = 3", "rule is no list of tables"),
        ("rule = [3]", "rule 1 is no table"),
        ("[[rule]]\n", "rule 1: id is None"),
        ("[[rule]]\nid = 'a b'\n", "id is 'a b'"),
        ("[[rules]]\n", "unknown key 'rules'"),
        ("[[rule]]\nid = 'X-1'\nid = 'X-1'\n", "not valid TOML"),
        ("a = [" * 5000, "not valid TOML"),
        ("x = " + "9" * 5000, "not valid TOML"),
        (b"\xff\xfe[\x00", "not UTF-8 at byte 0"),
        (COMBINED.split("[[rule.clause]]")[0] + "clause = []\n", "clause is no list of tables"),
        (COMBINED.split("[[rule.clause]]")[0] + "clause = [1]\n", "clause is no table"),
        (
            COMBINED.replace("msExchLogType", "msExchSmtpOutboundSecurityPassword", 1),
            "is a secret",
        ),
    ],
)
def test_a_wrong_file_is_named(tmp_path, content, words):
    with pytest.raises(CatalogueError) as caught:
        check_folder(write(tmp_path, content))
    assert words in str(caught.value)
    assert "own.toml" in str(caught.value)


def test_a_folder_that_is_none_or_empty_is_an_error(tmp_path):
    for folder in (tmp_path / "missing", write(tmp_path, GOOD) / "own.toml"):
        with pytest.raises(CatalogueError, match="cannot read the folder"):
            load_catalogue([folder])
    (tmp_path / "empty").mkdir()
    with pytest.raises(CatalogueError, match="no rule file"):
        load_catalogue([tmp_path / "empty"])
    (tmp_path / "odd").mkdir()
    (tmp_path / "odd" / "rules.toml").mkdir()
    with pytest.raises(CatalogueError, match="cannot read"):
        load_catalogue([tmp_path / "odd"])


@settings(
    suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=200, deadline=None
)
@given(st.binary(max_size=200) | st.text(max_size=200).map(lambda text: text.encode()))
def test_any_bytes_are_rules_or_a_catalogue_error(tmp_path, content):
    write(tmp_path, content)
    with suppress(CatalogueError):
        check_folder(tmp_path)


ARGUMENTS = {
    ArgumentType.ATTRIBUTE: "msExchLogType",
    ArgumentType.NONE: None,
    ArgumentType.INTEGER: 1,
    ArgumentType.RANGE: [1, 2],
    ArgumentType.TEXT: "{number} {x} C",
    ArgumentType.VALUES: [1],
}


_OF_OTHER_KINDS = (
    *("live_only", "valid_routing_master", "members_in_own_group", "version_is_not"),
    *("no_bridgehead_enforces", "at_least_public_stores"),
)


def rules_with(condition):
    """Return a rule for each attribute and argument that the loader takes for the condition."""
    (table,) = tomllib.loads(GOOD)["rule"]
    del table["argument"]
    rules = []
    for attribute in kinds.VIRTUAL_SERVER.attributes:
        for value in (True, 1, "a"):
            argument = ARGUMENTS.get(CONDITIONS[condition].argument, value)
            changed = {"attribute": attribute.name, "condition": condition, "default": value}
            changed |= {"argument": argument} if argument is not None else {}
            with suppress(Misfit):
                rule = read_rule({**table, **changed}, "own.toml")
                rules.append(replace(rule, id=f"OWN-{len(rules)}"))
    return rules


@pytest.mark.parametrize("condition", CONDITIONS)
def test_whatever_the_loader_accepts_can_be_judged(build_audit, condition):
    rules = rules_with(condition)
    judged = CONDITIONS[condition].kinds
    if condition == "live_only" or (judged and kinds.VIRTUAL_SERVER not in judged):
        assert not rules
        return
    catalogue = Catalogue(tuple(rules), "1", "")
    values = {"msExchLogType": b"1", "msExchSmtpSmartHost": b"a", "msExchSmtpRelayForAuth": b"x"}
    for changes in ({}, values):
        assert len(build_audit(catalogue, **changes)) == len(rules) > 0


JUNK = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3),
    max_leaves=4,
)


def as_toml(value):
    match value:
        case None:
            return "1979-05-27"
        case bool():
            return str(value).lower()
        case str():
            return '"' + "".join(f"\\U{ord(char):08x}" for char in value) + '"'
        case list():
            return "[" + ", ".join(map(as_toml, value)) + "]"
        case _:
            return str(value)


LINES = [line for line in GOOD.splitlines() if " = " in line]


@settings(
    suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=200, deadline=None
)
@given(st.sampled_from(LINES), JUNK)
def test_any_value_of_any_key_is_a_rule_or_a_catalogue_error(tmp_path, line, value):
    key = line.split(" = ")[0]
    write(tmp_path, GOOD.replace(line, f"{key} = {as_toml(value)}"))
    with suppress(CatalogueError):
        (rule,) = check_folder(tmp_path)
        assert rule_record(rule).condition


@pytest.mark.parametrize(
    ("case", "words"),
    [
        ("", "grades needs one of"),
        ("value = 1\nnot_set = true\n", "grades needs one of"),
        ("not_set = true\nprivate_listener = true\n", "grades needs one of"),
        ('value = 1\nseverity_reason = "a\\nb"\n', "severity_reason has several lines"),
    ],
)
def test_a_grade_is_for_exactly_one_case(tmp_path, case, words):
    grade = f'[[rule.grades]]\n{case}severity = "info"\nfinding = "x"\n'
    with pytest.raises(CatalogueError, match=words):
        check_folder(write(tmp_path, GOOD + grade))


def test_only_what_listens_is_graded_by_where_it_listens(tmp_path):
    grade = '[[rule.grades]]\nprivate_listener = true\nseverity = "info"\nfinding = "x"\n'
    (rule,) = check_folder(write(tmp_path, GOOD + grade))
    assert rule.grades[0].private_listener
    elsewhere = GOOD.replace("protocolCfgSMTPServer", "msExchExchangeServer")
    elsewhere = elsewhere.replace("msExchSmtpMaxRecipients", "serialNumber")
    elsewhere = elsewhere.replace('"at_least"\nargument = 500', '"is_present"')
    with pytest.raises(CatalogueError, match="objects that do not listen"):
        check_folder(write(tmp_path, elsewhere + grade))
