"""Text of a binding (`IP:Port:Host`, from Exchange 2007 on `IP:Port`) in, its parts out.

`msExchServerBindings` and `msExchSecureBindings` say on which addresses and ports a virtual server
listens. An empty address or host stands for all of them (TechNet cc737827). A receive connector has
`msExchSmtpReceiveBindings`, where 0.0.0.0 and [::] stand for all addresses of their family.
"""

import ipaddress
from functools import lru_cache
from typing import NamedTuple

from msgspec import Struct

_HIGHEST_PORT = 65535


class Binding(Struct, frozen=True):
    """One listener of a virtual server."""

    address: str
    """As stored, brackets included; empty for all addresses."""
    port: int
    host: str
    """Empty for any host name."""


class Endpoint(NamedTuple):
    """One address and port on which a receive connector listens."""

    version: int
    """4 or 6."""
    address: str
    """In its one spelling; text, because an address of `ipaddress` takes long to hash."""
    port: int


def parse_binding(text: str) -> Binding | None:
    """Split a binding from the right, so that colons inside the address stay in it.

    None stands for text that is no binding: parts are missing, or the port is not a number between
    1 and 65535. The reader then shows the text itself, never a listener on all addresses.
    """
    parts = [part.strip() for part in text.rsplit(":", 2)]
    if len(parts) < 3:
        return None
    address, port, host = parts
    number = _port(port)
    return None if number is None else Binding(address, number, host)


@lru_cache(maxsize=256)  # the connectors of all servers have the same few
def parse_endpoint(text: str) -> Endpoint | None:
    """Split a binding of a receive connector; None stands for text that is none.

    An address of IPv6 stands in brackets, as the shell writes it, or without.
    """
    host, _, port = text.strip().rpartition(":")
    number = _port(port.strip())
    if host.startswith("[") and host.endswith("]"):
        host = host[1:-1]
    try:
        address = ipaddress.ip_address(host.strip())
    except ValueError:
        return None
    return None if number is None else Endpoint(address.version, str(address), number)


def _port(text: str) -> int | None:
    # The length is checked first: int() refuses thousands of digits with an exception.
    if not (text.isascii() and text.isdigit() and len(text) <= len(str(_HIGHEST_PORT))):
        return None
    return int(text) if 1 <= int(text) <= _HIGHEST_PORT else None
