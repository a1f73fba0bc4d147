"""What goes into an extract, as the caller chooses it."""

from msgspec import Struct

from analyzer.extract.redaction import Redactor


class ExtractOptions(Struct, frozen=True):
    """What goes into an extract."""

    everything: bool = False
    """Every readable entry, not only those that an audit rests on."""
    descriptors: bool = True
    """With nTSecurityDescriptor."""
    redactor: Redactor | None = None
    """Invents the names; None leaves all as it is."""
