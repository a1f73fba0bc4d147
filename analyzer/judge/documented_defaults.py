"""A rule in, its documented defaults out: as a value, and in words as the attribute is shown."""

from functools import lru_cache

from analyzer.catalogue.rule import Default, Rule
from analyzer.directory.editions import Edition
from analyzer.directory.values import decode
from analyzer.dump.entry import Attribute, Notation

DefaultValue = bool | int | str | tuple[str, ...] | None


def describe_default(rule: Rule) -> str:
    """Return all documented defaults of a rule in words."""
    if rule.default_text or not rule.defaults:
        return rule.default_text
    texts = [f"{_text(rule, default)}{_scope(default)}" for default in rule.defaults]
    return "; ".join(texts) + _also(rule)


@lru_cache(maxsize=1024)
def default_of(rule: Rule, edition: Edition) -> tuple[DefaultValue, str]:
    """Return the default that holds for an edition, and the same in words.

    None where none is documented, or where the version that decides is not known.
    """
    defaults = rule.defaults_for(edition)
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
    attribute_type = rule.clauses[0].attribute_type
    values = default.value if isinstance(default.value, tuple) else (default.value,)
    # A directory spells Booleans in capitals (RFC 4517, 3.3.3).
    texts = (str(each).upper() if isinstance(each, bool) else str(each) for each in values)
    stored = (
        Attribute(attribute_type.name, (text.encode(),), None, None, Notation.PLAIN)
        for text in texts
    )
    return ", ".join(decode(attribute_type, each, exported=True).text for each in stored)


def _scope(default: Default) -> str:
    if default.small_business_server:
        return " (Small Business Server)"
    return f" (Exchange {', '.join(default.versions)})" if default.versions else ""


def _also(rule: Rule) -> str:
    others = ", ".join(map(str, rule.also_documented))
    return f" (also documented: {others})" if others else ""
