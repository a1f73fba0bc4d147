"""The table of attributes: name, syntax, single or multi-valued, unit, flag names, secret or not.

Sources: schema facts (attribute syntax, single-valued) of the Exchange 2003 schema; flag names as
documented for the IIS metabase twins AuthFlags (ms524513) and AccessSSLFlags (ms524954), and for
msExchSmtpSmartHostType (aa996573).
"""

import enum
from collections.abc import Mapping
from dataclasses import dataclass, field


class Syntax(enum.Enum):
    """Attribute syntaxes of the directory, as far as the analyzer tells them apart."""

    BOOLEAN = "Boolean"
    INTEGER = "Integer"
    LARGE_INTEGER = "Large integer"
    TEXT = "Unicode string"
    DN = "DN"
    TIME = "Generalized time"
    OCTETS = "Octet string"
    GUID = "GUID"
    ADDRESS_LIST = "Address list"
    SECURITY_DESCRIPTOR = "NT security descriptor"


@dataclass(frozen=True, slots=True)
class AttributeType:
    """One row of the table."""

    name: str
    """As the schema spells it."""
    syntax: Syntax
    label: str
    """Name for readers, as the administration tool calls the setting."""
    multi: bool = False
    secret: bool = False
    unit: str = ""
    flags: Mapping[int, str] = field(default_factory=dict)
    """Bit value to name."""
    choices: Mapping[int, str] = field(default_factory=dict)
    """Enumerated value to name."""
