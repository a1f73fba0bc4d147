"""A rule in, its documented defaults out: as a value, and in words as the attribute is shown."""

from collections.abc import Iterable, Iterator
from functools import lru_cache

from analyzer.catalogue.rule import Default, Rule, Scalar, Stricter
from analyzer.directory.editions import Edition
from analyzer.directory.values import Setting, State, Value, decode
from analyzer.dump.entry import Attribute, Notation
from analyzer.judge.subject import Failure, Owner
from analyzer.judge.title_words import default_in_words, value_in_words
from analyzer.judge.value_tests import is_documented, mask_of, same_value

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


def differs_from_default(failure: Failure) -> bool:
    """Tell whether a failure means that the setting is not what an installation leaves behind."""
    rule, subject = failure.rule, failure.subject
    if rule.departs:
        return True
    if failure.attribute != rule.attribute or not rule.defaults:
        return False
    setting = subject.object.settings.get(failure.attribute)
    if setting is None:
        return False
    edition, connector = subject.owner.edition, subject.owner.connector
    return _is_other(rule, setting.state, setting.value, edition, connector)


@lru_cache(maxsize=1024, typed=True)
def _is_other(rule: Rule, state: State, value: Value, edition: Edition, connector: str) -> bool:
    """Tell whether a rule documents defaults, and neither value nor absence is one of them."""
    defaults = rule.defaults_for(edition, connector)
    if state is not State.SET:
        is_default = any(default.absent for default in defaults)
        return state is State.NOT_SET and bool(defaults) and not is_default
    mask = mask_of(rule.clauses[0])
    return bool(defaults) and not (
        any(is_documented(value, default, mask) for default in defaults)
        or any(same_value(value, documented) for documented in rule.also_documented)
    )


def is_stricter(rule: Rule, state: State | None, found: Value, default: Value) -> bool:
    """Tell whether a value that differs from the default is stricter than it."""
    if rule.stricter is None or state is not State.SET:
        return False
    if rule.stricter is Stricter.ANY:
        return True
    if not isinstance(found, int) or not isinstance(default, int):
        return False
    match rule.stricter:
        case Stricter.LOWER:
            return found < default
        case Stricter.FEWER_BITS:
            return found & default == found
        case Stricter.MORE_BITS:
            return found & default == default


def is_recommended(rule: Rule, state: State | None, found: Value) -> bool:
    """Tell whether a value that differs from the default is one that the documents advise."""
    return state is State.SET and any(same_value(found, value) for value in rule.recommended)


@lru_cache(maxsize=1024)
def default_for_title(rule: Rule, owner: Owner) -> str:
    """Return the default that holds for an object as a manager reads it."""
    defaults = rule.defaults_for(owner.edition, owner.connector)
    value = defaults[0].value if len(defaults) == 1 and not defaults[0].text else None
    if rule.default_text or value is None:
        return default_in_words(default_of(rule, owner)[1])
    words = ", ".join(map(value_in_words, _stored(rule, value)))
    # Bits without a documented name say nothing in a title; the table shows the number.
    return words or "a value of its own"


def _text(rule: Rule, default: Default) -> str:
    """Show a default as the reader finds values elsewhere."""
    values = () if default.value is None else (default.value,)
    texts = [
        ", ".join(setting.text for setting in _stored(rule, value))
        for value in (*values, *default.also)
    ]
    if default.absent:
        texts.append("not set")
    first, *others = [default.text, *texts[1:]] if default.text else texts
    return f"{first} (also documented: {'; '.join(others)})" if others else first


def _stored(rule: Rule, value: Scalar | tuple[Scalar, ...]) -> Iterator[Setting]:
    """Yield the values of a default as if a dump held them."""
    attribute_type = rule.clauses[0].attribute_type
    values: Iterable[Scalar] = value if isinstance(value, tuple) else (value,)
    # A directory spells Booleans in capitals (RFC 4517, 3.3.3).
    texts = (str(each).upper() if isinstance(each, bool) else str(each) for each in values)
    for text in texts:
        stored = Attribute(attribute_type.name, (text.encode(),), None, None, Notation.PLAIN)
        yield decode(attribute_type, stored, exported=True)


def _scope(default: Default) -> str:
    words = [f"Exchange {', '.join(default.versions)}"] if default.versions else []
    if default.small_business_server:
        words = ["Small Business Server"]
    words += default.connectors
    return f" ({'; '.join(words)})" if words else ""


def _also(rule: Rule) -> str:
    others = ", ".join(map(str, rule.also_documented))
    return f" (also documented: {others})" if others else ""
