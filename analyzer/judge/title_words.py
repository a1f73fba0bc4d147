"""A setting in, its value out as a manager reads it: no bits, no stored forms, names for DNs."""

import re
from functools import lru_cache

from analyzer.directory.attributes import AttributeType, Syntax
from analyzer.directory.bindings import parse_binding
from analyzer.directory.names import parse_names
from analyzer.directory.values import Setting, State, Value

# Python 3.11 takes ten times as long for a member of an enumeration as for a name.
_SET, _UNDECODABLE = State.SET, State.UNDECODABLE
_DESCRIPTOR = Syntax.SECURITY_DESCRIPTOR
_LONGEST = 120
_BINDINGS = frozenset({"msExchServerBindings", "msExchSecureBindings"})
_NUMBER_WITH_NAMES = re.compile(r"-?[0-9]+ \((?P<names>.*)\)")
_EVERY_ADDRESS = "only 0.0.0.0/0"
_WHOLE_ADDRESS = re.compile(r"/32\b")
_STORED_BINDING = re.compile(r" ?\(:[0-9]+:\)")


def value_in_words(setting: Setting) -> str:
    """Return the value for a title; empty where there is none, or none that says something."""
    if setting.state is _UNDECODABLE:
        return "a value that cannot be decoded"
    # All entries of an access list are no title; what matters of them the sentence says.
    if setting.state is not _SET or setting.attribute.syntax is _DESCRIPTOR:
        return ""
    return _words(setting.attribute, setting.value, setting.text)


def default_in_words(text: str) -> str:
    """Return a default that the catalogue words by itself, without the form in which it is stored.

    A binding such as `(:25:)` is of use to those who look at the attribute only.
    """
    return shorten(_STORED_BINDING.sub("", text))


def shorten(text: str) -> str:
    """Return text on one line, of a length that a title can carry."""
    plain = " ".join(text.split())
    return plain if len(plain) <= _LONGEST else plain[: _LONGEST - 1] + "…"


# Objects hold the same values. Typed, because to Python True is equal to 1.
@lru_cache(maxsize=1024, typed=True)
def _words(attribute_type: AttributeType, value: Value, text: str) -> str:
    if attribute_type.name in _BINDINGS:
        texts = value if isinstance(value, tuple) else (str(value),)
        return shorten(", ".join(_binding(str(text)) for text in texts))
    if attribute_type.syntax is Syntax.DN:
        dns = value if isinstance(value, tuple) else (str(value),)
        return shorten(", ".join(parse_names(str(dn)).cn or str(dn) for dn in dns))
    flags = _NUMBER_WITH_NAMES.fullmatch(text)
    if flags is not None:
        # Bits without a documented name say nothing to somebody who does not look them up.
        names = flags["names"]
        return "" if "?" in names or "0x" in names else shorten(names)
    if isinstance(value, int) and not isinstance(value, bool):
        return f"{value:,}"
    if attribute_type.syntax is Syntax.ADDRESS_LIST:
        every = text == _EVERY_ADDRESS
        return "every address is listed" if every else shorten(_WHOLE_ADDRESS.sub("", text))
    return shorten(text or '""')


def _binding(text: str) -> str:
    binding = parse_binding(text)
    if binding is None:
        return text
    where = f" on {binding.address}" if binding.address else ""
    host = f" for {binding.host}" if binding.host else ""
    return f"port {binding.port}{where}{host}"
