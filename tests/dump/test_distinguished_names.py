"""DNs taken apart and put together again, beside python-ldap's own functions."""

import ldap.dn
import pytest
from hypothesis import given
from hypothesis import strategies as st

from analyzer.dump.distinguished_names import context_of, escaped, is_dn, split_dn

NASTY = st.text(st.sampled_from(list('ac=,+"<>;\\# \0\n\r\u00fc\ud800')), max_size=12)


@given(st.text(max_size=20) | NASTY)
def test_escapes_are_those_of_python_ldap_and_line_ends(value):
    expected = ldap.dn.escape_dn_chars(value).replace("\n", "\\0a").replace("\r", "\\0d")
    assert escaped(value) == expected


@given(NASTY | NASTY.map("cn={},dc=x".format))
def test_a_dn_is_what_python_ldap_takes_for_one(text):
    try:
        levels = ldap.dn.str2dn(text)
    except (ValueError, ldap.LDAPError):
        assert split_dn(text) is None
        return
    assert split_dn(text) == [tuple((name, value) for name, value, _ in level) for level in levels]


@given(NASTY.filter(lambda value: "\ud800" not in value and "\0" not in value and value))
def test_what_is_escaped_comes_back(value):
    assert split_dn(f"cn={escaped(value)},dc=x") == [(("cn", value),), (("dc", "x"),)]


@pytest.mark.parametrize(
    ("dn", "context"),
    [
        ("CN=a,CN=Configuration,DC=c,DC=d", "CN=Configuration,DC=c,DC=d"),
        ("CN=b, CN=Schema,CN=Configuration,DC=c", "CN=Schema,CN=Configuration,DC=c"),
        ("CN=a,OU=b", "OU=b"),
        ("", ""),
        ("no dn", ""),
    ],
)
def test_the_context_ends_a_dn(dn, context):
    assert context_of(dn) == context


def test_a_dn_that_is_too_long_is_none():
    assert not is_dn(f"cn={'a' * 70_000}")
