"""The sentences that explain which listener takes a session, and why another one may."""

from collections.abc import Sequence

from analyzer.directory.kinds import KindOfObject
from analyzer.directory.values import Setting, State
from analyzer.inventory import DirectoryObject
from analyzer.relay.words import state_in_words

EDGE = (
    "Not known: the receive connectors of an Edge server stand in a directory of its own (AD LDS), "
    "which no dump of Active Directory holds."
)


def bindings_not_known(bindings: Setting) -> str:
    """Say why a listener counts as one on any port."""
    if bindings.state is State.SET:
        why = f"{bindings.attribute.name} holds no address with a port"
    else:
        why = state_in_words(bindings)
    return f"Assumed: it listens on any port, because {why}."


def tie(first: DirectoryObject, others: Sequence[DirectoryObject]) -> str:
    """Say that several connectors have equally specific ranges, and which one was taken."""
    return (
        f"Assumed: {first.name} takes the session, being the first by name; as specific a range "
        f"with this address have {_names(others)}."
    )


def ranges_of_others_not_known(others: Sequence[DirectoryObject]) -> str:
    """Say that a more specific range may stand where the ranges are not known."""
    return (
        "Assumed: no more specific range with this address is among those of "
        f"{_names(others)}, which are not known."
    )


def none_takes(kind: KindOfObject, port: int) -> str:
    """Say that a server has listeners, and that none is for this session."""
    return f"No {kind.singular} of this server takes a session from this address on port {port}."


def no_listener(kind: KindOfObject) -> str:
    """Say that a server has no listener at all."""
    return f"Assumed: nothing takes the session; the dump holds no {kind.singular} of this server."


def _names(connectors: Sequence[DirectoryObject]) -> str:
    return ", ".join(str(connector.name) for connector in connectors)
