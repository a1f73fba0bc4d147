"""An object and the value it should hold in, what changes it out: LDIF, or a command of the shell.

Objects of Exchange 2000 and 2003 are changed in the directory, those of 2007 and later by the
Exchange Management Shell alone. The text is pasted by the client, so whatever comes from a dump is
written as RFC 2849 asks for: what is no safe string stands in base64 and can end no line.
"""

import base64
import re
from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

from analyzer.directory import kinds
from analyzer.directory.principals import ANONYMOUS, EVERYONE
from analyzer.directory.values import Value
from analyzer.report.phrases import name_of_subject, setting_text
from analyzer.results.object_keys import ObjectKeys, title_of
from analyzer.results.records import (
    FindingRecord,
    ReceiveRelayRecord,
    Results,
    RuleRecord,
    SettingRecord,
)

_SAFE = re.compile(r"(?![ :<])[\x01-\x09\x0b\x0c\x0e-\x7f]*(?<! )")
"""SAFE-STRING of RFC 2849; one that ends in a blank is not, by its note 8."""
_IMPORT = "Save as change.ldf and import it with: ldifde -i -f change.ldf"

_SHELL = re.compile(r"(Set-(?:ReceiveConnector|SendConnector|TransportConfig)) -(\w+)")
"""Where a setting is set that one parameter of a command sets."""
_IDENTITIES = {"Set-ReceiveConnector": r"{server}\{name}", "Set-SendConnector": "{name}"}
_ATTRIBUTES = {row.name.lower(): row for kind in kinds.KINDS for row in kind.attributes}
_HOLDER = "{holder}"
_ACCOUNTS = {ANONYMOUS: r"NT AUTHORITY\ANONYMOUS LOGON", EVERYONE: "Everyone"}
"""What the shell calls them that need not log on, by SID."""
_NOBODY_NAMED = _ACCOUNTS[ANONYMOUS]
_QUOTE = re.compile("(['\u2018-\u201b])")
"""What PowerShell takes for a single quote; doubled it stands for itself."""


class Change(NamedTuple):
    """What to store in one attribute of one object."""

    name: str
    """What the object is called by people."""
    dn: str
    attribute: str
    value: Value
    """None: the attribute has to go."""


class ObjectsToday:
    """What the objects that findings are about hold today."""

    def __init__(self, results: Results) -> None:
        """Take the results."""
        self.keys = keys = ObjectKeys(results)
        self._settings = {keys.of_record(each): each.settings for each in results.described}
        self._holders = {
            keys.of_record(connector): _holders(connector.relay)
            for connector in results.receive_connectors
            if connector.relay is not None
        }

    def settings_of(self, finding: FindingRecord) -> Mapping[str, SettingRecord]:
        """Return the settings of the object of a finding."""
        return self._settings.get(self.keys.of_finding(finding), {})

    def holders_of(self, finding: FindingRecord) -> Sequence[str]:
        """Return who may relay through a receive connector without logging on."""
        return self._holders.get(self.keys.of_finding(finding), ())

    def name_of(self, finding: FindingRecord) -> str:
        """Return what a finding is about, told apart from other objects of its DN."""
        key = self.keys.of_finding(finding)
        if isinstance(key, str) or finding.objects:
            return name_of_subject(finding)
        return f"{name_of_subject(finding)} ({title_of(key)})"


def change_for(
    finding: FindingRecord,
    rule: RuleRecord,
    settings: Mapping[str, SettingRecord],
    *,
    name: str = "",
) -> Change | None:
    """Return what to store so that the object passes; None where no value can be named.

    `name` is what the object is called, where that is not the name that findings have for it.
    """
    name = name or name_of_subject(finding)
    if rule.remedy_bits:
        today = settings.get(rule.remedy_attribute)
        if today is None or today.state not in ("set", "not_set"):
            return None
        bits = today.value if isinstance(today.value, int) else 0
        return Change(name, finding.dn, rule.remedy_attribute, bits | rule.remedy_bits)
    if rule.remedy_attribute:
        return Change(name, finding.dn, rule.remedy_attribute, rule.remedy_value)
    # A list of values is the object's own, such as the addresses it listens on: two virtual servers
    # that both went back to the default would take the port from each other.
    is_plain = finding.default is not None and not isinstance(finding.default, tuple)
    if finding.kind == "non-default" and is_plain:
        return Change(name, finding.dn, finding.attribute, finding.default)
    return None


def commands_for(changes: Iterable[Change]) -> str:
    """Return the LDIF of some changes and how to import it; empty where there are none."""
    records = [_modify(change) for change in changes]
    return "\n".join([_IMPORT, *records]) if records else ""


def is_set_in_shell(rule: RuleRecord) -> bool:
    """Tell whether the objects are those that nobody changes in the directory itself."""
    return rule.where_to_set.startswith("Set-")


def shell_command(rule: RuleRecord, finding: FindingRecord) -> str:
    """Return the command that goes back to the default; empty where there is no such one."""
    match = _SHELL.fullmatch(rule.where_to_set)
    if match is None or finding.kind != "non-default":
        return ""
    value = _in_shell(finding.attribute, finding.default)
    if not value:
        return ""
    command, parameter = match.groups()
    identity = _IDENTITIES.get(command)
    of = f" -Identity '{identity}'" if identity else ""
    return _named(f"{command}{of} -{parameter} {value}", finding)


def _in_shell(attribute: str, value: Value) -> str:
    """Return a value as a parameter takes it; empty where there is none, or a list."""
    row = _ATTRIBUTES.get(attribute.lower())
    if isinstance(value, bool):
        return f"${value}".lower()
    if row is None or not isinstance(value, int):
        return ""
    if row.flags:
        return ",".join(name for bit, name in row.flags.items() if value & bit) or "None"
    if value in row.choices:
        return row.choices[value].removesuffix("?")
    if row.unit.startswith("seconds"):
        return f"{value // 3600:02}:{value // 60 % 60:02}:{value % 60:02}"
    return f"{value}KB" if row.unit.startswith("KB") else str(value)


def own_command(rule: RuleRecord, finding: FindingRecord, holders: Sequence[str] = ()) -> str:
    """Return the command that a rule names by itself, for one object.

    A line about the holders of a right is repeated for each of them.
    """
    lines: list[str] = []
    for line in rule.command.split("\n"):
        of_holders = (holders or (_NOBODY_NAMED,)) if _HOLDER in line else ("",)
        lines += [line.replace(_HOLDER, _quoted(holder)) for holder in of_holders]
    return _named("\n".join(lines), finding)


def _holders(relay: ReceiveRelayRecord) -> tuple[str, ...]:
    """Return those of `_ACCOUNTS` that may relay."""
    return tuple(
        dict.fromkeys(
            _ACCOUNTS[grant.sid]
            for grant in relay.grants
            if grant.effect == "allow" and grant.sid in _ACCOUNTS
        )
    )


def _named(command: str, finding: FindingRecord) -> str:
    """Return a command with the names of the object of a finding."""
    placeholders = {
        "{dn}": finding.dn,
        "{server}": finding.server or "",
        "{name}": finding.virtual_server or "",
    }
    text = command
    for placeholder, value in placeholders.items():
        text = text.replace(placeholder, _quoted(value))
    return text


def _quoted(value: str) -> str:
    """Return what stands in an argument; a quote would end it (about_Quoting_Rules)."""
    return _QUOTE.sub(r"\1\1", value)


def value_today(
    finding: FindingRecord, attribute: str, settings: Mapping[str, SettingRecord]
) -> str:
    """Return what an attribute of the object holds today, to put it back."""
    setting = settings.get(attribute)
    if setting is None:
        same = attribute == finding.attribute
        return finding.found_text if same else "as it stands in the dump"
    return setting_text(setting)


def _modify(change: Change) -> str:
    values = change.value if isinstance(change.value, tuple) else (change.value,)
    # A DN in base64 tells nobody which object it is.
    comment = f"# {change.name.encode('ascii', 'replace').decode()}"
    lines = [comment, _line("dn", change.dn), "changetype: modify"]
    if change.value is None:
        lines.append(f"delete: {change.attribute}")
    else:
        lines.append(f"replace: {change.attribute}")
        lines += [_line(change.attribute, _stored(value)) for value in values]
    return "\n".join(["", *lines, "-"])


def _stored(value: Value) -> str:
    return str(value).upper() if isinstance(value, bool) else str(value)


def _line(name: str, value: str) -> str:
    if _SAFE.fullmatch(value):
        return f"{name}: {value}"
    encoded = base64.b64encode(value.encode("utf-8", "surrogatepass")).decode()
    return f"{name}:: {encoded}"
