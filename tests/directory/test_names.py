"""Names in DNs; the paths are those of KB 321757."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from analyzer.directory.names import Names, normalise_dn, parse_names

CONTEXT = "CN=Configuration,DC=contoso,DC=com"
ROOT = f"CN=Microsoft Exchange,CN=Services,{CONTEXT}"
ORGANIZATION = f"CN=Contoso Org,{ROOT}"
GROUP = f"CN=First Administrative Group,CN=Administrative Groups,{ORGANIZATION}"
SERVER = f"CN=EX01,CN=Servers,{GROUP}"
VIRTUAL_SERVER = f"CN=1,CN=SMTP,CN=Protocols,{SERVER}"
CONNECTOR = f"CN=Internet,CN=Connections,CN=RG1,CN=Routing Groups,{GROUP}"


def test_a_virtual_server_has_all_names() -> None:
    names = parse_names(VIRTUAL_SERVER)
    assert (names.cn, names.number) == ("1", 1)
    assert names.organization == "Contoso Org"
    assert names.administrative_group == "First Administrative Group"
    assert names.server == "EX01"
    assert names.routing_group is None
    assert names.naming_context == CONTEXT
    assert names.containers[:2] == ("smtp", "protocols")
    assert names.server_dn == normalise_dn(SERVER)
    assert names.organization_dn == normalise_dn(ORGANIZATION)
    assert not names.conflict
    assert not names.deleted


ABOVE = [
    *(ROOT, ORGANIZATION, GROUP, f"CN=Servers,{GROUP}", f"CN=Protocols,{SERVER}", CONTEXT),
    *("DC=contoso,DC=com", "CN=a+OU=b,DC=com", "CN=a\\,b,DC=com", "CN=gone\\0ADEL:1f,DC=com"),
    *("", ",DC=com", "CN", "CN=a,,DC=com", " DC=com", "CN=a;DC=com", "CN=?,CN=a\\0ACNF:1f"),
]


@pytest.mark.parametrize("above", ABOVE)
@pytest.mark.parametrize(
    ("plain", "escaped"),
    [
        ("CN=1", "CN=\\31"),
        ("CN=Servers", "CN=S\\65rvers"),
        ("CN=Configuration", "CN=\\43onfiguration"),
        ("CN=Microsoft Exchange", "CN=Microsoft\\20Exchange"),
        ("DC=x", "DC=\\78"),
    ],
)
def test_a_leading_name_that_needs_no_care_reads_as_one_that_does(
    plain: str, escaped: str, above: str
) -> None:
    """The container of a plain name is taken apart once for all that stands in it."""
    by_container, whole = parse_names(f"{plain},{above}"), parse_names(f"{escaped},{above}")
    if whole.cn is None:
        assert by_container == Names(normalised=f"{plain},{above}".strip().casefold())
    else:
        assert by_container == whole


@given(st.from_regex(r"\A[A-Za-z]{1,6}=[A-Za-z0-9]([A-Za-z0-9 ._-]{0,8}[A-Za-z0-9])?\Z"))
def test_no_plain_leading_name_reads_otherwise_than_with_an_escape(plain: str) -> None:
    name, _, value = plain.partition("=")
    escaped = f"{name}=\\{ord(value[0]):02x}{value[1:]}"
    assert parse_names(f"{plain},DC=com") == parse_names(f"{escaped},DC=com")


def test_a_connector_has_a_routing_group_and_no_server() -> None:
    names = parse_names(CONNECTOR)
    assert (names.cn, names.routing_group, names.server) == ("Internet", "RG1", None)
    assert names.administrative_group == "First Administrative Group"
    assert names.containers[:2] == ("connections", "rg1")


def test_global_settings_belong_to_an_organization_only() -> None:
    names = parse_names(f"CN=Message Delivery,CN=Global Settings,{ORGANIZATION}")
    assert (names.organization, names.administrative_group) == ("Contoso Org", None)


@pytest.mark.parametrize(
    ("dn", "expected"),
    [
        (ROOT, (None, None, None)),
        (ORGANIZATION, ("Contoso Org", None, None)),
        (f"CN=Administrative Groups,{ORGANIZATION}", ("Contoso Org", None, None)),
        (GROUP, ("Contoso Org", "First Administrative Group", None)),
        (f"CN=Servers,{GROUP}", ("Contoso Org", "First Administrative Group", None)),
        (SERVER, ("Contoso Org", "First Administrative Group", "EX01")),
        (f"CN=Protocols,{SERVER}", ("Contoso Org", "First Administrative Group", "EX01")),
    ],
)
def test_every_level_has_the_names_above_it(dn: str, expected: tuple[str | None, ...]) -> None:
    names = parse_names(dn)
    assert (names.organization, names.administrative_group, names.server) == expected


def test_names_are_unescaped() -> None:
    dn = (
        r"CN=2,CN=SMTP,CN=Protocols,CN=EX\+1,CN=Servers,CN=Sales\, EMEA,CN=Administrative Groups,"
        rf"CN=Z\C3\BCrich \"Org\",{ROOT}"
    )
    names = parse_names(dn)
    assert (names.server, names.administrative_group) == ("EX+1", "Sales, EMEA")
    assert names.organization == 'Zürich "Org"'


def test_letter_case_and_blanks_do_not_matter() -> None:
    names = parse_names(VIRTUAL_SERVER.replace("CN=", "cn = ").replace(",", " , ").upper())
    assert (names.server, names.number, names.organization) == ("EX01", 1, "CONTOSO ORG")
    assert names.containers[:2] == ("smtp", "protocols")


def test_an_organization_may_be_called_like_the_container_above_it() -> None:
    names = parse_names(f"CN=Microsoft Exchange,{ROOT}")
    assert names.organization == "Microsoft Exchange"


def test_a_virtual_server_outside_the_server_tree_has_no_server() -> None:
    names = parse_names(f"CN=3,CN=SMTP,CN=Protocols,CN=Templates,{ORGANIZATION}")
    assert (names.number, names.server, names.server_dn) == (3, None, "")
    assert names.organization == "Contoso Org"
    assert names.containers[:2] == ("smtp", "protocols")


def test_the_exchange_tree_counts_in_the_configuration_partition_only() -> None:
    names = parse_names("CN=1,CN=Org,CN=Microsoft Exchange,CN=Services,OU=Copy,DC=contoso,DC=com")
    assert (names.organization, names.naming_context) == (None, "DC=contoso,DC=com")


@pytest.mark.parametrize("cn", ["SMTP 1", "1a", "-1", "1.0", "\u0661", "9" * 5000])
def test_only_a_decimal_name_is_a_number(cn: str) -> None:
    assert parse_names(f"CN={cn},CN=SMTP,CN=Protocols,{SERVER}").number is None


@pytest.mark.parametrize("dn", [f"CN=SMTP,CN=Protocols,{SERVER}", f"CN=a,CN=1,CN=SMTP,{SERVER}"])
def test_objects_around_a_virtual_server_are_none(dn: str) -> None:
    assert parse_names(dn).containers[:2] != ("smtp", "protocols")


@pytest.mark.parametrize("separator", [r"\0A", "\n"])
def test_conflict_and_deleted_objects_are_recognised(separator: str) -> None:
    guid = "00112233-4455-6677-8899-aabbccddeeff"
    conflict = parse_names(VIRTUAL_SERVER.replace("CN=1,", f"CN=1{separator}CNF:{guid},"))
    assert (conflict.conflict, conflict.deleted, conflict.number) == (True, False, None)
    assert conflict.containers[:2] == ("smtp", "protocols")
    deleted = parse_names(VIRTUAL_SERVER.replace("CN=EX01,", f"CN=EX01{separator}DEL:{guid},"))
    assert (deleted.conflict, deleted.deleted) == (False, True)


@pytest.mark.parametrize(
    ("dn", "context"),
    [
        ("CN=Users,DC=contoso,DC=com", "DC=contoso,DC=com"),
        (f"CN=Schema,{CONTEXT}", CONTEXT),
        ("cn=configuration,dc=x", "cn=configuration,dc=x"),
        ("CN=1,CN=SMTP", ""),
        ("O=Contoso", ""),
    ],
)
def test_the_partition_is_the_tail_of_the_dn(dn: str, context: str) -> None:
    assert parse_names(dn).naming_context == context


@pytest.mark.parametrize(
    "text", ["", "no dn", "CN=a,", "CN=a\0b", "CN=\udcff", r"CN=\FF", "=", ","]
)
def test_text_that_is_no_dn_has_no_names(text: str) -> None:
    assert parse_names(text) == Names(normalised=text.casefold())


@pytest.mark.parametrize(
    ("spelling", "normal"),
    [
        ("CN=Sales\\, EMEA,DC=Contoso", r"cn=sales\, emea,dc=contoso"),
        ("cn=Sales\\2C EMEA , dc=CONTOSO", r"cn=sales\, emea,dc=contoso"),
        ('CN="Sales, EMEA";DC=contoso', r"cn=sales\, emea,dc=contoso"),
        ("CN=Z\\C3\\BCrich,DC=x", "cn=zürich,dc=x"),
        ("CN=b+OU=a,DC=x", "cn=b+ou=a,dc=x"),
        ("OU=a+CN=b,DC=x", "cn=b+ou=a,dc=x"),
        ("not a DN ", "not a dn"),
    ],
)
def test_all_spellings_of_a_dn_have_one_normal_form(spelling: str, normal: str) -> None:
    assert normalise_dn(spelling) == normal
    assert parse_names(spelling).normalised == normal


def test_commas_in_names_do_not_confuse_two_objects() -> None:
    assert normalise_dn(r"CN=a\,cn=b,DC=x") != normalise_dn("CN=a,cn=b,DC=x")


@given(st.text())
def test_any_text_gives_names(text: str) -> None:
    names = parse_names(text)
    assert names.normalised == normalise_dn(text)


@given(st.text(alphabet=',+"\\=;<># \n\x00a\u00fc', max_size=40))
def test_hostile_text_gives_names(text: str) -> None:
    assert normalise_dn(normalise_dn(text)) == normalise_dn(text)
    parse_names(f"CN={text},{SERVER}")


def test_line_ends_in_a_name_survive_normalising_twice() -> None:
    once = normalise_dn(r"CN=x,DC=y,dcxe=\0ACNF:z")
    assert once == r"cn=x,dc=y,dcxe=\0acnf:z"
    assert normalise_dn(once) == once
