"""Results in, out whether what they say of the baseline agrees with the rest of them."""

from collections.abc import Iterator

from analyzer.catalogue.rule import Outcome
from analyzer.report.phrases import count
from analyzer.results.records import GoneFinding, Results
from analyzer.verify.verification import Point, listed


def find_false_changes(results: Results) -> Iterator[Point]:
    """Check what is said of the present: what passes, who may relay, what is set.

    What the baseline said can only be checked against the baseline itself.
    """
    told = [
        *(f"{each.id} has a change" for each in results.findings if each.change),
        *(f"{each.id} is gone" for each in (*results.resolved, *results.not_comparable)),
    ]
    if results.baseline is None:
        if told:
            yield Point("changes", False, f"there is no baseline, and yet {told[0]}")
        return
    yield _changes_of_findings(results)
    yield _resolved(results)
    yield _relay(results)
    yield _settings(results)


def _changes_of_findings(results: Results) -> Point:
    present = {finding.fingerprint for finding in results.findings}
    wrong = [finding.id for finding in results.findings if not finding.change]
    wrong += [
        finding.id
        for finding in (*results.resolved, *results.not_comparable)
        if finding.fingerprint in present
    ]
    return listed("changes", wrong, f"{count(len(results.findings), 'finding')}, each with one")


def _resolved(results: Results) -> Point:
    states = {(each.rule, each.dn): each.state for each in results.evaluations}

    def fails(finding: GoneFinding) -> bool:
        """Tell whether the check of a resolved finding does not pass; read back, none is there."""
        state = states.get((finding.rule, finding.now_dn))
        return bool(finding.now_dn and states) and state is not Outcome.PASSED

    wrong = [finding.id for finding in results.resolved if fails(finding)]
    return listed("resolved findings", wrong, f"{count(len(results.resolved), 'check')} pass")


def _relay(results: Results) -> Point:
    verdicts = {
        listener.dn: listener.relay.verdict for listener in results.listeners if listener.relay
    }
    wrong = [
        change.dn
        for change in results.changed_relay
        if change.after is not None and verdicts.get(change.dn) is not change.after
    ]
    return listed("changed relay verdicts", wrong, "those of now are the listeners'")


def _settings(results: Results) -> Point:
    recorded = {record.dn: record.settings for record in results.described}
    wrong = []
    for change in results.changed_settings:
        setting = recorded.get(change.dn, {}).get(change.attribute)
        is_place = change.attribute == "distinguishedName" and change.after == change.dn
        if not is_place and (setting is None or setting.text != change.after):
            wrong.append(f"{change.attribute} of {change.dn}")
    return listed("changed settings", wrong, "those of now are the objects'")
