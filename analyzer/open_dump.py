"""Paths in, a dump out: read on first use, seen as entries, as objects or as DataFrames."""

from collections.abc import Callable, Iterator, Sequence
from functools import cached_property
from os import PathLike, fspath
from typing import TYPE_CHECKING

from msgspec.structs import replace

from analyzer.dataframes import frame_of_objects, frame_of_settings, frame_of_states
from analyzer.directory import kinds
from analyzer.directory.kinds import KindOfObject
from analyzer.dump.entry import Entry, Unreadable
from analyzer.dump.read_options import ReadOptions
from analyzer.dump.read_paths import iter_entries, read_inputs
from analyzer.dump.reading import Input, Reading
from analyzer.inventory import WANTED, Inventory, build_inventory
from analyzer.namesakes import by_dn

if TYPE_CHECKING:
    from analyzer.dataframes import DataFrame


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

    @cached_property
    def inputs(self) -> tuple[Input, ...]:
        """The files, archive members and streams."""
        return tuple(reading.input for reading in self.readings)

    @cached_property
    def unreadable(self) -> tuple[Unreadable, ...]:
        """Records and values that could not be read."""
        return tuple(record for reading in self.readings for record in reading.unreadable)

    @cached_property
    def inventory(self) -> Inventory:
        """The Exchange objects with their settings."""
        return build_inventory(self.readings)

    def forget_entries(self) -> None:
        """Let go of what was read, of which the inventory has all that is judged.

        It takes as much memory as the inventory. Whoever asks for it has it read anew.
        """
        for kept in ("inventory", "inputs", "unreadable"):
            getattr(self, kept)
        self.__dict__.pop("readings", None)

    def virtual_servers(self) -> "DataFrame":
        """Return the SMTP virtual servers, one row each.

        Columns: `organization`, `administrative_group`, `server` (string), `number` (Int64),
        `name`, `exchange_version`, `file` (string), `line` (Int64), then the attributes of
        protocolCfgSMTPServer with the types that docs/dataframes.md lists.
        """
        return self.objects(kinds.VIRTUAL_SERVER.key)

    def virtual_server_states(self) -> "DataFrame":
        """Return the state of each cell of `virtual_servers`, in a table of the same shape.

        All columns are string: `set`, `not_set`, `not_exported`, `lost` or `undecodable`; in the
        columns before the attributes `set` or, where nothing is known, `not_set`.
        """
        return self._states(kinds.VIRTUAL_SERVER)

    def servers(self) -> "DataFrame":
        """Return the Exchange servers, one row each.

        Columns: `organization`, `administrative_group`, `server`, `name`, `exchange_version`,
        `file` (string), `line` (Int64), then the attributes of msExchExchangeServer.
        """
        return self.objects(kinds.SERVER.key)

    def connectors(self) -> "DataFrame":
        """Return the SMTP and routing group connectors, one row each.

        Columns: `kind` (`smtp_connector` or `routing_group_connector`), `organization`,
        `administrative_group`, `routing_group`, `name`, `file` (string), `line` (Int64), then the
        attributes of msExchRoutingSMTPConnector and msExchRoutingGroupConnector.
        `msExchSourceBridgeheadServersDN` lists the DNs of the virtual servers that carry its mail.
        """
        connectors = [obj for obj in self.inventory.objects if obj.kind.is_connector]
        return frame_of_objects(connectors, [kind for kind in kinds.KINDS if kind.is_connector])

    def receive_connectors(self) -> "DataFrame":
        """Return the receive connectors of Exchange 2007 and later, one row each.

        Columns: `organization`, `administrative_group`, `server`, `name`, `exchange_version`,
        `file` (string), `line` (Int64), then the attributes of msExchSmtpReceiveConnector. Who may
        relay through each is in `Results.relay_frame`.
        """
        return self.objects(kinds.RECEIVE_CONNECTOR.key)

    def receive_connector_states(self) -> "DataFrame":
        """Return the state of each cell of `receive_connectors`, in a table of the same shape."""
        return self._states(kinds.RECEIVE_CONNECTOR)

    def send_connectors(self) -> "DataFrame":
        """Return the send connectors of Exchange 2007 and later, one row each.

        Columns: `organization`, `administrative_group`, `routing_group`, `name`, `file` (string),
        `line` (Int64), then the attributes of msExchRoutingSMTPConnector as these versions use it.
        """
        return self.objects(kinds.SEND_CONNECTOR.key)

    def send_connector_states(self) -> "DataFrame":
        """Return the state of each cell of `send_connectors`, in a table of the same shape."""
        return self._states(kinds.SEND_CONNECTOR)

    def accepted_domains(self) -> "DataFrame":
        """Return the accepted domains, one row each.

        Columns: `organization`, `name`, `file` (string), `line` (Int64), then the attributes of
        msExchAcceptedDomain.
        """
        return self.objects(kinds.ACCEPTED_DOMAIN.key)

    def accepted_domain_states(self) -> "DataFrame":
        """Return the state of each cell of `accepted_domains`, in a table of the same shape."""
        return self._states(kinds.ACCEPTED_DOMAIN)

    def _states(self, kind: KindOfObject) -> "DataFrame":
        return frame_of_states(self.inventory.of(kind), kind)

    def organizations(self) -> "DataFrame":
        """Return the Exchange organizations, one row each.

        Columns: `organization`, `name`, `file` (string), `line` (Int64), then the attributes of
        msExchOrganizationContainer and, from its Global Settings, those of
        msExchMessageDeliveryConfig (message size and recipient limits).
        """
        limits = {
            delivery.names.organization_dn: delivery.settings
            for delivery in by_dn(self.inventory.of(kinds.MESSAGE_DELIVERY)).values()
        }
        organizations = [
            replace(
                organization,
                settings={
                    **limits.get(organization.names.normalised, {}),
                    **organization.settings,
                },
            )
            for organization in self.inventory.of(kinds.ORGANIZATION)
        ]
        return frame_of_objects(organizations, (kinds.ORGANIZATION, kinds.MESSAGE_DELIVERY))

    def objects(self, kind: str) -> "DataFrame":
        """Return the objects of one kind, one row each, such as those of `routing_group`.

        Columns: those of its identity, `file` (string), `line` (Int64), then the attributes of its
        class.

        Raises:
            ValueError: There is no such kind of object.
        """
        rows = {row.key: row for row in kinds.KINDS}
        if kind not in rows:
            raise ValueError(f"no kind of object is called {kind!r}; there are {', '.join(rows)}")
        return frame_of_objects(self.inventory.of(rows[kind]), [rows[kind]])

    def settings(self) -> "DataFrame":
        """Return every setting of every object of every kind, one row each.

        Columns: `dn`, `kind`, `attribute`, `state` (string), `value` (object: bool, int, str, list
        or None), `text` (the value or state in words), `file` (string), `line` (Int64). A secret
        has no value.
        """
        objects = [each for each in self.inventory.objects if not each.kind.is_auxiliary]
        return frame_of_settings(objects)


def read_dump(*paths: str | PathLike[str], options: ReadOptions | None = None) -> Dump:
    """Return the dump behind files, folders, globs, archives or `-`; reading starts on first use.

    Raises (on first use):
        ReadError: a path names nothing, or a named file is no dump.
    """
    names = [fspath(path) for path in paths]
    chosen = options or ReadOptions()
    return Dump(
        lambda: read_inputs(names, WANTED, chosen), lambda: iter_entries(names, WANTED, chosen)
    )
