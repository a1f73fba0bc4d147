"""DNs and attributes in, the same with invented names out, by the syntax of each attribute."""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping

from analyzer.directory import kinds
from analyzer.directory.attributes import AttributeType, Syntax
from analyzer.directory.names import parse_names, renamed
from analyzer.directory.syntaxes import decode_value
from analyzer.dump.entry import Attribute, Entry, Notation
from analyzer.extract.name_mapping import NameMapping
from analyzer.extract.prefix_addresses import PrefixAddresses
from analyzer.extract.public_words import CONTAINERS, TOP_LEVEL_DOMAINS
from analyzer.extract.redacted_octets import OctetRedactor
from analyzer.extract.redacted_text import TextRedactor

_ROWS: Mapping[str, AttributeType] = {
    row.name.lower(): row for kind in kinds.KINDS for row in kind.attributes
}
_KEPT = frozenset(
    {
        "serialnumber",
        "instancetype",
        "systemflags",
        "searchflags",
        "grouptype",
        "useraccountcontrol",
        "samaccounttype",
        "usncreated",
        "usnchanged",
        "rightsguid",
        "appliesto",
        "schemaidguid",
        "attributesecurityguid",
        "attributeid",
        "governsid",
        "dscorepropagationdata",
        "whencreated",
        "whenchanged",
        "msexchpolicyoptionlist",
        "activationschedule",
        "msexchversion",
        "objectversion",
    }
)
"""What is the same everywhere, or a number that names nobody."""
_OF_THE_SCHEMA = frozenset({"objectclass", "ldapdisplayname", "validaccesses"})
_ACCOUNTS = frozenset(
    {
        "msexchsmtpoutboundsecurityusername",
        "authorizeduser",
        "msexchsmtpauthorizedtrnaccounts",
        "samaccountname",
        "userprincipalname",
        "mailnickname",
        "givenname",
        "sn",
    }
)
_FREE = frozenset(
    {
        "admindisplayname",
        "displayname",
        "cn",
        "admindescription",
        "msexchsmtpreceivebanner",
        "msexchturflistnames",
        "msexchdefaultdomain",
        "msexchsasllogondomain",
        "domainname",
        "authorizeddomain",
    }
)
"""What somebody thought of, and what is known not to be made of public words."""
_RANGES = frozenset({"msexchsmtpreceiveremoteipranges"})
_TIME = re.compile(rb"[0-9]{14}(?:[.,][0-9]+)?Z")
_BINARY = re.compile(rb"[\x00-\x08\x0e-\x1f]")
_ORGANIZATION = ("microsoft exchange", "services", "configuration")
_PLACES_OF_NAMES = frozenset({"administrative groups", "routing groups", "servers", "sites"})
_PLACES_OF_THE_SCHEMA = frozenset({"schema", "extended-rights", "displayspecifiers"})
_PLAIN = frozenset({Syntax.BOOLEAN, Syntax.INTEGER, Syntax.LARGE_INTEGER, Syntax.TIME})


class Redactor:
    """Invents names for all there is in the entries of a dump."""

    def __init__(self, mapping: NameMapping) -> None:
        """Take the mapping, which grows by what is met."""
        self.mapping = mapping
        addresses = PrefixAddresses(mapping)
        self._text = TextRedactor(mapping, addresses)
        self._octets = OctetRedactor(mapping, addresses)
        self._files: dict[str, str] = {}
        self._by_syntax: Mapping[Syntax, Callable[[bytes], bytes]] = {
            Syntax.TEXT: self._text_value,
            Syntax.DN: self._text_value,
            Syntax.GUID: self._guid_value,
            Syntax.ADDRESS_LIST: self._octets.address_list,
            Syntax.SECURITY_DESCRIPTOR: self._octets.descriptor,
            Syntax.OCTETS: self._octets.any,
        }

    def learn(self, dns: Iterable[str]) -> None:
        """Learn the names in DNs, before anything is replaced."""
        names: set[str | None] = set()
        labels: set[str] = set()
        for dn in dns:
            parsed = parse_names(dn)
            names |= {parsed.organization, parsed.administrative_group}
            names |= {parsed.routing_group, parsed.server}
            labels.update(_labels(parsed.naming_context))
        self._text.learn([*filter(None, names), *labels - TOP_LEVEL_DOMAINS])

    def expect(self, entries: Iterable[Entry]) -> None:
        """Learn the words of entries, so that nothing invented holds one of them."""
        self._text.expect(
            value.decode("latin-1") if value.isascii() else value.decode("utf-8", "replace")
            for entry in entries
            for name, attribute in entry.fields.items()
            if name not in _OF_THE_SCHEMA
            for value in attribute.values
            if not _BINARY.search(value)
        )

    def file(self, path: str) -> str:
        """Return what an input is called."""
        return self._files.setdefault(path, f"input-{len(self._files) + 1}")

    def dn(self, dn: str) -> str:
        """Return a DN of the same shape."""
        other = renamed(dn, self._dn_value)
        return self._text.text(dn) if other is None else other

    def attribute_name(self, name: str) -> str:
        """Return the name of an attribute; those of a schema of one's own may hold one's name."""
        known = name.partition(";")[0].lower() in _ROWS
        return name if known else self._text.of_names(name)

    def values(self, attribute: Attribute) -> tuple[bytes, ...]:
        """Return the values of an attribute."""
        name = attribute.name.partition(";")[0].lower()
        return tuple(other for value in attribute.values for other in self._value(name, value))

    def _value(self, name: str, value: bytes) -> Iterator[bytes]:
        # From what is known to name nobody to what may name anybody: whatever no line here knows is
        # free text, of which nothing but public words stays.
        row = _ROWS.get(name)
        if name in _KEPT:
            yield value
        elif name in _OF_THE_SCHEMA:
            yield self._text.of_names(value.decode("utf-8", "replace")).encode()
        elif name in _RANGES:
            yield from self._ranges(value)
        elif name in _ACCOUNTS:
            yield self._text.name(value.decode("utf-8", "replace")).encode()
        elif name in _FREE or row is None:
            yield self._unknown(value)
        elif row.syntax in _PLAIN:
            # A number or a time names nobody; damaged, it may have swallowed the line of a name.
            yield value if _is_plain(row, value) else self._text_value(value)
        else:
            yield self._by_syntax.get(row.syntax, self._unknown)(value)

    def _ranges(self, value: bytes) -> Iterator[bytes]:
        text = value.decode("utf-8", "replace")
        # A range that is no network comes out as several: its addresses are consecutive no more.
        spans = self._text.spans(text)
        if spans is None:
            yield self._text.text(text).encode()
        else:
            yield from (span.encode() for span in spans)

    def _text_value(self, value: bytes, *, free: bool = False) -> bytes:
        try:
            text = value.decode()
        except UnicodeDecodeError:
            return self._octets.any(value)
        # What looks like a DN is one, whatever its attribute: its levels keep their relations.
        if "=" in text and "," in text and (other := renamed(text, self._dn_value)) is not None:
            return other.encode()
        return (self._text.free if free else self._text.text)(text).encode()

    def _guid_value(self, value: bytes) -> bytes:
        return self._octets.guid(value) if len(value) <= 16 else self._text_value(value)

    def _unknown(self, value: bytes) -> bytes:
        if _TIME.fullmatch(value):
            return value
        return (
            self._octets.any(value) if _BINARY.search(value) else self._text_value(value, free=True)
        )

    def _dn_value(self, kind: str, value: str, above: tuple[str, ...]) -> str:
        """Return the new value of one level of a DN."""
        if kind == "dc":
            return self._text.label(value)
        # The place decides first: an organisation may be called like a container of Exchange.
        if above[:3] == _ORGANIZATION or (above and above[0] in _PLACES_OF_NAMES):
            return self._text.name(value)
        if value.lower() in CONTAINERS:
            return value
        if above and above[0] in _PLACES_OF_THE_SCHEMA:
            return self._text.of_names(value)
        return self._text.free(value)


def _is_plain(row: AttributeType, value: bytes) -> bool:
    try:
        decode_value(row, value, Notation.PLAIN)
    except ValueError:
        return False
    return True


def _labels(naming_context: str) -> Iterator[str]:
    for level in naming_context.split(","):
        name, _, value = level.partition("=")
        if name.strip().lower() == "dc":
            yield value
