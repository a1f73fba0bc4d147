"""Results in, the accepted domains out: for which domains an organisation takes mail."""

from collections.abc import Iterator

from analyzer.report.phrases import count, place_of, yes_no
from analyzer.report.section import Column, ColumnGroup, Row, Section
from analyzer.results.records import Results

TITLE = "Accepted domains"
_TYPES = {
    "authoritative": "Authoritative",
    "internal_relay": "Internal relay",
    "external_relay": "External relay",
}
COLUMNS = (
    Column("Domain", 34),
    Column("Type", 18),
    Column("Default", 9),
    Column("Organisation", 24),
    Column("Notes", 36),
    Column("Object DN", 50, group=ColumnGroup.DETAIL),
    Column("Source", 30, group=ColumnGroup.DETAIL),
)


def sections(results: Results) -> tuple[Section, ...]:
    """Return the accepted domains, if there are any."""
    domains = results.accepted_domains
    if not domains:
        return ()

    def rows() -> Iterator[Row]:
        for domain in domains:
            yield (
                domain.name,
                _TYPES.get(domain.type or "", "Unknown"),
                yes_no(domain.default),
                domain.organization,
                "\n".join(domain.notes),
                domain.dn,
                place_of(domain.source),
            )

    return (
        Section(
            key="accepted-domains",
            title=TITLE,
            intro=f"{count(len(domains), 'domain')} for which the organisation takes mail.",
            columns=COLUMNS,
            rows=rows,
            count=len(domains),
            table="tblDomains",
        ),
    )
