"""Text of a dump in, what of it may stand in a reason or a message out.

A shifted row, a line end that got lost or a fold too many moves a password to where a name belongs.
So a reason quotes what is shaped like the thing that was expected, little of it, and nothing behind
the name of an attribute that holds a password.
"""

import re
from collections.abc import Sequence

from analyzer.dump.secret_lines import start_of_secret

LONGEST = 60
"""Most characters that are quoted."""

# Compiled when there is something to quote, as it is in few dumps: it takes a millisecond.
_RDN = r"(?:(?:CN|OU|DC|O|L|ST|C|UID)?=[^,=+\"\\<>;#:\x00-\x1f\x7f-\x9f\u2028\u2029]*+)?"
_DN_START = rf"(?i)(?=[a-z]){_RDN}(?:,{_RDN})*+"
_EXCHANGE_NAME = r"(?i)msExch[a-z0-9-]{1,54}\Z"
_COMMON_NAMES = frozenset(
    [
        "admindescription",
        "admindisplayname",
        "authorizeduser",
        "c",
        "cn",
        "company",
        "country",
        "date",
        "dc",
        "department",
        "description",
        "displayname",
        "distinguishedname",
        "dn",
        "dnshostname",
        "enabled",
        "givenname",
        "group",
        "homemdb",
        "id",
        "identity",
        "instancetype",
        "l",
        "length",
        "lastwritetime",
        "legacyexchangedn",
        "location",
        "mail",
        "mailnickname",
        "manager",
        "member",
        "memberof",
        "name",
        "networkaddress",
        "ntsecuritydescriptor",
        "o",
        "objectcategory",
        "objectclass",
        "objectguid",
        "objectsid",
        "objectversion",
        "ou",
        "path",
        "proxyaddresses",
        "routinglist",
        "samaccountname",
        "serialnumber",
        "server",
        "size",
        "sn",
        "st",
        "state",
        "status",
        "systemflags",
        "targetaddress",
        "telephonenumber",
        "title",
        "type",
        "uid",
        "useraccountcontrol",
        "userprincipalname",
        "usnchanged",
        "usncreated",
        "value",
        "version",
        "whenchanged",
        "whencreated",
    ]
)
"""Names that no password is: those of columns and attributes that are met everywhere."""
_CLASSES = frozenset(
    [
        "computer",
        "configuration",
        "contact",
        "container",
        "domaindns",
        "foreignsecurityprincipal",
        "group",
        "inetorgperson",
        "organizationalperson",
        "organizationalunit",
        "person",
        "protocolcfg",
        "protocolcfgsmtp",
        "protocolcfgsmtpserver",
        "protocolcfgsmtpsite",
        "publicfolder",
        "server",
        "site",
        "top",
        "user",
    ]
)
_CHANGES = frozenset({"add", "delete", "modify", "modrdn", "moddn"})
_OPTION = r"(?i)binary|range=\d{1,9}-(?:\d{1,9}|\*)|lang-[a-z-]{2,8}"
_TYPE_NAME = r"(?:System|Microsoft)(?:\.[A-Za-z][A-Za-z0-9]{0,63}){1,8}(?:\[\])?"
_MOST_COLUMNS = 12


def quoted_dn(text: str) -> str:
    """Return `: '...'` with what a text that is no DN has of one; empty where it has nothing."""
    match = re.match(_DN_START, text[: LONGEST + 1])
    shown = match.group() if match else ""
    secret = start_of_secret(text)
    if 0 <= secret < len(shown):
        # The name of the attribute may begin before what gives it away.
        shown = shown[: shown.rfind(",", 0, secret) + 1]
    if not shown:
        return ""
    if len(shown) < len(text):
        shown = shown[: LONGEST - 3] + "..."
    return f": '{shown}'"


def shown_name(name: str) -> str:
    """Return the name of an attribute if it is one by its looks, else words for it."""
    plain, _, options = name.partition(";")
    known = plain.lower() in _COMMON_NAMES or re.match(_EXCHANGE_NAME, plain)
    if not known:
        return "an attribute"
    return f"{plain};{shown_option(options)}" if options else plain


def shown_option(option: str) -> str:
    """Return the option of an attribute if it is one that the directory knows."""
    return option if re.fullmatch(_OPTION, option) else "(unknown)"


def shown_change(values: Sequence[bytes]) -> str:
    """Return the values of a changetype, or words for what is none."""
    words = [value.strip().lower().decode("ascii", "replace") for value in values]
    return ", ".join(word if word in _CHANGES else "of an unknown kind" for word in words[:2])


def shown_class(name: str) -> str:
    """Return the name of a class if it is one by its looks, else words for it."""
    known = name.lower() in _CLASSES or re.match(_EXCHANGE_NAME, name)
    return name if known else "of an unknown name"


def shown_columns(names: Sequence[str]) -> str:
    """Return the names among some that are known, and how many are not."""
    known = [name for name in names if shown_name(name) == name][:_MOST_COLUMNS]
    others = len(names) - len(known)
    if not known:
        return f"{others}, none of a known name"
    return ", ".join(known) + (f" and {others} more" if others else "")


def shown_type(text: str) -> str:
    """Return the name of a .NET type, or words for what is none."""
    return text if re.fullmatch(_TYPE_NAME, text) else "(not shown)"
