"""The colours of the report: a tone for each word that has one, ink and paper for each tone."""

from collections.abc import Mapping

from analyzer.report.wording import ASSUMED, CLEAR_TEXT, VERDICT_WORDS

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

ALARM = "high"
DIFFERENT_FROM_DEFAULT = "odd"
DIFFERENT_FROM_PEERS = "unknown"

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
    CLEAR_TEXT: "medium",
    "Authenticated only": "pass",
    "Closed": "pass",
    "Cannot tell": "unknown",
    "Assumed": "unknown",
    "Stricter than default": "pass",
    **{f"{word}{ASSUMED}": "unknown" for word in VERDICT_WORDS},
    "Now": "high",
    "Next": "medium",
    "Later": "low",
    "Done": "pass",
    "Accepted risk": "waived",
    "New": "high",
    "Changed": "medium",
    "Not comparable": "unknown",
    "Worsened": "high",
    "Appeared": "medium",
    "Improved": "pass",
    "Active": "waived",
    "Expires in ≤30 days": "medium",
    "Expired": "high",
    "Unused": "unknown",
    "Not in force": "unknown",
    "Warning": "medium",
    "Note": "info",
}
"""The tone of a word, whatever the column; other words have none."""

# An open relay is an alarm; that a finding is still open is not.
STATUS_TONES: Mapping[str, str] = {word: tone for word, tone in TONES.items() if word != "Open"}
"""The tones of a column that says how far somebody has come."""
