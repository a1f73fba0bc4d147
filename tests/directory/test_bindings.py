"""Binding strings: IP:Port:Host, parsed from the right."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from analyzer.directory.bindings import Binding, parse_binding


@pytest.mark.parametrize(
    ("text", "binding"),
    [
        (":25:", Binding("", 25, "")),
        ("192.168.10.5:2525:", Binding("192.168.10.5", 2525, "")),
        (
            "10.1.2.3:25:mail.contoso.com",
            Binding("10.1.2.3", 25, "mail.contoso.com"),
        ),
        (
            ":465:mail.contoso.com",
            Binding("", 465, "mail.contoso.com"),
        ),
        ("[2001:db8::1]:25:", Binding("[2001:db8::1]", 25, "")),
        ("2001:db8::1:25:", Binding("2001:db8::1", 25, "")),
        (" 10.1.2.3 : 25 : ", Binding("10.1.2.3", 25, "")),
        (":65535:", Binding("", 65535, "")),
    ],
)
def test_binding_is_split_from_the_right(text, binding):
    assert parse_binding(text) == binding


@pytest.mark.parametrize(
    "text",
    [
        "",
        "25",
        ":25",
        "10.1.2.3:25",
        "::",
        ":x:",
        ":0:",
        ":65536:",
        ":-25:",
        ":2_5:",
        ":٢٥:",
        "²:²:",
        ":" + "9" * 5000 + ":",
        "mail.contoso.com:25:10.1.2.3:",
    ],
)
def test_text_that_is_no_binding_gives_none(text):
    assert parse_binding(text) is None


@given(st.text())
def test_any_text_gives_a_binding_or_none(text):
    binding = parse_binding(text)
    assert binding is None or 1 <= binding.port <= 65535


@given(st.text(":[]abc123."), st.integers(1, 65535), st.text("abc.-"))
def test_parts_come_back(address, port, host):
    assert parse_binding(f"{address}:{port}:{host}") == Binding(address, port, host)
