"""The table of attributes against the schema of Exchange 2003 (syntaxes, class membership)."""

import pytest

from analyzer.directory import kinds
from analyzer.directory.attributes import Syntax
from analyzer.directory.kinds import KindOfObject
from analyzer.dump.secret_lines import is_secret

INTEGERS = """
    msExchAccessFlags msExchAccessSSLFlags msExchAuthenticationFlags msExchAuthMailDisposition
    msExchIncomingConnectionTimeout msExchLogType msExchMaxIncomingConnections
    msExchSmtpInboundCommandSupportOptions msExchSmtpLocalQueueDelayNotification
    msExchSmtpLocalQueueExpirationTimeout msExchSmtpMaxHopCount msExchSmtpMaxMessageSize
    msExchSmtpMaxOutboundMsgPerDomain msExchSmtpMaxOutgoingConnections
    msExchSmtpMaxOutgoingConnectionsPerDomain msExchSmtpMaxRecipients msExchSmtpMaxSessionSize
    msExchSmtpOutboundSecurityFlag msExchSmtpOutgoingConnectionTimeout msExchSmtpOutgoingPort
    msExchSmtpOutgoingSecurePort msExchSmtpRemoteQueueDelayNotification
    msExchSmtpRemoteQueueExpirationTimeout msExchSmtpSmartHostType
"""
BOOLEANS = """
    msExchServerAutoStart msExchSmtpDoMasquerade msExchSmtpEnableEXPN msExchSmtpEnableVRFY
    msExchSmtpMaxOutboundMsgPerDomainFlag msExchSmtpPerformReverseDnsLookup msExchSmtpRelayForAuth
"""
TEXTS = """
    msExchAdminACL msExchDefaultDomain msExchNTAuthenticationProviders msExchSaslLogonDomain
    msExchSmtpBadMailDirectory msExchSmtpDropDirectory msExchSmtpPickupDirectory
    msExchSmtpQueueDirectory msExchSmtpExternalDNSServers msExchSmtpFullyQualifiedDomainName
    msExchSmtpMasqueradeDomain msExchSmtpOutboundSecurityUserName msExchAlternateServer
    msExchSmtpOutboundSecurityPassword msExchSmtpRemoteQueueRetries msExchSmtpSendBadmailTo
    msExchSmtpSendNDRTo msExchSmtpSmartHost
"""
TEXT_LISTS = """
    msExchServerBindings msExchSecureBindings msExchServerBindingsFiltering
    msExchServerBindingsTurflist
"""
BACK_LINKS = """
    msExchHomeRoutingGroupDNBL msExchBridgeheadedLocalConnectorsDNBL
    msExchBridgeheadedRemoteConnectorsDNBL msExchAppliesToSmtpVSBL
"""
EXPECTED = {
    **dict.fromkeys(INTEGERS.split(), (Syntax.INTEGER, False)),
    **dict.fromkeys(BOOLEANS.split(), (Syntax.BOOLEAN, False)),
    **dict.fromkeys(TEXTS.split(), (Syntax.TEXT, False)),
    **dict.fromkeys(TEXT_LISTS.split(), (Syntax.TEXT, True)),
    **dict.fromkeys(BACK_LINKS.split(), (Syntax.DN, True)),
    "msExchEncryptedPassword": (Syntax.OCTETS, False),
    "msExchSecurityPassword": (Syntax.OCTETS, False),
    "msExchIPSecurity": (Syntax.ADDRESS_LIST, False),
    "msExchSmtpRelayIpList": (Syntax.ADDRESS_LIST, False),
    "msExchSubmitRelaySD": (Syntax.SECURITY_DESCRIPTOR, False),
}
VIRTUAL_SERVER = kinds.VIRTUAL_SERVER.attributes
ALL_ROWS = [row for kind in kinds.KINDS for row in kind.attributes]


def test_the_virtual_server_has_the_62_attributes_of_its_class() -> None:
    assert len(EXPECTED) == 62
    found = {row.name: (row.syntax, row.multi) for row in kinds.VIRTUAL_SERVER.own_attributes}
    assert found == EXPECTED


def test_the_virtual_server_has_inherited_and_generic_attributes_too() -> None:
    others = {row.name: row.syntax for row in VIRTUAL_SERVER if row.name not in EXPECTED}
    assert others == {
        "msExchPolicyList": Syntax.DN,
        "msExchPolicyOptionList": Syntax.OCTETS,
        "msExchLogonACL": Syntax.SECURITY_DESCRIPTOR,
        "adminDisplayName": Syntax.TEXT,
        "displayName": Syntax.TEXT,
        "cn": Syntax.TEXT,
        "whenCreated": Syntax.TIME,
        "whenChanged": Syntax.TIME,
        "uSNChanged": Syntax.LARGE_INTEGER,
        "objectGUID": Syntax.GUID,
        "nTSecurityDescriptor": Syntax.SECURITY_DESCRIPTOR,
    }


@pytest.mark.parametrize("kind", kinds.KINDS, ids=lambda kind: kind.key)
def test_no_kind_has_an_attribute_twice(kind: KindOfObject) -> None:
    names = [row.name.lower() for row in kind.attributes]
    assert len(names) == len(set(names))


def test_every_attribute_has_a_label() -> None:
    assert all(row.label for row in ALL_ROWS)


def test_labels_of_a_class_are_unique() -> None:
    labels = [row.label for row in VIRTUAL_SERVER]
    assert len(labels) == len(set(labels))


def test_every_password_is_marked_as_a_secret_and_nothing_else_is() -> None:
    assert all(row.secret == is_secret(row.name) for row in ALL_ROWS)
    assert {row.name for row in ALL_ROWS if row.secret} == {
        "msExchSmtpOutboundSecurityPassword",
        "msExchEncryptedPassword",
        "msExchSecurityPassword",
        "authorizedPassword",
    }


@pytest.mark.parametrize(
    "name", ["msExchSmtpLdapPassword", "MSEXCHENCRYPTEDPASSWORD2", "msExchLegacyPW"]
)
def test_passwords_outside_the_table_are_secrets_too(name: str) -> None:
    assert is_secret(name)


def test_only_numbers_have_flags_choices_or_units() -> None:
    named = [row for row in ALL_ROWS if row.flags or row.choices or row.unit]
    assert named
    assert all(row.syntax is Syntax.INTEGER for row in named)


def test_flags_are_single_bits() -> None:
    assert all(bit & (bit - 1) == 0 for row in ALL_ROWS for bit in row.flags)


def test_connectors_have_their_restrictions_and_bridgeheads() -> None:
    names = {row.name for row in kinds.SMTP_CONNECTOR.attributes}
    assert names >= {
        "authOrig",
        "unauthOrig",
        "dLMemDefault",
        "dLMemRejectPerms",
        "dLMemSubmitPerms",
        "routingList",
        "msExchSourceBridgeheadServersDN",
        "msExchTargetBridgeheadServersDN",
        "msExchSmtpSmartHost",
        "msExchSmtpOutboundSecurityUserName",
    }
