"""A results file in, the little of it out that many audits are consolidated from.

Decoding some fields of a document takes a fraction of the time and memory of decoding all.
"""

import json
from typing import TypeVar

import msgspec
from msgspec import Struct

from analyzer.errors import ReadError
from analyzer.results.records import RunRecord, ToolRecord

T = TypeVar("T", bound=Struct)


class DigestInput(Struct, frozen=True):
    """One input of an audit."""

    path: str
    sha256: str
    bytes: int
    naming_context: str | None = None
    modified: str = ""


class KeptAudit(Struct, frozen=True):
    """By what and of what an audit was made."""

    tool: ToolRecord
    run: RunRecord
    inputs: tuple[DigestInput, ...]


class DigestSetting(Struct, frozen=True, gc=False):
    """One setting of a listener."""

    state: str
    text: str


class DigestRelay(Struct, frozen=True):
    """Who may relay through a listener."""

    verdict: str
    confidence: str
    addresses_covered: int | None = None
    covers: str = ""
    authenticated_may_relay: bool | None = None
    anonymous: bool | None = None


class DigestListener(Struct, frozen=True):
    """One virtual server or receive connector."""

    dn: str
    organization: str | None
    server: str | None
    name: str | None
    exchange_version: str | None
    settings: dict[str, DigestSetting]
    relay: DigestRelay | None = None
    guid: str | None = None
    left_by: str = ""


class DigestServer(Struct, frozen=True):
    """One Exchange server."""

    exchange_version: str | None
    organization: str | None = None
    when_changed: str = ""
    in_dump: bool = True


class DigestObject(Struct, frozen=True):
    """Any object of which only the identity counts here."""

    guid: str | None = None
    organization: str | None = None
    when_changed: str = ""


class DigestFinding(Struct, frozen=True, gc=False):
    """One finding."""

    rule: str
    kind: str
    severity: str
    title: str
    dn: str
    organization: str | None
    server: str | None
    virtual_server: str | None
    attribute: str
    found_text: str
    default_text: str
    status: str
    assumed: bool = False
    change: str = ""


class DigestCheck(Struct, frozen=True):
    """One rule over all its objects."""

    rule: str
    title: str
    not_evaluable: int


class DigestRecord(Struct, frozen=True):
    """Any record that is only counted."""


class AuditDigest(Struct, frozen=True):
    """What the consolidation takes of one audit."""

    tool: ToolRecord
    run: RunRecord
    inputs: tuple[DigestInput, ...]
    virtual_servers: tuple[DigestListener, ...]
    findings: tuple[DigestFinding, ...]
    checks: tuple[DigestCheck, ...]
    unreadable: tuple[DigestRecord, ...]
    servers: tuple[DigestServer, ...] = ()
    evidence: tuple[DigestObject, ...] = ()
    receive_connectors: tuple[DigestListener, ...] = ()
    send_connectors: tuple[DigestObject, ...] = ()
    accepted_domains: tuple[DigestObject, ...] = ()
    baseline: DigestRecord | None = None
    resolved: tuple[DigestRecord, ...] = ()


def read_digest(data: bytes, kind: type[T], path: str) -> T:
    """Return these fields of the results of an audit.

    Raises:
        ReadError: the bytes are no results.
    """
    try:
        return msgspec.json.decode(data, type=kind)
    except (msgspec.DecodeError, ValueError, RecursionError):
        pass
    try:
        # Halves of characters (lone surrogates), which msgspec refuses, become question marks.
        text = json.dumps(json.loads(data.decode("utf-8-sig")), ensure_ascii=False)
        return msgspec.json.decode(text.encode("utf-8", "replace"), type=kind)
    except (msgspec.DecodeError, ValueError, RecursionError) as error:
        raise ReadError(path, "these are no results of an audit") from error
