"""Results in, the controls of hardening frameworks out: who meets them, and who does not."""

from collections import Counter
from collections.abc import Sequence

from analyzer.report.phrases import count
from analyzer.report.section import Column, ColumnGroup, ColumnKind, Row, Section
from analyzer.report.tones import TONES
from analyzer.report.wording import CHECK_STATE
from analyzer.results.records import HardeningRecord, Results

TITLE = "Hardening"
COLUMNS = (
    Column("Framework", 12),
    Column("Product", 22),
    Column("Control", 18),
    Column("Vulnerability", 12),
    Column("Category", 10),
    Column("State", 14, ColumnKind.WORD, tones=TONES),
    Column("Server", 16),
    Column("Object", 26),
    Column("Requirement", 40),
    Column("Threshold", 22),
    Column("Found", 24),
    Column("Why", 40),
    Column("What contradicts it", 44),
    Column("Attribute", 30, group=ColumnGroup.DETAIL),
    Column("Rule", 20, group=ColumnGroup.DETAIL),
    Column("Object DN", 50, group=ColumnGroup.DETAIL),
)


def sections(results: Results) -> tuple[Section, ...]:
    """Return the controls of the products in the dump, in their order, if there are any."""
    controls = results.hardening
    if not controls:
        return ()
    return (
        Section(
            key="hardening",
            title=TITLE,
            intro=_intro(controls),
            columns=COLUMNS,
            rows=lambda: map(_row, controls),
            count=len(controls),
            table="tblHardening",
        ),
    )


def _intro(controls: Sequence[HardeningRecord]) -> str:
    states = Counter(str(control.state) for control in controls)
    told = ", ".join(
        f"{states[state]:,} {word.lower()}" for state, word in CHECK_STATE.items() if states[state]
    )
    return (
        f"{count(len(controls), 'result')} of the DISA STIG and CIS controls for the products found"
        f" ({told}). They stand beside the findings and are counted in none of the severities, but"
        " for a framework that was asked for."
    )


def _row(control: HardeningRecord) -> Row:
    return (
        control.framework,
        control.product,
        control.control or control.rule,
        control.vulnerability,
        control.category,
        CHECK_STATE[control.state],
        control.server,
        control.listener,
        control.requirement,
        control.threshold,
        control.found_text,
        control.reason,
        control.contradiction,
        control.attribute,
        control.rule,
        control.dn,
    )
