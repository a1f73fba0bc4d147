"""Attribute bytes in, typed settings out, by the table of attributes."""

import enum
from dataclasses import dataclass

from analyzer.directory.address_list import AddressList
from analyzer.directory.attributes import AttributeType
from analyzer.directory.security_descriptor import SecurityDescriptor
from analyzer.dump.entry import Notation

type_of_value = bool | int | str | tuple[str, ...] | tuple[int, ...] | None


class State(enum.StrEnum):
    """What the dump tells about one attribute of one object."""

    SET = "set"
    NOT_SET = "not_set"
    NOT_EXPORTED = "not_exported"
    LOST = "lost"
    UNDECODABLE = "undecodable"


@dataclass(frozen=True, slots=True)
class Setting:
    """One attribute of one object, typed."""

    attribute: AttributeType
    state: State
    value: bool | int | str | tuple[str, ...] | tuple[int, ...] | None = None
    """True/False, a number, text, a tuple when multi-valued; octets as lower-case hex; None unless set."""
    text: str = ""
    """Value for readers: flags by name, units spelled out, decoded lists."""
    raw: str | None = None
    """The value as evidence: text as it stands, octets as lower-case hex; None when there is none."""
    line: int | None = None
    last_line: int | None = None
    notation: Notation | None = None
    reason: str = ""
    """Why the state is lost or undecodable, or what was decided about the value."""
    decoded: AddressList | SecurityDescriptor | None = None
    """The structure inside an octet string, where there is one."""
