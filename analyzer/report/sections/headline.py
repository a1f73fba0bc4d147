"""Results in, what the audit found in one or two sentences out, made from counts."""

from analyzer.report.phrases import count, count_listeners, listener_kinds
from analyzer.results.records import Results


def headline(results: Results) -> str:
    """Return what the audit found, in one or two sentences made from counts."""
    listeners = results.listeners
    if not listeners:
        looked_for = " or ".join(kind.singular for kind in listener_kinds(listeners))
        return (
            f"No {looked_for} was found in {count(len(results.inputs), 'input file')}."
            " Nothing was examined."
        )
    servers = {(listener.organization, listener.server) for listener in listeners}
    examined = f"{count_listeners(listeners)} on {count(len(servers), 'server')} examined"
    parts = [examined, _non_default(results), _relay(results)]
    return "; ".join(part for part in parts if part) + ". " + _not_evaluated(results)


def _non_default(results: Results) -> str:
    known = {listener.dn for listener in results.listeners}
    differing = [
        finding
        for finding in results.findings
        if finding.kind == "non-default" and finding.status == "open" and finding.dn in known
    ]
    if not differing:
        return "no setting differs from its default"
    verb = "differs" if len(differing) == 1 else "differ"
    affected = len({finding.dn for finding in differing})
    return f"{count(len(differing), 'setting')} {verb} from default on {affected} of them"


def _relay(results: Results) -> str:
    verdicts: list[str] = [
        listener.relay.verdict for listener in results.listeners if listener.relay
    ]
    if not verdicts:
        return ""
    beyond = sum(verdict in ("open", "listed") for verdict in verdicts)
    unknown = verdicts.count("unknown")
    text = (
        f"{beyond or 'none'} {'allows' if beyond < 2 else 'allow'} relay beyond authenticated users"
    )
    return f"{text}, {unknown} cannot be told" if unknown else text


def _not_evaluated(results: Results) -> str:
    partly = sum(check.not_evaluable > 0 for check in results.checks)
    if not partly:
        return f"All {count(len(results.checks), 'check')} could be evaluated."
    return f"{partly} of {count(len(results.checks), 'check')} could not be fully evaluated."
