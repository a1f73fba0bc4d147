"""Who may relay, as JSON for programs: for everybody, and for one address."""

from analyzer.directory import kinds
from analyzer.directory.networks import Address
from analyzer.judge.object_records import receive_relay_record, relay_record
from analyzer.judge.subject import Subject, make_subject
from analyzer.judge.surroundings import survey
from analyzer.open_dump import Dump
from analyzer.relay.session import Session, trace_sessions
from analyzer.relay.virtual_server import left_by
from analyzer.results.document import json_line


def relay_document(dump: Dump, address: Address | None, port: int) -> bytes:
    """Return the answer for one address on a port, or without address the verdicts."""
    around = survey(dump.inventory)
    if address is None:
        subjects = (
            make_subject(listener, around, small_business_server=False)
            for listener in dump.inventory.objects
            if listener.kind.is_listener
        )
        return json_line({"listeners": [_listener(subject) for subject in subjects]})
    sessions = trace_sessions(address, port, dump.inventory, around.forest)
    return json_line(
        {
            "address": str(address),
            "port": port,
            "servers": [_session(session) for session in sessions],
        }
    )


def _listener(subject: Subject) -> dict[str, object]:
    listener, relay = subject.object, subject.relay
    describe = receive_relay_record if listener.kind is kinds.RECEIVE_CONNECTOR else relay_record
    return {
        "server": listener.server,
        "kind": listener.kind.key,
        "listener": listener.name,
        "dn": listener.dn,
        "relay": None if relay is None else describe(relay),
        "notes": listener.notes,
        "left_by": left_by(listener),
    }


def _session(session: Session) -> dict[str, object]:
    listener = session.listener
    return {
        "server": session.server_name,
        "kind": session.kind.key,
        "listener": listener.name if listener else None,
        "dn": listener.dn if listener else None,
        "may_relay": session.may_relay,
        "confidence": session.confidence,
        "reason": session.reason,
    }
