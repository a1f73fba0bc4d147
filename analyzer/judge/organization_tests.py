"""The conditions on what an organisation has once: its limits, its default accepted domain."""

from collections.abc import Callable, Mapping

from analyzer.catalogue.rule import Clause
from analyzer.directory.values import State
from analyzer.dump.reading import ExportScope
from analyzer.judge.check_verdict import (
    FAILED,
    PASSED,
    CheckVerdict,
    failed,
    list_names,
    not_evaluable,
)
from analyzer.judge.subject import Subject
from analyzer.judge.value_tests import unusable

_OrganizationTest = Callable[[Clause, Subject], CheckVerdict]

_KB = 1024
_DEFAULT_DOMAIN_BIT = 4


def _within_organisation_limit(clause: Clause, subject: Subject) -> CheckVerdict:
    """MS-07: fail a connector that lets larger messages in than the organisation takes."""
    limits = _limits(clause, subject)
    if isinstance(limits, CheckVerdict):
        return limits
    own, organization = limits
    if organization is None or (own is not None and own <= organization):
        return PASSED
    return failed(f"The organisation takes {organization // _KB} KB.")


def _equals_organisation_limit(clause: Clause, subject: Subject) -> CheckVerdict:
    limits = _limits(clause, subject)
    if isinstance(limits, CheckVerdict):
        return limits
    own, organization = limits
    if own == organization:
        return PASSED
    text = "no limit" if organization is None else f"{organization // _KB} KB"
    return failed(f"Limit of the organisation: {text}.")


def _equals_attribute(clause: Clause, subject: Subject) -> CheckVerdict:
    """Compare two attributes of one object."""
    settings = subject.object.settings
    setting, other = settings[clause.attribute], settings[str(clause.argument)]
    if verdict := unusable(clause, setting):
        return verdict
    if other.state not in (State.SET, State.NOT_SET):
        return not_evaluable(f"{other.attribute.name} is not known")
    if setting.value == other.value:
        return PASSED
    return failed(f"{other.attribute.label}: {other.text}.")


def _has_default_domain(clause: Clause, subject: Subject) -> CheckVerdict:
    """Fail where an organisation has no default accepted domain, or another one besides this."""
    domain = subject.object
    if verdict := unusable(clause, domain.settings[clause.attribute]):
        return verdict
    organization = subject.around.mail_flow.organization_of(domain)
    others = [each for each in organization.default_domains if each is not domain]
    value = domain.settings[clause.attribute].value
    if isinstance(value, int) and value & _DEFAULT_DOMAIN_BIT:
        names = {other.name or "" for other in others}
        return failed(f"Default domains besides: {list_names(names)}.") if others else PASSED
    if others:
        return PASSED
    if not organization.domains_known or domain.input.export_scope is ExportScope.LIMITED:
        return not_evaluable("the dump may lack the default domain, or its flags")
    return FAILED


ORGANIZATION_TESTS: Mapping[str, _OrganizationTest] = {
    "within_organisation_limit": _within_organisation_limit,
    "equals_organisation_limit": _equals_organisation_limit,
    "equals_attribute": _equals_attribute,
    "has_default_domain": _has_default_domain,
}
"""By name in the catalogue."""


def _limits(clause: Clause, subject: Subject) -> tuple[int | None, int | None] | CheckVerdict:
    """Return the limits of a connector and of its organisation in bytes; None for no limit."""
    connector = subject.object
    own = connector.settings[clause.attribute]
    is_inbound = own.attribute.unit.startswith("bytes")
    # A receive connector always has a limit; of a send connector no value means that it has none.
    is_unlimited = own.state is State.NOT_SET and not is_inbound
    if not is_unlimited and (verdict := unusable(clause, own)):
        return verdict
    settings = subject.around.mail_flow.organization_of(connector).transport_settings
    if settings is None:
        return not_evaluable("the transport settings of the organisation are not in the dump")
    limit = settings.settings["delivContLength" if is_inbound else "submissionContLength"]
    if limit.state not in (State.SET, State.NOT_SET):
        return not_evaluable(f"{limit.attribute.name} of the organisation is not known")
    return _bytes(own.value, 1 if is_inbound else _KB), _bytes(limit.value, _KB)


def _bytes(value: object, unit: int) -> int | None:
    return value * unit if isinstance(value, int) else None
