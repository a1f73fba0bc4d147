"""The commands of the action plan: what a client pastes holds nothing but what it should."""

import base64
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace
from report_builder import finding, rule, setting

from analyzer.report.change_commands import (
    Change,
    change_for,
    commands_for,
    own_command,
    shell_command,
    value_today,
)

HARDENED = {"msExchAccessSSLFlags": setting("256", 256)}
LINE = re.compile(r"(#|dn::?|changetype:|replace:|delete:|smtp::?|-$|$)")


def test_a_change_is_an_ldif_record_that_ldifde_imports():
    text = commands_for([Change("EX01 / 1", "CN=1,CN=SMTP", "smtp", True)])
    assert text.splitlines() == [
        "Save as change.ldf and import it with: ldifde -i -f change.ldf",
        "",
        "# EX01 / 1",
        "dn: CN=1,CN=SMTP",
        "changetype: modify",
        "replace: smtp",
        "smtp: TRUE",
        "-",
    ]
    assert "delete: smtp\n-" in commands_for([Change("", "CN=1", "smtp", None)])
    assert commands_for([]) == ""


@given(st.text(max_size=60), st.text(max_size=60))
def test_no_text_of_a_dump_adds_a_line_to_a_command(dn, value):
    lines = commands_for([Change("EX01", dn, "smtp", value)]).split("\n")[1:]
    assert len(lines) == 7
    assert all(LINE.match(line) for line in lines)
    for line, text in ((lines[2], dn), (lines[5], value)):
        name, encoded, shown = re.fullmatch(r"(\w+):(:?) ?(.*)", line, re.DOTALL).groups()
        assert name in ("dn", "smtp")
        plain = base64.b64decode(shown).decode("utf-8", "surrogatepass") if encoded else shown
        assert plain == text


def test_bits_are_switched_on_beside_those_that_are():
    tls = replace_rule(remedy_attribute="msExchAccessSSLFlags", remedy_bits=8)
    one = finding(1, "VS-09", "EX01", "7")
    assert change_for(one, tls, HARDENED).value == 264
    assert value_today(one, "msExchAccessSSLFlags", HARDENED) == "256"
    not_known = {"msExchAccessSSLFlags": setting("", state="not_exported")}
    assert change_for(one, tls, not_known) is None
    assert change_for(one, tls, {}) is None


def test_a_list_of_addresses_is_never_put_back_to_its_default():
    bindings = finding(1, "VS-01", "EX01", ":2525:")
    assert change_for(replace(bindings, default=(":25:",)), replace_rule(), {}) is None
    assert change_for(replace(bindings, default=25), replace_rule(), {}).value == 25


def test_a_name_ends_no_argument_of_a_rules_own_command():
    named = replace(finding(1, "VS-01", "EX01", "x"), virtual_server="O'Neill\u2019s")
    command = "Set-Thing -Identity '{server}\\{name}'"
    assert own_command(replace_rule(command=command), named) == (
        "Set-Thing -Identity 'EX01\\O''Neill\u2019\u2019s'"
    )


def test_a_line_about_the_holders_of_a_right_is_repeated_for_each():
    one = replace(finding(1, "VS-01", "EX16", "x"), virtual_server="Relay")
    remove = replace_rule(command="Remove-ADPermission -User '{holder}'\nor\nSet '{name}'")
    assert own_command(remove, one, ("Everyone", "O'Neill")) == (
        "Remove-ADPermission -User 'Everyone'\n"
        "Remove-ADPermission -User 'O''Neill'\nor\nSet 'Relay'"
    )
    assert own_command(remove, one).startswith(
        "Remove-ADPermission -User 'NT AUTHORITY\\ANONYMOUS LOGON'\n"
    )


RECEIVE = r"Set-ReceiveConnector -Identity 'EX16\My ''own''' "


@pytest.mark.parametrize(
    ("where", "attribute", "default", "command"),
    [
        (
            "Set-ReceiveConnector -MaxHopCount",
            "msExchSmtpReceiveMaxHopCount",
            30,
            f"{RECEIVE}-MaxHopCount 30",
        ),
        (
            "Set-ReceiveConnector -ConnectionTimeout",
            "msExchSmtpReceiveConnectionTimeout",
            86399,
            f"{RECEIVE}-ConnectionTimeout 23:59:59",
        ),
        (
            "Set-ReceiveConnector -AuthMechanism",
            "msExchSMTPReceiveInboundSecurityFlag",
            17,
            f"{RECEIVE}-AuthMechanism Tls,ExchangeServer",
        ),
        (
            "Set-ReceiveConnector -ProtocolLoggingLevel",
            "msExchSmtpReceiveProtocolLoggingLevel",
            1,
            f"{RECEIVE}-ProtocolLoggingLevel Verbose",
        ),
        (
            "Set-SendConnector -Enabled",
            "msExchSmtpSendEnabled",
            True,
            "Set-SendConnector -Identity 'My ''own''' -Enabled $true",
        ),
        (
            "Set-TransportConfig -MaxSendSize",
            "submissionContLength",
            10240,
            "Set-TransportConfig -MaxSendSize 10240KB",
        ),
        # No default, a list of the object's own, several parameters: no command.
        ("Set-ReceiveConnector -Banner", "msExchSmtpReceiveBanner", None, ""),
        ("Set-ReceiveConnector -Bindings", "msExchSmtpReceiveBindings", ("0.0.0.0:25",), ""),
        ("Set-SendConnector -RequireTLS, -ForceHELO", "msExchSmtpOutboundSecurityFlag", 0, ""),
        ("Server > Protocols", "msExchSmtpMaxHopCount", 30, ""),
    ],
)
def test_what_the_shell_sets_goes_back_by_a_command_of_the_shell(
    where, attribute, default, command
):
    one = replace(
        finding(1, "VS-01", "EX16", "60"),
        attribute=attribute,
        default=default,
        virtual_server="My 'own'",
        kind="non-default",
    )
    assert shell_command(replace_rule(where_to_set=where), one) == command
    assert shell_command(replace_rule(where_to_set=where), replace(one, kind="weakness")) == ""


def replace_rule(**changes):
    return replace(rule("VS-09", "msExchAuthenticationFlags", "weakness", "high", "x"), **changes)
