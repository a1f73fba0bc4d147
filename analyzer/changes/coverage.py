"""Results in, whether their dump would show an object if it were there out.

That an object is missing says something only where the dump is whole, reaches above the place of
the object, and leaves out nothing by its class. Whoever cannot prove that proves no removal.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Set

from msgspec import Struct

from analyzer.changes.known_objects import KnownObject, names_of, place_of
from analyzer.dump.reading import ExportScope
from analyzer.results.records import InputRecord, Results

_EXCHANGE = ",cn=microsoft exchange,"
"""The container that everything of Exchange stands in."""


class InputCoverage(Struct, frozen=True):
    """What one input shows of the directory."""

    source: InputRecord
    damaged: bool
    """Whether something in it could not be read, which may be any object."""
    classes_below: Mapping[str, Set[str]]
    """Classes in lower case of the objects right below a place, by its normalised DN."""
    classes: Set[str]
    """Classes of all of them."""


class DumpCoverage(Struct, frozen=True):
    """What the inputs of an audit show for certain."""

    inputs: tuple[InputCoverage, ...]

    def why_not(self, dn: str, object_class: str) -> str:
        """Return why an object that is missing may be there all the same; empty: it is not.

        `dn` is normalised; the class may be empty where it is not known.
        """
        reasons = [_why_not(seen, dn, object_class.lower()) for seen in self.inputs]
        if "" in reasons:
            return ""
        return reasons[0] if reasons else "nothing is known of the extent of the dump"


def coverage_of(results: Results, objects: Iterable[KnownObject]) -> DumpCoverage:
    """Return what the inputs of an audit cover, by the objects that it knows."""
    below: dict[str, dict[str, set[str]]] = defaultdict(lambda: defaultdict(set))
    for known in objects:
        below[known.file][_parent(known.place)].add(known.object_class)
    damaged = {unreadable.file for unreadable in results.unreadable}
    return DumpCoverage(
        tuple(
            InputCoverage(source, source.path in damaged, places, set().union(*places.values()))
            for source in results.inputs
            for places in (below[source.path],)
        )
    )


def _why_not(seen: InputCoverage, dn: str, object_class: str) -> str:
    source = seen.source
    if source.may_be_cut is None:
        return f"it is not known whether {source.path} is whole"
    if source.may_be_cut:
        return f"{source.path} may be cut"
    if source.export_scope is not ExportScope.FULL:
        return f"{source.path} is no export of whole objects"
    if seen.damaged:
        return f"{source.path} holds records that cannot be read"
    if _reaches(seen, dn, object_class) or _shows_siblings(seen, dn, object_class):
        return ""
    return f"{source.path} does not show that it reaches the place of the object"


def _reaches(seen: InputCoverage, dn: str, object_class: str) -> bool:
    """Tell whether the input begins above the object and leaves out nothing by its class."""
    source = seen.source
    if source.format == "snapshot" and source.naming_context:
        return _is_below(dn, place_of(source.naming_context))
    top = place_of(source.top)
    if not top or not _is_below(dn, top):
        return False
    # The configuration partition has its name below that of a domain, and is no part of it.
    if names_of(source.top).naming_context.lower() != names_of(dn).naming_context.lower():
        return False
    # A search for a class of Exchange would not have given CN=Services or what is above it.
    return _EXCHANGE not in f",{top}," or object_class in seen.classes


def _shows_siblings(seen: InputCoverage, dn: str, object_class: str) -> bool:
    """Tell whether others of its class stand beside its place, and something outside of it."""
    place = _parent(dn)
    is_shown = bool(object_class) and object_class in seen.classes_below.get(place, ())
    return is_shown and any(
        other != place and not _is_below(other, place) for other in seen.classes_below
    )


def _parent(dn: str) -> str:
    """Return the DN above a normalised one, in which commas of names are escaped."""
    at = dn.find(",")
    while at > 0 and dn[at - 1] == "\\":
        at = dn.find(",", at + 1)
    return dn[at + 1 :] if at >= 0 else ""


def _is_below(dn: str, other: str) -> bool:
    return dn.endswith(f",{other}")
