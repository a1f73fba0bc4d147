"""The truth about the virtual servers and the view of one sample in, what a reader must say out.

The truth is written by hand beside the data (`virtual_servers.py`). Here it is only cut down to
what one kind of export can show: attributes left out, values destroyed, servers not in the file.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from generator.organization import ORGANIZATION, SERVER, virtual_server_dn
from generator.page import Page, Place
from generator.tree import Typed
from generator.virtual_servers import (
    RELAY_FOR_AUTH,
    RELAY_LIST,
    VIRTUAL_SERVERS,
    Relay,
    VirtualServer,
    settings,
)

Json = dict[str, object]

SECRETS = {"msExchSmtpOutboundSecurityPassword", "msExchEncryptedPassword"}
_ALWAYS_SHOWN = (
    *("adminDisplayName", "msExchServerBindings", "msExchSecureBindings"),
    *("msExchAuthenticationFlags", "msExchSmtpMaxHopCount", RELAY_FOR_AUTH),
    *("msExchSmtpSmartHost", "msExchSmtpQueueDirectory", RELAY_LIST),
)
_TESTED_ATTRIBUTE = {
    "VS-01": RELAY_FOR_AUTH,
    "VS-02": "msExchSmtpMaxRecipients",
    "VS-03": "msExchSmtpMaxHopCount",
    "VS-04": "msExchSmtpMaxOutgoingConnections",
    "VS-05": "msExchSmtpMaxOutgoingConnectionsPerDomain",
    "VS-06": "msExchMaxIncomingConnections",
    "VS-07": "msExchServerBindings",
    "VS-08": "msExchServerBindings",
    "VS-09": "msExchAuthenticationFlags",
    # Mailbox counts and the system drive are in no dump: VS-10 and VS-14 can pass, never fail.
    "VS-10": "msExchAuthenticationFlags",
    "VS-11": "msExchSmtpSmartHost",
    "VS-12": "msExchSmtpSmartHostType",
    "VS-13": "msExchSmtpInboundCommandSupportOptions",
    "VS-14": "msExchSmtpQueueDirectory",
    "VS-15": "msExchSmtpFullyQualifiedDomainName",
}
# VS-09 passes where TLS is demanded, so that both settings have to be in the export.
_ALSO_NEEDED = {"VS-09": "msExchAccessSSLFlags"}
# The default depends on the version, or the value is compared with the server object.
_NEEDS_SERVER = {"VS-03", "VS-15"}


@dataclass(frozen=True, slots=True)
class View:
    """What one kind of export shows of the directory."""

    csv: bool = False
    """CSV cannot tell an empty value from none."""
    lines: bool = True
    """It has lines; a snapshot has not."""
    exported: frozenset[str] | None = None
    """The attributes in it; None for all that any object has."""
    lost: frozenset[str] = frozenset()
    """Attributes whose values the tool destroyed."""
    servers: bool = True
    """The server objects are in it, so versions are known."""
    ascii_only: bool = False
    """Other characters became question marks."""

    def shows(self, attribute: str) -> bool:
        """Tell whether an attribute was exported."""
        return self.exported is None or attribute in self.exported

    def text(self, text: str) -> str:
        """Return a name as it is left in the file."""
        return text.encode("ascii", "replace").decode() if self.ascii_only else text


def expected(page: Page, view: View, about: Mapping[str, object]) -> Json:
    """Return what a reader has to find in one sample."""
    return {
        "input": {"entries": page.entries, **about},
        "rules_compared": list(_TESTED_ATTRIBUTE),
        "virtual_servers": [_virtual_server(item, page, view) for item in VIRTUAL_SERVERS],
    }


def _virtual_server(item: VirtualServer, page: Page, view: View) -> Json:
    server = SERVER[item.server]
    dn = virtual_server_dn(item)
    place = page.places[dn]
    found: Json = {
        "dn": view.text(dn),
        "organization": ORGANIZATION,
        "administrative_group": view.text(server.group),
        "server": item.server,
        "exchange_version": server.version if view.servers else None,
        "line": place.line,
        "last_line": place.last_line,
        "fails": [rule for rule in item.fails if _can_fail(rule, view)],
        "relay": _relay(item, view),
        "settings": _settings(item, place, view),
    }
    if place.offset is not None:
        found["offset"] = place.offset
    if not item.conflict:
        found["number"] = item.number
    if view.shows("adminDisplayName"):
        found["name"] = view.text(item.name)
    return found


def _settings(item: VirtualServer, place: Place, view: View) -> Json:
    server = SERVER[item.server]
    values = settings(item, server.version, server.host)
    names = dict.fromkeys((*_ALWAYS_SHOWN, *item.changes))
    return {name: _setting(name, values.get(name), place, view) for name in names}


def _setting(name: str, value: Typed | None, place: Place, view: View) -> Json:
    if not view.shows(name):
        return {"state": "not_exported"}
    if value is None:
        return {"state": "not_set"}
    line = place.line if view.csv or not view.lines else place.attributes[name]
    if name in view.lost:
        return {"state": "lost", "line": line}
    if name in SECRETS:
        return {"state": "set", "line": line}
    return {"state": "set", "value": _plain(value, view), "line": line}


def _plain(value: Typed, view: View) -> object:
    if isinstance(value, bytes):
        return value.hex()
    if isinstance(value, tuple):
        return list(value)
    return view.text(value) if isinstance(value, str) else value


def _relay(item: VirtualServer, view: View) -> Json:
    truth = item.relay
    has_list = RELAY_LIST in item.changes
    authenticated = truth.authenticated if view.shows(RELAY_FOR_AUTH) else None
    if not view.shows(RELAY_LIST) or (has_list and RELAY_LIST in view.lost):
        return {"verdict": "unknown", "authenticated_may_relay": authenticated}
    flags_known = view.shows("msExchAuthenticationFlags")
    if truth.mode == "all_except" and not flags_known:
        truth = Relay("open", authenticated, truth.mode, truth.addresses, "assumed")
    if truth.addresses == ("0.0.0.0/0",) and not flags_known:
        truth = Relay("open", authenticated, truth.mode, truth.addresses, "assumed")
    return {
        "verdict": truth.verdict,
        "confidence": "assumed" if view.csv and not has_list else truth.confidence,
        "authenticated_may_relay": authenticated,
        "mode": truth.mode,
        "addresses": list(truth.addresses),
    }


def _can_fail(rule: str, view: View) -> bool:
    attribute = _TESTED_ATTRIBUTE[rule]
    if not view.shows(attribute) or attribute in view.lost:
        return False
    if rule in _ALSO_NEEDED and not view.shows(_ALSO_NEEDED[rule]):
        return False
    return view.servers or rule not in _NEEDS_SERVER
