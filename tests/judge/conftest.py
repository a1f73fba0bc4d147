"""One audit that several tests look at."""

import pytest


@pytest.fixture(scope="session")
def mixed(build):
    """Return an audit of a small organisation in which much differs."""
    return build.results(
        build.server("EX01"),
        build.server("EX02", "2000", messageTrackingEnabled=False),
        build.virtual_server(number=1, objectGUID=bytes(range(16)), msExchSmtpRelayForAuth=False),
        build.virtual_server(number=2, msExchSmtpRelayIpList=b"?", msExchLogType=build.lost()),
        build.virtual_server(number=1, server="EX02", msExchSmtpRelayIpList=b""),
        build.virtual_server(number="1\\0ACNF:1f", server="EX03", msExchSmtpMaxHopCount="abc"),
        build.connector(dLMemSubmitPerms=["CN=Senders,DC=contoso,DC=com"]),
    )
