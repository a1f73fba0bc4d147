"""Entries in, Exchange objects and pandas DataFrames out."""

import enum
from collections.abc import Mapping
from dataclasses import dataclass

from analyzer.directory.values import Setting
from analyzer.dump.entry import Entry
from analyzer.dump.reading import Input


class Kind(enum.StrEnum):
    """The kinds of object the analyzer looks at."""

    VIRTUAL_SERVER = "virtual_server"
    SERVER = "server"
    SMTP_CONNECTOR = "smtp_connector"
    ROUTING_GROUP_CONNECTOR = "routing_group_connector"
    ROUTING_GROUP = "routing_group"
    ADMINISTRATIVE_GROUP = "administrative_group"
    ORGANIZATION = "organization"
    MESSAGE_DELIVERY = "message_delivery"


@dataclass(frozen=True, slots=True)
class DirectoryObject:
    """One object of interest: who it is, its settings, where it stands."""

    kind: Kind
    dn: str
    object_class: str
    organization: str | None
    administrative_group: str | None
    server: str | None
    """Name of the server it belongs to (for a server its own)."""
    number: int | None
    name: str | None
    """`adminDisplayName`, else cn."""
    exchange_version: str | None
    """`2000`, `2003`, `2007`, `2010`, `2013`, `2016`, `2019`; None when unknown."""
    settings: Mapping[str, Setting]
    """Every attribute of the class that the table knows, by schema name."""
    entry: Entry
    input: Input
    guid: str | None
    notes: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Inventory:
    """All objects of interest of a dump, in order of the inputs."""

    objects: tuple[DirectoryObject, ...]

    def of(self, kind: Kind) -> tuple[DirectoryObject, ...]:
        """Return the objects of one kind."""
        return tuple(item for item in self.objects if item.kind is kind)
