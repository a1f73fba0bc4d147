"""Whether a dump would show an object if it were there, from made-up inputs."""

import pytest

from analyzer.changes.coverage import DumpCoverage, InputCoverage
from analyzer.dump.reading import ExportScope
from analyzer.results.records import InputRecord

CONFIGURATION = "cn=configuration,dc=contoso,dc=com"
SERVERS = f"cn=servers,cn=ag1,cn=org,cn=microsoft exchange,cn=services,{CONFIGURATION}"
MISSING = f"cn=ex02,{SERVERS}"
CLASS = "msexchexchangeserver"


def covered(places: dict[str, set[str]], *, damaged: bool = False, **fields: object) -> bool:
    """Tell whether one input proves that the missing server is not there."""
    given = {
        "export_scope": ExportScope.FULL,
        "may_be_cut": False,
        "format": "ldif",
        "naming_context": None,
        **fields,
    }
    source = InputRecord(
        path="a.ldf",
        bytes=1,
        sha256="",
        dialect="ldifde",
        encoding="utf-8",
        entries=1,
        relevant_entries=1,
        warnings=(),
        **given,
    )
    seen = InputCoverage(source, damaged, places, set().union(*places.values()))
    return not DumpCoverage((seen,)).why_not(MISSING, CLASS)


@pytest.mark.parametrize(
    ("top", "expected"),
    [
        (CONFIGURATION, True),
        (f"CN=Services,{CONFIGURATION}", True),
        ("DC=contoso,DC=com", False),
        (f"cn=ex01,{SERVERS}", False),
        (MISSING, False),
        ("", False),
    ],
)
def test_what_begins_above_an_object_covers_it(top, expected):
    assert covered({f"cn=ex01,{SERVERS}": {"protocolcfg"}}, top=top) is expected


def test_what_begins_within_exchange_has_to_show_the_class():
    top = f"cn=org,cn=microsoft exchange,cn=services,{CONFIGURATION}"
    elsewhere = f"cn=servers,cn=ag2,{top}"
    assert covered({elsewhere: {CLASS}}, top=top)
    assert not covered({elsewhere: {"protocolcfgsmtpserver"}}, top=top)


def test_siblings_of_the_class_cover_its_place_if_the_search_began_above_it():
    outside = f"cn=global settings,cn=org,cn=microsoft exchange,cn=services,{CONFIGURATION}"
    assert covered({SERVERS: {CLASS}, outside: {"x"}})
    assert not covered({SERVERS: {CLASS}})
    assert not covered({SERVERS: {"x"}, outside: {CLASS}})


@pytest.mark.parametrize(
    "fields",
    [
        {"export_scope": ExportScope.LIMITED},
        {"may_be_cut": True},
        {"may_be_cut": None},
        {"damaged": True},
    ],
)
def test_what_is_not_whole_covers_nothing(fields):
    assert not covered({}, top=CONFIGURATION, **fields)


def test_a_snapshot_covers_its_partition():
    assert covered({}, format="snapshot", naming_context=CONFIGURATION)
    assert not covered({}, format="snapshot", naming_context="cn=configuration,dc=fabrikam,dc=com")


def test_without_an_input_nothing_is_known():
    assert DumpCoverage(()).why_not(MISSING, CLASS)
