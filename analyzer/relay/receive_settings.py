"""One receive connector in, what its settings say about relaying out, with what they leave open."""

from msgspec import Struct

from analyzer.directory.principals import ANONYMOUS, AUTHENTICATED_USERS, EVERYONE
from analyzer.directory.remote_ranges import EVERYWHERE, RemoteRanges
from analyzer.directory.values import Setting, State
from analyzer.inventory import DirectoryObject
from analyzer.relay.forest import Forest
from analyzer.relay.receive_permissions import Permissions

ENABLED = "msExchSmtpReceiveEnabled"
BINDINGS = "msExchSmtpReceiveBindings"
RANGES = "msExchSmtpReceiveRemoteIPRanges"
FLAGS = "msExchSMTPReceiveInboundSecurityFlag"
DESCRIPTOR = "nTSecurityDescriptor"

# AuthMechanisms of the decompiled assembly.
_BASIC_BIT = 4
BASIC_NEEDS_TLS_BIT = 8
_PASSWORD_BITS = 2 | _BASIC_BIT
_LOGON_BITS = _PASSWORD_BITS | 16
_EXTERNALLY_SECURED_BIT = 32
_DEFAULT_FLAGS = 29  # what ReceiveConnectorSchema, decompiled, takes where none is stored


class ReceiveConnector(Struct, frozen=True):
    """What the settings of a receive connector say; None where the dump does not tell."""

    enabled: bool | None
    bindings: tuple[str, ...] | None
    """As stored."""
    ranges: RemoteRanges
    """Every address where they are not known."""
    ranges_known: bool
    flags: int | None
    """AuthMechanism; the default of Exchange where it has no value."""
    permissions: Permissions | None
    """None without a descriptor."""

    @property
    def remote_ranges(self) -> tuple[str, ...]:
        """The addresses that may connect as CIDR texts, merged, IPv4 before IPv6."""
        return self.ranges.texts

    @property
    def permission_groups(self) -> tuple[str, ...] | None:
        """The groups as the shell shows them."""
        return None if self.permissions is None else self.permissions.groups

    @property
    def externally_secured(self) -> bool | None:
        """Whether every host that connects is trusted like a server of the organisation."""
        return None if self.flags is None else bool(self.flags & _EXTERNALLY_SECURED_BIT)

    @property
    def offers_basic(self) -> bool | None:
        """Whether hosts can log on by a password that is sent as it is."""
        return None if self.flags is None else bool(self.flags & _BASIC_BIT)

    @property
    def offers_logon(self) -> bool | None:
        """Whether hosts can log on at all, be it as servers."""
        return None if self.flags is None else bool(self.flags & _LOGON_BITS)

    @property
    def anonymous_may_relay(self) -> bool | None:
        """Whether the descriptor lets hosts relay that do not log on."""
        if self.permissions is None:
            return None
        relaying = self.permissions.relaying
        return self.permissions.is_unrestricted or ANONYMOUS in relaying or EVERYONE in relaying

    @property
    def authenticated_may_relay(self) -> bool | None:
        """Whether any account of the forest may relay by its password."""
        if self.permissions is None:
            return None
        if AUTHENTICATED_USERS not in self.permissions.relaying:
            return False
        return None if self.flags is None else bool(self.flags & _PASSWORD_BITS)


def read_receive_connector(connector: DirectoryObject, forest: Forest) -> ReceiveConnector:
    """Return what the settings of a receive connector say; never raises."""
    settings = connector.settings
    enabled, flags = settings[ENABLED], settings[FLAGS]
    bindings, ranges = settings[BINDINGS].value, settings[RANGES].decoded
    return ReceiveConnector(
        # Exchange stores FALSE alone; without a value the connector is enabled.
        enabled=True if enabled.state is State.NOT_SET else _truth(enabled),
        bindings=tuple(map(str, bindings)) if isinstance(bindings, tuple) else None,
        ranges=ranges if isinstance(ranges, RemoteRanges) else EVERYWHERE,
        ranges_known=isinstance(ranges, RemoteRanges),
        flags=_DEFAULT_FLAGS if flags.state is State.NOT_SET else _number(flags),
        permissions=forest.permissions_of(connector),
    )


def _truth(setting: Setting) -> bool | None:
    return setting.value if isinstance(setting.value, bool) else None


def _number(setting: Setting) -> int | None:
    return setting.value if isinstance(setting.value, int) else None
