"""A dump and its pandas DataFrames: objects in, one table for each kind of object out.

Every table has one row per object in the order of the inputs, the DN as index (named `dn`), columns
that say who the object is and where it stands, and one column per attribute of its class, spelled
as in the schema. Column types by attribute syntax:

    Boolean                                   boolean
    Integer, large integer                    Int64
    text, DN, time (ISO 8601, UTC)            string
    octet string, GUID, address list,
    security descriptor                       string, lower-case hexadecimal digits
    any multi-valued attribute                object, a list of str in each cell
    secret                                    string, `set` or `not set`, never the value

A cell whose state is not `set` is missing (`<NA>`, None in list columns); the table of states tells
why. Tables without rows have the same columns and types.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import cached_property
from typing import TYPE_CHECKING, NamedTuple

from analyzer.directory import kinds
from analyzer.directory.attributes import AttributeType, Syntax
from analyzer.directory.kinds import KindOfObject
from analyzer.directory.values import Setting, State
from analyzer.dump.entry import Entry, Unreadable
from analyzer.dump.reading import Input, Reading
from analyzer.inventory import DirectoryObject, Inventory, build_inventory

if TYPE_CHECKING:
    import pandas as pd

_DTYPES = {Syntax.BOOLEAN: "boolean", Syntax.INTEGER: "Int64", Syntax.LARGE_INTEGER: "Int64"}


class _Column(NamedTuple):
    """A column that says who an object is."""

    name: str
    dtype: str
    value: Callable[[DirectoryObject], object]


_ORGANIZATION = _Column("organization", "string", lambda item: item.organization)
_GROUP = _Column("administrative_group", "string", lambda item: item.administrative_group)
_ROUTING_GROUP = _Column("routing_group", "string", lambda item: item.names.routing_group)
_SERVER = _Column("server", "string", lambda item: item.server)
_KIND = _Column("kind", "string", lambda item: item.kind.key)
_NUMBER = _Column("number", "Int64", lambda item: item.number)
_NAME = _Column("name", "string", lambda item: item.name)
_VERSION = _Column("exchange_version", "string", lambda item: item.exchange_version)
_PLACE = (
    _Column("file", "string", lambda item: item.entry.source.file),
    _Column("line", "Int64", lambda item: item.entry.source.line),
)

_VIRTUAL_SERVER_COLUMNS = (_ORGANIZATION, _GROUP, _SERVER, _NUMBER, _NAME, _VERSION, *_PLACE)
_SERVER_COLUMNS = (_ORGANIZATION, _GROUP, _SERVER, _NAME, _VERSION, *_PLACE)
_CONNECTOR_COLUMNS = (_KIND, _ORGANIZATION, _GROUP, _ROUTING_GROUP, _NAME, *_PLACE)
_ORGANIZATION_COLUMNS = (_ORGANIZATION, _NAME, *_PLACE)


class Dump:
    """What was read of one or several files of a directory dump.

    Nothing is read before it is asked for. `inputs`, `unreadable`, `inventory` and the tables come
    from one reading of the files; every walk through `entries` reads them anew.
    """

    def __init__(
        self,
        read_wanted: Callable[[], Sequence[Reading]],
        read_all: Callable[[], Iterator[Entry]],
    ) -> None:
        """Take the two ways of reading: the wanted entries once, or all entries one by one."""
        self._read_wanted = read_wanted
        self._read_all = read_all

    @property
    def entries(self) -> Iterator[Entry]:
        """All entries of all files as they stand there, secrets included, read while iterating."""
        return self._read_all()

    @cached_property
    def readings(self) -> tuple[Reading, ...]:
        """What was read of each file."""
        return tuple(self._read_wanted())

    @property
    def inputs(self) -> tuple[Input, ...]:
        """The files, archive members and streams."""
        return tuple(reading.input for reading in self.readings)

    @property
    def unreadable(self) -> tuple[Unreadable, ...]:
        """Records and values that could not be read."""
        return tuple(item for reading in self.readings for item in reading.unreadable)

    @cached_property
    def inventory(self) -> Inventory:
        """The Exchange objects with their settings."""
        return build_inventory(self.readings)

    def virtual_servers(self) -> "pd.DataFrame":
        """Return the SMTP virtual servers, one row each.

        Columns: `organization`, `administrative_group`, `server` (string), `number` (Int64),
        `name`, `exchange_version`, `file` (string), `line` (Int64), then the attributes of
        protocolCfgSMTPServer with the types of the module's description.
        """
        items = self.inventory.of(kinds.VIRTUAL_SERVER)
        return _frame(items, _VIRTUAL_SERVER_COLUMNS, _rows_of(kinds.VIRTUAL_SERVER))

    def virtual_server_states(self) -> "pd.DataFrame":
        """Return the state of each cell of `virtual_servers`, in a table of the same shape.

        All columns are string: `set`, `not_set`, `not_exported`, `lost` or `undecodable`; in the
        columns before the attributes `set` or, where nothing is known, `not_set`.
        """
        items = self.inventory.of(kinds.VIRTUAL_SERVER)
        states = {
            column.name: [_known(column.value(item)) for item in items]
            for column in _VIRTUAL_SERVER_COLUMNS
        }
        for row in _rows_of(kinds.VIRTUAL_SERVER):
            states[row.name] = [item.settings[row.name].state.value for item in items]
        return _table(items, states, dict.fromkeys(states, "string"))

    def servers(self) -> "pd.DataFrame":
        """Return the Exchange servers, one row each.

        Columns: `organization`, `administrative_group`, `server`, `name`, `exchange_version`,
        `file` (string), `line` (Int64), then the attributes of msExchExchangeServer.
        """
        return _frame(self.inventory.of(kinds.SERVER), _SERVER_COLUMNS, _rows_of(kinds.SERVER))

    def connectors(self) -> "pd.DataFrame":
        """Return the SMTP and routing group connectors, one row each.

        Columns: `kind` (`smtp_connector` or `routing_group_connector`), `organization`,
        `administrative_group`, `routing_group`, `name`, `file` (string), `line` (Int64), then the
        attributes of msExchRoutingSMTPConnector and msExchRoutingGroupConnector.
        `msExchSourceBridgeheadServersDN` lists the DNs of the virtual servers that carry its mail.
        """
        connectors = tuple(kind for kind in kinds.KINDS if kind.is_connector)
        items = [item for item in self.inventory.objects if item.kind in connectors]
        return _frame(items, _CONNECTOR_COLUMNS, _rows_of(*connectors))

    def organizations(self) -> "pd.DataFrame":
        """Return the Exchange organizations, one row each.

        Columns: `organization`, `name`, `file` (string), `line` (Int64), then the attributes of
        msExchOrganizationContainer and, from its Global Settings, those of
        msExchMessageDeliveryConfig (message size and recipient limits).
        """
        items = self.inventory.of(kinds.ORGANIZATION)
        limits = {
            item.names.organization_dn: item.settings
            for item in self.inventory.of(kinds.MESSAGE_DELIVERY)
        }
        settings = [{**limits.get(item.names.normalised, {}), **item.settings} for item in items]
        rows = _rows_of(kinds.ORGANIZATION, kinds.MESSAGE_DELIVERY)
        return _frame(items, _ORGANIZATION_COLUMNS, rows, settings)


def _rows_of(*wanted: KindOfObject) -> tuple[AttributeType, ...]:
    rows: dict[str, AttributeType] = {}
    for kind in wanted:
        for row in kind.attributes:
            rows.setdefault(row.name, row)
    return tuple(rows.values())


def _frame(
    items: Sequence[DirectoryObject],
    identity: Iterable[_Column],
    rows: Iterable[AttributeType],
    settings: Sequence[Mapping[str, Setting]] | None = None,
) -> "pd.DataFrame":
    found = [item.settings for item in items] if settings is None else settings
    cells: dict[str, list[object]] = {}
    dtypes: dict[str, str] = {}
    for column in identity:
        cells[column.name] = [column.value(item) for item in items]
        dtypes[column.name] = column.dtype
    for row in rows:
        cells[row.name] = [_cell(row, one.get(row.name)) for one in found]
        dtypes[row.name] = "object" if row.multi else _DTYPES.get(row.syntax, "string")
    return _table(items, cells, dtypes)


def _table(
    items: Iterable[DirectoryObject],
    cells: Mapping[str, Sequence[object]],
    dtypes: Mapping[str, str],
) -> "pd.DataFrame":
    import pandas as pd

    index = pd.Index([item.dn for item in items], dtype="string", name="dn")
    return pd.DataFrame(dict(cells), index=index, dtype="object").astype(dict(dtypes))


def _cell(row: AttributeType, setting: Setting | None) -> object:
    if setting is None or setting.state is State.NOT_EXPORTED:
        return None
    if row.secret:
        return "not set" if setting.state is State.NOT_SET else "set"
    return list(setting.value) if isinstance(setting.value, tuple) else setting.value


def _known(value: object) -> str:
    return (State.NOT_SET if value is None else State.SET).value
