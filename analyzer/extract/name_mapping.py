"""Names in, invented ones out: the same for the same name, in this extract and in the next.

The mapping is kept as JSON in a file of its own. What it lists is found again whichever program
reads it; a secret key in it decides all that is not listed, such as the bits of addresses.
"""

import hmac
import json
import secrets
from collections.abc import Mapping
from hashlib import sha256, shake_256
from pathlib import Path
from typing import Any

from analyzer.errors import ReadError
from analyzer.small_files import read_small_file

_VERSION = 1
_LARGEST = 512 << 20
"""Bytes of the largest mapping that is read."""
_KINDS = ("words", "numbers", "guids", "domains", "addresses")
_CONSONANTS, _VOWELS = "bdfgklmnprstvz", "aeiou"
_SYLLABLES = tuple(first + second for first in _CONSONANTS for second in _VOWELS)
_SHORTEST_KEPT_APART = 3
"""Characters of a name from which no invented word may contain it."""


class NameMapping:
    """The invented names by the original ones, and the key to invent more."""

    def __init__(self, key: bytes = b"", names: Mapping[str, Mapping[str, str]] | None = None):
        """Take a key and the names of an earlier extract, or begin with neither."""
        self._key = key or secrets.token_bytes(32)
        self._names = {kind: dict((names or {}).get(kind, {})) for kind in _KINDS}
        self._taken = set(self._names["words"].values())
        self._known = {word for word in self._names["words"] if len(word) >= _SHORTEST_KEPT_APART}

    def expect(self, words: frozenset[str]) -> None:
        """Learn original words, so that no invented one contains one of them."""
        self._known |= {word for word in words if len(word) >= _SHORTEST_KEPT_APART}

    def word(self, word: str) -> str:
        """Return the word invented for one in lower case."""
        return self._names["words"].get(word) or self._invent(word)

    def number(self, digits: str) -> str:
        """Return as many other digits; the first one is no zero unless it was one."""
        stream = self.octets("number", digits.encode(), len(digits))
        other = "".join(str(octet % 10) for octet in stream)
        if digits[0] != "0" and other[0] == "0":
            other = f"1{other[1:]}"
        return self._names["numbers"].setdefault(digits, other)

    def guid(self, octets: bytes) -> bytes:
        """Return the 16 octets invented for a GUID as it is stored."""
        invented = self._names["guids"].setdefault(
            octets.hex(), self.octets("guid", octets, len(octets)).hex()
        )
        return bytes.fromhex(invented)

    def domain(self, octets: bytes) -> bytes:
        """Return the 12 octets invented for the three numbers of a domain in a SID."""
        invented = self._names["domains"].setdefault(
            octets.hex(), self.octets("domain", octets, len(octets)).hex()
        )
        return bytes.fromhex(invented)

    def note_address(self, original: str, invented: str) -> None:
        """Keep the invented address for whoever looks one up in the file."""
        self._names["addresses"][original] = invented

    def bit(self, what: str, prefix: str) -> int:
        """Return the bit that the key gives to the first bits of an address."""
        return hmac.digest(self._key, f"{what} {prefix}".encode(), sha256)[0] & 1

    def octets(self, what: str, value: bytes, size: int) -> bytes:
        """Return octets that stand for a value and tell nothing of it."""
        seed = hmac.digest(self._key, what.encode() + b"\0" + value, sha256)
        return shake_256(seed).digest(size)

    def to_json(self) -> bytes:
        """Return what the mapping file holds."""
        document = {
            "what": "names invented by exchange-analyzer extract --redact; keep it secret",
            "version": _VERSION,
            "key": self._key.hex(),
            **self._names,
        }
        return json.dumps(document, indent=1, ensure_ascii=False).encode("utf-8", "replace") + b"\n"

    def _invent(self, word: str) -> str:
        """Make up a word that can be said, is new, and holds no known name."""
        for attempt in range(1 << 16):
            seed = self.octets("word", f"{word} {attempt}".encode("utf-8", "replace"), 4)
            number = 3 if attempt < 1 << 10 else 4
            invented = "".join(_SYLLABLES[octet % len(_SYLLABLES)] for octet in seed[:number])
            if invented not in self._taken and not any(name in invented for name in self._known):
                break
        self._taken.add(invented)
        self._names["words"][word] = invented
        return invented


def load_mapping(file: Path) -> NameMapping:
    """Return the mapping of a file, a new one where there is none.

    Raises:
        ReadError: the file cannot be read, or holds no mapping.
    """
    if not file.exists():
        return NameMapping()
    try:
        document = json.loads(read_small_file(file, _LARGEST))
        return NameMapping(*_checked(document))
    except OSError as error:
        raise ReadError(str(file), (error.strerror or "cannot be read").lower()) from error
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        raise ReadError(str(file), "this is no mapping file of extract --redact") from error


def _checked(document: Any) -> tuple[bytes, dict[str, dict[str, str]]]:
    key = bytes.fromhex(document["key"])
    if document["version"] != _VERSION or len(key) < 16:
        raise ValueError("unknown version or short key")
    names = {kind: dict(document[kind]) for kind in _KINDS}
    texts = [text for pairs in names.values() for pair in pairs.items() for text in pair]
    if not all(isinstance(text, str) and "\n" not in text for text in texts):
        raise ValueError("a name that is no text")
    for kind, size in (("guids", 16), ("domains", 12)):
        if any(len(bytes.fromhex(text)) != size for text in names[kind].values()):
            raise ValueError("octets of another size")
    return key, names
