"""The words of the report, in one place: labels, lists, colours, the headline sentence."""

from collections.abc import Mapping
from datetime import UTC, datetime
from functools import lru_cache

from analyzer.report.text import one_line
from analyzer.results.records import FindingRecord, Results, RuleRecord, SettingRecord

SEVERITY: Mapping[str, str] = {
    "critical": "Critical",
    "high": "High",
    "medium": "Medium",
    "low": "Low",
    "info": "Info",
}
KIND: Mapping[str, str] = {
    "weakness": "Weakness",
    "non-default": "Non-default",
    "inconsistent": "Inconsistent",
    "information": "Information",
    "hardening": "Hardening",
}
STATUS: Mapping[str, str] = {"open": "Open", "waived": "Waived", "resolved": "Resolved"}
CHECK_STATE: Mapping[str, str] = {
    "failed": "Failed",
    "passed": "Passed",
    "not_evaluable": "Not evaluable",
    "not_applicable": "Not applicable",
}
SETTING_STATE: Mapping[str, str] = {
    "set": "set",
    "not_set": "not set",
    "not_exported": "not exported",
    "lost": "lost in the export",
    "undecodable": "not decodable",
}
VERDICT: Mapping[str, str] = {
    "open": "Open",
    "listed": "Restricted by address",
    "authenticated": "Authenticated only",
    "closed": "Closed",
    "unknown": "Cannot tell",
}
VERDICT_RANK = ("open", "unknown", "listed", "authenticated", "closed")
"""Most exposed first."""
CONFIDENCE: Mapping[str, str] = {"decided": "Decided", "assumed": "Assumed"}
LIST_MODE: Mapping[str, str] = {
    "only_listed": "Only the list below",
    "all_except": "All except the list below",
}
METHOD: Mapping[str, str] = {"direct": "Direct", "derived": "Derived", "inferred": "Inferred"}
OFFLINE: Mapping[str, str] = {"yes": "Yes", "partial": "In part", "no": "No"}
COVERS: Mapping[str, str] = {
    "none": "None",
    "private": "Private",
    "public": "Public",
    "everything": "Every address",
}
DIALECT: Mapping[str, str] = {
    "ldifde": "LDIF, ldifde",
    "ldapsearch": "LDIF, ldapsearch",
    "ldbsearch": "LDIF, ldbsearch",
    "studio": "Directory Studio",
    "jxplorer": "LDIF, JXplorer",
    "csvde": "CSV, csvde",
    "powershell": "CSV, PowerShell",
    "adexplorer": "AD Explorer snapshot",
}

LISTS: Mapping[str, tuple[str, ...]] = {
    "TickMarks": ("A", "R", "C", "E", "N"),
    "Decisions": (
        "Agree",
        "False positive",
        "Accepted risk",
        "Needs information",
        "Out of scope",
    ),
    "ActionStates": ("Not started", "In progress", "Done", "Accepted risk", "Not applicable"),
    "Efforts": ("Low", "Medium", "High"),
    "Horizons": ("Now", "Next", "Later"),
}
"""What a reviewer may choose from, by the defined name in the workbook."""

TICK_MARKS: Mapping[str, str] = {
    "A": "agreed to the line of the dump",
    "R": "re-performed by the reviewer",
    "C": "confirmed with the client",
    "E": "exception, see comment",
    "N": "not examined",
}

PALETTE: Mapping[str, tuple[str, str]] = {
    "critical": ("FFFFFF", "7F1D1D"),
    "high": ("FFFFFF", "B42318"),
    "medium": ("3D2C00", "FFD27A"),
    "low": ("0B2A4A", "CFE3F7"),
    "info": ("333333", "ECECEC"),
    "pass": ("0B3D1E", "D6F0DD"),
    "waived": ("3B2A5A", "E7DFF5"),
    "unknown": ("4A3B00", "FFF3C4"),
    "header": ("FFFFFF", "1F3A5F"),
    "reviewer": ("FFFFFF", "5B3A8C"),
    "odd": ("3D1F00", "FFE5CC"),
}
"""Ink and paper by tone; every pair has a contrast of 6.6:1 or more."""
LINK_INK = "0B5CAD"

TONES: Mapping[str, str] = {
    "Critical": "critical",
    "High": "high",
    "Medium": "medium",
    "Low": "low",
    "Info": "info",
    "Waived": "waived",
    "Resolved": "pass",
    "Passed": "pass",
    "Failed": "high",
    "Not evaluable": "unknown",
    "Not applicable": "info",
    "Open": "high",
    "Restricted by address": "medium",
    "Authenticated only": "pass",
    "Closed": "pass",
    "Cannot tell": "unknown",
    "Assumed": "unknown",
    "Now": "high",
    "Next": "medium",
    "Later": "low",
    "Done": "pass",
    "Accepted risk": "waived",
    "Warning": "medium",
    "Note": "info",
}
"""The tone of a word in a WORD column; other words have none. See `tone_of`."""

NO_SERVER = "(no server)"
CONFIRM_INTENT = "Differs from default; confirm intent."


def tone_of(word: str, header: str) -> str | None:
    """Return the tone of a word in the column with that header, None when it has none."""
    # An open relay is an alarm; that a finding is still open is not.
    return None if (header, word) == ("Status", "Open") else TONES.get(word)


def count(number: int, noun: str, plural: str = "") -> str:
    """Return a number with its noun: `1 server`, `2 servers`, `1,000 entries`."""
    return f"{number:,} {noun if number == 1 else plural or noun + 's'}"


def headline(results: Results) -> str:
    """Return what the audit found, in one or two sentences made from counts."""
    servers = results.virtual_servers
    if not servers:
        return (
            f"No SMTP virtual server was found in {count(len(results.inputs), 'input file')}."
            " Nothing was examined."
        )
    names = {(item.organization, item.server) for item in servers}
    examined = f"{count(len(servers), 'SMTP virtual server')} on {count(len(names), 'server')}"
    parts = [f"{examined} examined", _non_default(results), _relay(results)]
    return "; ".join(part for part in parts if part) + ". " + _not_evaluated(results)


def _non_default(results: Results) -> str:
    known = {item.dn for item in results.virtual_servers}
    differing = [
        item
        for item in results.findings
        if item.kind == "non-default" and item.status == "open" and item.dn in known
    ]
    if not differing:
        return "no setting differs from its default"
    verb = "differs" if len(differing) == 1 else "differ"
    affected = len({item.dn for item in differing})
    return f"{count(len(differing), 'setting')} {verb} from default on {affected} of them"


def _relay(results: Results) -> str:
    verdicts: list[str] = [item.relay.verdict for item in results.virtual_servers if item.relay]
    if not verdicts:
        return ""
    beyond = sum(verdict in ("open", "listed") for verdict in verdicts)
    unknown = verdicts.count("unknown")
    text = (
        f"{beyond or 'none'} {'allows' if beyond < 2 else 'allow'} relay beyond authenticated users"
    )
    return f"{text}, {unknown} cannot be told" if unknown else text


def _not_evaluated(results: Results) -> str:
    partly = sum(item.not_evaluable > 0 for item in results.checks)
    if not partly:
        return f"All {count(len(results.checks), 'check')} could be evaluated."
    return f"{partly} of {count(len(results.checks), 'check')} could not be fully evaluated."


def setting_label(rules: Mapping[str, RuleRecord], attribute: str) -> str:
    """Return the reader's name of a setting; `rules` maps attributes to a rule on them."""
    rule = rules.get(attribute.lower())
    return rule.label if rule is not None and rule.label else attribute


def rules_by_attribute(results: Results) -> dict[str, RuleRecord]:
    """Map each attribute, in lower case, to the first rule that has a label for it."""
    found: dict[str, RuleRecord] = {}
    # A rule on several attributes names them all; one on a single attribute labels it better.
    for rule in sorted(results.rules, key=lambda rule: len(attributes_of(rule))):
        for attribute in attributes_of(rule):
            if rule.label:
                found.setdefault(attribute.lower(), rule)
    return found


def attributes_of(rule: RuleRecord) -> list[str]:
    """Return the attributes that a rule looks at."""
    return [name for name in rule.attribute.split(", ") if name]


def condition_in_words(rule: RuleRecord) -> str:
    """Return the test of a rule with the reader's name of the setting for the attribute's."""
    text = rule.condition
    names = attributes_of(rule)
    if rule.label and len(names) == 1:
        text = text.replace(names[0], f"“{rule.label}”")
    return sentence(text)


def setting_text(setting: SettingRecord | None) -> str:
    """Return a setting for readers: its value, or in brackets why there is none."""
    if setting is None:
        return ""
    if setting.state == "set":
        return setting.text if setting.text else "(empty)"
    state = SETTING_STATE.get(setting.state, setting.state)
    return (
        f"({state}: {setting.text})"
        if setting.text.strip("() ").lower()
        not in (
            "",
            state,
            setting.state,
        )
        else f"({state})"
    )


def criterion(finding: FindingRecord, rule: RuleRecord | None) -> str:
    """Return what the setting was measured against."""
    if finding.kind == "non-default" or rule is None or not rule.condition:
        return "The documented default after installation"
    return condition_in_words(rule)


def recommendation(finding: FindingRecord, rule: RuleRecord | None) -> str:
    """Return what to do: for a neutral finding check the intent first."""
    advice = rule.recommendation if rule is not None else ""
    parts = [CONFIRM_INTENT] if finding.kind == "non-default" else []
    if advice and not (parts and advice.lower().startswith("differs from default")):
        parts.append(sentence(advice))
    elif advice:
        parts = [sentence(advice)]
    if rule is not None and rule.where_to_set:
        parts.append(f"Where to set it: {sentence(rule.where_to_set)}")
    return "\n".join(parts)


def sentence(text: str) -> str:
    """Return text with a capital at the start and a full stop at the end."""
    line = text.strip()
    if not line:
        return ""
    end = "" if line[-1] in ".!?…" else "."
    return line[0].upper() + line[1:] + end


def place(file: str, line: int | None, last: int | None, offset: int | None = None) -> str:
    """Return `file:line`, `file:line-last` or the offset in a snapshot."""
    if line is None:
        return file if offset is None else f"{file}, byte {offset:,}"
    return f"{file}:{line}" if last in (None, line) else f"{file}:{line}-{last}"


@lru_cache(maxsize=4096)
def moment(text: str) -> datetime | None:
    """Return a time (ISO 8601 in UTC, or generalized time), None if it is neither."""
    line = text.strip()
    try:
        if line[:14].isdigit() and line[14:].strip(".0Z") == "" and line.endswith("Z"):
            return datetime.strptime(line[:14], "%Y%m%d%H%M%S").replace(tzinfo=UTC)
        found = datetime.fromisoformat(line)
    except ValueError:
        return None
    return found.replace(tzinfo=UTC) if found.tzinfo is None else found.astimezone(UTC)


def age_in_days(earlier: str, later: str) -> int | None:
    """Return the whole days between two times, None if one of them is unknown."""
    first, second = moment(earlier), moment(later)
    return (second - first).days if first is not None and second is not None else None


def name_of(server: str | None, virtual_server: str | None = None) -> str:
    """Return `EX01` or `EX01 / Default SMTP Virtual Server` on one line."""
    parts = [server or NO_SERVER] + ([virtual_server] if virtual_server else [])
    return " / ".join(one_line(part) for part in parts)


def open_differences(results: Results) -> set[tuple[str, str]]:
    """Return object DN and attribute in lower case of every setting that differs from default."""
    return {
        (item.dn, item.attribute.lower())
        for item in results.findings
        if item.kind == "non-default" and item.status != "resolved"
    }
