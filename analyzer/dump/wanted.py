"""Which entries of a dump are of interest."""

import re
from dataclasses import dataclass

from analyzer.dump.entry import Attribute, Entry

_COMMA = re.compile(r" *, *")
_FIRST_RDN = re.compile(r"\A(?:[^,\\]++|\\.)*+,", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which entries of a dump a reader has to hand over."""

    classes: frozenset[str]
    """Object classes in lower case."""
    attributes: frozenset[str]
    """Attribute names in lower case; an entry that has one of them is handed over too."""
    parents: tuple[str, ...] = ()
    """Starts of parent DNs in lower case: an entry without objectClass is wanted below them."""
    what: str = "wanted"
    """What the wanted objects are called in a warning that there are none."""
    known: frozenset[str] | None = None
    """Lower-case names of all attributes that are looked at; None where any may be."""


def is_wanted(dn: str, classes: Attribute | None, wanted: Wanted) -> bool:
    """Tell whether an entry is of a wanted class, or without class right below a wanted place."""
    if classes is not None:
        return any(_lower(value) in wanted.classes for value in classes.values)
    # A limited export may leave objectClass out; what stands below CN=SMTP is told by its place.
    parent = _FIRST_RDN.sub("", _COMMA.sub(",", dn.lower()), count=1)
    return any(parent.startswith(start) for start in wanted.parents)


def exported_by(entry: Entry, wanted: Wanted) -> frozenset[str]:
    """Return the wanted attributes that an entry has, their options aside."""
    names = wanted.attributes.intersection(entry.fields)
    if ";" in "".join(entry.fields):
        names |= wanted.attributes & {name.partition(";")[0] for name in entry.fields}
    return names


def _lower(value: bytes) -> str:
    return value.decode("utf-8", "replace").strip().lower()
