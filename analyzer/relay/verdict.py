"""Who may relay through one listener: what every judge of a kind of listener returns."""

import enum
from dataclasses import dataclass
from ipaddress import IPv4Network, IPv6Network

from analyzer.directory.address_list import Mode

Network = IPv4Network | IPv6Network


class RelayVerdict(enum.StrEnum):
    """Who may relay, most exposed first; `unknown` ranks behind `open` (results contract)."""

    OPEN = "open"
    """Anybody who can connect."""
    UNKNOWN = "unknown"
    """This dump cannot tell."""
    LISTED = "listed"
    """The hosts on a list."""
    AUTHENTICATED = "authenticated"
    """Only those who log on."""
    CLOSED = "closed"
    """Nobody."""


class Confidence(enum.StrEnum):
    """Whether the dump shows all that the verdict rests on."""

    DECIDED = "decided"
    ASSUMED = "assumed"


class Answer(enum.StrEnum):
    """Whether one host may relay through one listener."""

    YES = "yes"
    AFTER_LOGON = "after logging on"
    NO = "no"
    CANNOT_TELL = "cannot tell"


class Cover(enum.StrEnum):
    """What kind of addresses may relay by their address alone."""

    NONE = "none"
    PRIVATE = "private"
    PUBLIC = "public"
    EVERYTHING = "everything"


@dataclass(frozen=True, slots=True)
class Relay:
    """Who may relay through one listener, with its reasons."""

    verdict: RelayVerdict
    confidence: Confidence
    reasons: tuple[str, ...]
    authenticated_may_relay: bool | None
    """None where the dump does not tell; so with all truth values here."""
    mode: Mode | None = None
    """How the list is meant; None where there is no list."""
    networks: tuple[Network, ...] = ()
    """The list: who may relay, or for `all_except` who may not."""
    anonymous: bool | None = None
    """Whether anonymous access is allowed."""
    basic: bool | None = None
    tls_required: bool | None = None
    addresses_covered: int | None = None
    """How many addresses may relay by address."""
    covers: Cover | None = None
    connection_control: str = ""
    """Who may connect, in words; empty when unrestricted."""
