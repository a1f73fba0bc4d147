"""Results in, the statement of scope and method out: what an outsider needs to re-perform it."""

import shlex
from collections import Counter
from collections.abc import Iterator

from analyzer.catalogue.condition_table import argument_text
from analyzer.catalogue.controls import FRAMEWORKS, OTHER_DOCUMENTS
from analyzer.report.counts import day_of, waived_findings
from analyzer.report.paper import Paper
from analyzer.report.phrases import count, name_listeners, population
from analyzer.report.section import Column, Row, Section
from analyzer.report.wording import DIALECT, TICK_MARKS
from analyzer.results.document import input_manifest_sha256
from analyzer.results.records import ProfileRecord, Results
from analyzer.visible_text import one_line

COLUMNS = (Column("Topic", 22), Column("Text", 104))
_NOT_SUPPLIED = "Not supplied."
_NAMED_FILES = 20


def section(results: Results, paper: Paper) -> Section:
    """Return topic and text, two columns."""
    rows = tuple(_rows(results, paper))
    return Section(
        key="scope-method",
        title="Scope & method",
        intro=f"{count(len(rows), 'topic')}: what was examined, how, and what it cannot say.",
        columns=COLUMNS,
        rows=lambda: iter(rows),
        count=len(rows),
        table="tblMethod",
        in_print_set=True,
    )


def _rows(results: Results, paper: Paper) -> Iterator[Row]:
    yield (
        "Purpose",
        f"To compare the settings of the {name_listeners(results.listeners)} of an Exchange"
        " organisation, above all those that decide who may relay mail through them, with the"
        " documented defaults and recommendations, and to say plainly what could not be compared.",
    )
    yield "Scope", paper.scope_label or "All Exchange objects found in the files listed on Inputs."
    yield "Source of data", _source(results)
    yield (
        "Who exported it, when, how",
        "Not supplied by the dump itself. The columns Supplied by, Exported on and Export command"
        " on Inputs are for the person who received the files.",
    )
    yield "Population and coverage", _coverage(results)
    yield (
        "Procedure",
        "Each file was read from its first to its last byte and hashed while reading. Every object"
        " of interest was decoded; each applicable rule was applied to each object. A rule gives"
        " exactly one of four states per object: failed, passed, not evaluable, not applicable."
        " Each failed one is a finding.",
    )
    yield "Severity", _severity()
    if results.profile:
        yield "Client's profile", _profile(results)
    if results.waivers:
        yield "Waivers", _waivers(results)
    yield "Controls", _controls()
    yield (
        "Meaning of non-default",
        "The value differs from the documented one after installation. That is neutral: it may be"
        " intended, and may be stricter than the default. Each is listed so that its intent can be"
        " confirmed.",
    )
    yield (
        "Other kinds of finding",
        "Weakness: breaks a documented recommendation. Inconsistent: differs from comparable"
        " objects of the same organisation. Information: worth knowing, nothing to correct.",
    )
    yield (
        "States of a check",
        "Failed: the test in words is not met. Passed: it is met. Not evaluable: the dump does not"
        " hold what the test needs; the reason is given on Checks run. Not applicable: the rule"
        " does not concern this object or version.",
    )
    yield (
        "Missing settings",
        "Not set: the file holds this setting for other objects, or is a full export, and this"
        " object has no value. Not exported: the setting occurs nowhere in a limited export; it is"
        " neither passed nor failed. Lost in the export: the export tool put something else in its"
        " place. Not decodable: there is a value, but not one this setting can have.",
    )
    yield (
        "Relay verdicts",
        "Open: anybody who can connect may relay. Restricted by address: hosts on the list may"
        " relay. Authenticated only: only those who log on may relay. Clear-text logon: the same,"
        " by passwords that can be read on the way. Closed: nobody may relay. Cannot tell: the dump"
        " does not decide it. Assumed: an assumption was needed; it is named under Reasoning. Where"
        " evidence is missing, exposure is never understated.",
    )
    yield (
        "Limitations",
        "A dump shows one point in time. It shows the directory, which is the master copy; a"
        " running server works from its own copy (the IIS metabase and the registry), which may"
        " differ. Firewalls, mail filters in front of the server and access rights of single users"
        " are not in it. The dump itself is not authenticated: it is taken as handed over.",
    )
    yield "Not checkable from a dump", _live_only(results)
    yield "Reviewer's tick marks", "\n".join(f"{key}: {text}" for key, text in TICK_MARKS.items())
    yield "Glossary", _glossary()
    yield "Program and rules", _program(results)
    yield "Command line", shlex.join(results.run.arguments) or _NOT_SUPPLIED
    yield (
        "How to perform it again",
        "Check the files on Inputs against their SHA-256, run the command line above with the same"
        " version of the program and the rule set, and compare. The command exchange-analyzer"
        " verify does so for this report or its JSON twin, and reads each line of evidence again."
        " Write protection, where there is any, has no password: integrity rests on the hashes in"
        " the document properties.",
    )


def _source(results: Results) -> str:
    lines = [
        f"{source.path}: {DIALECT.get(source.dialect, source.format.upper())}, {source.encoding},"
        f" {count(source.entries, 'entry', 'entries')},"
        f" {source.naming_context or 'partition unknown'}"
        for source in results.inputs[:_NAMED_FILES]
    ]
    rest = len(results.inputs) - len(lines)
    return "\n".join(lines + ([f"and {rest:,} more, see Inputs"] if rest else [])) or _NOT_SUPPLIED


def _coverage(results: Results) -> str:
    """Say how much was read and examined, and what was not: half of an audit is that."""
    entries = sum(source.entries for source in results.inputs)
    relevant = sum(source.relevant_entries for source in results.inputs)
    limited = sum(source.export_scope == "limited" for source in results.inputs)
    scope, domains = "all full exports", ""
    if limited:
        scope = f"{limited} of {len(results.inputs)} limited to chosen settings"
    routes = len(results.connectors) + len(results.send_connectors)
    if results.send_connectors:
        domains = f" ({len(results.send_connectors):,} of them of Exchange 2007 or later)"
    if results.accepted_domains:
        domains += f" and {count(len(results.accepted_domains), 'accepted domain')}"
    return (
        f"{count(entries, 'entry', 'entries')} in {count(len(results.inputs), 'file')} ({scope});"
        f" {relevant:,} of them concern Exchange mail flow."
        f" {population(results.listeners)} and"
        f" {count(routes, 'connector')}{domains} were examined, all of them, no sample."
        f" {count(len(results.unreadable), 'record')} could not be read; see Parse log."
    )


def _severity() -> str:
    return (
        "Critical: strangers can misuse the server now. High: misuse needs little more than a"
        " connection from the right network, or the server gives away a password or gets no"
        " security updates any more. Medium: weakens a protection, or can hold up mail. Low:"
        " departs from the documented state with little direct effect. Info: no action needed."
        " The reason for the severity of each rule is on Rules."
    )


def _controls() -> str:
    cited = [f"{framework.document} ({framework.address})" for framework in FRAMEWORKS]
    return (
        "Rules name the controls that they support; that a check passed does not prove a control."
        f" {'; '.join((*cited, OTHER_DOCUMENTS))}."
    )


def _profile(results: Results) -> str:
    """Say what the client has rules do otherwise, with what they are shipped with beside it."""
    lead = (
        "The client's severities and thresholds took the place of those that the rules are shipped"
        " with; the original ones stand beside them."
    )
    return "\n".join((lead, *(_change(change) for change in results.profile)))


def _change(change: ProfileRecord) -> str:
    parts = ["switched off"] if change.off else []
    if change.severity is not None:
        parts.append(f"severity {change.severity} instead of {change.original_severity}")
    if change.argument is not None:
        shipped = argument_text(change.original_argument)
        parts.append(f"threshold {argument_text(change.argument)} instead of {shipped}")
    reason = f" ({change.reason})" if change.reason else ""
    return one_line(f"{change.rule}: {', '.join(parts)}{reason}")


def _waivers(results: Results) -> str:
    states = Counter(waiver.state for waiver in results.waivers)
    waived = len(waived_findings(results))
    return (
        f"{count(len(results.waivers), 'waiver')} of the client were given:"
        f" {states['used']:,} in use, {states['unused']:,} unused, {states['expired']:,} expired on"
        f" {day_of(results)}. {count(waived, 'finding')} {'is' if waived == 1 else 'are'} accepted"
        " by them: left out of the counts, found and shown all the same. A waiver changes no check"
        " and no relay verdict."
    )


def _live_only(results: Results) -> str:
    rules = [rule for rule in results.rules if rule.offline == "no"]
    if not rules:
        return "Nothing in this rule set."
    return "; ".join(f"{rule.id} {rule.title}" for rule in rules) + "."


def _glossary() -> str:
    return "\n".join(
        (
            "Relay: to accept mail for a domain that is not the organisation's own and pass it on.",
            "SMTP virtual server: one SMTP listener of an Exchange 2000 or 2003 server, with its"
            " own address, port and rules.",
            "Smart host: the host to which all mail for other domains is handed.",
            "Connector: the route that mail to certain domains takes.",
            "Bridgehead: the virtual server that carries a connector's mail.",
            "DN: distinguished name, the full path of an object in the directory.",
        )
    )


def _program(results: Results) -> str:
    tool = results.tool
    return (
        f"{tool.name} {tool.version}, rule set {tool.catalogue_version}"
        f" (SHA-256 {tool.catalogue_sha256}).\nReport {results.run.report_id}, made"
        f" {results.run.started}.\nDefaults of Small Business Server:"
        f" {'yes' if results.run.small_business_server else 'no'}.\nSHA-256 of the list of files:"
        f" {input_manifest_sha256(results.inputs)}."
    )
