"""The conditions on one value: a function for each name in the catalogue.

Each returns True when the value passes, or a Verdict where there is more to say.
"""

from collections.abc import Callable, Mapping
from functools import lru_cache

from analyzer.catalogue.rule import Clause, Default, Outcome, Rule
from analyzer.directory.bindings import parse_binding
from analyzer.directory.values import Setting, State, Value
from analyzer.judge.subject import FAILED, PASSED, Owner, Verdict, not_evaluable

ValueTest = Callable[[Rule, Clause, Value, Owner], bool | Verdict]


def unusable(clause: Clause, setting: Setting) -> Verdict | None:
    """Return what it means that a setting has no usable value; None when it has one."""
    if setting.state is State.SET:
        return None
    return _without_value(clause, setting.state, setting.reason)


# Objects share most of their values, so the verdicts on them are kept.
@lru_cache(maxsize=4096)
def judge_value(rule: Rule, clause: Clause, value: Value, owner: Owner) -> Verdict:
    """Judge a value by a clause with one of the conditions on values."""
    passed = VALUE_TESTS[clause.condition](rule, clause, value, owner)
    if isinstance(passed, Verdict):
        return passed
    return PASSED if passed else FAILED


@lru_cache(maxsize=4096)
def _without_value(clause: Clause, state: State, reason: str) -> Verdict:
    name = clause.attribute
    match state:
        case State.NOT_SET:
            return _by_outcome(
                clause.not_set, f"{name} is not set; no document says what that means"
            )
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


def _is_default(rule: Rule, _: Clause, value: Value, owner: Owner) -> bool | Verdict:
    version = owner.edition.version
    defaults = rule.defaults_for(owner.edition)
    if not any(_same(value, default.value) for default in defaults):
        return False
    if len(defaults) == 1:
        return True
    known = "; ".join(f"{default.value} on Exchange {_versions(default)}" for default in defaults)
    if version is None:
        return not_evaluable(
            f"the default depends on the Exchange version ({known}), which the dump does not "
            "reveal; add the server object to the export"
        )
    return not_evaluable(f"no default is documented for Exchange {version} ({known})")


def _equals(_: Rule, clause: Clause, value: Value, __: Owner) -> bool:
    return _same(value, clause.argument)


def _one_of(_: Rule, clause: Clause, value: Value, __: Owner) -> bool:
    choices = clause.argument if isinstance(clause.argument, tuple) else ()
    return any(_same(value, choice) for choice in choices)


def _at_least(_: Rule, clause: Clause, value: Value, __: Owner) -> bool:
    return _number(value) >= _number(clause.argument)


def _outside(_: Rule, clause: Clause, value: Value, __: Owner) -> bool:
    low, high = clause.argument if isinstance(clause.argument, tuple) else (0, 0)
    return not _number(low) <= _number(value) <= _number(high)


def _bit_clear(_: Rule, clause: Clause, value: Value, __: Owner) -> bool:
    return not _number(value) & _number(clause.argument)


def _bits_all_set(_: Rule, clause: Clause, value: Value, __: Owner) -> bool:
    bits = _number(clause.argument)
    return _number(value) & bits == bits


def _is_absent(_: Rule, __: Clause, ___: Value, ____: Owner) -> bool:
    return False


def _count_at_most(_: Rule, clause: Clause, value: Value, __: Owner) -> bool:
    return len(_texts(value)) <= _number(clause.argument)


def _port_present(_: Rule, clause: Clause, value: Value, __: Owner) -> bool:
    bindings = map(parse_binding, _texts(value))
    return any(binding is not None and binding.port == clause.argument for binding in bindings)


def _not_on_drive(_: Rule, clause: Clause, value: Value, __: Owner) -> bool:
    drive = f"{clause.argument}:".casefold()
    return not any(_path(text).startswith(drive) for text in _texts(value))


def _path_ends_with(_: Rule, clause: Clause, value: Value, owner: Owner) -> bool | Verdict:
    ending = str(clause.argument)
    if "{number}" in ending:
        if owner.number is None:
            return not_evaluable("the number of the virtual server, part of the path, is not known")
        ending = ending.replace("{number}", str(owner.number))
    return all(_path(text).endswith(_path(ending)) for text in _texts(value))


def _no_documented_default(rule: Rule, clause: Clause, _: Value, __: Owner) -> Verdict:
    return not_evaluable(rule.offline_note or f"no default is documented for {clause.attribute}")


VALUE_TESTS: Mapping[str, ValueTest] = {
    "is_default": _is_default,
    "equals": _equals,
    "one_of": _one_of,
    "at_least": _at_least,
    "outside": _outside,
    "bit_clear": _bit_clear,
    "bits_all_set": _bits_all_set,
    "is_absent": _is_absent,
    "count_at_most": _count_at_most,
    "port_present": _port_present,
    "not_on_drive": _not_on_drive,
    "path_ends_with": _path_ends_with,
    "no_documented_default": _no_documented_default,
}


def _by_outcome(outcome: Outcome, reason: str) -> Verdict:
    if outcome is Outcome.NOT_EVALUABLE:
        return not_evaluable(reason)
    return PASSED if outcome is Outcome.PASSED else FAILED


def _versions(default: Default) -> str:
    return "/".join(default.versions) or "of any other version"


def _same(value: object, wanted: object) -> bool:
    if isinstance(value, tuple):
        wanted_texts = wanted if isinstance(wanted, tuple) else (wanted,)
        return sorted(map(_folded, value)) == sorted(map(_folded, wanted_texts))
    if isinstance(value, bool) or isinstance(wanted, bool):
        return value is wanted
    return _folded(value) == _folded(wanted)


def _folded(value: object) -> str:
    return str(value).casefold()


def _number(value: object) -> int:
    return value if isinstance(value, int) else 0


def _texts(value: object) -> tuple[str, ...]:
    return tuple(map(str, value)) if isinstance(value, tuple) else (str(value),)


def _path(text: str) -> str:
    return text.strip().replace("/", "\\").rstrip("\\").casefold()
