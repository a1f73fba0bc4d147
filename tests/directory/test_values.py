"""Bytes of attributes to settings; expected values by hand."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from analyzer.directory.address_list import AddressList, Mode
from analyzer.directory.attributes import AttributeType, Syntax
from analyzer.directory.boolean_words import truth_of_word
from analyzer.directory.kinds import KINDS
from analyzer.directory.values import Setting, State, decode
from analyzer.dump.entry import Attribute, Notation

ROWS = {row.name: row for kind in KINDS for row in kind.attributes}
GRANT_TWO = bytes.fromhex(
    "18000080200000803c00008044000080010000004c0000000000000000000000010000000200000002000000"
    "0300000004000000000000004c00008000000000000000000000000000000000ffffffff0a0102030a010204"
)
GUID = bytes.fromhex("33221100554477668899aabbccddeeff")
GUID_TEXT = "00112233-4455-6677-8899-aabbccddeeff"


def attribute(name: str, *values: bytes, notation: Notation = Notation.PLAIN) -> Attribute:
    return Attribute(name, values, 7, 9, notation)


def setting(name: str, *values: bytes, notation: Notation = Notation.PLAIN) -> Setting:
    return decode(ROWS[name], attribute(name, *values, notation=notation), exported=True)


def test_an_absent_attribute_is_not_set_if_it_was_exported() -> None:
    found = decode(ROWS["msExchSmtpRelayForAuth"], None, exported=True)
    assert (found.state, found.value, found.text, found.raw) == (
        State.NOT_SET,
        None,
        "not set",
        None,
    )


def test_an_absent_attribute_is_not_exported_otherwise() -> None:
    found = decode(ROWS["msExchSmtpRelayForAuth"], None, exported=False)
    assert (found.state, found.value, found.text) == (State.NOT_EXPORTED, None, "not exported")


def test_an_attribute_without_values_is_absent() -> None:
    assert setting("msExchSmtpSmartHost").state is State.NOT_SET


def test_an_empty_csv_cell_is_absent() -> None:
    found = setting("msExchSmtpRelayIpList", b"", notation=Notation.CSV)
    assert (found.state, found.value, found.raw) == (State.NOT_SET, None, None)


def test_a_setting_knows_where_it_stands() -> None:
    found = setting("msExchSmtpSmartHost", b"[192.0.2.9]", notation=Notation.BASE64)
    assert (found.line, found.last_line, found.notation) == (7, 9, Notation.BASE64)


def test_a_destroyed_value_is_lost() -> None:
    lost = Attribute("msExchIPSecurity", (), 3, 3, Notation.CSV, "destroyed", "", "System.Byte[]")
    found = decode(ROWS["msExchIPSecurity"], lost, exported=True)
    assert (found.state, found.value, found.raw) == (State.LOST, None, "System.Byte[]")
    assert (found.reason, found.line) == ("destroyed", 3)


def test_a_damaged_value_is_undecodable_and_keeps_its_raw_text() -> None:
    damaged = Attribute("cn", (b"good",), 3, 4, Notation.BASE64, "", "not valid base64", "abc")
    found = decode(ROWS["cn"], damaged, exported=True)
    assert (found.state, found.value, found.raw) == (State.UNDECODABLE, None, "abc")
    assert found.reason == "not valid base64"


@pytest.mark.parametrize(
    ("written", "value", "text"),
    [
        (b"TRUE", True, "TRUE"),
        (b"FALSE", False, "FALSE"),
        (b"true", True, "TRUE"),
        (b"True", True, "TRUE"),
        (b"False", False, "FALSE"),
    ],
)
def test_booleans_are_read_in_any_letter_case(written: bytes, value: bool, text: str) -> None:
    found = setting("msExchSmtpRelayForAuth", written)
    assert (found.state, found.value, found.text) == (State.SET, value, text)
    assert found.raw == written.decode()


@pytest.mark.parametrize(
    "written",
    [
        b"yes",
        b"1",
        b"",
        b" ",
        b"T RUE",
        b"TRUE\n",
        b"TRUE\0",
        b"WAHR",
        b"TR\xffUE",
        "\u200bTRUE".encode(),
    ],
)
def test_anything_else_is_no_boolean(written: bytes) -> None:
    found = setting("msExchSmtpRelayForAuth", written)
    assert (found.state, found.value) == (State.UNDECODABLE, None)
    assert found.raw == written.decode("utf-8", "backslashreplace")
    assert found.reason == "neither TRUE nor FALSE"


@pytest.mark.parametrize(
    "blanks", ["{} ", " {}", "\t{}\t", "\N{NO-BREAK SPACE}{}", "  {} \N{NO-BREAK SPACE}\t"]
)
@pytest.mark.parametrize("notation", [Notation.PLAIN, Notation.CSV, Notation.BASE64])
@pytest.mark.parametrize(
    ("name", "bare", "value"),
    [
        ("msExchSmtpRelayForAuth", "FALSE", False),
        ("msExchSmtpRelayForAuth", "True", True),
        ("msExchAuthenticationFlags", "7", 7),
        ("msExchMaxIncomingConnections", "-1", -1),
        ("uSNChanged", "9223372036854775807", 9223372036854775807),
    ],
)
def test_blanks_around_booleans_and_integers_are_left_out_and_noted(
    blanks: str, notation: Notation, name: str, bare: str, value: object
) -> None:
    written = blanks.format(bare)
    found = setting(name, written.encode(), notation=notation)
    assert (found.state, found.value, found.raw) == (State.SET, value, written)
    assert found.reason == "blanks around the value were left out"
    assert setting(name, bare.encode(), notation=notation).reason == ""


def test_text_and_times_are_not_trimmed() -> None:
    assert setting("adminDisplayName", b" a ").value == " a "
    assert setting("whenCreated", b"20031014081502.0Z ").state is State.UNDECODABLE


@pytest.mark.parametrize(
    ("true", "false"),
    [
        ("WAHR", "FALSCH"),
        ("VRAI", "FAUX"),
        ("VERDADERO", "FALSO"),
        ("VERO", "FALSO"),
        ("WAAR", "ONWAAR"),
        ("PRAWDA", "FA\N{LATIN CAPITAL LETTER L WITH STROKE}SZ"),
        ("VERDADEIRO", "FALSO"),
        ("PRAVDA", "NEPRAVDA"),
        ("IGAZ", "HAMIS"),
        ("TOSI", "EPÄTOSI"),
        ("SANT", "FALSKT"),
        ("SAND", "FALSK"),
        ("SANN", "USANN"),
        ("DOĞRU", "YANLIŞ"),
        ("doğru", "yanl\N{LATIN SMALL LETTER DOTLESS I}ş"),
        ("ИСТИНА", "ЛОЖЬ"),
        ("ІСТИНА", "ХИБНІСТЬ"),
        ("ADEVĂRAT", "FALS"),
        ("ΑΛΗΘΗΣ", "ΨΕΥΔΗΣ"),
        ("จริง", "เท็จ"),
    ],
)  # fmt: skip
def test_booleans_of_a_spreadsheet_are_translated_in_csv_alone(true: str, false: str) -> None:
    for word, value in ((true, True), (false, False)):
        found = setting("msExchSmtpRelayForAuth", word.encode(), notation=Notation.CSV)
        assert (found.state, found.value) == (State.SET, value)
        assert found.text == str(value).upper()
        assert found.raw == word
        assert found.reason == f"{word} is the word of a spreadsheet's language"
        for notation in (Notation.PLAIN, Notation.BASE64, Notation.HEX):
            other = setting("msExchSmtpRelayForAuth", word.encode(), notation=notation)
            assert other.state is State.UNDECODABLE


def test_no_word_means_both() -> None:
    assert truth_of_word("") is None
    assert truth_of_word("yes") is None
    assert truth_of_word("TRUE FALSE") is None


@pytest.mark.parametrize(
    ("written", "value"),
    [(b"0", 0), (b"64000", 64000), (b"-1", -1), (b"-2147483648", -(2**31)), (b"007", 7)],
)
def test_integers_are_signed_decimal(written: bytes, value: int) -> None:
    found = setting("msExchSmtpMaxRecipients", written)
    assert (found.state, found.value, found.text) == (State.SET, value, str(value))


@pytest.mark.parametrize(
    "written",
    [
        *(b"", b"+5", b"5.0", b"5 0", b" ", b"0x10", b"1e3", b"abc", b"--1", b"5\n"),
        b"2147483648",
        b"9" * 5000,
        "\u0661".encode(),
    ],
)
def test_anything_else_is_no_integer(written: bytes) -> None:
    found = setting("msExchSmtpMaxRecipients", written)
    assert (found.state, found.value) == (State.UNDECODABLE, None)
    assert found.raw == written.decode()


def test_large_integers_hold_64_bits() -> None:
    assert setting("uSNChanged", b"9223372036854775807").value == 9223372036854775807
    assert setting("uSNChanged", b"9223372036854775808").state is State.UNDECODABLE


@pytest.mark.parametrize(
    ("name", "written", "text"),
    [
        ("msExchAuthenticationFlags", b"7", "7 (anonymous, basic, integrated Windows)"),
        ("msExchAuthenticationFlags", b"0", "0 (none)"),
        ("msExchAuthenticationFlags", b"265", "265 (anonymous, 0x108)"),
        ("msExchAccessSSLFlags", b"264", "264 (TLS required, 128-bit encryption required)"),
        ("msExchAccessSSLFlags", b"-2147483640", "-2147483640 (TLS required, 0x80000000)"),
        (
            "msExchSmtpInboundCommandSupportOptions",
            b"7697601",
            "7697601 (DSN, ETRN?, TURN/ATRN?, ENHANCEDSTATUSCODES?, CHUNKING?, BINARYMIME?, "
            "8BITMIME?, 0x56001)",
        ),
        ("msExchSmtpSmartHostType", b"2", "2 (smart host)"),
        ("msExchSmtpSmartHostType", b"5", "5 (not documented)"),
        ("dLMemDefault", b"0", "0 (refuse all senders but those listed)"),
        ("msExchSmtpLocalQueueDelayNotification", b"720", "720 minutes"),
        ("msExchSmtpMaxMessageSize", b"0", "0 bytes"),
        ("msExchSmtpOutgoingConnectionTimeout", b"600", "600 seconds"),
    ],
)
def test_numbers_are_explained(name: str, written: bytes, text: str) -> None:
    assert setting(name, written).text == text


def test_texts_are_utf_8_and_other_bytes_stay_visible() -> None:
    assert setting("adminDisplayName", "Zürich".encode()).value == "Zürich"
    assert setting("adminDisplayName", b"Z\xfcrich").value == r"Z\xfcrich"


def test_a_zero_length_text_is_set() -> None:
    found = setting("msExchSmtpSmartHost", b"")
    assert (found.state, found.value, found.text, found.raw) == (State.SET, "", "", "")


def test_multi_valued_attributes_give_tuples() -> None:
    found = setting("msExchServerBindings", b":25:", b"192.168.10.5:2525:")
    assert found.value == (":25:", "192.168.10.5:2525:")
    assert found.text == ":25:, 192.168.10.5:2525:"
    assert found.raw == ":25:\n192.168.10.5:2525:"


def test_one_value_of_a_multi_valued_attribute_is_a_tuple_too() -> None:
    assert setting("msExchServerBindings", b":25:").value == (":25:",)


def test_numbers_of_a_multi_valued_attribute_stay_numbers() -> None:
    row = AttributeType("numbers", Syntax.INTEGER, "Numbers", multi=True)
    assert decode(row, attribute("numbers", b"1", b"2"), exported=True).value == (1, 2)


def test_one_bad_value_makes_the_whole_list_undecodable() -> None:
    row = AttributeType("numbers", Syntax.INTEGER, "Numbers", multi=True)
    found = decode(row, attribute("numbers", b"1", b"x"), exported=True)
    assert (found.state, found.raw) == (State.UNDECODABLE, "1\nx")


def test_different_values_of_a_single_valued_attribute_are_undecodable() -> None:
    found = setting("msExchSmtpRelayForAuth", b"TRUE", b"FALSE")
    assert (found.state, found.value, found.raw) == (State.UNDECODABLE, None, "TRUE\nFALSE")
    assert found.reason == "2 different values of a single-valued attribute"


def test_the_same_value_twice_is_that_value() -> None:
    found = setting("msExchSmtpRelayForAuth", b"TRUE", b"TRUE")
    assert (found.state, found.value) == (State.SET, True)
    assert found.reason == "the same value stands 2 times"


@pytest.mark.parametrize(
    ("written", "value"),
    [
        (b"20031014081502.0Z", "2003-10-14T08:15:02Z"),
        (b"16010101000000.0Z", "1601-01-01T00:00:00Z"),
        (b"20031014081502Z", "2003-10-14T08:15:02Z"),
    ],
)
def test_times_are_iso_8601_and_the_raw_text_stays(written: bytes, value: str) -> None:
    found = setting("whenCreated", written)
    assert (found.value, found.text, found.raw) == (value, value, written.decode())


@pytest.mark.parametrize("written", [b"20031314081502.0Z", b"yesterday", b"", b"20031014081502"])
def test_anything_else_is_no_time(written: bytes) -> None:
    assert setting("whenCreated", written).state is State.UNDECODABLE


def test_a_local_date_of_powershell_stays_text() -> None:
    found = setting("whenCreated", b"14.10.2003 10:15:02", notation=Notation.CSV)
    assert (found.state, found.value) == (State.SET, "14.10.2003 10:15:02")
    assert found.reason


@pytest.mark.parametrize(
    ("written", "raw"),
    [
        (GUID, GUID.hex()),
        (GUID_TEXT.encode(), GUID_TEXT),
        (b"{" + GUID_TEXT.upper().encode() + b"}", "{" + GUID_TEXT.upper() + "}"),
    ],
)
def test_guids_are_read_as_bytes_and_as_text(written: bytes, raw: str) -> None:
    found = setting("objectGUID", written)
    assert (found.value, found.text, found.raw) == (GUID.hex(), GUID_TEXT, raw)


@pytest.mark.parametrize("written", [b"", b"short", b"far too long for a GUID"])
def test_anything_else_is_no_guid(written: bytes) -> None:
    assert setting("objectGUID", written).state is State.UNDECODABLE


def test_octets_are_hexadecimal() -> None:
    found = setting("activationSchedule", b"\x00\xff")
    assert (found.value, found.text, found.raw) == ("00ff", "00ff", "00ff")


def test_an_address_list_is_decoded() -> None:
    found = setting("msExchSmtpRelayIpList", GRANT_TWO)
    assert (found.state, found.value, found.raw) == (State.SET, GRANT_TWO.hex(), GRANT_TWO.hex())
    assert found.text == "only 10.1.2.3/32, 10.1.2.4/32"
    assert isinstance(found.decoded, AddressList)
    assert found.decoded.mode is Mode.ONLY_LISTED


def test_an_address_list_that_does_not_decode_keeps_its_hex() -> None:
    found = setting("msExchSmtpRelayIpList", GRANT_TWO[:-1])
    assert (found.state, found.value, found.decoded) == (State.UNDECODABLE, None, None)
    assert found.raw == GRANT_TWO[:-1].hex()
    assert found.reason


def test_a_zero_length_address_list_is_set_and_says_what_was_assumed() -> None:
    found = setting("msExchSmtpRelayIpList", b"")
    assert (found.state, found.value, found.text) == (State.SET, "", "all, without exception")
    assert found.reason


def test_a_security_descriptor_is_described() -> None:
    # Header, no owner, no group, no access list, DACL marked as present: everybody may do anything.
    found = setting("msExchSubmitRelaySD", bytes.fromhex("01000480" + 16 * "00"))
    assert found.state is State.SET
    assert "unrestricted" in found.text


def test_a_security_descriptor_that_does_not_decode_keeps_its_hex() -> None:
    found = setting("msExchSubmitRelaySD", b"\x02")
    assert (found.state, found.raw) == (State.UNDECODABLE, "02")


@pytest.mark.parametrize(
    "found",
    [
        attribute("msExchSmtpOutboundSecurityPassword", b"hunter2"),
        attribute("msExchSmtpOutboundSecurityPassword", b"hunter2", b"hunter3"),
        Attribute("x", (), 1, 1, Notation.URL, "URL hunter2", "", "hunter2"),
        Attribute("x", (b"hunter2",), 1, 1, Notation.BASE64, "", "hunter2 is bad", "hunter2"),
    ],
)
def test_a_secret_never_reaches_its_setting(found: Attribute) -> None:
    secret = decode(ROWS["msExchSmtpOutboundSecurityPassword"], found, exported=True)
    assert (secret.value, secret.raw) == (None, None)
    assert "hunter" not in repr(secret)


def test_a_secret_is_set_or_not_set() -> None:
    password = setting("msExchEncryptedPassword", b"\x01\x02")
    assert (password.state, password.text) == (State.SET, "set (secret, not shown)")
    assert setting("msExchEncryptedPassword").state is State.NOT_SET


@given(st.sampled_from(sorted(ROWS)), st.lists(st.binary(max_size=40), max_size=3), st.booleans())
def test_any_bytes_give_a_setting(name: str, values: list[bytes], exported: bool) -> None:
    found = decode(ROWS[name], attribute(name, *values), exported=exported)
    if found.state is not State.SET or ROWS[name].secret:
        assert found.value is None
    if found.state is State.UNDECODABLE:
        assert found.reason
        assert found.raw is not None


@given(st.integers(-(2**31), 2**31 - 1))
def test_every_number_of_32_bits_is_read_back(number: int) -> None:
    assert setting("msExchLogType", str(number).encode()).value == number


@given(st.binary(max_size=30))
def test_only_true_and_false_are_booleans(written: bytes) -> None:
    is_boolean = re.fullmatch(rb"(?i:true|false)", written) is not None
    assert (setting("msExchServerAutoStart", written).state is State.SET) == is_boolean
