"""A SID in, the name of a well-known one out.

Names as MS-DTYP 2.4.2.4 lists them. Those of Exchange's own authority are the ones that Microsoft
documents for the permission groups of receive connectors ("Receive connectors"); their SIDs are
known from the decompiled ReceiveConnector.cs of Exchange 2013 and Microsoft's reference of
deployment permissions, which agree.
"""

from collections.abc import Mapping
from functools import lru_cache

ANONYMOUS = "S-1-5-7"
EVERYONE = "S-1-1-0"
AUTHENTICATED_USERS = "S-1-5-11"

# Exchange takes SIDs of its own authority for roles that no account of a domain stands for.
_EXCHANGE = "S-1-9-1419165041-1139599005-3936102811-1022490595"
PARTNERS = f"{_EXCHANGE}-10"
HUB_TRANSPORT = f"{_EXCHANGE}-21"
EDGE_TRANSPORT = f"{_EXCHANGE}-22"
EXTERNALLY_SECURED = f"{_EXCHANGE}-23"

_WELL_KNOWN: Mapping[str, str] = {
    EVERYONE: "Everyone",
    "S-1-3-0": "CREATOR OWNER",
    ANONYMOUS: "ANONYMOUS LOGON",
    "S-1-5-9": "ENTERPRISE DOMAIN CONTROLLERS",
    "S-1-5-10": "SELF",
    AUTHENTICATED_USERS: "Authenticated Users",
    "S-1-5-18": "SYSTEM",
    "S-1-5-20": "NETWORK SERVICE",
    "S-1-5-32-544": r"BUILTIN\Administrators",
    "S-1-5-32-545": r"BUILTIN\Users",
    "S-1-5-32-554": r"BUILTIN\Pre-Windows 2000 Compatible Access",
    PARTNERS: "Exchange partner servers",
    HUB_TRANSPORT: "Exchange Hub Transport servers",
    EDGE_TRANSPORT: "Exchange Edge Transport servers",
    EXTERNALLY_SECURED: "Exchange externally secured servers",
}
_DOMAIN_ACCOUNTS: Mapping[str, str] = {
    "500": "Administrator",
    "501": "Guest",
    "512": "Domain Admins",
    "513": "Domain Users",
    "514": "Domain Guests",
    "515": "Domain Computers",
    "516": "Domain Controllers",
    "518": "Schema Admins",
    "519": "Enterprise Admins",
}


@lru_cache(maxsize=4096)
def well_known_name(sid: str) -> str:
    """Return the name of a well-known SID, empty for any other."""
    # S-1-5-21, three numbers of the domain, and the account: its last number tells alone.
    if sid.startswith("S-1-5-21-") and sid.count("-") == 7:
        return _DOMAIN_ACCOUNTS.get(sid.rpartition("-")[2], "")
    return _WELL_KNOWN.get(sid, "")


def is_domain_account(sid: str) -> bool:
    """Tell whether a SID is that of a user or group of a domain."""
    return sid.startswith("S-1-5-21-")
