"""Address of a source in, its name for readers out: whose text it is, its number and its title.

Microsoft took many of these articles off the web; what is left of them stands on mirrors. A reader
wants to know which article it is, whoever keeps the copy.
"""

import re
from collections.abc import Iterable

_TITLES = {
    "aa995699": "Connector has accept restrictions set",
    "aa996449": "SMTP connector with distribution group delivery restrictions set",
    "aa996573": "The msExchSmtpSmartHostType value has been altered from its default of 0",
    "aa996733": "SMTP server accepts basic authentication",
    "aa996739": "The msExchSmtpMaxHopCount value has been altered from its default",
    "aa996822": "SMTP instance with no outbound SMTP connector set",
    "aa996882": "The msExchMaxIncomingConnections value has been altered from its default",
    "aa996893": "msExchSmtpMaxOutgoingConnectionsPerDomain changed from its default of 100",
    "aa996901": "SMTP server failed open relay test",
    "aa996967": "Anonymous access is allowed on internal SMTP virtual servers",
    "aa997313": "Intelligent Message Filter is enabled on the mailbox server",
    "aa997328": "Multiple SMTP port bindings configured",
    "aa997387": "Smart host is set on SMTP virtual server",
    "aa997388": "Bridgehead server to check distribution group delivery restrictions",
    "aa997577": "Discrepancy of the maximum session size between Active Directory and metabase",
    "aa998389": "Connector has reject restrictions set",
}
"""Titles of the Exchange Server Analyzer, as far as they were seen."""

_HOST = re.compile(r"https?://(?P<host>[^\s<>\"/:?#]+)")
_KB = re.compile(r"(?:kbid=|/kb/)([0-9]{6})\b|/KB/en-us/([0-9]{3})/([0-9]{3})\.HTM", re.IGNORECASE)
_ARTICLE = re.compile(r"\b((?:aa|bb|cc|dd|ff|ms)[0-9]{6})\b", re.IGNORECASE)
_ANALYZER = re.compile(r"unifiedpeople\.ru/(?:exbpa|extra)\.en/html/([0-9a-f]{8})-")
_LIFECYCLE = re.compile(r"microsoft\.com/.*lifecycle/products/exchange-server-([0-9]{4})")
_HELP = "unifiedpeople.ru/exadmin_sp2"
_OPEN_SPECIFICATION = re.compile(r"/openspecs/windows_protocols/([a-z-]+)")


def name_of_source(address: str) -> str:
    """Return whose text it is, with its number and title; of others the host they stand on."""
    if match := _LIFECYCLE.search(address):
        return f"Microsoft Lifecycle, Exchange Server {match[1]}"
    if match := _KB.search(address):
        return f"Microsoft KB {''.join(filter(None, match.groups()))}"
    if match := _OPEN_SPECIFICATION.search(address):
        return f"Microsoft {match[1].upper()}"
    if match := _ARTICLE.search(address):
        number = match[1].lower()
        title = _TITLES.get(number)
        return f"Microsoft {number}: {title}" if title else f"Microsoft article {number}"
    if match := _ANALYZER.search(address):
        return f"Microsoft Exchange Server Analyzer, article {match[1]}"
    if _HELP in address:
        return "Microsoft Exchange 2003 help"
    host = _HOST.match(address)
    return host["host"] if host else address


def most_authoritative_first(addresses: Iterable[str]) -> tuple[str, ...]:
    """Return pages of Microsoft first, then copies of its texts, then what others wrote."""
    return tuple(sorted(addresses, key=_rank))


def _rank(address: str) -> int:
    host = _HOST.match(address)
    if host is not None and host["host"].lower().endswith(".microsoft.com"):
        return 0
    # The archive of the knowledge base and the copies of the Analyzer are Microsoft's words too.
    return 1 if name_of_source(address).startswith("Microsoft") else 2
