"""A dump in the making: its lines, and on which line each object and attribute stands.

Line numbers are counted while writing, so they are independent of any reader.
"""

from dataclasses import dataclass, field


@dataclass(slots=True)
class Place:
    """Where one object stands; lines are physical and count from 1, a snapshot has none."""

    line: int | None
    last_line: int | None
    attributes: dict[str, int] = field(default_factory=dict)
    """First line of each attribute."""
    offset: int | None = None
    """In a snapshot."""


@dataclass(slots=True)
class Page:
    """Lines without their ends, and the places of the objects on them."""

    lines: list[str] = field(default_factory=list)
    places: dict[str, Place] = field(default_factory=dict)
    """By DN as the model spells it."""
    entries: int = 0
    _line: int = 1

    def write(self, *lines: str) -> None:
        """Add lines; a line feed inside one counts as a line of its own."""
        for line in lines:
            self.lines.append(line)
            self._line += 1 + line.count("\n")

    def begin(self, dn: str) -> None:
        """Say that the next line is the first of an object."""
        self.places[dn] = Place(self._line, self._line)
        self.entries += 1

    def attribute(self, dn: str, name: str, lines: list[str]) -> None:
        """Add the lines of one value of an attribute."""
        self.places[dn].attributes.setdefault(name, self._line)
        self.write(*lines)

    def end(self, dn: str) -> None:
        """Say that the line before was the last of the object."""
        self.places[dn].last_line = self._line - 1

    def encode(self, codec: str, line_end: str, mark: bytes = b"", errors: str = "strict") -> bytes:
        """Return the file."""
        text = line_end.join(self.lines) + line_end
        return mark + text.encode(codec, errors)
