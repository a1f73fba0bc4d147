"""Results in, who may relay out: one row per virtual server, one per listed range."""

from collections.abc import Iterator, Mapping, Sequence

from analyzer.report.section import Cell, Column, Group, Kind, Link, Row, Section
from analyzer.report.sections.evidence_sheets import RELAY_ATTRIBUTES, evidence_index
from analyzer.report.sections.relay_ranges import Range, describe
from analyzer.report.wording import (
    CONFIDENCE,
    COVERS,
    LIST_MODE,
    NO_SERVER,
    VERDICT,
    VERDICT_RANK,
    count,
    place,
    setting_text,
)
from analyzer.results.records import RelayRecord, Results, VirtualServerRecord

_SHOWN_RANGES = 8

COLUMNS = (
    Column("Server", 13),
    Column("Virtual server", 20),
    Column("Address and port", 16),
    Column("Verdict", 14, Kind.WORD),
    Column("Confidence", 11, Kind.WORD),
    Column("Relay list mode", 14),
    Column("Entries", 9, Kind.NUMBER),
    Column("Decoded ranges", 22),
    Column("Addresses covered", 16, Kind.NUMBER),
    Column("Ranges reach", 10),
    Column("Authenticated may relay", 13),
    Column("Anonymous allowed", 11),
    Column("Basic logon", 9),
    Column("TLS required", 9),
    Column("Smart host", 16),
    Column("Who may connect", 20),
    Column("Domains on the list", 16),
    Column("Reasoning", 44),
    Column("Evidence", 10),
    Column("Decision", 18, group=Group.REVIEWER, choices="Decisions"),
    Column("Comment", 40, group=Group.REVIEWER),
)

RANGE_COLUMNS = (
    Column("Server", 16),
    Column("Virtual server", 26),
    Column("Network", 22),
    Column("Mask", 18),
    Column("First address", 18),
    Column("Last address", 18),
    Column("Addresses", 16, Kind.NUMBER),
    Column("Meaning", 16),
    Column("Reach", 14),
    Column("Overlaps with", 34),
    Column("Evidence", 11),
)

_MEANING = {"only_listed": "May relay", "all_except": "May not relay"}
_GRANTS_NOBODY = "Stands for nobody"


def sections(results: Results) -> tuple[Section, ...]:
    """Return the relay exposure and the ranges behind it; nothing where relay was not judged."""
    servers = [item for item in results.virtual_servers if item.relay is not None]
    if not servers:
        return ()
    servers.sort(key=_exposed_first)
    proof = evidence_index(results)
    exposure = Section(
        key="relay-exposure",
        title="Relay exposure",
        intro=(
            f"{count(len(servers), 'SMTP virtual server')}, the most exposed first: who may send"
            " mail to other domains through each, and what that rests on."
        ),
        columns=COLUMNS,
        rows=lambda: (_row(item, relay, proof) for item, relay in _judged(servers)),
        count=len(servers),
        table="tblRelay",
        frozen=2,
    )
    total = sum(len(relay.addresses) + len(relay.names) for _, relay in _judged(servers))
    if not total:
        return (exposure,)
    ranges = Section(
        key="relay-ranges",
        title="Relay ranges",
        intro=(
            f"{count(total, 'entry', 'entries')} of the relay lists, one a row, with those of the"
            " same list that they overlap with."
        ),
        columns=RANGE_COLUMNS,
        rows=lambda: _range_rows(servers, proof),
        count=total,
        table="tblRanges",
        frozen=2,
    )
    return exposure, ranges


def yes_no(value: bool | None) -> str:
    """Return `Yes`, `No` or `Unknown`."""
    return "Unknown" if value is None else "Yes" if value else "No"


def _judged(
    servers: Sequence[VirtualServerRecord],
) -> Iterator[tuple[VirtualServerRecord, RelayRecord]]:
    return ((item, item.relay) for item in servers if item.relay is not None)


def _exposed_first(item: VirtualServerRecord) -> tuple[int, str, str]:
    verdict = item.relay.verdict if item.relay else "closed"
    return VERDICT_RANK.index(verdict), item.server or "", item.dn


def _row(
    item: VirtualServerRecord, relay: RelayRecord, proof: Mapping[tuple[str, str], str]
) -> Row:
    shown = list(relay.addresses[:_SHOWN_RANGES])
    rest = len(relay.addresses) - len(shown)
    if rest:
        shown.append(f"and {rest:,} more, see Relay ranges")
    covers = COVERS.get(relay.covers, "Unknown")
    return (
        item.server or NO_SERVER,
        item.name,
        _setting(item, "msExchServerBindings"),
        VERDICT[relay.verdict],
        CONFIDENCE.get(relay.confidence, relay.confidence),
        LIST_MODE.get(relay.mode or "", "No list"),
        len(relay.addresses) + len(relay.names),
        "\n".join(shown),
        relay.addresses_covered if relay.addresses_covered is not None else "Unknown",
        covers,
        yes_no(relay.authenticated_may_relay),
        yes_no(relay.anonymous),
        yes_no(relay.basic),
        yes_no(relay.tls_required),
        _setting(item, "msExchSmtpSmartHost"),
        relay.connection_control or "Anybody",
        "\n".join(relay.names),
        "\n".join(relay.reasons),
        _evidence(item, proof),
        None,
        None,
    )


def _setting(item: VirtualServerRecord, attribute: str) -> str:
    return setting_text(item.settings.get(attribute))


def _evidence(item: VirtualServerRecord, proof: Mapping[tuple[str, str], str]) -> Cell:
    for attribute in RELAY_ATTRIBUTES:
        evidence_id = proof.get((item.dn, attribute))
        if evidence_id:
            return Link(evidence_id, "evidence", evidence_id)
    source = item.source
    return place(source.file, source.line, source.last_line, source.offset)


def _range_rows(
    servers: Sequence[VirtualServerRecord], proof: Mapping[tuple[str, str], str]
) -> Iterator[Row]:
    for item, relay in _judged(servers):
        meaning = _MEANING.get(relay.mode or "", "Listed")
        evidence = _evidence(item, proof)
        names = (Range(name, "", "", "", None, "Domain name", "") for name in relay.names)
        for entry in (*describe(relay.addresses), *names):
            yield (
                item.server or NO_SERVER,
                item.name,
                entry.network,
                entry.mask,
                entry.first,
                entry.last,
                entry.addresses,
                meaning if entry.addresses != 0 else _GRANTS_NOBODY,
                entry.reach,
                entry.overlaps,
                evidence,
            )
