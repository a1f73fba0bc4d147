"""What the results hold of connectors and virtual servers; nothing of secrets."""

from analyzer.dump.reading import ExportScope


def test_secrets_reach_no_record(build):
    secret = "Passw0rd!"
    results = build.results(
        build.virtual_server(
            msExchSmtpOutboundSecurityPassword=secret, msExchSmtpOutboundSecurityUserName="u"
        ),
        build.connector(
            msExchSmtpOutboundSecurityPassword=secret, msExchSmtpOutboundSecurityUserName="u"
        ),
    )
    assert results.connectors[0].outbound_account == "set"
    assert secret not in str(results)
    assert secret.encode().hex() not in str(results)


def test_connectors_show_their_route(build):
    results = build.results(
        build.virtual_server(),
        build.connector(
            msExchSmtpSmartHost="smtp.example",
            delivContLength=5000,
            msExchSmtpOutboundSecurityUserName=None,
        ),
    )
    connector = results.connectors[0]
    assert (connector.kind, connector.name, connector.routing_group) == ("smtp", "Internet", "RG1")
    assert connector.bridgeheads == (build.virtual_server_dn(),)
    assert (connector.smart_host, connector.address_spaces) == ("smtp.example", ("SMTP:*;1",))
    assert connector.restrictions == ("Content restrictions: allowed size: 5000 KB",)
    assert connector.outbound_account == "not_set"
    assert results.virtual_servers[0].connectors == (connector.dn,)


def test_the_account_of_a_connector_is_unknown_in_a_limited_export(build):
    results = build.results(build.connector(), scope=ExportScope.LIMITED)
    assert results.connectors[0].outbound_account == "not_exported"


def test_virtual_servers_of_later_versions_carry_a_note(build):
    results = build.results(build.server(version="2007"), build.virtual_server())
    assert "receive connectors" in results.virtual_servers[0].notes[-1]
