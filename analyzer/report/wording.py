"""The reader's word for each word of the results, and what a reviewer may choose from."""

from collections.abc import Mapping

from analyzer.relay.verdict import RelayVerdict

SEVERITY: Mapping[str, str] = {
    "critical": "Critical",
    "high": "High",
    "medium": "Medium",
    "low": "Low",
    "info": "Info",
}
FINDING_KIND: Mapping[str, str] = {
    "weakness": "Weakness",
    "non-default": "Non-default",
    "stricter": "Stricter than default",
    "inconsistent": "Inconsistent",
    "information": "Information",
    "hardening": "Hardening",
}
STATUS: Mapping[str, str] = {"open": "Open", "waived": "Waived", "resolved": "Resolved"}
CHANGE: Mapping[str, str] = {
    "new": "New",
    "changed": "Changed",
    "unchanged": "Unchanged",
    "resolved": "Resolved",
    "not_comparable": "Not comparable",
}
"""What became of a finding since the baseline."""
DIRECTION: Mapping[str, str] = {
    "worsened": "Worsened",
    "not_comparable": "Not comparable",
    "appeared": "Appeared",
    "changed": "Changed",
    "improved": "Improved",
    "gone": "Gone",
}
"""What became of a relay verdict since the baseline."""
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
CLEAR_TEXT = "Clear-text logon"
"""Authenticated only, by passwords that can be read on the way."""
ASSUMED = " (assumed)"
"""Behind the word of a verdict that holds only if what the dump does not show is at its worst."""
ACCEPTED = " (accepted)"
"""Behind the name of a listener of which a waiver accepts who may relay through it."""
VERDICT_RANK = tuple(verdict.value for verdict in RelayVerdict)
"""Most exposed first."""
VERDICT_WORDS = tuple(
    word
    for rank in VERDICT_RANK
    for word in ((CLEAR_TEXT, VERDICT[rank]) if rank == "authenticated" else (VERDICT[rank],))
)
"""All words of verdicts, the most exposed first."""
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
CONNECTOR_KIND: Mapping[str, str] = {"smtp": "SMTP", "routing_group": "Routing group"}
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

CHOICE_LISTS: Mapping[str, tuple[str, ...]] = {
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

RANKED = (
    *SEVERITY.values(),
    *(word + end for word in VERDICT_WORDS for end in ("", ASSUMED)),
    *CHOICE_LISTS["Horizons"],
)
"""Words in the order in which a column of them is sorted, the most pressing first."""

NO_SERVER = "(no server)"
