"""Small dumps for fleets, and fleets as the command line asks for them."""

import base64
import hashlib
from collections.abc import Callable
from pathlib import Path

from analyzer.catalogue import load_catalogue
from analyzer.fleets.audit_order import Judging
from analyzer.fleets.crews import Cluster
from analyzer.fleets.fleet_run import FleetOutcome, FleetPlan, run_fleet
from analyzer.fleets.fleet_tables import Tables
from analyzer.report import Paper
from analyzer.version import __version__

SAMPLES = Path(__file__).parents[2] / "samples"
CATALOGUE = load_catalogue()
SERVER = """\
dn: CN={server},CN=Servers,CN=First,CN=Administrative Groups,CN={org},CN=Microsoft Exchange,\
CN=Services,CN=Configuration,DC={name},DC=com
objectClass: msExchExchangeServer
cn: {server}
objectGUID:: {server_guid}
serialNumber: Version 6.5 (Build 7638.2: Service Pack 2)
whenChanged: {changed}

dn: CN=1,CN=SMTP,CN=Protocols,CN={server},CN=Servers,CN=First,CN=Administrative Groups,CN={org},\
CN=Microsoft Exchange,CN=Services,CN=Configuration,DC={name},DC=com
objectClass: protocolCfgSMTPServer
cn: 1
objectGUID:: {guid}
adminDisplayName: Default SMTP Virtual Server
msExchSmtpRelayForAuth: {relay}
msExchSmtpMaxHopCount: {hops}
whenChanged: {changed}

"""


def small_dump(
    name: str,
    *,
    guid: str | None = None,
    relay: str = "TRUE",
    hops: int = 30,
    changed: str = "20100101000000.0Z",
) -> str:
    """Return a dump of one server; the same `guid` makes the same forest of it."""

    def octets(text: str) -> str:
        return base64.b64encode(hashlib.md5(text.encode()).digest()).decode()

    return SERVER.format(
        name=name,
        org=f"{name} Org",
        server="EX01",
        guid=octets(guid or name),
        server_guid=octets(f"server of {guid or name}"),
        relay=relay,
        hops=hops,
        changed=changed,
    )


def judging(**changes: object) -> Judging:
    """Return how dumps are judged without any option."""
    return Judging(__version__, CATALOGUE.sha256, **changes)


def run(
    *inputs: object,
    to: object,
    jobs: int = 1,
    look: Callable[[Tables], None] = lambda _: None,
    cluster: Cluster | None = None,
    **changes: object,
) -> FleetOutcome:
    """Audit a fleet."""
    names, told = tuple(map(str, inputs)), judging(**changes)
    plan = FleetPlan(names, str(to), told, CATALOGUE, Paper(), cluster, jobs)
    return run_fleet(plan, look=look)


Fleet = Callable[..., FleetOutcome]
