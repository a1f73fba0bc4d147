"""The table of the kinds of object that the analyzer looks at: one row each, all there is to add.

The scan of a dump, the inventory, the DataFrames, the rules, the report and the terminal go over
these rows; none of them knows a kind by itself, but for what only that kind can be asked.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from analyzer.directory.attributes import CLASS_ATTRIBUTES, AttributeType


@dataclass(frozen=True, slots=True, eq=False)
class KindOfObject:
    """One row of the table; rows are told apart by identity."""

    key: str
    """Name for programs: in DataFrames and results."""
    object_class: str
    """As the schema spells it."""
    singular: str
    """Name for readers."""
    plural: str
    heading: str
    """Name for readers at the start of a cell or a line."""
    identity: tuple[str, ...]
    """Columns that say which object it is, in the DataFrames; names of `dataframes.COLUMNS`."""
    path: tuple[str, ...] = ()
    """Names in lower case of the containers right above an object, nearest first.

    An entry without class is recognised by them; empty where the place does not tell the kind.
    """
    is_listener: bool = False
    """Whether it accepts mail and has a verdict who may relay."""
    is_connector: bool = False
    """Whether it routes mail between servers, by bridgeheads."""
    is_named: bool = False
    """Whether a finding shows the name of the object beside that of its server."""
    in_results: bool = False
    """Whether results list its objects with their settings, for want of a record of their own."""

    @property
    def attributes(self) -> tuple[AttributeType, ...]:
        """The attributes of its class, inherited and generic ones last."""
        return CLASS_ATTRIBUTES[self.object_class]

    def count(self, number: int) -> str:
        """Return the number with the name in its right form."""
        return f"{number} {self.singular if number == 1 else self.plural}"


_IN_GROUP = ("organization", "administrative_group")

VIRTUAL_SERVER = KindOfObject(
    "virtual_server",
    "protocolCfgSMTPServer",
    "SMTP virtual server",
    "SMTP virtual servers",
    "SMTP virtual server",
    (*_IN_GROUP, "server", "number", "name", "exchange_version"),
    path=("smtp", "protocols"),
    is_listener=True,
    is_named=True,
)
SERVER = KindOfObject(
    "server",
    "msExchExchangeServer",
    "Exchange server",
    "Exchange servers",
    "Exchange server",
    (*_IN_GROUP, "server", "name", "exchange_version"),
)
SMTP_CONNECTOR = KindOfObject(
    "smtp_connector",
    "msExchRoutingSMTPConnector",
    "SMTP connector",
    "SMTP connectors",
    "SMTP connector",
    ("kind", *_IN_GROUP, "routing_group", "name"),
    is_connector=True,
    is_named=True,
)
ROUTING_GROUP_CONNECTOR = KindOfObject(
    "routing_group_connector",
    "msExchRoutingGroupConnector",
    "routing group connector",
    "routing group connectors",
    "Routing group connector",
    ("kind", *_IN_GROUP, "routing_group", "name"),
    is_connector=True,
    is_named=True,
)
ROUTING_GROUP = KindOfObject(
    "routing_group",
    "msExchRoutingGroup",
    "routing group",
    "routing groups",
    "Routing group",
    (*_IN_GROUP, "routing_group", "name"),
)
ADMINISTRATIVE_GROUP = KindOfObject(
    "administrative_group",
    "msExchAdminGroup",
    "administrative group",
    "administrative groups",
    "Administrative group",
    (*_IN_GROUP, "name"),
)
ORGANIZATION = KindOfObject(
    "organization",
    "msExchOrganizationContainer",
    "organisation",
    "organisations",
    "Organisation",
    ("organization", "name"),
)
MESSAGE_DELIVERY = KindOfObject(
    "message_delivery",
    "msExchMessageDeliveryConfig",
    "set of global settings",
    "sets of global settings",
    "Message delivery, global settings",
    ("organization", "name"),
)

KINDS: tuple[KindOfObject, ...] = (
    VIRTUAL_SERVER,
    SERVER,
    SMTP_CONNECTOR,
    ROUTING_GROUP_CONNECTOR,
    ROUTING_GROUP,
    ADMINISTRATIVE_GROUP,
    ORGANIZATION,
    MESSAGE_DELIVERY,
)
"""All kinds, in the order in which readers see them."""

KIND_OF_CLASS: Mapping[str, KindOfObject] = {kind.object_class.lower(): kind for kind in KINDS}
"""The kind of each object class, which stands in lower case."""
