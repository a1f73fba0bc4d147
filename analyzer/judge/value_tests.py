"""The conditions on one value: a function for each name in the catalogue.

Each returns True when the value passes, or a verdict where there is more to say.
"""

from collections.abc import Callable, Mapping
from functools import lru_cache

from msgspec import Struct

from analyzer.catalogue.condition_table import DEFAULT_CONDITIONS
from analyzer.catalogue.rule import Clause, Default, Outcome, Rule
from analyzer.directory.bindings import parse_binding
from analyzer.directory.values import Setting, State, Value
from analyzer.judge.check_verdict import (
    FAILED,
    PASSED,
    CheckVerdict,
    not_applicable,
    not_evaluable,
)
from analyzer.judge.subject import Owner

# Python 3.11 takes ten times as long for a member of an enumeration as for a name.
_NOT_SET, _SET = State.NOT_SET, State.SET


class _Case(Struct, frozen=True, gc=False):
    """One value under one clause, in the forms in which the conditions want it."""

    rule: Rule
    clause: Clause
    owner: Owner
    value: Value
    number: int
    """0 for what is no number; the catalogue lets no condition ask for that."""
    texts: tuple[str, ...]
    limit: int
    """The argument of the clause as a number."""


_ValueTest = Callable[[_Case], bool | CheckVerdict]


def judge_setting(rule: Rule, clause: Clause, setting: Setting, owner: Owner) -> CheckVerdict:
    """Judge a setting by a clause with one of the conditions on values."""
    # Where some connectors have no value by default and others do, absence is a value like others.
    if setting.state is _NOT_SET and clause.condition in DEFAULT_CONDITIONS:
        verdict = judge_value(rule, clause, None, owner)
        if verdict is not FAILED:
            return verdict
    return unusable(clause, setting) or judge_value(rule, clause, setting.value, owner)


def unusable(clause: Clause, setting: Setting) -> CheckVerdict | None:
    """Return what it means that a setting has no usable value; None when it has one."""
    if setting.state is _SET:
        return None
    # A setting differs from object to object by its line; what is kept is asked by what decides.
    return _without_value(clause, setting.state, setting.reason)


def judge_value(rule: Rule, clause: Clause, value: Value, owner: Owner) -> CheckVerdict:
    """Judge a value by a clause with one of the conditions on values."""
    texts = tuple(map(str, value)) if isinstance(value, tuple) else (str(value),)
    number, limit = _number(value), _number(clause.argument)
    passed = VALUE_TESTS[clause.condition](
        _Case(rule, clause, owner, value, number=number, texts=texts, limit=limit)
    )
    if isinstance(passed, CheckVerdict):
        return passed
    return PASSED if passed else FAILED


@lru_cache(maxsize=4096)
def _without_value(clause: Clause, state: State, reason: str) -> CheckVerdict:
    """Tell absence, which a rule may judge, from what the dump does not show, which none may."""
    name = clause.attribute
    match state:
        case State.NOT_SET:
            unsaid = f"{name} is not set; no document says what that means"
            return _by_outcome(clause.not_set, unsaid)
        case State.UNDECODABLE:
            return _by_outcome(clause.undecodable, f"{name} cannot be decoded: {reason}")
        case State.LOST:
            return not_evaluable(
                f"{name} was lost in the export ({reason}); export it with ldifde or csvde"
            )
        case _:
            why = f" ({reason})" if reason else ""
            return not_evaluable(
                f"{name} is not in this export{why}; export whole objects, or name the attribute"
            )


def _is_default(case: _Case) -> bool | CheckVerdict:
    """Pass what a document gives as the default; where several may hold, any other is none."""
    edition, connector = case.owner.edition, case.owner.connector
    defaults = case.rule.defaults_for(edition, connector)
    if not defaults:
        return not_applicable("no default is documented for a connector made by hand")
    mask = mask_of(case.clause)
    if not any(is_documented(case.value, default, mask) for default in defaults):
        return False
    if len(defaults) == 1:
        return True
    known = "; ".join(f"{_shown(default)} on Exchange {_versions(default)}" for default in defaults)
    if edition.version is None:
        return not_evaluable(
            f"the default depends on the Exchange version ({known}), which the dump does not "
            "reveal; add the server object to the export"
        )
    return not_evaluable(f"no default is documented for Exchange {edition.version} ({known})")


def mask_of(clause: Clause) -> int | None:
    """Return the bits in which a condition compares with the default; None for the whole value."""
    return _number(clause.argument) if clause.condition == "bits_are_default" else None


def is_documented(value: Value, default: Default, mask: int | None) -> bool:
    """Tell whether a value is a documented default, in the bits of the mask if there is one."""
    if value is None:
        return default.absent
    documented = default.also if default.value is None else (default.value, *default.also)
    if mask is None:
        return any(same_value(value, wanted) for wanted in documented)
    return any(_number(value) & mask == _number(wanted) & mask for wanted in documented)


def _equals(case: _Case) -> bool:
    return same_value(case.value, case.clause.argument)


def _one_of(case: _Case) -> bool:
    choices = case.clause.argument
    return isinstance(choices, tuple) and any(same_value(case.value, choice) for choice in choices)


def _none_of(case: _Case) -> bool:
    return not _one_of(case)


def _no_wildcard(case: _Case) -> bool:
    return not any("*" in text and text != "*" for text in case.texts)


def _at_least(case: _Case) -> bool:
    return case.number >= case.limit


def _at_most(case: _Case) -> bool | CheckVerdict:
    if not case.number:
        return not_evaluable(f"{case.clause.attribute} is 0, which may stand for no limit")
    # The directory stores unsigned words as signed numbers: a negative one is huge.
    return case.number & 0xFFFFFFFF <= case.limit


def _outside(case: _Case) -> bool:
    borders = case.clause.argument
    low, high = map(_number, borders if isinstance(borders, tuple) else (0, 0))
    return not low <= case.number <= high


def _bit_clear(case: _Case) -> bool:
    return not case.number & case.limit


def _bits_all_set(case: _Case) -> bool:
    return case.number & case.limit == case.limit


def _bits_equal(case: _Case) -> bool:
    pair = case.clause.argument
    wanted, mask = map(_number, pair if isinstance(pair, tuple) else (0, 0))
    return case.number & mask == wanted


def _is_present(_: _Case) -> bool:
    return True


def _is_absent(_: _Case) -> bool:
    return False


def _count_at_most(case: _Case) -> bool:
    return len(case.texts) <= case.limit


def _port_present(case: _Case) -> bool:
    bindings = map(parse_binding, case.texts)
    return any(binding is not None and binding.port == case.limit for binding in bindings)


def _not_on_drive(case: _Case) -> bool:
    drive = f"{case.clause.argument}:".casefold()
    # A variable such as %SystemDrive% may stand for any drive.
    return not any(_path(text).startswith((drive, "%")) for text in case.texts)


def _path_ends_with(case: _Case) -> bool | CheckVerdict:
    """Compare the end of a path, in which the directory of a virtual server holds its number."""
    ending = str(case.clause.argument)
    if "{number}" in ending:
        if case.owner.number is None:
            return not_evaluable("the number of the virtual server, part of the path, is not known")
        ending = ending.replace("{number}", str(case.owner.number))
    return all(_path(text).endswith(_path(ending)) for text in case.texts)


def _lacks_text(case: _Case) -> bool:
    unwanted = str(case.clause.argument).casefold()
    return not any(unwanted in text.casefold() for text in case.texts)


def _x400_ends_with_semicolon(case: _Case) -> bool:
    addresses = (text for text in case.texts if text.casefold().startswith("x400:"))
    return all(address.endswith(";") for address in addresses)


def _no_documented_default(case: _Case) -> CheckVerdict:
    return not_evaluable(
        case.rule.offline_note or f"no default is documented for {case.clause.attribute}"
    )


VALUE_TESTS: Mapping[str, _ValueTest] = {
    "is_default": _is_default,
    "bits_are_default": _is_default,
    "equals": _equals,
    "one_of": _one_of,
    "none_of": _none_of,
    "no_wildcard": _no_wildcard,
    "at_least": _at_least,
    "at_most": _at_most,
    "outside": _outside,
    "bit_clear": _bit_clear,
    "bits_all_set": _bits_all_set,
    "bits_equal": _bits_equal,
    "is_absent": _is_absent,
    "is_present": _is_present,
    "count_at_most": _count_at_most,
    "port_present": _port_present,
    "not_on_drive": _not_on_drive,
    "path_ends_with": _path_ends_with,
    "lacks_text": _lacks_text,
    "x400_ends_with_semicolon": _x400_ends_with_semicolon,
    "no_documented_default": _no_documented_default,
}
"""By name in the catalogue."""


def _by_outcome(outcome: Outcome, reason: str) -> CheckVerdict:
    if outcome is Outcome.NOT_EVALUABLE:
        return not_evaluable(reason)
    return PASSED if outcome is Outcome.PASSED else FAILED


def _shown(default: Default) -> str:
    return default.text or ("no value" if default.value is None else str(default.value))


def _versions(default: Default) -> str:
    return "/".join(default.versions) or "of any other version"


def same_value(value: object, wanted: object) -> bool:
    """Compare as Active Directory does: text without case, several values in any order."""
    if isinstance(value, tuple):
        wanted_texts = wanted if isinstance(wanted, tuple) else (wanted,)
        return sorted(map(_folded, value)) == sorted(map(_folded, wanted_texts))
    # In Python True is equal to 1, in a dump TRUE is not.
    if isinstance(value, bool) or isinstance(wanted, bool):
        return value is wanted
    return _folded(value) == _folded(wanted)


def _folded(value: object) -> str:
    return str(value).casefold()


def _number(value: object) -> int:
    return value if isinstance(value, int) else 0


def _path(text: str) -> str:
    plain = text.strip().replace("/", "\\").rstrip("\\").casefold()
    # The long form of a path names the same place.
    return plain.removeprefix("\\\\?\\").removeprefix("\\\\.\\")
