"""Files of waivers: what is taken, and what is refused, with the line on which it stands."""

from collections.abc import Callable
from pathlib import Path

import pytest

from analyzer.catalogue import load_catalogue
from analyzer.errors import CatalogueError
from analyzer.results.records import AppliesTo, WaiverRecord
from analyzer.waivers import waiver_file
from analyzer.waivers.waiver_file import load_waivers, warnings_on
from analyzer.waivers.waiver_text import waiver_text

CATALOGUE = load_catalogue()
GOOD = """\
# What the client accepted
[[waiver]]
id = "W-001"
rule = "VS-01"
reason = "Scanners in the hall; see ticket"
approved_by = "A. Smith"
approved_on = 2026-01-10
expires = "2027-01-09"
ticket = "CHG-1"
[waiver.applies_to]
server = "EX0?"
listener = "Default *"
"""

Load = Callable[[str], tuple[WaiverRecord, ...]]


@pytest.fixture
def load(tmp_path: Path) -> Load:
    def load_text(text: str) -> tuple[WaiverRecord, ...]:
        file = tmp_path / "waivers.toml"
        file.write_bytes(text.encode("utf-8", "surrogateescape"))
        return load_waivers([file], CATALOGUE)

    return load_text


def refusal(load: Load, text: str) -> str:
    with pytest.raises(CatalogueError) as caught:
        load(text)
    return str(caught.value).rpartition("/")[2]


def test_everything_that_a_waiver_says_is_kept(load):
    (waiver,) = load(GOOD)
    assert waiver.file.endswith("waivers.toml")
    assert waiver.line == 2
    assert (waiver.id, waiver.rule, waiver.ticket) == ("W-001", "VS-01", "CHG-1")
    assert (waiver.approved_on, waiver.expires) == ("2026-01-10", "2027-01-09")
    assert waiver.applies_to == AppliesTo(server="EX0?", listener="Default *")
    assert waiver.state == "unused"


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ('"VS-01"', '"VS-1"', "waivers.toml:4: W-001: unknown rule 'VS-1'; did you mean VS-01?"),
        ('"VS-01"', '"QQQ"', "waivers.toml:4: W-001: unknown rule 'QQQ'; see: exchange-analyzer"),
        ('rule = "VS-01"\n', "", "waivers.toml:2: W-001: rule is missing"),
        ('"Scanners in the hall; see ticket"', '"  "', "waivers.toml:5: W-001: reason is '  '"),
        (
            'reason = "Scanners in the hall; see ticket"\n',
            "",
            "waivers.toml:2: W-001: reason is missing",
        ),
        ("reason =", "reasons =", "waivers.toml:5: W-001: unknown key 'reasons'; did you mean r"),
        ("expires =", "until =", "waivers.toml:8: W-001: unknown key 'until'"),
        ('"2027-01-09"', '"2027-02-30"', "waivers.toml:8: W-001: expires is '2027-02-30', and th"),
        ('"2027-01-09"', "2027-02-30", "waivers.toml:8: not valid TOML: Invalid date"),
        ('"2027-01-09"', '"9.1.2027"', "waivers.toml:8: W-001: expires is '9.1.2027', expected a"),
        ('"2027-01-09"', "2027-01-09T10:00:00Z", "waivers.toml:8: W-001: expires is '2027-01-09 "),
        ('"2027-01-09"', "20270109", "waivers.toml:8: W-001: expires is '20270109', expected a d"),
        ('"2027-01-09"', '"2025-01-09"', "waivers.toml:8: W-001: expires on 2025-01-09, before"),
        ("server =", "servers =", "waivers.toml:11: W-001: applies_to: unknown key 'servers'; did"),
        ('"EX0?"', '" "', "waivers.toml:11: W-001: applies_to: server is ' ', expected text"),
        ('"EX0?"', "7", "waivers.toml:11: W-001: applies_to: server is 7, expected text"),
        ('"EX0?"', f'"{"x" * 2_001}"', "waivers.toml:11: W-001: applies_to: server is longer"),
        ('"W-001"', '""', "waivers.toml:3: id is '', expected text"),
        ("[[waiver]]", "[[waivers]]", "waivers.toml:2: unknown key 'waivers'; did you mean [[wai"),
        ("[[waiver]]", "[waiver]", "waivers.toml: waiver is no list of tables; write [[waiver]]"),
        ("[[waiver]]", '[["waiver"]]', "waivers.toml: waiver is no list of tables"),
        ('"CHG-1"', '"CHG-1', "waivers.toml:9: not valid TOML"),
        (
            '[waiver.applies_to]\nserver = "EX0?"\nlistener = "Default *"\n',
            "",
            "waivers.toml:2: W-001: applies_to is missing; say it with one of server, listener",
        ),
        (
            'server = "EX0?"\nlistener = "Default *"\n',
            "",
            "waivers.toml:10: W-001: applies_to is empty",
        ),
        (
            '[waiver.applies_to]\nserver = "EX0?"\nlistener = "Default *"\n',
            'applies_to = "all"',
            "waivers.toml:10: W-001: applies_to is no table",
        ),
    ],
)
def test_what_is_wrong_is_named_with_file_and_line(load, old, new, message):
    assert GOOD.count(old) == 1
    assert refusal(load, GOOD.replace(old, new)).startswith(message)


def test_an_id_that_stands_twice_is_refused_over_all_files(tmp_path):
    first, second = tmp_path / "a.toml", tmp_path / "b.toml"
    first.write_text(GOOD)
    second.write_text("\n" + GOOD.replace("W-001", "w-001"))
    with pytest.raises(CatalogueError, match=r"b\.toml:4: w-001: the id is that of the waiver in"):
        load_waivers([first, second], CATALOGUE)


def test_lines_are_right_behind_strings_that_look_like_tables(load):
    text = '''# [[waiver]]
[[waiver]]
id = "W-1"   # id = "W-2"
reason = """
[[waiver]]
rule = "nonsense"
\\"""
"""
rule = 'VS-01'
applies_to = { object = 'CN=[[waiver]],DC=x', finding = "F-\\"[[waiver]]" }

  [[ waiver ]]
  id = "W-3"
  rule = "VS-99"
  reason = \'\'\'it's [[waiver]]\'\'\'
  applies_to.server = "EX01"
'''
    assert refusal(load, text).startswith("waivers.toml:14: W-3: unknown rule 'VS-99'")
    first, second = load(text.replace("VS-99", "VS-02"))
    assert (first.line, second.line) == (2, 12)
    assert second.applies_to == AppliesTo(server="EX01")


@pytest.mark.parametrize(
    "text",
    [
        "\0",
        "\udcff",
        "a." * 20_000 + "b = 1",
        "x = " + "[" * 5_000,
        '"' * 200_000,
        "[[waiver]]\n" * 20_000,
        "[[waiver]]\nid = 1" + "0" * 5_000,
        "'''" * 30_001,
    ],
    ids=["nul", "no utf-8", "dots", "deep", "quotes", "many", "long number", "open strings"],
)
def test_hostile_files_are_refused_in_one_line(load, text):
    assert "\n" not in refusal(load, text)


def test_a_file_that_is_too_large_or_missing_is_refused(tmp_path, monkeypatch):
    with pytest.raises(CatalogueError, match="cannot read: no such file"):
        load_waivers([tmp_path / "none.toml"], CATALOGUE)
    monkeypatch.setattr("analyzer.catalogue.placed_tables.LARGEST_FILE", 10)
    (tmp_path / "big.toml").write_text(GOOD)
    with pytest.raises(CatalogueError, match="larger than 10 bytes"):
        load_waivers([tmp_path / "big.toml"], CATALOGUE)


def test_a_file_without_waivers_gives_none(load):
    assert load("# nothing yet\n") == ()


def test_what_never_ends_or_was_approved_by_nobody_is_a_warning(load):
    assert list(warnings_on(load(GOOD))) == []
    text = GOOD.replace('expires = "2027-01-09"\n', "").replace('approved_by = "A. Smith"\n', "")
    told = [line.rpartition("/")[2] for line in warnings_on(load(text))]
    assert told == [
        f"waivers.toml:2: waiver W-001 {waiver_file.NO_EXPIRY}",
        "waivers.toml:2: waiver W-001 names nobody who has approved it",
    ]


def test_a_waiver_that_was_written_reads_back(load):
    (waiver,) = load(GOOD)
    text = waiver_text(waiver, "a comment\n[[waiver]]")
    assert text.startswith("# a comment [[waiver]]\n[[waiver]]\n")
    (again,) = load(text)
    assert again.applies_to == waiver.applies_to
    assert (again.reason, again.expires, again.ticket) == (
        waiver.reason,
        waiver.expires,
        waiver.ticket,
    )
