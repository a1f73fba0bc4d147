"""Id of a control in, its title and the document it stands in out.

The controls of DISA and CIS that a dump can decide are rules of the catalogue by themselves, with
their own sources; here stand those that a rule supports without deciding them.
"""

from collections.abc import Mapping
from typing import NamedTuple


class Framework(NamedTuple):
    """A document with controls, cited once for all of them."""

    document: str
    address: str
    controls: Mapping[str, str]
    """Title of each that a rule names, by its id."""


FRAMEWORKS = (
    Framework(
        "ISO/IEC 27001:2022, Annex A",
        "https://www.iso.org/standard/27001",
        {
            "ISO A.5.14": "Information transfer",
            "ISO A.5.15": "Access control",
            "ISO A.8.5": "Secure authentication",
            "ISO A.8.6": "Capacity management",
            "ISO A.8.8": "Management of technical vulnerabilities",
            "ISO A.8.9": "Configuration management",
            "ISO A.8.12": "Data leakage prevention",
            "ISO A.8.15": "Logging",
            "ISO A.8.20": "Networks security",
            "ISO A.8.21": "Security of network services",
            "ISO A.8.24": "Use of cryptography",
        },
    ),
    Framework(
        "NIST SP 800-53 Rev. 5",
        "https://doi.org/10.6028/NIST.SP.800-53r5",
        {
            "NIST AC-3": "Access Enforcement",
            "NIST AC-4": "Information Flow Enforcement",
            "NIST AC-7": "Unsuccessful Logon Attempts",
            "NIST AU-2": "Event Logging",
            "NIST AU-12": "Audit Record Generation",
            "NIST CM-6": "Configuration Settings",
            "NIST CM-7": "Least Functionality",
            "NIST IA-3": "Device Identification and Authentication",
            "NIST IA-5(1)": "Password-based Authentication",
            "NIST SA-22": "Unsupported System Components",
            "NIST SC-5": "Denial-of-service Protection",
            "NIST SC-7": "Boundary Protection",
            "NIST SC-8": "Transmission Confidentiality and Integrity",
            "NIST SC-8(1)": "Cryptographic Protection",
            "NIST SC-23": "Session Authenticity",
            "NIST SI-2": "Flaw Remediation",
            "NIST SI-8": "Spam Protection",
        },
    ),
    Framework(
        "DISA STIG Microsoft Exchange Server 2003, V1R5",
        "https://cyber.trackr.live/stig/Exchange_Server_2003/1/5",
        {"EMG2-131": "Smart host at the level of the virtual server"},
    ),
)
OTHER_DOCUMENTS = (
    "DISA STIGs (EX13, EX16, EX19, Exch) and CIS Benchmarks (CIS) of Microsoft Exchange: each with"
    " its source on Rules and Hardening"
)


def name_of_control(control: str) -> str:
    """Return an id with title and document; of one that is not known here the id alone."""
    for framework in FRAMEWORKS:
        if control in framework.controls:
            return f"{control}: {framework.controls[control]} ({framework.document})"
    return control
