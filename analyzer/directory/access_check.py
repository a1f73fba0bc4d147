"""An access list and a right in, the entry that decides for each SID out."""

from collections.abc import Mapping, Sequence

from analyzer.directory.security_descriptor import Ace, AceKind

# RIGHT_DS_CONTROL_ACCESS, the bit of all extended rights (MS-ADTS 5.1.3.2), and GENERIC_ALL, which
# an entry may hold as it was written, before the directory maps it to its own bits.
_EXTENDED_RIGHT = 0x00000100
_GENERIC_ALL = 0x10000000


def deciding_entries(entries: Sequence[Ace], right: str) -> Mapping[str, int]:
    """Return the position of the entry that decides over an extended right, by SID.

    It is the first one in the stored order that counts; who has none has not got the right. Groups
    that a SID may be a member of are not looked at: each SID is looked up by itself.
    """
    deciding: dict[str, int] = {}
    for position, entry in enumerate(entries):
        if counts(entry, right):
            deciding.setdefault(entry.trustee, position)
    return deciding


def counts(entry: Ace, right: str) -> bool:
    """Tell whether an entry says anything about an extended right on this very object."""
    return (
        entry.kind is not AceKind.OTHER
        and not entry.inherit_only
        and bool(entry.mask & (_EXTENDED_RIGHT | _GENERIC_ALL))
        and entry.object_type in (None, right)
    )
