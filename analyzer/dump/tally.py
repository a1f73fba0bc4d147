"""What a reader counts and notices while it goes through one input."""

import re
from collections.abc import Iterable
from dataclasses import dataclass, field, replace

import ldap.dn

from analyzer.dump.entry import Attribute, Entry, Unreadable
from analyzer.dump.reading import ExportScope, Wanted

SAMPLE = 50
"""The scope of an export is judged by its first entries and by all wanted ones."""

TAIL = 300
"""The last bytes of a file, in which it shows whether its end is there."""

HEAD_COMMENT = 4_096
"""The first bytes of a file, in which ldapsearch says what it was asked for."""

MAX_LISTED = 50_000
"""What cannot be read is listed one by one up to this number, so that memory stays bounded."""

_ALWAYS_THERE = frozenset(
    {
        "instancetype",
        "whencreated",
        "whenchanged",
        "usncreated",
        "usnchanged",
        "objectcategory",
        "showinadvancedviewonly",
        "dscorepropagationdata",
    }
)
"""Attributes of every object of Active Directory, unless a list of attributes was asked for."""
_COMMA = re.compile(r" *, *")
_FIRST_RDN = re.compile(r"\A(?:[^,\\]++|\\.)*+,", re.DOTALL)
_MANY_ATTRIBUTES = 15
_UPDATE_NUMBERS = ("usncreated", "usnchanged")


@dataclass(slots=True)
class Tally:
    """Counts and findings of one input; parts of a file are added up with `add`."""

    wanted: Wanted
    entries: int = 0
    kept: list[Entry] = field(default_factory=list)
    unreadable: list[Unreadable] = field(default_factory=list)
    """The first `MAX_LISTED` of what cannot be read."""
    unlisted: int = 0
    """How much more cannot be read."""
    beyond: Unreadable | None = None
    """The lines on which that stands."""
    exported: set[str] = field(default_factory=set)
    notes: dict[str, list[int | None]] = field(default_factory=dict)
    """Note to the lines of the entries it stands on."""
    names: set[str] = field(default_factory=set)
    """Attribute names on the sampled and wanted entries."""
    sampled: int = 0
    without_class: int = 0
    first_dns: list[str] = field(default_factory=list)
    size_limit_hit: bool = False
    trailer: bool = False
    utf8: bool = True
    tail: bytes = b""
    """The last bytes of the text."""

    def take(self, item: Entry | Unreadable) -> None:
        """Count one result of a reader; keep it if it is wanted."""
        if isinstance(item, Unreadable):
            self.report(item)
            return
        wanted = is_wanted(item.dn, item.fields.get("objectclass"), self.wanted)
        if wanted:
            self.kept.append(item)
        self.exported.update(self.wanted.attributes.intersection(item.fields))
        if ";" in "".join(item.fields):
            bare = {name.partition(";")[0] for name in item.fields}
            self.exported.update(self.wanted.attributes & bare)
        for note in item.notes:
            self.notes.setdefault(note, []).append(item.source.line)
        if wanted or self.sampled < SAMPLE:
            self._sample(item)

    def report(self, item: Unreadable) -> None:
        """Take what cannot be read."""
        if len(self.unreadable) < MAX_LISTED:
            self.unreadable.append(item)
            return
        self.unlisted += 1
        self.beyond = replace(self.beyond or item, last_line=item.last_line)

    def damage(self) -> list[Unreadable]:
        """Return what cannot be read; behind the listed ones the number of the others."""
        if self.beyond is None:
            return self.unreadable
        reason = f"{self.unlisted} more records or values that cannot be read"
        return [*self.unreadable, replace(self.beyond, reason=reason)]

    def add(self, part: "Tally") -> None:
        """Add what was counted in the next part of the file, behind its sampled entries."""
        self.entries += part.entries
        self.kept += part.kept
        for item in part.unreadable:
            self.report(item)
        if part.beyond is not None:
            self.report(part.beyond)
            self.unlisted += part.unlisted - 1
        self.exported |= part.exported
        for note, lines in part.notes.items():
            self.notes.setdefault(note, []).extend(lines)
        self.names |= part.names
        self.sampled += part.sampled - SAMPLE
        self.without_class += part.without_class
        self.size_limit_hit = self.size_limit_hit or part.size_limit_hit
        self.trailer = self.trailer or part.trailer
        self.utf8 = self.utf8 and part.utf8
        self.tail = (self.tail + part.tail)[-TAIL:]

    def _sample(self, item: Entry) -> None:
        self.sampled += 1
        self.names.update(item.fields)
        self.without_class += "objectclass" not in item.fields
        if len(self.first_dns) < SAMPLE:
            self.first_dns.append(item.dn)

    def scope(self, requested: ExportScope | None) -> ExportScope:
        """Judge whether whole objects were exported; what the file itself says counts first."""
        if requested is not None:
            return requested
        if not self.sampled or self.without_class:
            return ExportScope.LIMITED
        many = len(self.names) >= _MANY_ATTRIBUTES and "cn" in self.names
        full = len(self.names & _ALWAYS_THERE) >= 2 or many
        return ExportScope.FULL if full else ExportScope.LIMITED

    def binary_left_out(self) -> bool:
        """Tell whether octet strings were left out: update numbers are there, objectGUID is not."""
        return "objectguid" not in self.names and any(n in self.names for n in _UPDATE_NUMBERS)

    def naming_context(self) -> str:
        """Return the partition of the entries, the configuration partition first."""
        contexts = [context_of(dn) for dn in (*(e.dn for e in self.kept[:SAMPLE]), *self.first_dns)]
        contexts = [context for context in contexts if context]
        configuration = [c for c in contexts if c.lower().startswith("cn=configuration,")]
        return next(iter(configuration or contexts), "")


def is_wanted(dn: str, classes: Attribute | None, wanted: Wanted) -> bool:
    """Tell whether an entry is of a wanted class, or without class right below a wanted place."""
    if classes is not None:
        return any(_lower(value) in wanted.classes for value in classes.values)
    parent = _FIRST_RDN.sub("", _COMMA.sub(",", dn.lower()), count=1)
    return any(parent.startswith(part) for part in wanted.parents)


def _lower(value: bytes) -> str:
    return value.decode("utf-8", "replace").strip().lower()


def context_of(dn: str) -> str:
    """Return the naming context at the end of a DN: its DC parts and CN=Configuration before."""
    try:
        rdns = ldap.dn.explode_dn(dn)
    except ldap.DECODING_ERROR:
        return ""
    start = len(rdns)
    while start and rdns[start - 1].lower().startswith("dc="):
        start -= 1
    if start == len(rdns):
        return rdns[-1] if rdns else ""
    for name in ("cn=configuration", "cn=schema"):
        if start and rdns[start - 1].lower() == name:
            start -= 1
    return ",".join(rdns[start:])


def requested_scope(head: bytes) -> ExportScope | None:
    """Return the scope that a comment of ldapsearch states, None without such a comment."""
    match = re.search(rb"(?m)^# requesting: ([^\r\n]*)", head.replace(b"\0", b"")[:HEAD_COMMENT])
    if match is None:
        return None
    asked = match.group(1).split()
    whole = b"ALL" in asked or b"*" in asked
    return ExportScope.FULL if whole else ExportScope.LIMITED


def announces_summary(dialect: str, head: bytes) -> bool:
    """Tell whether a tool that begins a file so ends it with the number of its entries."""
    if dialect == "ldbsearch":
        return True
    start = head.replace(b"\0", b"")[:HEAD_COMMENT]
    return dialect == "ldapsearch" and b"# LDAPv3" in start


def describe_lines(lines: Iterable[int | None]) -> str:
    """Return `line 12` or `lines 12, 40 and 3 more`."""
    numbers = [str(line) for line in lines]
    shown = ", ".join(numbers[:5])
    more = f" and {len(numbers) - 5} more" if len(numbers) > 5 else ""
    return f"line{'s' if len(numbers) > 1 else ''} {shown}{more}"
