"""The record of an object and what its input shows in, the settings of the object out.

Each attribute that is not there is judged by its record alone: whether that shows a whole object,
whether anything is missing in it, and whether the attribute occurs on a record that was exported
with the same list.
"""

from collections import defaultdict
from collections.abc import Hashable, Iterable, Iterator, Sequence, Set
from functools import lru_cache
from itertools import chain
from typing import NamedTuple

from msgspec.structs import replace

from analyzer.directory import kinds
from analyzer.directory.attributes import OCTET_SYNTAXES, AttributeType, Syntax
from analyzer.directory.kinds import KindOfObject
from analyzer.directory.object_identifiers import NAME_OF_OID
from analyzer.directory.shared_mapping import Common, SharedMapping
from analyzer.directory.values import Setting, State, absent, decode, doubt_in_csv, without
from analyzer.dump.entry import Attribute, Entry, Notation
from analyzer.dump.quoting import shown_name, shown_option
from analyzer.dump.reading import ExportScope, Input, Reading
from analyzer.dump.secret_lines import (
    HIDDEN,
    is_secret,
    mask,
    mask_text,
    may_name_secret,
    names_before_colons,
)
from analyzer.dump.wanted import Wanted, own_attributes
from analyzer.dump.whole_records import (
    Signature,
    is_whole,
    names_of,
    signature_of,
)

# Python 3.11 takes ten times as long for a member of an enumeration as for a name.
_CSV, _BASE64 = Notation.CSV, Notation.BASE64
_ATTRIBUTES = {kind: {row.name.lower(): row for row in kind.attributes} for kind in kinds.KINDS}
_NEVER_IMPLIED = "ntsecuritydescriptor"
_GUID = "objectguid"
_MARKS_OF_AD = frozenset({"instancetype", "objectcategory"})
_REJOINED = "the cell holds separators; they belong to the value, the attribute has only one"
ANOTHER_LIST = (
    "it occurs only on records that show another list of attributes than this one, so that it may "
    "not have been exported here"
)
"""The doubt about an attribute that is not set by the other records of its input alone."""
_NO_END = (
    "nothing shows that the record ends where it seems to "
    "(no empty line, and the tool is not known)"
)
_IN_ANOTHER = "its line has become part of another value"
_HOLDS_ANOTHER = "the line of another attribute has become part of the value"
_SHIFTED = (
    "a cell of the row does not fit its column; the cells may have moved, and with them a "
    "password, so that no text of the row is shown"
)
_SHORTEST_NAME = 8
"""Characters of the names that are looked for inside values; shorter ones are words."""
_LETTERS_AT_START = 6
"""Those of `msExch`, with which most names begin."""


class _Lack(NamedTuple):
    """All that decides what the absence of an attribute from a record means."""

    kind: KindOfObject
    gap: str
    whole: bool
    has_guid: bool
    may_be_cut: bool
    signature: Signature


class ShownByInput:
    """What the records of one input show together."""

    def __init__(self, reading: Reading, wanted: Wanted) -> None:
        """Collect which attributes occur on which records."""
        self.input: Input = reading.input
        self._wanted = wanted
        occurring: dict[str, set[Signature]] = defaultdict(set)
        for name, signatures in reading.input.exported.items():
            occurring[canonical(name)].update(signatures)
        searched_ad: set[frozenset[str]] = set()
        keys_by_signature: dict[Signature, set[str]] = defaultdict(set)
        for entry in reading.entries:
            keys_by_signature[signature_of(entry, wanted)].update(entry.fields)
        for signature, keys in keys_by_signature.items():
            for key in keys:
                occurring[canonical(key)].add(signature)
            if signature.requested is not None and signature.present >= _MARKS_OF_AD:
                searched_ad.add(signature.requested)
        self._occurring, self._searched_ad = dict(occurring), searched_ad
        self.has_secrets = any(_is_secret(key) for key in chain(*keys_by_signature.values()))
        self._absent: dict[_Lack, Common[Setting]] = {}
        self._of_shape: dict[Hashable, Common[Setting]] = {}

    def absent(self, kind: KindOfObject, entry: Entry) -> Common[Setting]:
        """Return the settings of an object whose record has no attribute at all."""
        # Names and these are all that it looks at, and thousands of records have the same.
        shape = (
            kind,
            entry.gap,
            entry.may_be_cut,
            entry.requested,
            own_attributes(entry, self._wanted),
            tuple(entry.fields),
        )
        if shape not in self._of_shape:
            self._of_shape[shape] = self._settings_of_absent(self._lack_of(kind, entry))
        return self._of_shape[shape]

    def _lack_of(self, kind: KindOfObject, entry: Entry) -> _Lack:
        return _Lack(
            kind,
            entry.gap,
            self._is_whole(entry),
            entry.get(_GUID) is not None,
            entry.may_be_cut,
            signature_of(entry, self._wanted),
        )

    def _settings_of_absent(self, lack: _Lack) -> Common[Setting]:
        if lack not in self._absent:
            judge = self._absent_cell if self.input.format == "csv" else self._absent_line
            rows = _ATTRIBUTES[lack.kind].items()
            settings = {row.name: judge(name, row, lack) for name, row in rows}
            self._absent[lack] = Common(settings)
        return self._absent[lack]

    def _is_whole(self, entry: Entry) -> bool:
        if not is_whole(entry, self._wanted):
            return False
        # What a search for everything gives of one object of Active Directory it gives of all.
        return entry.requested not in self._searched_ad or names_of(entry) >= _MARKS_OF_AD

    def _absent_line(self, name: str, row: AttributeType, lack: _Lack) -> Setting:
        """Judge an attribute that has no line in the record."""
        occurring = self._occurring.get(name)
        # Every object has an nTSecurityDescriptor. Servers hand it out only on request, and only to
        # who may read it (MS-ADTS 3.1.1.3.4.1.11): where it is missing it was not exported.
        if name == _NEVER_IMPLIED and not (occurring and lack.gap):
            return absent(row, exported=False)
        if lack.gap:
            return without(row, State.LOST, lack.gap)
        doubt = _NO_END if lack.may_be_cut else ""
        if lack.whole:
            # Without the GUID no octets were exported (`ldifde -n`, `-m`).
            exported = lack.has_guid or row.syntax not in OCTET_SYNTAXES
            return absent(row, exported=exported, doubt=doubt)
        if occurring is None:
            return absent(row, exported=False)
        return absent(row, exported=True, doubt=_other_list(occurring, lack) or doubt)

    def _absent_cell(self, name: str, row: AttributeType, lack: _Lack) -> Setting:
        """Judge an attribute that has no cell in the row, or an empty one: the columns decide."""
        occurring = self._occurring.get(name)
        doubt = doubt_in_csv(row)
        if occurring is not None and name != _NEVER_IMPLIED:
            return absent(row, exported=True, doubt=_other_list(occurring, lack) or doubt)
        # csvde has a column for every attribute that an exported object has; others for those that
        # the first object has, or that somebody picked.
        full = self.input.export_scope is ExportScope.FULL and self.input.dialect == "csvde"
        exported = full and name != _NEVER_IMPLIED
        if row.syntax in OCTET_SYNTAXES:
            exported = exported and self.input.binary_exported
        return absent(row, exported=exported, doubt=doubt)


def _other_list(occurring: Set[Signature], lack: _Lack) -> str:
    """Say that no record exported like this one has the attribute; a column alone has none."""
    return ANOTHER_LIST if occurring and lack.signature not in occurring else ""


def settings_of(kind: KindOfObject, entry: Entry, shown: ShownByInput) -> SharedMapping[Setting]:
    """Return every attribute of the class that the table knows, by schema name."""
    rows = _ATTRIBUTES[kind]
    absent_ones = shown.absent(kind, entry)
    settings: dict[str, Setting] = {}
    other_spellings: dict[str, list[str]] = {}
    for key, attribute in entry.fields.items():
        row = rows.get(key)
        if row is None:
            if (name := canonical(key)) in rows:
                other_spellings.setdefault(name, []).append(key)
        # The reader of a CSV file does not know the schema and splits every cell that holds a
        # separator.
        elif attribute.notation is _CSV and len(attribute.values) > 1 and not row.multi:
            setting = decode(row, _rejoin(attribute, shown.input), exported=True)
            settings[row.name] = replace(setting, reason=setting.reason or _REJOINED)
        else:
            settings[row.name] = decode(row, attribute, exported=True)
    for name, keys in other_spellings.items():
        row = rows[name]
        settings[row.name] = _by_other_names(row, name, keys, entry, shown.input)
    for name, hosts in _swallowed(kind, entry).items():
        row = rows[name]
        reason = f"{_IN_ANOTHER}: {', '.join(map(shown_name, hosts))}"
        there = settings.get(row.name) or absent_ones.values[row.name]
        is_there = name in entry.fields or name in other_spellings
        state = State.UNDECODABLE if is_there else State.LOST
        settings[row.name] = _spoilt(there, state, reason)
        for host in hosts:
            if (spoilt := rows.get(canonical(host))) is not None:
                there = settings.get(spoilt.name) or absent_ones.values[spoilt.name]
                settings[spoilt.name] = _spoilt(there, State.UNDECODABLE, _HOLDS_ANOTHER)
    return SharedMapping(absent_ones, settings)


def _spoilt(setting: Setting, state: State, reason: str) -> Setting:
    """Return a setting whose value is not what it seems; its place and raw form stay."""
    spoilt = without(setting.attribute, state, reason)
    return replace(
        spoilt,
        raw=setting.raw,
        line=setting.line,
        last_line=setting.last_line,
        notation=setting.notation,
    )


@lru_cache(maxsize=8192)
def canonical(key: str) -> str:
    """Return the name of an attribute, in lower case, for one with options, or its OID."""
    name = key.partition(";")[0].strip().lower().removeprefix("oid.")
    return NAME_OF_OID.get(name, name)


def _by_other_names(
    row: AttributeType, name: str, keys: Sequence[str], entry: Entry, source: Input
) -> Setting:
    """Decode an attribute that stands by another name than its own, or by that as well.

    An attribute may stand with an option, `;binary` or `;range=0-1499` (RFC 4511 section 4.1.4),
    by its OID, or in two columns: the values are those of one attribute all the same.
    """
    plain = [entry.fields[name]] if name in entry.fields else []
    parts = [*plain, *(entry.fields[key] for key in keys)]
    if not row.multi:
        parts = [
            _rejoin(part, source) if part.notation is _CSV and part.values[1:] else part
            for part in parts
        ]
    setting = decode(row, parts[0] if len(parts) == 1 else _together(parts), exported=True)
    if setting.state is State.SET:
        return replace(setting, reason=_other_names(name, keys))
    return setting


def _other_names(name: str, keys: Sequence[str]) -> str:
    options = [key.partition(";")[2] for key in keys if key.partition(";")[2]]
    oids = [key for key in keys if key.partition(";")[0] != name]
    if oids:
        return f"exported as {', '.join(oids)}"
    return f"exported with the option {shown_option(options[0])}"


def _together(parts: Sequence[Attribute]) -> Attribute:
    """Return the parts of an attribute as one; what is wrong with a part is wrong with it."""
    return replace(
        parts[0],
        values=tuple(chain.from_iterable(part.values for part in parts)),
        lost=next((part.lost for part in parts if part.lost), ""),
        damaged=next((part.damaged for part in parts if part.damaged), ""),
        raw=next((part.raw for part in parts if part.raw), ""),
    )


def _rejoin(attribute: Attribute, source: Input) -> Attribute:
    """Undo the split of a cell: what looked like a separator belongs to the only value."""
    separator = b"|" if source.dialect == "studio" else b";"
    return replace(attribute, values=(separator.join(attribute.values),))


def _swallowed(kind: KindOfObject, entry: Entry) -> dict[str, list[str]]:
    """Return the attributes of the class whose name and a colon stand inside other values.

    A blank before a line makes it the rest of the line above, a lost line end too.
    """
    found: dict[str, list[str]] = {}
    text = _values_of(entry).lower()
    if ":" not in entry.dn and not any(start in text for start in _starts_of(kind)):
        return found
    for host, name in _names_inside(entry, _long_names_of(kind)):
        if name != canonical(host):
            found.setdefault(name, []).append(host)
    return found


def _names_inside(entry: Entry, names: tuple[bytes, ...]) -> Iterator[tuple[str, str]]:
    """Yield the key of each value in which the name of an attribute and a colon stand, and that."""
    if ":" in entry.dn:
        for name in _names_in(entry.dn.encode("utf-8", "replace"), names):
            yield "dn", name
    for key, attribute in entry.fields.items():
        if b":" in b"".join(attribute.values) and attribute.notation is not _BASE64:
            for value in attribute.values:
                for name in _names_in(value, names):
                    yield key, name


@lru_cache(maxsize=4096)  # bindings and ranges have colons, the same on thousands of connectors
def _names_in(text: bytes, names: tuple[bytes, ...]) -> tuple[str, ...]:
    return tuple(name.decode() for name in names_before_colons(text, names))


@lru_cache
def _starts_of(kind: KindOfObject) -> tuple[bytes, ...]:
    """Return with what the names that are looked for begin: a text with none of it holds none."""
    return tuple({name[:_LETTERS_AT_START] for name in _long_names_of(kind)})


@lru_cache
def _long_names_of(kind: KindOfObject) -> tuple[bytes, ...]:
    names = (row.name.lower() for row in kind.own_attributes)
    return tuple(name.encode() for name in names if len(name) >= _SHORTEST_NAME)


def without_moved_cells(kind: KindOfObject, entry: Entry) -> Entry:
    """Drop the text of a row of CSV in which cells have moved: a password may be among them.

    A cell that is not of the syntax of its column shows it.
    """
    rows = _ATTRIBUTES[kind]
    row_of = {
        key: rows[canonical(key)]
        for key, attribute in entry.fields.items()
        if attribute.notation is Notation.CSV and not attribute.lost and canonical(key) in rows
    }
    spoilt = {
        key
        for key, row in row_of.items()
        if decode(row, entry.fields[key], exported=True).state is State.UNDECODABLE
    }
    if not spoilt:
        return entry
    hidden = {
        key: replace(entry.fields[key], values=(), lost=_SHIFTED, raw="")
        for key, row in row_of.items()
        if key in spoilt or row.syntax is Syntax.TEXT
    }
    return replace(entry, fields={**entry.fields, **hidden})


def without_secrets(entry: Entry, *, named: bool) -> Entry:
    """Return an entry without passwords: those under their names, and those inside other values.

    `named` is whether any record of the input has one under its name.
    """
    changed: dict[str, Attribute] = {}
    for key, attribute in entry.fields.items() if _may_hold_secrets(entry, named=named) else ():
        if _is_secret(key) or attribute.raw or b":" in b"".join(attribute.values):
            hidden = _without_secrets(key, attribute)
            if hidden is not attribute:
                changed[key] = hidden
    dn = mask_text(entry.dn)
    if not changed and dn == entry.dn:
        return entry
    return replace(entry, dn=dn, fields={**entry.fields, **changed})


def _may_hold_secrets(entry: Entry, *, named: bool) -> bool:
    """Tell whether anything but the DN has to be looked at: most records show at once that not."""
    return (
        may_name_secret(_values_of(entry))
        or (named and any(map(_is_secret, entry.fields)))
        or any(attribute.raw for attribute in entry.fields.values())
    )


def _values_of(entry: Entry) -> bytes:
    """Return all values of a record as one text, a line each."""
    values = [attribute.values for attribute in entry.fields.values()]
    return b"\n".join(chain.from_iterable(values))


@lru_cache(maxsize=8192)
def _is_secret(key: str) -> bool:
    return is_secret(canonical(key))


def _without_secrets(key: str, attribute: Attribute) -> Attribute:
    if _is_secret(key):
        if attribute.notation is Notation.STATED:
            # State and reason; not the text of the value.
            return replace(attribute, raw=",".join(attribute.raw.split(",")[:2]))
        values = tuple(HIDDEN if value else value for value in attribute.values)
        damaged = "a secret, not shown" if attribute.damaged else ""
        return replace(attribute, values=values, raw="", damaged=damaged)
    raw, values = mask_text(attribute.raw), tuple(map(mask, attribute.values))
    if (values, raw) == (attribute.values, attribute.raw):
        return attribute
    return replace(attribute, values=values, raw=raw)


def occurring_names(rows: Iterable[AttributeType]) -> Iterator[str]:
    """Yield the names, in lower case, by which attributes may stand in a dump."""
    by_name = {name: oid for oid, name in NAME_OF_OID.items()}
    for row in rows:
        yield row.name.lower()
        if oid := by_name.get(row.name.lower()):
            yield oid
