"""A password never stands in the value of another attribute."""

import time
from pathlib import Path

import pytest
from readers import read

from analyzer.dump.secret_lines import mask, names_before_colons


@pytest.mark.parametrize(
    ("text", "masked"),
    [
        (b"7msExchSmtpOutboundSecurityPassword: X", b"7msExchSmtpOutboundSecurityPassword:"),
        (b"a userPassword:: WA==", b"a userPassword:"),
        (b"x;y unicodePw;binary : X: Y", b"x;y unicodePw;binary :"),
        (b"FOO-PASSWORD:X", b"FOO-PASSWORD:"),
    ],
)
def test_text_ends_behind_the_name_of_a_secret(text: bytes, masked: bytes) -> None:
    assert mask(text) == masked + b" (secret, not shown)"


@pytest.mark.parametrize("text", [b":25:", b"the password is X", b"C:\\passwords", b"a: b", b""])
def test_other_text_stays(text: bytes) -> None:
    assert mask(text) == text


def test_long_values_take_no_long_time() -> None:
    begun = time.process_time()
    mask(b"password" * 200_000 + b":x")
    mask(b"a" * 2_000_000 + b":pw")
    mask(b"pw" + b"a:" * 300_000)
    list(names_before_colons(b"A" * 2_000_000 + b":", (b"msexchsmtprelayiplist",)))
    assert time.process_time() - begun < 5


def test_a_password_that_continues_the_dn_is_in_no_reason(tmp_path: Path) -> None:
    path = tmp_path / "dump"
    path.write_bytes(b"dn: CN=a,,DC=x\n userPassword: Geheim\ncn: a\n\ndn: CN=b\ncn: b\n\n")
    reading = read(path)
    assert "Geheim" not in repr(reading)
