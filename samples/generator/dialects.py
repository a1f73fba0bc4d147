"""The servers and virtual servers of the organisation in the form of each tool and mode."""

from generator import csv_writers, ldif_writers, organization
from generator.expectations import View
from generator.forms import NOTHING_UNREADABLE, About, Form
from generator.virtual_servers import RELAY_FOR_AUTH, RELAY_LIST

_OCTETS = {"objectGUID", "msExchIPSecurity", RELAY_LIST, "msExchEncryptedPassword"}
_STUDIO_COLUMNS = (
    *("objectClass", "cn", "adminDisplayName", "serialNumber", "networkAddress"),
    *("msExchServerBindings", "msExchAuthenticationFlags", "msExchSmtpMaxHopCount"),
    *(RELAY_FOR_AUTH, "msExchSmtpFullyQualifiedDomainName", "msExchSmtpQueueDirectory"),
    RELAY_LIST,
)
_POWERSHELL_COLUMNS = (
    *("DistinguishedName", "ObjectClass", "adminDisplayName", "msExchServerBindings"),
    *("msExchAuthenticationFlags", "msExchSmtpMaxHopCount", RELAY_FOR_AUTH, RELAY_LIST),
)


def ldif_dialects() -> list[Form]:
    """Return the servers and virtual servers as LDIF of each tool and mode."""
    items = organization.servers_and_virtual_servers()
    only_virtual_servers = organization.virtual_servers_only()
    search = ldif_writers.ldapsearch
    search_filter = "(|(objectClass=msExchExchangeServer)(objectClass=protocolCfgSMTPServer))"
    pages = {
        "ldapsearch-L.ldif": search(items, "-L", search_filter=search_filter),
        "ldapsearch-LL.ldif": search(items, "-LL"),
        "ldapsearch-LLL.ldif": search(items, "-LLL"),
        "ldapsearch-no-wrap.ldif": search(items, wrap=False, search_filter=search_filter),
        "ldapsearch-paged.ldif": search(items, page_size=7, search_filter=search_filter),
        "ldapsearch-paged-L.ldif": search(items, "-L", page_size=7, search_filter=search_filter),
        "ldapsearch-paged-LL.ldif": search(items, "-LL", page_size=7),
        "ldapsearch-paged-LLL.ldif": search(items, "-LLL", page_size=7),
    }
    with_comments: About = {"dialect": "ldapsearch"}
    samples = [
        Form(
            f"dialects/{name}",
            page,
            page.encode("ascii", "\n"),
            View(),
            {"format": "ldif", "encoding": "utf-8"}
            | (NOTHING_UNREADABLE if "-LL" in name else with_comments),
        )
        for name, page in pages.items()
    ]
    redirected = search(items, search_filter=search_filter)
    relay_only = (RELAY_FOR_AUTH, RELAY_LIST)
    limited = search(only_virtual_servers, "-LLL", only=relay_only)
    relay_for_auth = ldif_writers.ldifde(only_virtual_servers, only={RELAY_FOR_AUTH})
    no_octets = ldif_writers.ldifde(items, binary=False)
    ldb, jxplorer = ldif_writers.ldbsearch(items), ldif_writers.jxplorer(items)
    studio = ldif_writers.studio(items)
    utf8 = {"format": "ldif", "encoding": "utf-8"} | NOTHING_UNREADABLE
    return [
        *samples,
        Form(
            "dialects/ldapsearch-redirected-by-powershell.ldif",
            redirected,
            redirected.encode("utf-16-le", "\r\n", mark=b"\xff\xfe"),
            View(),
            {"format": "ldif", "dialect": "ldapsearch", "encoding": "utf-16-le"},
        ),
        Form(
            "dialects/ldapsearch-two-attributes.ldif",
            limited,
            limited.encode("ascii", "\n"),
            View(exported=frozenset(relay_only), servers=False),
            utf8 | {"export_scope": "limited"},
        ),
        Form(
            "dialects/ldifde-one-attribute.ldf",
            relay_for_auth,
            relay_for_auth.encode("cp1252", "\r\n"),
            View(exported=frozenset({RELAY_FOR_AUTH}), servers=False),
            {"format": "ldif", "dialect": "ldifde", "encoding": "cp1252"}
            | {"export_scope": "limited"}
            | NOTHING_UNREADABLE,
        ),
        Form(
            "dialects/ldifde-without-octets.ldf",
            no_octets,
            no_octets.encode("cp1252", "\r\n"),
            View(exported=_all_but_octets()),
            {"format": "ldif", "dialect": "ldifde", "encoding": "cp1252"} | NOTHING_UNREADABLE,
        ),
        Form(
            "dialects/ldbsearch.ldif",
            ldb,
            ldb.encode("utf-8", "\n"),
            View(),
            utf8 | {"dialect": "ldbsearch"},
        ),
        Form("dialects/jxplorer.ldif", jxplorer, jxplorer.encode("ascii", "\n"), View(), utf8),
        Form("dialects/studio.ldif", studio, studio.encode("ascii", "\r\n"), View(), utf8),
    ]


def csv_dialects() -> list[Form]:
    """Return the servers and virtual servers as CSV of each tool and mode."""
    items = organization.servers_and_virtual_servers()
    only_virtual_servers = organization.virtual_servers_only()
    table = csv_writers.csvde(items)
    single = csv_writers.csvde(items, doubled=False)
    spreadsheet = csv_writers.csvde(items, separator=";")
    no_octets = csv_writers.csvde(items, binary=False)
    studio_ansi = csv_writers.studio(items, _STUDIO_COLUMNS, "cp1252")
    studio_utf8 = csv_writers.studio(items, _STUDIO_COLUMNS, "utf-8")
    first_columns = _columns_of_first_object()
    powershell5 = csv_writers.powershell(only_virtual_servers, first_columns, type_line=True)
    powershell7 = csv_writers.powershell(only_virtual_servers, _POWERSHELL_COLUMNS, type_line=False)
    joined = csv_writers.powershell(
        only_virtual_servers, _POWERSHELL_COLUMNS[:-1], type_line=False, joined=True
    )
    csvde = {"format": "csv", "dialect": "csvde"} | NOTHING_UNREADABLE
    studio = {"format": "csv", "dialect": "studio"} | NOTHING_UNREADABLE
    shell = {"format": "csv", "dialect": "powershell", "encoding": "utf-8"} | NOTHING_UNREADABLE
    picked = View(
        csv=True,
        exported=frozenset(_STUDIO_COLUMNS),
        lost=frozenset({RELAY_LIST}),
    )
    chosen = View(
        csv=True,
        exported=frozenset(_POWERSHELL_COLUMNS),
        lost=frozenset({RELAY_LIST, "msExchServerBindings"}),
        servers=False,
    )
    return [
        Form(
            "dialects/csvde-unicode.csv",
            table,
            table.encode("utf-16-le", "\r\n", mark=b"\xff\xfe"),
            View(csv=True),
            csvde | {"encoding": "utf-16-le"},
        ),
        Form(
            "dialects/csvde-single-backslash.csv",
            single,
            single.encode("cp1252", "\r\n"),
            View(csv=True),
            csvde | {"encoding": "cp1252"},
        ),
        Form(
            "dialects/csvde-saved-by-spreadsheet.csv",
            spreadsheet,
            spreadsheet.encode("cp1252", "\r\n"),
            View(csv=True),
            {"format": "csv", "encoding": "cp1252"} | NOTHING_UNREADABLE,
        ),
        Form(
            "dialects/csvde-without-octets.csv",
            no_octets,
            no_octets.encode("cp1252", "\r\n"),
            View(csv=True, exported=_all_but_octets()),
            csvde | {"encoding": "cp1252"},
        ),
        Form(
            "dialects/studio-binary-as-word.csv",
            studio_ansi,
            studio_ansi.encode("cp1252", "\r\n"),
            picked,
            studio | {"encoding": "cp1252"},
        ),
        Form(
            "dialects/studio-binary-mangled.csv",
            studio_utf8,
            studio_utf8.encode("utf-8", "\n"),
            picked,
            studio | {"encoding": "utf-8"},
        ),
        Form(
            "dialects/powershell-5.csv",
            powershell5,
            powershell5.encode("ascii", "\r\n", errors="replace"),
            View(
                csv=True,
                exported=frozenset(first_columns),
                lost=frozenset({"msExchServerBindings", "msExchBridgeheadedLocalConnectorsDNBL"}),
                servers=False,
                ascii_only=True,
            ),
            shell,
        ),
        Form(
            "dialects/powershell-7.csv",
            powershell7,
            powershell7.encode("utf-8", "\r\n"),
            chosen,
            shell,
        ),
        Form(
            "dialects/powershell-7-joined.csv",
            joined,
            joined.encode("utf-8", "\r\n"),
            View(
                csv=True,
                exported=frozenset(_POWERSHELL_COLUMNS[:-1]),
                servers=False,
            ),
            shell,
        ),
    ]


def _all_but_octets() -> frozenset[str]:
    items = organization.servers_and_virtual_servers()
    return frozenset(name for item in items for name in item.attributes) - _OCTETS


def _columns_of_first_object() -> list[str]:
    # `Get-ADObject -Properties * | Export-Csv` takes the columns from the first object.
    names = {"cn": "CN", "distinguishedName": "DistinguishedName", "objectGUID": "ObjectGUID"}
    names["objectClass"] = "ObjectClass"
    first = organization.virtual_servers_only()[0]
    columns = {names.get(name, name) for name in first.attributes} | {"nTSecurityDescriptor"}
    return sorted(columns, key=str.lower)
