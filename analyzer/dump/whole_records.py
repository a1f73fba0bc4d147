"""An entry in, out what its record shows of the export: a whole object, or a list of attributes.

Servers of Active Directory give a dozen attributes with every object unless a list was asked for.
Two or three of them prove nothing: people put them on their lists.
"""

from collections.abc import Collection, Iterable
from typing import NamedTuple

from analyzer.dump.entry import Entry
from analyzer.dump.wanted import Wanted, own_attributes

_BOTH = frozenset({"instancetype", "objectcategory"})
_OTHERS = frozenset(
    {
        "whencreated",
        "whenchanged",
        "usncreated",
        "usnchanged",
        "name",
        "objectguid",
        "distinguishedname",
        "showinadvancedviewonly",
        "dscorepropagationdata",
    }
)
_OF_THE_OTHERS = 4
OF_EVERY_OBJECT = _BOTH | _OTHERS | {"objectclass", "cn"}
"""Attributes by which a record shows how it was exported."""
_EVERY_OBJECT_HAS = _BOTH | _OTHERS - {"showinadvancedviewonly", "dscorepropagationdata"}
_AND_A_CLASS = _EVERY_OBJECT_HAS | {"objectclass", "cn"}
_WHOLE = frozenset({"*", "all"})


class Signature(NamedTuple):
    """By what a record shows which list of attributes it was exported with."""

    requested: frozenset[str] | None
    """As the comment of the search says it."""
    present: frozenset[str]
    """What it has of the attributes that every object has."""
    bare: bool
    """Whether it has those and none of its class, as a Global Catalog gives it."""


def signature_of(entry: Entry, wanted: Wanted) -> Signature:
    """Return the signature of an entry; records of one export have the same."""
    names: Collection[str] = entry.fields
    if ";" in "".join(names):
        names = names_of(entry)
    # Names of the class are not compared: objects of one export differ in those that are set.
    present = frozenset(name for name in _AND_A_CLASS if name in names)
    bare = holds_bookkeeping(present) and not holds_own(entry, wanted)
    return Signature(entry.requested, present, bare)


def names_of(entry: Entry) -> frozenset[str]:
    """Return the lower-case names of the attributes of an entry, options aside."""
    if ";" not in "".join(entry.fields):
        return frozenset(entry.fields)
    return frozenset(name.partition(";")[0] for name in entry.fields)


def holds_bookkeeping(names: frozenset[str]) -> bool:
    """Tell whether attributes are there that are given with every object, but on request only."""
    return names >= _BOTH and len(names & _OTHERS) >= _OF_THE_OTHERS


def asks_for_all(requested: Iterable[str]) -> bool:
    """Tell whether a search that asked for these names got every attribute."""
    return not _WHOLE.isdisjoint(requested)


def is_whole(entry: Entry, wanted: Wanted) -> bool:
    """Tell whether a record shows by itself that it holds all attributes of its object."""
    if entry.gap or not holds_own(entry, wanted):
        return False
    # ldapsearch states its list in a comment, which proves more than what came back. A changetype
    # is ldifde's, so that the comment above it belongs to another file that was joined.
    if entry.requested is not None and "changetype" not in entry.fields:
        return asks_for_all(entry.requested)
    return holds_bookkeeping(names_of(entry))


def holds_own(entry: Entry, wanted: Wanted) -> bool:
    """Tell whether a record has an attribute of its class.

    A Global Catalog gives the bookkeeping of every object of the forest and little else.
    """
    own = own_attributes(entry, wanted)
    names = names_of(entry)
    return not own or any(name in own or name.startswith(wanted.prefix) for name in names)
