"""Results in, the open findings by rule out: those of one severity once, with their objects."""

from collections.abc import Iterable, Sequence

from msgspec import Struct

from analyzer.report.counts import STRICTER, open_findings
from analyzer.report.phrases import name_of, name_of_subject, sentence
from analyzer.report.wording import SEVERITY
from analyzer.results.records import CheckRecord, FindingRecord, Results, RuleRecord
from analyzer.visible_text import one_line

_SEVERITIES = tuple(SEVERITY)
_LONGEST = 1_400
"""Characters of the objects of a group; about 30 lines of their column."""


class RuleGroup(Struct, frozen=True):
    """The open findings of one rule, kind and severity."""

    key: str
    """The ID of the rule; kind and severity behind it where a group of the rule comes before."""
    rule: RuleRecord | None
    findings: Sequence[FindingRecord]
    """At least one."""
    tested: int
    """How many objects the rule looked at."""
    elsewhere: int
    """On how many more it fails for a cause that another rule tells."""

    @property
    def first(self) -> FindingRecord:
        """The one that the group is named after."""
        return self.findings[0]

    @property
    def severity(self) -> str:
        """How much each of them matters."""
        return self.first.severity

    @property
    def original_severity(self) -> str:
        """The highest by the rule as it is shipped; empty where the profile leaves them alone."""
        changed = [finding.original_severity for finding in self.findings]
        return min(filter(None, changed), key=_SEVERITIES.index, default="")

    @property
    def affected(self) -> int:
        """How many objects it holds for."""
        return sum(len(finding.objects) or 1 for finding in self.findings)

    @property
    def assumed(self) -> int:
        """How many of the findings are assumed."""
        return sum(finding.assumed for finding in self.findings)

    @property
    def title(self) -> str:
        """What is wrong, without the values of single objects."""
        if len(self.findings) == 1:
            return self.first.title
        title = self._common_title()
        return f"{title} ({self.assumed} assumed)" if self.assumed else title

    @property
    def share(self) -> str:
        """On how many of those that were looked at: `14 of 20`."""
        return f"{self.affected:,} of {self.tested:,}" if self.tested else f"{self.affected:,}"

    def _common_title(self) -> str:
        titles = {finding.title for finding in self.findings}
        if len(titles) == 1 or self.rule is None:
            return self.first.title
        if self.first.kind == STRICTER:
            return f"{self.rule.title}: stricter than the documented default"
        return self.rule.finding or f"{self.rule.title}: differs from the documented default"


def group_by_rule(results: Results) -> list[RuleGroup]:
    """Return the rules with open findings in the order of the findings."""
    groups: dict[tuple[str, str, str], list[FindingRecord]] = {}
    for finding in open_findings(results):
        key = finding.rule, finding.kind, finding.severity
        groups.setdefault(key, []).append(finding)
    rules = {rule.id: rule for rule in results.rules}
    checks = {check.rule: check for check in results.checks}
    named: dict[str, tuple[str, str, str]] = {}
    return [
        _group(
            key[0] if named.setdefault(key[0], key) == key else " ".join(key),
            findings,
            rules.get(key[0]),
            checks.get(key[0]),
        )
        for key, findings in groups.items()
    ]


def objects_in_words(findings: Iterable[FindingRecord]) -> str:
    """Return the objects that some findings are about, those of a server together.

    More than the tallest row of a sheet shows are counted; Findings has a row for each.
    """
    servers: dict[str, list[str]] = {}
    for finding in findings:
        if finding.objects or finding.server is None:
            servers.setdefault(name_of_subject(finding), [])
            continue
        names = servers.setdefault(name_of(finding.server), [])
        if finding.virtual_server:
            names.append(one_line(finding.virtual_server))
    told: list[str] = []
    left = sum(len(names) or 1 for names in servers.values())
    for server, names in servers.items():
        text = f"{server} / {', '.join(dict.fromkeys(names))}" if names else server
        if told and sum(map(len, told)) + len(text) > _LONGEST:
            return f"{'; '.join(told)}; and {left:,} more, see Findings"
        told.append(text)
        left -= len(names) or 1
    return "; ".join(told)


def _group(
    key: str,
    findings: Sequence[FindingRecord],
    rule: RuleRecord | None,
    check: CheckRecord | None,
) -> RuleGroup:
    return RuleGroup(
        key=key,
        rule=rule,
        findings=findings,
        tested=check.tested - check.not_applicable if check is not None else 0,
        elsewhere=check.reported_elsewhere if check is not None else 0,
    )


def why_of(group: RuleGroup) -> str:
    """Return why a rule matters."""
    return sentence(group.rule.why if group.rule is not None else group.first.consequence)
