"""A listener in, whether strangers can reach the addresses that it listens on out."""

import ipaddress
from collections.abc import Iterator
from functools import lru_cache

from analyzer.directory.bindings import parse_binding, parse_endpoint
from analyzer.directory.networks import is_private
from analyzer.directory.values import Setting, State
from analyzer.inventory import DirectoryObject

# Python 3.11 takes ten times as long for a member of an enumeration as for a name.
_SET, _NOT_SET = State.SET, State.NOT_SET
_OF_VIRTUAL_SERVERS = ("msExchServerBindings", "msExchSecureBindings")
_OF_CONNECTORS = ("msExchSmtpReceiveBindings",)
_BINDINGS = (*_OF_VIRTUAL_SERVERS, *_OF_CONNECTORS)
"""The settings of any kind of listener that say where it listens."""


def listens_privately(listener: DirectoryObject) -> bool:
    """Tell whether a listener is known to listen on private addresses and on no other.

    A device in front of it may still pass strangers on, which no dump shows.
    """
    if any(change.concerns(_BINDINGS) for change in listener.changes):
        return False
    settings = [listener.settings[name] for name in _BINDINGS if name in listener.settings]
    if not all(map(_is_known, settings)):
        return False
    addresses = [address for setting in settings for address in _addresses(setting)]
    return bool(addresses) and all(map(_is_private, addresses))


def _is_known(setting: Setting) -> bool:
    return setting.state is _SET or (setting.state is _NOT_SET and not setting.doubt)


def _addresses(setting: Setting) -> Iterator[str]:
    """Yield the address of each binding as text; empty for all of them, or for one not read."""
    for text in setting.value if isinstance(setting.value, tuple) else ():
        if setting.attribute.name in _OF_CONNECTORS:
            endpoint = parse_endpoint(str(text))
            yield endpoint.address if endpoint else ""
        else:
            binding = parse_binding(str(text))
            yield binding.address.strip("[]") if binding else ""


@lru_cache(maxsize=256)
def _is_private(address: str) -> bool:
    try:
        return is_private(ipaddress.ip_network(address))
    except ValueError:
        return False
