"""Events of one input in, what a reading needs of them out: counts, wanted entries, damage."""

from dataclasses import dataclass, field, replace

from analyzer.dump.distinguished_names import context_of
from analyzer.dump.entry import Entry, Unreadable
from analyzer.dump.events import End, Event, PassedOver
from analyzer.dump.quoting import is_secret
from analyzer.dump.read_options import MAX_WANTED, SAMPLE
from analyzer.dump.reading import ExportScope
from analyzer.dump.wanted import Wanted, exported_by, is_wanted
from analyzer.errors import ReadError

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
_MANY_ATTRIBUTES = 15
_UPDATE_NUMBERS = ("usncreated", "usnchanged")


def check_wanted(path: str, kept: int, most: int = MAX_WANTED) -> None:
    """Refuse more wanted entries than there can be, since all of them are held in memory.

    Raises:
        ReadError: there are more.
    """
    if kept > most:
        reason = f"more than {most} Exchange objects; no organization has so many"
        raise ReadError(path, reason)


@dataclass(slots=True)
class Tally:
    """What was counted and kept of one input."""

    wanted: Wanted
    sample: int = SAMPLE
    """So many entries at the start are looked at whatever they are, as the plan has it."""
    entries: int = 0
    """Records, the unreadable ones among them."""
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
    """Attribute names of the header, or else of the sampled and wanted entries."""
    sampled: int = 0
    without_class: int = 0
    first_dns: list[str] = field(default_factory=list)
    end: End = field(default_factory=End)

    def take(self, event: Event) -> None:
        """Count an event of a reader; keep an entry if it is wanted."""
        if isinstance(event, Entry):
            self.entries += 1
            self._take_entry(event)
        elif isinstance(event, PassedOver):
            self.entries += event.records
        elif isinstance(event, Unreadable):
            self.entries += event.record
            self._report(event)
        else:
            self._take_end(event)

    def _take_entry(self, entry: Entry) -> None:
        wanted = is_wanted(entry.dn, entry.fields.get("objectclass"), self.wanted)
        if wanted:
            self.kept.append(self._known_of(entry))
            check_wanted(entry.source.file, len(self.kept))
        self.exported |= exported_by(entry, self.wanted)
        for note in entry.notes:
            self.notes.setdefault(note, []).append(entry.source.line)
        if wanted or self.sampled < self.sample:
            self._sample(entry)

    def _known_of(self, entry: Entry) -> Entry:
        """Drop the attributes that nobody looks at; each takes fifty times its text in memory."""
        known = self.wanted.known
        if known is None:
            return entry
        fields = {
            name: attribute
            for name, attribute in entry.fields.items()
            if name.partition(";")[0] in known or is_secret(name)
        }
        return replace(entry, fields=fields)

    def _sample(self, entry: Entry) -> None:
        self.sampled += 1
        self.names.update(entry.fields)
        self.without_class += "objectclass" not in entry.fields
        if len(self.first_dns) < self.sample:
            self.first_dns.append(entry.dn)

    def _report(self, unreadable: Unreadable) -> None:
        if len(self.unreadable) < MAX_LISTED:
            self.unreadable.append(unreadable)
            return
        self.unlisted += 1
        self.beyond = replace(self.beyond or unreadable, last_line=unreadable.last_line)

    def _take_end(self, end: End) -> None:
        """Take what the reader learnt; a header tells more of what was exported than entries."""
        self.end = end
        if end.unended_line is not None:
            note = "the file does not end with a line end; it may be cut"
            self.notes[note] = [end.unended_line]
        if end.columns is not None:
            self.names = set(end.columns)
            self.exported |= self.wanted.attributes & end.columns
            self.sampled = 1
            self.without_class = int("objectclass" not in end.columns)

    def damage(self) -> list[Unreadable]:
        """Return what cannot be read; behind the listed ones the number of the others."""
        if self.beyond is None:
            return self.unreadable
        reason = f"{self.unlisted} more records or values that cannot be read"
        return [*self.unreadable, replace(self.beyond, reason=reason, record=False)]

    def scope(self) -> ExportScope:
        """Judge whether whole objects were exported; what the file itself says counts first."""
        if self.end.requested is not None:
            return self.end.requested
        if not self.sampled or self.without_class:
            return ExportScope.LIMITED
        many = len(self.names) >= _MANY_ATTRIBUTES and "cn" in self.names
        # Two of them, because a list of attributes may well name one, as whenCreated.
        full = len(self.names & _ALWAYS_THERE) >= 2 or many
        return ExportScope.FULL if full else ExportScope.LIMITED

    def binary_left_out(self) -> bool:
        """Tell whether octet strings were left out: update numbers are there, objectGUID is not.

        `ldifde -n` and `csvde -n` leave out all binary values, `-m` those of attributes that only
        Active Directory has.
        """
        return "objectguid" not in self.names and any(n in self.names for n in _UPDATE_NUMBERS)

    def naming_context(self) -> str:
        """Return the partition of the entries, the configuration partition first."""
        if self.end.naming_context:
            return self.end.naming_context
        contexts = [context_of(dn) for dn in (*(e.dn for e in self.kept[:SAMPLE]), *self.first_dns)]
        contexts = [context for context in contexts if context]
        configuration = [c for c in contexts if c.lower().startswith("cn=configuration,")]
        return next(iter(configuration or contexts), "")
