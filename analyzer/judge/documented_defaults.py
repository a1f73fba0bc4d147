"""A rule in, its documented defaults out: as a value, and in words as the attribute is shown."""

from collections.abc import Iterable
from functools import lru_cache

from analyzer.catalogue.rule import Default, Rule, Scalar
from analyzer.directory.values import decode
from analyzer.dump.entry import Attribute, Notation
from analyzer.judge.subject import Owner

DefaultValue = bool | int | str | tuple[str, ...] | None


def describe_default(rule: Rule) -> str:
    """Return all documented defaults of a rule in words."""
    if rule.default_text or not rule.defaults:
        return rule.default_text
    texts = [f"{_text(rule, default)}{_scope(default)}" for default in rule.defaults]
    return "; ".join(texts) + _also(rule)


@lru_cache(maxsize=1024)
def default_of(rule: Rule, owner: Owner) -> tuple[DefaultValue, str]:
    """Return the default that holds for an object, and the same in words.

    None where none is documented, where it is to have no value, or where the version that decides
    is not known.
    """
    edition = owner.edition
    defaults = rule.defaults_for(edition, owner.connector)
    if len(defaults) == 1:
        value = defaults[0].value
        plain = tuple(map(str, value)) if isinstance(value, tuple) else value
        return plain, rule.default_text or _text(rule, defaults[0]) + _also(rule)
    if not defaults:
        return None, rule.default_text
    known = " or ".join(f"{_text(rule, default)}{_scope(default)}" for default in defaults)
    if edition.version is None:
        return None, f"{known}; depends on the Exchange version, which the dump does not reveal"
    return None, f"{known}; none documented for Exchange {edition.version}"


def _text(rule: Rule, default: Default) -> str:
    """Show a default as the reader finds values elsewhere: as if a dump held it."""
    values = () if default.value is None else (default.value,)
    texts = [_value_text(rule, value) for value in (*values, *default.also)]
    if default.absent:
        texts.append("not set")
    first, *others = [default.text, *texts[1:]] if default.text else texts
    return f"{first} (also documented: {'; '.join(others)})" if others else first


def _value_text(rule: Rule, value: Scalar | tuple[Scalar, ...]) -> str:
    attribute_type = rule.clauses[0].attribute_type
    values: Iterable[Scalar] = value if isinstance(value, tuple) else (value,)
    # A directory spells Booleans in capitals (RFC 4517, 3.3.3).
    texts = (str(each).upper() if isinstance(each, bool) else str(each) for each in values)
    stored = (
        Attribute(attribute_type.name, (text.encode(),), None, None, Notation.PLAIN)
        for text in texts
    )
    return ", ".join(decode(attribute_type, each, exported=True).text for each in stored)


def _scope(default: Default) -> str:
    words = [f"Exchange {', '.join(default.versions)}"] if default.versions else []
    if default.small_business_server:
        words = ["Small Business Server"]
    words += default.connectors
    return f" ({'; '.join(words)})" if words else ""


def _also(rule: Rule) -> str:
    others = ", ".join(map(str, rule.also_documented))
    return f" (also documented: {others})" if others else ""
