"""Text in, the same text out with invented words, addresses, SIDs and GUIDs; its shape stays."""

import re
import struct
import uuid
from collections.abc import Iterable, Iterator
from ipaddress import AddressValueError, IPv4Address, IPv6Address

from analyzer.directory.extended_rights import EXTENDED_RIGHTS
from analyzer.extract.name_mapping import NameMapping
from analyzer.extract.prefix_addresses import PrefixAddresses
from analyzer.extract.public_words import ALWAYS, BOOLEANS, CONTAINERS, TOP_LEVEL_DOMAINS, WORDS

_LONGEST_KEPT_NUMBER = 5
"""Digits of a port, a limit or a version; more of them may be a telephone number."""
_PARTS = re.compile(
    r"(?P<sid>S-1-5-21(?:-[0-9]{1,10}){3})"
    r"|(?P<guid>\b[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}\b)"
    r"|(?P<ipv6>(?<![\w:.])(?:[0-9a-fA-F]{0,4}:){2,7}(?:[0-9a-fA-F]{0,4}|[0-9.]{7,15})(?![\w:.]))"
    r"|(?P<ipv4>(?<![\w.])[0-9]{1,3}(?:\.[0-9]{1,3}){3}(?![\w]|\.\w))"
    r"|(?P<prefix>\A(?i:smtp|x400|x500|ex|ccmail|ms|notes|fax|ncacn_[a-z_]+|netbios)(?=:))"
    r"|(?P<local>[\w.+-]+(?=@))"
    r"|(?P<last>(?<=\.)[^\W_]+(?![\w.-]))"
    r"|(?P<word>[^\W_]+)"
)
_WORD = re.compile(r"[^\W_]+")
# What set-up calls virtual servers and connectors; behind the latter stands the server.
_DEFAULT_NAME = re.compile(
    r"(?i)default smtp virtual server\Z"
    r"|(?:default frontend|client frontend|client proxy|outbound proxy frontend|default|client)"
    r" (?=[\w.-]+\Z)"
)
_ALWAYS_AND_MARKS = ALWAYS | {"cnf", "del"}


class TextRedactor:
    """Replaces what may name somebody or something in text."""

    def __init__(self, mapping: NameMapping, addresses: PrefixAddresses) -> None:
        """Take the mapping, and what turns addresses."""
        self._mapping, self._addresses = mapping, addresses
        self._names: frozenset[str] = frozenset()
        self._whole: frozenset[str] = frozenset()
        self._public = WORDS | ALWAYS
        self._foreign: frozenset[str] = frozenset()

    def expect(self, texts: Iterable[str]) -> None:
        """Learn what stands in the dump, so that no invented word contains any of it."""
        words = {word.lower() for text in texts for word in _WORD.findall(text)}
        self._mapping.expect(frozenset(words - WORDS - TOP_LEVEL_DOMAINS))

    def learn(self, names: Iterable[str]) -> None:
        """Learn names of the dump: their words are replaced even if they are public ones."""
        names = list(names)
        self._whole |= {name.lower() for name in names}
        words = {word.lower() for name in names for word in _WORD.findall(name)}
        self._names |= {word for word in words if not word.isdigit()} - ALWAYS
        self._public = (WORDS - self._names) | ALWAYS
        self._foreign = self._names - WORDS
        self._mapping.expect(self._names)

    def text(self, text: str) -> str:
        """Return text with everything replaced that is no public word."""
        return self._replaced(text, self._public)

    def free(self, text: str) -> str:
        """Return text that somebody thought of: what is no default name is replaced whole."""
        lower = text.lower()
        if lower in CONTAINERS | BOOLEANS and lower not in self._whole:
            return text
        default = _DEFAULT_NAME.match(text)
        kept = default[0] if default else ""
        return kept + self._replaced(text[len(kept) :], _ALWAYS_AND_MARKS)

    def name(self, text: str) -> str:
        """Return a name of the dump: only what Exchange puts into all of them stays."""
        return _WORD.sub(lambda match: self._word(match[0], public=ALWAYS), text)

    def label(self, text: str) -> str:
        """Return a label of a domain: the names of top-level domains stay."""
        return _WORD.sub(lambda match: self._word(match[0], public=TOP_LEVEL_DOMAINS), text)

    def of_names(self, text: str) -> str:
        """Return a name of the schema, in which only names of the dump are replaced."""
        return _WORD.sub(
            lambda match: (
                self._invented(match[0]) if match[0].lower() in self._foreign else match[0]
            ),
            text,
        )

    def guid(self, text: str) -> str:
        """Return the text form of the GUID that stands for one, unless all know it."""
        if text.lower() in EXTENDED_RIGHTS:
            return text
        return str(uuid.UUID(bytes_le=self._mapping.guid(uuid.UUID(text).bytes_le)))

    def spans(self, text: str) -> Iterator[str] | None:
        """Return networks for a range such as `10.0.0.1-10.0.0.9`; None if it is none."""
        first, dash, last = (part.strip() for part in text.partition("-"))
        if not dash:
            return None
        try:
            family = IPv6Address if ":" in first else IPv4Address
            return iter(list(self._addresses.span(family(first), family(last))))
        except (AddressValueError, ValueError, TypeError):
            return None

    def _replaced(self, text: str, public: frozenset[str]) -> str:
        return _PARTS.sub(lambda match: self._part(match, public), text)

    def _part(self, match: re.Match[str], public: frozenset[str]) -> str:
        text = match[0]
        match match.lastgroup:
            case "sid":
                return self._sid(text)
            case "guid":
                return self.guid(text)
            case "ipv6" | "ipv4":
                return self._address(text)
            case "prefix":
                return text
            case "local":
                return self.name(text)
            case "last":
                return self._word(text, public=public | TOP_LEVEL_DOMAINS)
            case _:
                return self._word(text, public=public)

    def _sid(self, text: str) -> str:
        numbers = [int(number) for number in text.split("-")[4:]]
        if any(number >> 32 for number in numbers):
            return self._mapping.number("0" * 9)
        domain = struct.unpack("<3I", self._mapping.domain(struct.pack("<3I", *numbers)))
        return "S-1-5-21-" + "-".join(map(str, domain))

    def _address(self, text: str) -> str:
        try:
            address = IPv6Address(text) if ":" in text else IPv4Address(text)
        except AddressValueError:
            # What is no address after all: a binding such as `:25:`, or a version.
            return _WORD.sub(lambda match: self._word(match[0], public=self._public), text)
        return str(self._addresses.address(address))

    def _word(self, word: str, *, public: frozenset[str]) -> str:
        lower = word.lower()
        if lower in public or (len(word) == 1 and word.isascii()):
            return word
        if word.isdigit():
            short = len(word) <= _LONGEST_KEPT_NUMBER or not word.isascii()
            return word if short else self._mapping.number(word)
        return self._invented(word)

    def _invented(self, word: str) -> str:
        """Return the invented word in the letter case of the original."""
        invented = self._mapping.word(word.lower())
        if word.isupper():
            return invented.upper()
        return invented if word.islower() else invented.capitalize()
