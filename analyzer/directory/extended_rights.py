"""Extended rights by name and GUID: those built in, replaced by the ones that a dump defines.

Every forest holds its own definitions in CN=Extended-Rights, and only those decide there. The
built-in table is for dumps without them: GUIDs of two independent public tables of SDDL decoders,
those with XMessageContext, X*Params, XAttr and XSysProbe of the decompiled WellKnownPermission.cs
of Exchange 2013 alone.
"""

import uuid
from collections.abc import Mapping

from msgspec import Struct

ACCEPT_ANY_RECIPIENT = "ms-Exch-SMTP-Accept-Any-Recipient"
"""The right to relay: without it only recipients in accepted domains are taken."""
SUBMIT = "ms-Exch-SMTP-Submit"
"""The right to send mail at all."""

EXTENDED_RIGHTS: Mapping[str, str] = {
    "04031f4f-7c36-43ea-9b49-4bd0f5f1e6af": "ms-Exch-Accept-Headers-Routing",
    "11716db4-9647-4bce-8922-1f99e526cb41": "ms-Exch-SMTP-Send-Exch50",
    "1c75aca8-b56b-48b3-a021-858a29fa877b": "ms-Exch-SMTP-Accept-Authentication-Flag",
    "2f7d0e23-f951-4ed0-8e71-39b6a22fa298": "ms-Exch-Send-Headers-Organization",
    "5669b1b6-dca0-429b-8fdb-fc5b07c0f73f": "ms-Exch-SMTP-Accept-XMessageContext-FastIndex",
    "5bc2acab-ad7d-4878-b6cd-3122a47c6a1c": "ms-Exch-SMTP-Send-XShadow",
    "5bee2b72-50d7-49c7-ba66-39a25daa1e92": "ms-Exch-SMTP-Accept-XProxyFrom",
    "5c82f031-4e4c-4326-88e1-8c4f0cad9de5": "ms-Exch-SMTP-Accept-Any-Recipient",
    "5db60ab1-1ad4-4863-b9be-fbc5b00691a3": "ms-Exch-SMTP-Accept-XSysProbe",
    "6760cfc5-70f4-4ae8-bc39-9522d86ac69b": "ms-Exch-Bypass-Message-Size-Limit",
    "811d004b-e2ed-4024-8953-0f0fb0612e47": "ms-Exch-SMTP-Accept-XShadow",
    "8fc01282-006d-42b1-81e3-c0b46bed3754": "ms-Exch-SMTP-Submit-For-MLS",
    "a18293f1-0685-4540-aa63-e32df421b3a2": "ms-Exch-SMTP-Submit",
    "a7a9ea66-e08c-4e23-8fe7-68c40e49c6c0": "ms-Exch-Accept-Headers-Forest",
    "ab721a54-1e2f-11d0-9819-00aa0040529b": "Send-As",
    "b3f9f977-552c-4ee6-9781-59280a81417b": "ms-Exch-Send-Headers-Forest",
    "b857b50b-94a2-4b53-93f6-41cebd2fced0": "ms-Exch-SMTP-Accept-Any-Sender",
    "b938d9df-1f37-41d3-8cdc-f4148f20076d": "ms-Exch-SMTP-Accept-XMessageContext-ADRecipientCache",
    "be013017-13a1-41ad-a058-f156504cb617": "Read metabase properties",
    "c08e6405-fccb-4c21-9985-2e865bcf15d5": "ms-Exch-SMTP-Accept-XSessionParams",
    "c22841f4-96cb-498a-ac02-f9a87c74eb14": "ms-Exch-SMTP-Accept-Authoritative-Domain-Sender",
    "c307dccd-6676-4d19-95c8-d1567fab9820": "ms-Exch-Accept-Headers-Organization",
    "c62e96a4-6f25-497b-8d41-70cbd25eaa99": "ms-Exch-SMTP-Accept-XAttr",
    "d19299b4-86c2-4c9a-8fa7-acb70c63023a": "ms-Exch-Bypass-Anti-Spam",
    "e1f584b5-11c8-451b-91e8-045c75973912": (
        "ms-Exch-SMTP-Accept-XMessageContext-ExtendedProperties"
    ),
    "e373fb21-d851-4d15-af23-982f09f2400b": "ms-Exch-SMTP-Accept-Exch50",
    "eb8c07ad-b5ad-49c3-831e-bc439cca4c2a": "ms-Exch-Send-Headers-Routing",
}
"""Names by rightsGuid, for dumps that do not hold CN=Extended-Rights."""


class Rights(Struct, frozen=True, eq=False):
    """The rights of one forest, told apart by identity."""

    guids: Mapping[str, str]
    """GUID by name, in the built-in spelling where there is one."""
    names: Mapping[str, str]
    """Name by GUID; a GUID that two rights claim is that of the dump's."""


def make_rights(own: Mapping[str, str]) -> Rights:
    """Return the built-in rights, each replaced by the one of that name that a dump defines.

    `own` holds GUIDs by name, in any letter case and with or without braces; what is no GUID
    defines nothing.
    """
    spelled = {name.lower(): name for name in EXTENDED_RIGHTS.values()}
    defined = {
        spelled.get(name.lower(), name): guid
        for name, guid in ((name, _guid(text)) for name, text in own.items())
        if guid
    }
    guids = {name: guid for guid, name in EXTENDED_RIGHTS.items()} | defined
    names = {guid: name for name, guid in guids.items() if name not in defined}
    return Rights(guids, names | {guid: name for name, guid in defined.items()})


def is_built_in(name: str, guid: str) -> bool:
    """Tell whether a definition says nothing that the built-in table does not say."""
    known = {each.lower(): own for each, own in BUILT_IN.guids.items()}
    return known.get(name.lower(), _guid(guid)) == _guid(guid)


def _guid(text: str) -> str:
    """Return a GUID in the form of the built-in table; empty for other text."""
    try:
        return str(uuid.UUID(text.strip()))
    except ValueError:
        return ""


BUILT_IN = make_rights({})
"""The rights of a dump that defines none."""
