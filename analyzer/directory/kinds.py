"""The table of the kinds of object that the analyzer looks at: one row each, all there is to add.

The scan of a dump, the inventory, the DataFrames, the rules, the report and the terminal go over
these rows; none of them knows a kind by itself, but for what only that kind can be asked.
"""

from msgspec import Struct

from analyzer.directory import attributes as schema
from analyzer.directory import attributes_2007 as schema_2007
from analyzer.directory.attributes import AttributeType


class KindOfObject(Struct, frozen=True, eq=False, kw_only=True):
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
    own_attributes: tuple[AttributeType, ...]
    """What its class itself may contain."""
    inherited: tuple[AttributeType, ...] = schema.GENERIC
    """What it has from the classes above, and what every object has."""
    path: tuple[str, ...] = ()
    """Names in lower case of the containers right above an object, nearest first.

    An entry without class is recognised by them; empty where the place does not tell the kind.
    """
    short: str = ""
    """Name for readers where it goes without saying that mail is meant; empty: the singular."""
    marks: tuple[str, ...] = ()
    """Starts of attribute names in lower case that tell its objects from others of their class."""
    homes: tuple[str, ...] = ()
    """Names in lower case of containers that do so too, being above its objects alone."""
    is_listener: bool = False
    """Whether it accepts mail and has a verdict who may relay."""
    is_connector: bool = False
    """Whether it routes mail between servers, by bridgeheads."""
    is_named: bool = False
    """Whether a finding shows the name of the object beside that of its server."""
    is_auxiliary: bool = False
    """Whether its objects only name what stands in others: read, and shown to nobody.

    What they name stands in the first of their own attributes.
    """
    in_results: bool = False
    """Whether its objects stand in the results and on a sheet, having no record of their own type.

    False for kinds that the results describe in their own words, and for those that rules and
    verdicts only look at.
    """

    @property
    def attributes(self) -> tuple[AttributeType, ...]:
        """The attributes of its class, inherited and generic ones last."""
        return self.own_attributes + self.inherited

    @property
    def title(self) -> str:
        """Its objects as a heading, such as that of their sheet."""
        return self.plural[:1].upper() + self.plural[1:]

    def count(self, number: int) -> str:
        """Return the number with the name in its right form."""
        return f"{number} {self.singular if number == 1 else self.plural}"


_IN_GROUP = ("organization", "administrative_group")

VIRTUAL_SERVER = KindOfObject(
    key="virtual_server",
    object_class="protocolCfgSMTPServer",
    singular="SMTP virtual server",
    plural="SMTP virtual servers",
    heading="SMTP virtual server",
    identity=(*_IN_GROUP, "server", "number", "name", "exchange_version"),
    own_attributes=schema.VIRTUAL_SERVER,
    inherited=schema.PROTOCOL + schema.GENERIC,
    path=("smtp", "protocols"),
    short="virtual server",
    is_listener=True,
    is_named=True,
)
SERVER = KindOfObject(
    key="server",
    object_class="msExchExchangeServer",
    singular="Exchange server",
    plural="Exchange servers",
    heading="Exchange server",
    identity=(*_IN_GROUP, "server", "name", "exchange_version"),
    own_attributes=schema.SERVER,
)
SMTP_CONNECTOR = KindOfObject(
    key="smtp_connector",
    object_class="msExchRoutingSMTPConnector",
    singular="SMTP connector",
    plural="SMTP connectors",
    heading="SMTP connector",
    identity=("kind", *_IN_GROUP, "routing_group", "name"),
    own_attributes=schema.CONNECTOR + schema.SMTP_CONNECTOR,
    is_connector=True,
    is_named=True,
)
ROUTING_GROUP_CONNECTOR = KindOfObject(
    key="routing_group_connector",
    object_class="msExchRoutingGroupConnector",
    singular="routing group connector",
    plural="routing group connectors",
    heading="Routing group connector",
    identity=("kind", *_IN_GROUP, "routing_group", "name"),
    own_attributes=schema.CONNECTOR + schema.ROUTING_GROUP_CONNECTOR,
    is_connector=True,
    is_named=True,
)
ROUTING_GROUP = KindOfObject(
    key="routing_group",
    object_class="msExchRoutingGroup",
    singular="routing group",
    plural="routing groups",
    heading="Routing group",
    identity=(*_IN_GROUP, "routing_group", "name"),
    own_attributes=schema.ROUTING_GROUP,
)
ADMINISTRATIVE_GROUP = KindOfObject(
    key="administrative_group",
    object_class="msExchAdminGroup",
    singular="administrative group",
    plural="administrative groups",
    heading="Administrative group",
    identity=(*_IN_GROUP, "name"),
    own_attributes=schema.ADMINISTRATIVE_GROUP,
)
ORGANIZATION = KindOfObject(
    key="organization",
    object_class="msExchOrganizationContainer",
    singular="organisation",
    plural="organisations",
    heading="Organisation",
    identity=("organization", "name"),
    own_attributes=schema.ORGANIZATION,
)
MESSAGE_DELIVERY = KindOfObject(
    key="message_delivery",
    object_class="msExchMessageDeliveryConfig",
    singular="set of global settings",
    plural="sets of global settings",
    heading="Message delivery, global settings",
    identity=("organization", "name"),
    own_attributes=schema.MESSAGE_DELIVERY,
)
RECIPIENT_POLICY = KindOfObject(
    key="recipient_policy",
    object_class="msExchRecipientPolicy",
    singular="recipient policy",
    plural="recipient policies",
    heading="Recipient policy",
    identity=("organization", "name"),
    own_attributes=schema.ADDRESS_TEMPLATES,
    is_named=True,
)
RECIPIENT_UPDATE_SERVICE = KindOfObject(
    key="recipient_update_service",
    object_class="msExchAddressListService",
    singular="Recipient Update Service",
    plural="Recipient Update Services",
    heading="Recipient Update Service",
    identity=("organization", "name"),
    own_attributes=schema.ADDRESS_TEMPLATES,
    is_named=True,
)
PUBLIC_STORE = KindOfObject(
    key="public_store",
    object_class="msExchPublicMDB",
    singular="public folder store",
    plural="public folder stores",
    heading="Public folder store",
    identity=(*_IN_GROUP, "server", "name"),
    own_attributes=(),
)
SERVERS_CONTAINER = KindOfObject(
    key="servers_container",
    object_class="msExchServersContainer",
    singular="container of servers",
    plural="containers of servers",
    heading="Container of servers",
    identity=(*_IN_GROUP, "name"),
    own_attributes=(),
)
RECEIVE_CONNECTOR = KindOfObject(
    key="receive_connector",
    object_class="msExchSmtpReceiveConnector",
    singular="receive connector",
    plural="receive connectors",
    heading="Receive connector",
    identity=(*_IN_GROUP, "server", "name", "exchange_version"),
    own_attributes=schema_2007.RECEIVE_CONNECTOR,
    inherited=schema_2007.DESCRIPTION + schema.GENERIC,
    path=("smtp receive connectors", "protocols"),
    is_listener=True,
    is_named=True,
)
SEND_CONNECTOR = KindOfObject(
    key="send_connector",
    object_class="msExchRoutingSMTPConnector",
    singular="send connector",
    plural="send connectors",
    heading="Send connector",
    identity=(*_IN_GROUP, "routing_group", "name"),
    own_attributes=schema_2007.SEND_CONNECTOR,
    inherited=schema_2007.DESCRIPTION + schema.GENERIC,
    marks=("msexchsmtpsend",),
    # The one routing group of all servers from 2007 on, which no earlier one is a member of.
    homes=("exchange routing group (dwbgzmfd01qnbjr)",),
    is_named=True,
)
ACCEPTED_DOMAIN = KindOfObject(
    key="accepted_domain",
    object_class="msExchAcceptedDomain",
    singular="accepted domain",
    plural="accepted domains",
    heading="Accepted domain",
    identity=("organization", "name"),
    own_attributes=schema_2007.ACCEPTED_DOMAIN,
    is_named=True,
)
TRANSPORT_SETTINGS = KindOfObject(
    key="transport_settings",
    object_class="msExchTransportSettings",
    singular="set of transport settings",
    plural="sets of transport settings",
    heading="Transport settings",
    identity=("organization", "name"),
    own_attributes=schema_2007.TRANSPORT_SETTINGS,
    in_results=True,
)
EXTENDED_RIGHT = KindOfObject(
    key="extended_right",
    object_class="controlAccessRight",
    singular="extended right",
    plural="extended rights",
    heading="Extended right",
    identity=("name",),
    own_attributes=schema_2007.EXTENDED_RIGHT,
    is_auxiliary=True,
)
GROUP = KindOfObject(
    key="group",
    object_class="group",
    singular="group",
    plural="groups",
    heading="Group",
    identity=("name",),
    own_attributes=schema_2007.GROUP,
    is_auxiliary=True,
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
    RECIPIENT_POLICY,
    RECIPIENT_UPDATE_SERVICE,
    PUBLIC_STORE,
    SERVERS_CONTAINER,
    RECEIVE_CONNECTOR,
    SEND_CONNECTOR,
    ACCEPTED_DOMAIN,
    TRANSPORT_SETTINGS,
    EXTENDED_RIGHT,
    GROUP,
)
"""All kinds, in the order in which readers see them."""
