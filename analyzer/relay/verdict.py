"""Who may relay through one listener: what every judge of a kind of listener returns."""

import enum
from typing import Literal, NamedTuple

from msgspec import Struct

from analyzer.directory.address_list import Mode
from analyzer.directory.networks import Network


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
    """The worst reading of what is missing or undocumented; a reason says which."""


class Answer(enum.StrEnum):
    """Whether one host may relay through one listener, worst first."""

    YES = "yes"
    CANNOT_TELL = "cannot tell"
    AFTER_LOGON = "after logging on"
    NO = "no"


class Cover(enum.StrEnum):
    """What kind of addresses may relay by their address alone."""

    NONE = "none"
    PRIVATE = "private"
    PUBLIC = "public"
    """At least one of them."""
    EVERYTHING = "everything"


class Exposure(Struct, frozen=True):
    """Who may relay by address alone, in numbers."""

    addresses: int
    covers: Cover
    public_addresses: int
    has_wide_public_network: bool
    """Whether a public network of /24 or wider is among them."""


Effect = Literal["allow", "deny"]
"""What an entry of an access list does."""


class RelayGrant(Struct, frozen=True):
    """One entry of an access list about the right to relay, for readers and for re-performance."""

    sid: str
    name: str
    """Of the principal; the SID where nothing names it."""
    right: str
    effect: Effect
    inherited: bool
    number: int
    """Position in the stored access list, from 1."""


class Relay(Struct, frozen=True):
    """Who may relay through one listener, with its reasons."""

    verdict: RelayVerdict
    confidence: Confidence
    reasons: tuple[str, ...]
    authenticated_may_relay: bool | None
    """None where the dump does not tell; so with all truth values here."""
    mode: Mode | None = None
    """How the list is meant; None where there is no list, or none that can be read."""
    networks: tuple[Network, ...] = ()
    """The list: who may relay, or for `all_except` who may not."""
    also_granted: tuple[Network, ...] = ()
    """Exceptions from the exceptions of `all_except`: they may relay all the same."""
    exposure: Exposure | None = None
    """How much of the Internet may relay by its address alone; None where unknown."""
    anonymous: bool | None = None
    """Whether hosts are let in that do not log on."""
    logon_first: bool = False
    """Whether hosts have to log on before they may relay, those on the list too."""
    basic: bool | None = None
    """Whether passwords may be sent in the clear."""
    tls_required: bool | None = None
    connection_control: str = ""
    """Who may connect, in words; empty when unrestricted."""
    private_listener: bool = False
    """Whether it is known to listen on private addresses alone."""
    doubt: str = ""
    """Why more hosts may relay than the verdict says; empty when it is the worst reading."""
    anonymous_may_relay: bool | None = None
    """Whether the descriptor of a receive connector lets hosts relay that do not log on."""
    externally_secured: bool | None = None
    """Whether a receive connector trusts every host that connects like a server of its own."""
    grants: tuple[RelayGrant, ...] = ()
    """What the descriptor of a receive connector says about the right to relay, in its order."""


class HostAnswer(NamedTuple):
    """The answer for one host, with its reason."""

    answer: Answer
    why: str
    relay: Relay
    """The verdict on the listener, which the answer follows."""
