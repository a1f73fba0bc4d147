"""Which entries of a dump are of interest."""

import re
from collections.abc import Mapping, Set
from functools import lru_cache

from msgspec import Struct, field
from msgspec.structs import replace

from analyzer.dump.entry import Attribute, Entry

_COMMA = re.compile(r" *, *")
_CLASS = re.compile(r"[a-z][a-z0-9-]*")
_FIRST_RDN = re.compile(r"\A(?:[^,\\]++|\\.)*+,", re.DOTALL)


class Wanted(Struct, frozen=True):
    """Which entries of a dump a reader has to hand over."""

    classes: frozenset[str]
    """Object classes in lower case."""
    attributes: frozenset[str]
    """Attribute names in lower case; an entry that has one of them is handed over too."""
    parents: tuple[str, ...] = ()
    """Starts of parent DNs in lower case: whatever stands below them is wanted."""
    octets: frozenset[str] = frozenset()
    """Names in lower case of attributes that hold octets, which some tools write as base64."""
    what: str = "wanted"
    """What the wanted objects are called in a warning that there are none."""
    auxiliary: Mapping[str, str] = field(default_factory=dict)
    """Those of the classes whose objects only name what stands in others, and by which attribute.

    Both in lower case. They are handed over without anything else and counted nowhere.
    """
    telling: frozenset[str] = frozenset()
    """Those of these attributes that no other class has, so that they are found by it alone."""
    in_place: str = "wanted"
    """What the objects are called that stand in the places, in a warning of one unreadable."""
    place_classes: frozenset[str] = frozenset()
    """Their classes in lower case."""
    own: Mapping[str, frozenset[str]] = field(default_factory=dict)
    """By class the attributes of which a whole object has at least one, in lower case."""
    prefix: str = "\0"
    """How the names begin of other attributes of which that is true."""
    known: frozenset[str] | None = None
    """Lower-case names of all attributes that are looked at; None where any may be."""


def sought(wanted: Wanted) -> tuple[frozenset[str], frozenset[str]]:
    """Return the classes and the attributes by which entries are found without parsing all.

    Of the auxiliary classes some are of thousands of entries, of which few name anything.
    """
    told = {name for name, attribute in wanted.auxiliary.items() if attribute in wanted.telling}
    return wanted.classes - told, wanted.attributes | wanted.telling


def without_unnamed(wanted: Wanted, columns: Set[str]) -> Wanted:
    """Return what is wanted of a table: no auxiliary class of which it has no column that names.

    Of one class of them there may be a fifth of all rows.
    """
    unnamed = {name for name, attribute in wanted.auxiliary.items() if attribute not in columns}
    return replace(wanted, classes=wanted.classes - unnamed)


def is_wanted(dn: str, classes: Attribute | None, wanted: Wanted) -> bool:
    """Tell whether an entry is of a wanted class, or right below a wanted place.

    What stands in such a place is told by it: its class may be missing, or damaged.
    """
    if classes is not None and any(lower_class(v) in wanted.classes for v in classes.values):
        return True
    return stands_in_place(dn, wanted)


def stands_in_place(dn: str, wanted: Wanted) -> bool:
    """Tell whether a DN is right below a wanted place."""
    lowered = dn.lower()
    # Nearly all entries stand elsewhere, and a look for a word takes less than the expressions.
    if not any(name in lowered for name in _containers(wanted.parents)):
        return False
    parent = _FIRST_RDN.sub("", _COMMA.sub(",", lowered), count=1)
    return parent.startswith(wanted.parents)


@lru_cache
def _containers(parents: tuple[str, ...]) -> tuple[str, ...]:
    """Return the first RDN of each parent."""
    return tuple(parent.partition(",")[0] for parent in parents)


def is_of_another_class(classes: Attribute | None, wanted: Wanted) -> bool:
    """Tell whether what stands in a wanted place has a class that leaves no doubt.

    Classes above the wanted one, what is cut or joined to more, and what is no name at all (empty,
    a URL, an OID) leave one.
    """
    if classes is None or classes.lost or classes.damaged or not wanted.place_classes:
        return False
    names = {lower_class(value) for value in classes.values} - {"top"}
    if names & wanted.classes - wanted.auxiliary.keys():
        return False
    return any(_CLASS.fullmatch(name) and not _is_like(name, wanted) for name in names)


def _is_like(name: str, wanted: Wanted) -> bool:
    return any(name.startswith(c) or c.startswith(name) for c in wanted.place_classes)


def may_be_in_place(text: str, wanted: Wanted) -> bool:
    """Tell whether what is known of an unreadable record names a wanted place, or a class there."""
    lowered = _COMMA.sub(",", text.lower())
    return any(word in lowered for word in (*wanted.parents, *wanted.place_classes))


def own_attributes(entry: Entry, wanted: Wanted) -> frozenset[str]:
    """Return the attributes of which one shows that those of its class were exported."""
    classes = entry.get("objectclass")
    for value in reversed(classes.values if classes else ()):
        if (name := lower_class(value)) in wanted.own:
            return wanted.own[name]
    return wanted.attributes if stands_in_place(entry.dn, wanted) else frozenset()


def is_auxiliary(dn: str, classes: Attribute | None, wanted: Wanted) -> bool:
    """Tell whether an entry is wanted for what it names alone, and stands where such ones do."""
    names = {lower_class(value) for value in classes.values} if classes else set()
    if names.isdisjoint(wanted.auxiliary) or names & wanted.classes - wanted.auxiliary.keys():
        return False
    return not stands_in_place(dn, wanted)


def reduced(entry: Entry, wanted: Wanted) -> Entry | None:
    """Return an auxiliary entry with what it is wanted for; None when that is not there."""
    named_by = {wanted.auxiliary.get(name.lower()) for name in entry.texts("objectClass")}
    names = entry.fields.keys() & named_by
    fields = {
        name: entry.fields[name] for name in ("objectclass", "cn", *names) if name in entry.fields
    }
    return replace(entry, fields=fields) if names else None


def exported_by(entry: Entry, wanted: Wanted) -> frozenset[str]:
    """Return the wanted attributes that an entry has, their options aside."""
    names = wanted.attributes.intersection(entry.fields)
    if ";" in "".join(entry.fields):
        names |= wanted.attributes & {name.partition(";")[0] for name in entry.fields}
    return names


def lower_class(value: bytes) -> str:
    """Return a class as it is compared, without the blanks around it, no-break spaces too."""
    return value.decode("utf-8", "replace").strip().lower()
