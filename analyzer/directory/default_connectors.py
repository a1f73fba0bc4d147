"""Name of a connector and its server in, which connector of the installation it is out.

Setup names its receive connectors after their task and the server, an Edge subscription its send
connectors after the site (learn.microsoft.com, topics *Receive connectors* and *Edge
Subscriptions*). Nothing else marks them, so one that was renamed counts as made by hand.
"""

from collections.abc import Mapping
from typing import NamedTuple

from analyzer.directory.editions import VERSIONS

_HUB = ("2007", "2010")
_FRONT_END = VERSIONS[VERSIONS.index("2013") :]


class _Pattern(NamedTuple):
    versions: tuple[str, ...]
    """Exchange versions whose setup makes it."""
    beginning: str
    """What the name begins with, in lower case."""
    ending: str = ""
    """What follows the part in angle brackets."""


_PATTERNS: Mapping[str, _Pattern] = {
    "Default <server>": _Pattern(_HUB + _FRONT_END, "default "),
    "Client <server>": _Pattern(_HUB, "client "),
    "Default Frontend <server>": _Pattern(_FRONT_END, "default frontend "),
    "Client Frontend <server>": _Pattern(_FRONT_END, "client frontend "),
    "Client Proxy <server>": _Pattern(_FRONT_END, "client proxy "),
    "Outbound Proxy Frontend <server>": _Pattern(_FRONT_END, "outbound proxy frontend "),
    "Default internal receive connector <server>": _Pattern(
        _HUB + _FRONT_END, "default internal receive connector "
    ),
    "EdgeSync - Inbound to <site>": _Pattern(_HUB + _FRONT_END, "edgesync - inbound to "),
    "EdgeSync - <site> to Internet": _Pattern(_HUB + _FRONT_END, "edgesync - ", " to internet"),
}
DEFAULT_CONNECTORS = tuple(_PATTERNS)
"""Names of the connectors that an installation makes, the variable part in angle brackets."""


def default_connector_of(name: str | None, server: str | None, version: str | None) -> str:
    """Return the pattern in DEFAULT_CONNECTORS of a connector; empty when it was made by hand.

    `server` is the one it stands on; without a version any of them may have made it.
    """
    folded = (name or "").casefold()
    for pattern, (versions, beginning, ending) in _PATTERNS.items():
        if version is not None and version not in versions:
            continue
        variable = folded.removeprefix(beginning).removesuffix(ending)
        if f"{beginning}{variable}{ending}" != folded:
            continue
        if "<site>" in pattern or (server and variable == server.casefold()):
            return pattern
    return ""
