"""Results in, the settings of all virtual servers side by side out, with the odd ones marked."""

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from itertools import islice

from analyzer.report.section import Column, Group, Row, Section
from analyzer.report.wording import (
    count,
    name_of,
    open_differences,
    rules_by_attribute,
    setting_label,
    setting_text,
)
from analyzer.results.records import Results, RuleRecord, VirtualServerRecord
from analyzer.visible_text import one_line, shorten

WIDEST = 60
"""Virtual servers in one matrix; beyond it every administrative group has its own."""
DIFFERS = "*"
ODD = "≠"

THEMES = (
    ("Access and relay", ("relay", "authentication", "anonymous", "ssl", "iplist", "ipsecurity",
                          "certificate", "secure", "restrict", "reverse", "masquerade", "ldap")),
    ("Addresses and names", ("binding", "domainname", "displayname", "localdomain", "dns")),
    ("Connections and limits", ("connection", "max", "limit", "timeout", "size")),
    ("Delivery", ("smarthost", "retry", "delay", "expire", "hop", "route", "queue", "remote",
                  "outbound", "outgoing", "dsn", "notify")),
    ("Recording and folders", ("log", "directory", "badmail", "pickup", "drop", "postmaster")),
)  # fmt: skip
"""Theme, and the parts of attribute names that belong to it; the first theme that fits is taken."""
OTHER = "Other"
NO_SETTINGS = frozenset(
    [
        "admindisplayname",
        "cn",
        "displayname",
        "distinguishedname",
        "instancetype",
        "name",
        "ntsecuritydescriptor",
        "objectcategory",
        "objectclass",
        "objectguid",
        "usnchanged",
        "usncreated",
        "whenchanged",
        "whencreated",
    ]
)
"""What every object has of its own: nothing to compare between virtual servers."""
_SMTP = "protocolCfgSMTPServer"


def sections(results: Results) -> tuple[Section, ...]:
    """Return the matrix in as many parts as its width asks for; nothing without virtual servers."""
    servers = results.virtual_servers
    if not servers:
        return ()
    if len(servers) <= WIDEST:
        return (_section(results, servers, "", 1),)
    parts = list(_parts(servers))
    return tuple(
        _section(results, part, _part_name(part), number)
        for number, part in enumerate(parts, start=1)
    )


def theme(attribute: str) -> str:
    """Return the theme that an attribute is listed under."""
    name = attribute.lower()
    for title, words in THEMES:
        if any(word in name for word in words):
            return title
    return OTHER


def _parts(servers: Sequence[VirtualServerRecord]) -> Iterator[tuple[VirtualServerRecord, ...]]:
    groups: dict[tuple[str, str], list[VirtualServerRecord]] = {}
    for item in servers:
        key = item.organization or "", item.administrative_group or ""
        groups.setdefault(key, []).append(item)
    for group in groups.values():
        source = iter(group)
        while part := tuple(islice(source, WIDEST)):
            yield part


def _part_name(part: Sequence[VirtualServerRecord]) -> str:
    group = part[0].administrative_group or "no administrative group"
    ends = part[0].server or "", part[-1].server or ""
    return f"{one_line(group)}, {one_line(ends[0])} to {one_line(ends[1])}"


def _section(
    results: Results, servers: Sequence[VirtualServerRecord], part: str, number: int
) -> Section:
    attributes = _attributes(servers)
    intro = (
        f"{count(len(attributes), 'setting')} of {count(len(servers), 'virtual server')}"
        f"{' (' + part + ')' if part else ''}. {DIFFERS} differs from default,"
        f" {ODD} differs from most of the others."
    )
    return Section(
        key="settings-matrix" if number == 1 else f"settings-matrix-{number}",
        title="Settings matrix" if number == 1 else f"Settings matrix {number}",
        intro=intro,
        columns=(
            Column("Theme", 15),
            Column("Setting", 28),
            Column("Attribute", 30, group=Group.DETAIL),
            Column("Default", 20),
            Column("Same everywhere?", 13),
            *(Column(header, 20) for header in _headers(servers)),
        ),
        rows=_rows(results, servers, attributes),
        count=len(attributes),
        table="tblSettings" if number == 1 else f"tblSettings{number}",
        frozen=3,
        wide=True,
    )


def _attributes(servers: Sequence[VirtualServerRecord]) -> list[str]:
    found = dict.fromkeys(
        name for item in servers for name in item.settings if name.lower() not in NO_SETTINGS
    )
    themes = [title for title, _ in THEMES] + [OTHER]
    return sorted(found, key=lambda name: themes.index(theme(name)))


def _headers(servers: Sequence[VirtualServerRecord]) -> Iterator[str]:
    seen: Counter[str] = Counter()
    for item in servers:
        label = item.name or (f"virtual server {item.number}" if item.number else item.dn)
        header = shorten(name_of(item.server, label), 120)
        seen[header.lower()] += 1
        again = seen[header.lower()]
        yield header if again == 1 else f"{header} ({again})"


def _rows(
    results: Results, servers: Sequence[VirtualServerRecord], attributes: Sequence[str]
) -> Callable[[], Iterator[Row]]:
    def rows() -> Iterator[Row]:
        labels = rules_by_attribute(results)
        defaults = _defaults(results)
        differences = open_differences(results)
        for name in attributes:
            texts = [setting_text(item.settings.get(name)) for item in servers]
            compared = Counter(
                text
                for item, text in zip(servers, texts, strict=True)
                if name in item.settings and item.settings[name].state in ("set", "not_set")
            )
            common = _common(compared)
            cells = (
                _cell(text, (item.dn, name.lower()) in differences, common, text in compared)
                for item, text in zip(servers, texts, strict=True)
            )
            default = defaults.get(name.lower())
            yield (
                theme(name),
                setting_label(labels, name),
                name,
                default.default_text if default else "not documented",
                _same(compared, len(servers)),
                *cells,
            )

    return rows


def _defaults(results: Results) -> dict[str, RuleRecord]:
    # An attribute may be on connectors too: the virtual servers' own rules come first.
    found: dict[str, RuleRecord] = {}
    ordered = sorted(results.rules, key=lambda rule: _SMTP not in rule.object_class.split(", "))
    for rule in ordered:
        if rule.default_text and rule.kind == "non-default":
            found.setdefault(rule.attribute.lower(), rule)
    for rule in ordered:
        if rule.default_text:
            found.setdefault(rule.attribute.lower(), rule)
    return found


def _common(compared: Counter[str]) -> str | None:
    """Return the value that most share; None when fewer than three are compared or none leads."""
    total = compared.total()
    if total < 3:
        return None
    text, number = compared.most_common(1)[0]
    return text if number * 2 > total else None


def _cell(text: str, differs: bool, common: str | None, compared: bool) -> str:
    odd = common is not None and compared and text != common
    mark = (DIFFERS if differs else "") + (ODD if odd else "")
    if mark:
        return f"{mark} {text}"
    # A value that begins like a mark must not pass for one.
    return f"“{text}”" if text.startswith((DIFFERS, ODD)) else text


def _same(compared: Counter[str], servers: int) -> str:
    if servers == 1:
        return "Only one"
    if not compared:
        return "Unknown"
    if len(compared) > 1:
        return f"No, {len(compared)} values"
    return "Yes" if compared.total() == servers else "Yes, where known"
