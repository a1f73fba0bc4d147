"""A rule in, its documented defaults out: as a value, and in words as the attribute is shown."""

from collections.abc import Iterator
from functools import lru_cache

from analyzer.catalogue.rule import Default, Rule, Stricter
from analyzer.directory.editions import Edition
from analyzer.directory.values import Setting, State, decode
from analyzer.dump.entry import Attribute, Notation
from analyzer.judge.subject import Failure
from analyzer.judge.title_words import default_in_words, value_in_words
from analyzer.judge.value_tests import same_value

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


def differs_from_default(failure: Failure) -> bool:
    """Tell whether a failure means that the setting is not what an installation leaves behind."""
    rule, subject = failure.rule, failure.subject
    if rule.departs:
        return True
    setting = subject.object.settings.get(failure.attribute)
    if setting is None or failure.attribute != rule.attribute or not rule.defaults:
        return False
    if setting.state is not State.SET:
        return setting.state is State.NOT_SET
    documented = [default.value for default in rule.defaults_for(subject.owner.edition)]
    return not any(
        same_value(setting.value, value) for value in (*documented, *rule.also_documented)
    )


def is_stricter(failure: Failure) -> bool:
    """Tell whether a value that differs from the default is stricter than it."""
    rule, setting = failure.rule, failure.subject.object.settings.get(failure.attribute)
    if rule.stricter is None or setting is None or setting.state is not State.SET:
        return False
    if rule.stricter is Stricter.ANY:
        return True
    default, _ = default_of(rule, failure.subject.owner.edition)
    value = setting.value
    if not isinstance(value, int) or not isinstance(default, int):
        return False
    match rule.stricter:
        case Stricter.LOWER:
            return value < default
        case Stricter.FEWER_BITS:
            return value & default == value
        case Stricter.MORE_BITS:
            return value & default == default


def is_recommended(failure: Failure) -> bool:
    """Tell whether a value that differs from the default is one that the documents advise."""
    setting = failure.subject.object.settings.get(failure.attribute)
    return (
        setting is not None
        and setting.state is State.SET
        and any(same_value(setting.value, value) for value in failure.rule.recommended)
    )


@lru_cache(maxsize=1024)
def default_for_title(rule: Rule, edition: Edition) -> str:
    """Return the default that holds for an edition as a manager reads it."""
    defaults = rule.defaults_for(edition)
    if rule.default_text or len(defaults) != 1:
        return default_in_words(default_of(rule, edition)[1])
    words = ", ".join(map(value_in_words, _stored(rule, defaults[0])))
    # Bits without a documented name say nothing in a title; the table shows the number.
    return words or "a value of its own"


def _text(rule: Rule, default: Default) -> str:
    """Show a default as the reader finds values elsewhere."""
    return ", ".join(setting.text for setting in _stored(rule, default))


def _stored(rule: Rule, default: Default) -> Iterator[Setting]:
    """Yield the values of a default as if a dump held them."""
    attribute_type = rule.clauses[0].attribute_type
    values = default.value if isinstance(default.value, tuple) else (default.value,)
    # A directory spells Booleans in capitals (RFC 4517, 3.3.3).
    texts = (str(each).upper() if isinstance(each, bool) else str(each) for each in values)
    for text in texts:
        stored = Attribute(attribute_type.name, (text.encode(),), None, None, Notation.PLAIN)
        yield decode(attribute_type, stored, exported=True)


def _scope(default: Default) -> str:
    if default.small_business_server:
        return " (Small Business Server)"
    return f" (Exchange {', '.join(default.versions)})" if default.versions else ""


def _also(rule: Rule) -> str:
    others = ", ".join(map(str, rule.also_documented))
    return f" (also documented: {others})" if others else ""
