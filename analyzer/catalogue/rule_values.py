"""One key of a rule that speaks of its attribute, versions or framework in, its value out."""

from analyzer.catalogue.rule import Control, Default, Facing, Role, Scalar
from analyzer.catalogue.rule_fields import (
    Misfit,
    RuleTable,
    read_choice,
    read_text,
    read_texts,
    read_truth,
    refuse_unknown,
)
from analyzer.directory.attributes import AttributeType, Syntax
from analyzer.directory.default_connectors import DEFAULT_CONNECTORS
from analyzer.directory.editions import VERSIONS

_DEFAULT_KEYS = frozenset(
    {"value", "versions", "small_business_server", "connectors", "also", "absent", "text"}
)
_CONTROL_KEYS = frozenset(Control.__struct_fields__)


def read_defaults(table: RuleTable, attribute: AttributeType) -> tuple[Default, ...]:
    """Return the documented defaults of a rule."""
    if "default" in table and "defaults" in table:
        raise Misfit("default stands beside [[rule.defaults]]; keep one of them")
    if "default" in table:
        return (Default(read_default_value(table["default"], attribute)),)
    entries = table.get("defaults", [])
    if not isinstance(entries, list):
        raise Misfit("defaults is no list of tables; write [[rule.defaults]]")
    return tuple(_default(entry, attribute) for entry in entries)


def read_versions(table: RuleTable) -> tuple[str, ...]:
    """Return a list of Exchange versions; empty when it is missing."""
    versions = read_texts(table, "versions")
    for version in versions:
        if version not in VERSIONS:
            raise Misfit(f"unknown Exchange version {version!r:.60}")
    return versions


def read_connectors(table: RuleTable) -> tuple[str, ...]:
    """Return a list of connectors of the installation; empty when it is missing."""
    connectors = read_texts(table, "connectors")
    for connector in connectors:
        if connector not in DEFAULT_CONNECTORS:
            raise Misfit(f"unknown default connector {connector!r:.60}")
    return connectors


def read_control(table: RuleTable) -> Control | None:
    """Return the control of a hardening framework; None when there is none."""
    control = table.get("control")
    if control is None:
        return None
    if not isinstance(control, dict):
        raise Misfit("control is no table; write [rule.control]")
    refuse_unknown(control, _CONTROL_KEYS)
    return Control(
        framework=read_text(control, "framework"),
        product=read_text(control, "product"),
        role=read_choice(control, "role", Role, Role.ANY),
        control=read_text(control, "control", ""),
        vulnerability=read_text(control, "vulnerability", ""),
        category=read_text(control, "category", ""),
        requirement=read_text(control, "requirement"),
        threshold=read_text(control, "threshold", ""),
        facing=read_choice(control, "facing", Facing, Facing.ANY),
        contradictions=read_texts(control, "contradictions"),
    )


def read_values(table: RuleTable, key: str, attribute: AttributeType) -> tuple[Scalar, ...]:
    """Return a list of values of the attribute; empty when it is missing."""
    values = table.get(key, [])
    if not isinstance(values, list):
        raise Misfit(f"{key} is {values!r:.60}, expected a list")
    return tuple(read_fitting(key, value, attribute) for value in values)


def read_fitting(key: str, value: object, attribute: AttributeType) -> Scalar:
    """Return a value after checking that the attribute can hold it."""
    match attribute.syntax, value:
        case Syntax.BOOLEAN, bool():
            return value
        case ((Syntax.INTEGER | Syntax.LARGE_INTEGER), int()) if not isinstance(value, bool):
            return value
        case ((Syntax.TEXT | Syntax.DN), str()):
            return value
    raise Misfit(f"{key} is {value!r:.60}, {attribute.name} holds {attribute.syntax.value}")


def _default(table: object, attribute: AttributeType) -> Default:
    if not isinstance(table, dict) or not ("value" in table or table.get("absent") is True):
        raise Misfit("defaults needs tables with a value, or absent; write [[rule.defaults]]")
    refuse_unknown(table, _DEFAULT_KEYS)
    others = table.get("also", [])
    if not isinstance(others, list):
        raise Misfit(f"also is {others!r:.60}, expected a list")
    return Default(
        value=read_default_value(table["value"], attribute) if "value" in table else None,
        versions=read_versions(table),
        small_business_server=read_truth(table, "small_business_server"),
        connectors=read_connectors(table),
        also=tuple(read_default_value(other, attribute) for other in others),
        absent=read_truth(table, "absent"),
        text=read_text(table, "text", ""),
    )


def read_default_value(value: object, attribute: AttributeType) -> Scalar | tuple[Scalar, ...]:
    """Return a value, or all values of an attribute that has several, once they are checked."""
    if attribute.multi and isinstance(value, list) and value:
        return tuple(read_fitting("default", part, attribute) for part in value)
    return read_fitting("default", value, attribute)
