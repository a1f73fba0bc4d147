"""Results in, their pandas DataFrames out: the findings, and who may relay."""

from collections.abc import Mapping
from operator import attrgetter
from typing import TYPE_CHECKING

from analyzer.dataframes import FrameColumn, make_frame

if TYPE_CHECKING:
    from analyzer.dataframes import DataFrame
    from analyzer.results.records import Listener, Results


def _texts(**paths: str) -> dict[str, FrameColumn]:
    return {name: FrameColumn("string", attrgetter(path)) for name, path in paths.items()}


_FINDING: Mapping[str, FrameColumn] = {
    **_texts(
        severity="severity",
        kind="kind",
        rule="rule",
        title="title",
        organization="organization",
        administrative_group="administrative_group",
        server="server",
        virtual_server="virtual_server",
        dn="dn",
        attribute="attribute",
        found="found_text",
        default="default_text",
        method="method",
        status="status",
        waiver="waiver",
        original_severity="original_severity",
        evidence_id="evidence_id",
        file="evidence.file",
    ),
    "line": FrameColumn("Int64", attrgetter("evidence.line")),
}
_MOST = 2**63 - 1
"""The largest number of a column."""


def _covered(listener: "Listener") -> int | None:
    """Return how many addresses may relay; of IPv6 there are more than a column can count."""
    covered = listener.relay.addresses_covered if listener.relay else None
    return covered if covered is None else min(covered, _MOST)


_RELAY: Mapping[str, FrameColumn] = {
    **_texts(
        kind="kind_of_object.key",
        organization="organization",
        administrative_group="administrative_group",
        server="server",
        name="name",
        exchange_version="exchange_version",
        verdict="relay.verdict",
        confidence="relay.confidence",
    ),
    "authenticated_may_relay": FrameColumn("boolean", attrgetter("relay.authenticated_may_relay")),
    "anonymous": FrameColumn("boolean", attrgetter("relay.anonymous")),
    "basic": FrameColumn("boolean", attrgetter("relay.basic")),
    "tls_required": FrameColumn("boolean", attrgetter("relay.tls_required")),
    "mode": FrameColumn("string", attrgetter("relay.mode")),
    "addresses": FrameColumn("object", attrgetter("relay.addresses")),
    "addresses_covered": FrameColumn("Int64", _covered),
    "covers": FrameColumn("string", lambda listener: listener.relay.covers or None),
    "connection_control": FrameColumn("string", attrgetter("relay.connection_control")),
    "reasons": FrameColumn("object", attrgetter("relay.reasons")),
    "file": FrameColumn("string", attrgetter("source.file")),
    "line": FrameColumn("Int64", attrgetter("source.line")),
}


def findings_frame(results: "Results") -> "DataFrame":
    """Return one row per finding in the order of the report, by the number of the finding."""
    return make_frame(results.findings, _FINDING, index="id")


def relay_frame(results: "Results") -> "DataFrame":
    """Return one row per listener whose relay was judged, by its DN."""
    judged = [listener for listener in results.listeners if listener.relay is not None]
    return make_frame(judged, _RELAY, index="dn")
