"""Results in, their pandas DataFrames out: the findings, and who may relay."""

from collections.abc import Mapping
from operator import attrgetter
from typing import TYPE_CHECKING

from analyzer.dataframes import Column, make_frame

if TYPE_CHECKING:
    from analyzer.dataframes import DataFrame
    from analyzer.results.records import Results


def _texts(**paths: str) -> dict[str, Column]:
    return {name: Column("string", attrgetter(path)) for name, path in paths.items()}


_FINDING: Mapping[str, Column] = {
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
        evidence_id="evidence_id",
        file="evidence.file",
    ),
    "line": Column("Int64", attrgetter("evidence.line")),
}
_RELAY: Mapping[str, Column] = {
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
    "authenticated_may_relay": Column("boolean", attrgetter("relay.authenticated_may_relay")),
    "anonymous": Column("boolean", attrgetter("relay.anonymous")),
    "basic": Column("boolean", attrgetter("relay.basic")),
    "tls_required": Column("boolean", attrgetter("relay.tls_required")),
    "mode": Column("string", attrgetter("relay.mode")),
    "addresses": Column("object", attrgetter("relay.addresses")),
    "addresses_covered": Column("Int64", attrgetter("relay.addresses_covered")),
    "covers": Column("string", lambda listener: listener.relay.covers or None),
    "connection_control": Column("string", attrgetter("relay.connection_control")),
    "reasons": Column("object", attrgetter("relay.reasons")),
    "file": Column("string", attrgetter("source.file")),
    "line": Column("Int64", attrgetter("source.line")),
}


def findings_frame(results: "Results") -> "DataFrame":
    """Return one row per finding in the order of the report, by the number of the finding."""
    return make_frame(results.findings, _FINDING, index="id")


def relay_frame(results: "Results") -> "DataFrame":
    """Return one row per listener whose relay was judged, by its DN."""
    judged = [listener for listener in results.listeners if listener.relay is not None]
    return make_frame(judged, _RELAY, index="dn")
