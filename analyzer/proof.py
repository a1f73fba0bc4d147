"""An object and an attribute in, out what proves its value: file, lines, raw form, hash."""

from msgspec import Struct

from analyzer.directory.values import Setting
from analyzer.dump.entry import Notation
from analyzer.inventory import DirectoryObject

NAME = "distinguishedName"
"""What a statement about the name of an object rests on, whether or not it was exported."""


class Proof(Struct, frozen=True, gc=False):
    """Where a value stands in the dump, and as what."""

    file: str
    line: int | None
    last_line: int | None
    offset: int | None
    """Of the entry; a value has none of its own."""
    raw: str | None
    """The value as it stands; None when there is none, and for secrets."""
    entry_sha256: str
    notation: Notation | None
    has_lines: bool
    """Whether the lines are those of the value; else it is absent, which the whole entry proves."""
    setting: Setting | None
    """The value; None for what is no setting of the object, such as its name."""

    def is_at(self, line: int | None, last_line: int | None) -> bool:
        """Tell whether the value, or some of what proves its absence, stands on these lines."""
        first, last = self.line, self.last_line
        # A format without lines has None for each of them.
        if self.has_lines or not (first and last and line and last_line):
            return (line, last_line) == (first, last)
        return first <= line <= last_line <= last


def proof_of(directory_object: DirectoryObject, attribute: str) -> Proof:
    """Return what proves the value of one attribute, or its absence."""
    entry, setting = directory_object.entry, directory_object.settings.get(attribute)
    source = entry.source
    line, last_line, has_lines = source.line, source.last_line, False
    raw, notation = directory_object.dn if attribute == NAME else None, None
    if setting is not None:
        raw, notation = setting.raw, setting.notation
        if setting.line is not None:
            line, last_line, has_lines = setting.line, setting.last_line, True
    return Proof(
        source.file, line, last_line, source.offset, raw, entry.sha256, notation, has_lines, setting
    )
