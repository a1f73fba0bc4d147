"""What of a dump may stand in a reason."""

import pytest

from analyzer.dump import quoting
from analyzer.dump.distinguished_names import is_dn


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("CN=broken,,=x", ": 'CN=broken,,=x'"),
        ("Pl4nted", ""),
        ("CN=a\rmsExchSecurityPassword: x", ": 'CN=a...'"),
        ("CN=a,CN=bmsExchSecurityPassword x", ": 'CN=a,...'"),
        ("CN=a,Pl4nted,DC=x", ": 'CN=a,...'"),
        ("CN=a:b", ": 'CN=a...'"),
        ("CN=" + "a" * 100 + ",,", ": 'CN=" + "a" * 54 + "...'"),
        ("", ""),
    ],
)
def test_of_what_is_no_dn_only_what_looks_like_one_is_quoted(text: str, shown: str) -> None:
    assert quoting.quoted_dn(text) == shown


@pytest.mark.parametrize(
    "text",
    ["CN=a,DC=x\rcn: y", "CN=a,DC=xmsExchSecurityPassword: y", "CN=a,DC=xauthorizedPassword;a:: y"],
)
def test_dn_into_which_a_line_was_folded_is_none(text: str) -> None:
    assert not is_dn(text)


def test_dn_that_speaks_of_passwords_is_one() -> None:
    assert is_dn("CN=ms-Exch-Security-Password,CN=Schema,DC=x")
    assert is_dn("CN=Password: none,DC=x") is False
    assert is_dn("CN=Fax: 1,DC=x")


def test_names_of_attributes_are_shown_when_they_are_known_by_their_looks() -> None:
    assert quoting.shown_name("msExchSmtpRelayIpList") == "msExchSmtpRelayIpList"
    assert quoting.shown_name("cn;binary") == "cn;binary"
    assert quoting.shown_name("cn;Pl4nted") == "cn;(unknown)"
    assert quoting.shown_name("Pl4nted") == "an attribute"
    assert quoting.shown_columns(["cn", "Pl4nted", "mail"]) == "cn, mail and 1 more"
    assert quoting.shown_columns(["Pl4nted"]) == "1, none of a known name"


def test_kind_of_change_is_shown_when_it_is_one() -> None:
    assert quoting.shown_change([b"Modify "]) == "modify"
    assert quoting.shown_change([b"addPl4nted"]) == "of an unknown kind"
