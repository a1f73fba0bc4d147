"""Events of one input in, what a reading needs of them out: counts, wanted entries, damage."""

from msgspec import Struct, field
from msgspec.structs import replace

from analyzer.dump.distinguished_names import context_of, is_below
from analyzer.dump.entry import Entry, Unreadable
from analyzer.dump.events import End, Event, PassedOver
from analyzer.dump.quoting import shown_class
from analyzer.dump.read_options import MAX_COLUMNS, MAX_WANTED, SAMPLE
from analyzer.dump.reading import ExportScope
from analyzer.dump.secret_lines import is_secret
from analyzer.dump.wanted import (
    Wanted,
    exported_by,
    is_auxiliary,
    is_of_another_class,
    is_wanted,
    may_be_in_place,
    reduced,
)
from analyzer.dump.whole_records import (
    Signature,
    asks_for_all,
    holds_bookkeeping,
    is_whole,
    names_of,
    signature_of,
)
from analyzer.errors import ReadError

MAX_LISTED = 50_000
"""What cannot be read is listed one by one up to this number, so that memory stays bounded."""


def check_wanted(path: str, kept: int, most: int = MAX_WANTED) -> None:
    """Refuse more wanted entries than there can be, since all of them are held in memory.

    Raises:
        ReadError: there are more.
    """
    if kept > most:
        reason = f"more than {most} Exchange objects; no organization has so many"
        raise ReadError(path, reason)


def _check_changes(path: str, changes: int) -> None:
    if changes > MAX_LISTED:
        reason = f"more than {MAX_LISTED} change records; these are changes, not a dump"
        raise ReadError(path, reason)


class Tally(Struct):
    """What was counted and kept of one input."""

    wanted: Wanted
    sample: int = SAMPLE
    """So many entries at the start are looked at whatever they are, as the plan has it."""
    entries: int = 0
    """Records, the unreadable ones among them."""
    kept: list[Entry] = field(default_factory=list)
    auxiliary: list[Entry] = field(default_factory=list)
    """Those that only name what stands in others."""
    unreadable: list[Unreadable] = field(default_factory=list)
    """The first `MAX_LISTED` of what cannot be read."""
    unlisted: int = 0
    """How much more cannot be read."""
    beyond: Unreadable | None = None
    """The lines on which that stands."""
    changes: list[Unreadable] = field(default_factory=list)
    """Of what cannot be read the change records, all of them."""
    in_place: list[Unreadable] = field(default_factory=list)
    """Of what cannot be read the records that may have been wanted ones."""
    _names_by_signature: dict[Signature, set[str]] = field(default_factory=dict)
    """What records show of their export, and the wanted attributes that they have."""
    notes: dict[str, list[int]] = field(default_factory=dict)
    """Note to the lines, or offsets, of the entries it stands on."""
    sampled: int = 0
    bookkept: int = 0
    """How many of the sampled have the attributes that only whole objects have."""
    wholes: int = 0
    """How many of the kept are whole."""
    with_guid: bool = False
    """Whether a sampled entry has a GUID, which is an octet string."""
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
        classes = entry.get("objectclass")
        auxiliary = is_auxiliary(entry.dn, classes, self.wanted)
        wanted = not auxiliary and is_wanted(entry.dn, classes, self.wanted)
        if auxiliary and (kept := reduced(entry, self.wanted)):
            self.auxiliary.append(kept)
        # In the place of a wanted object, but clearly something else: said, since a listener that
        # nobody judges must not be silent.
        if wanted and is_of_another_class(classes, self.wanted):
            named = ", ".join(map(shown_class, entry.texts("objectclass")[-1:]))
            note = f"in the place of {self.wanted.in_place}, but of the class {named}: not judged"
            self.notes.setdefault(note, []).append(position_of(entry))
        elif wanted:
            self.kept.append(self._known_of(entry))
            check_wanted(entry.source.file, len(self.kept))
            self.wholes += is_whole(entry, self.wanted)
        if exported := exported_by(entry, self.wanted):
            self._names_by_signature.setdefault(signature_of(entry, self.wanted), set()).update(
                exported
            )
        for note in entry.notes:
            self.notes.setdefault(note, []).append(position_of(entry))
        if wanted or self.sampled < self.sample:
            self._sample(entry)

    def _known_of(self, entry: Entry) -> Entry:
        """Drop of a record such as no tool exports the attributes that nobody looks at.

        Each takes fifty times its text in memory.
        """
        known = self.wanted.known
        if known is None or len(entry.fields) <= MAX_COLUMNS:
            return entry
        fields = {
            name: attribute
            for name, attribute in entry.fields.items()
            if name.partition(";")[0] in known or is_secret(name)
        }
        return replace(entry, fields=fields)

    def _sample(self, entry: Entry) -> None:
        self.sampled += 1
        names = names_of(entry)
        if entry.requested is None:
            self.bookkept += holds_bookkeeping(names)
        else:
            self.bookkept += asks_for_all(entry.requested)
        self.with_guid = self.with_guid or "objectguid" in names
        if len(self.first_dns) < self.sample:
            self.first_dns.append(entry.dn)

    def _report(self, unreadable: Unreadable) -> None:
        if unreadable.changed is not None:
            # None may be left out: it could be the one that opens a relay.
            self.changes.append(unreadable)
            _check_changes(unreadable.file, len(self.changes))
        elif unreadable.dn:
            # A listener may be hidden in it, so that "none relays" could not be said.
            in_place = may_be_in_place(unreadable.dn, self.wanted)
            # It may be the text of a row, password and all, of which nothing more is asked.
            unreadable = replace(unreadable, dn="")
            if in_place and len(self.in_place) < MAX_LISTED:
                self.in_place.append(unreadable)
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

    def exported(self) -> dict[str, frozenset[Signature]]:
        """Return the wanted attributes and what the records that have them show of their export.

        A column of CSV is there whether or not a record has anything in it.
        """
        found: dict[str, set[Signature]] = {
            name: set() for name in self.wanted.attributes & (self.end.columns or frozenset())
        }
        for signature, names in self._names_by_signature.items():
            for name in names:
                found.setdefault(name, set()).add(signature)
        return {name: frozenset(signatures) for name, signatures in found.items()}

    def entries_kept(self) -> list[Entry]:
        """Return all that is handed over, in the order of the input."""
        if not self.auxiliary:
            return self.kept
        return sorted((*self.kept, *self.auxiliary), key=position_of)

    def damage(self) -> list[Unreadable]:
        """Return what cannot be read; behind the listed ones the number of the others."""
        if self.beyond is None:
            return self.unreadable
        reason = f"{self.unlisted} more records or values that cannot be read"
        return [*self.unreadable, replace(self.beyond, reason=reason, record=False)]

    def scope(self) -> ExportScope:
        """Judge whether whole objects were exported: all that are wanted, or else the sampled."""
        # Of CSV the columns decide: an empty cell and an absent value look alike in the rows.
        if self.end.columns is not None:
            whole = holds_bookkeeping(self.end.columns) and any(
                name.startswith(self.wanted.prefix) for name in self.end.columns
            )
        elif self.kept:
            whole = self.wholes == len(self.kept)
        else:
            whole = 0 < self.bookkept == self.sampled
        return ExportScope.FULL if whole else ExportScope.LIMITED

    def binary_left_out(self) -> bool:
        """Tell whether octet strings were left out: objectGUID is not there, but its company is.

        `ldifde -n` and `csvde -n` leave out all binary values, `-m` those of attributes that only
        Active Directory has.
        """
        if self.end.columns is not None:
            return "objectguid" not in self.end.columns and holds_bookkeeping(self.end.columns)
        return bool(self.bookkept) and not self.with_guid

    def naming_context(self) -> str:
        """Return the partition of the entries, the configuration partition first."""
        if self.end.naming_context:
            return self.end.naming_context
        contexts = [context_of(dn) for dn in (*(e.dn for e in self.kept[:SAMPLE]), *self.first_dns)]
        contexts = [context for context in contexts if context]
        configuration = [c for c in contexts if c.lower().startswith("cn=configuration,")]
        return next(iter(configuration or contexts), "")

    def top(self) -> str:
        """Return the DN of the first entry if the next ones all stand below it; empty otherwise.

        A search writes the object that it begins at before those below it.
        """
        first, *others = self.first_dns or [""]
        return first if others and all(is_below(dn, first) for dn in others) else ""


def position_of(part: Entry | Unreadable) -> int:
    """Return the line on which something stands, or its offset where there are no lines."""
    source = part.source if isinstance(part, Entry) else part
    return source.line or source.offset or 0
