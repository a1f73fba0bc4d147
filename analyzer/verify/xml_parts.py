"""A package of XML parts in, the elements of a part out, forward and within limits.

Expat reads: it takes a part in pieces and keeps nothing of it, so that work follows what was
unpacked and no number that a part claims. openpyxl keeps every shared string and yields each row up
to the highest number claimed; calamine lays out a grid as large as the farthest cell.
"""

import io
import posixpath
import struct
import zipfile
import zlib
from collections.abc import Mapping
from typing import BinaryIO, Protocol
from xml.parsers import expat

MOST_UNPACKED = 512 << 20
"""Unpacked bytes of all parts of a package that are read."""
MOST_ELEMENTS = 12_000_000
"""Elements of all parts that are read; a cell of ours takes three."""
LONGEST_TAG = 1 << 20
"""Bytes of one tag, comment or instruction."""
DEEPEST = 64
"""Elements within each other."""

# The table of the parts; some 50 parts of ours take 4 KB, and 1 MiB gives 16 MB of objects.
_LARGEST_READ = 1 << 20
_PIECE = 1 << 18
_METHODS = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)
_BROKEN = (
    expat.ExpatError,
    zipfile.BadZipFile,
    zlib.error,
    struct.error,
    OSError,
    EOFError,
    ValueError,
    RuntimeError,
    OverflowError,
)
"""What comes of damaged packages and parts."""

Relations = Mapping[str, tuple[str, str]]
"""Id to the last word of the type, and the name of the part."""


class PartError(Exception):
    """A package is damaged, or more than is read of one; the text is one line."""


class Elements(Protocol):
    """What takes the elements of a part; names come without their prefixes."""

    def start(self, name: str, attributes: Mapping[str, str]) -> None:
        """Take the start of an element."""

    def text(self, text: str) -> None:
        """Take text, in pieces as they come."""

    def end(self, name: str) -> None:
        """Take the end of an element."""


class PartReader:
    """The parts of one package; what is unpacked of them counts together."""

    def __init__(self, stream: BinaryIO, size: int, most: int = MOST_UNPACKED) -> None:
        """Take a package of that size.

        Raises:
            PartError: it is none, or its table of parts is too long.
        """
        try:
            self._package = zipfile.ZipFile(_ShortReads(stream, size))
        except _BROKEN as error:
            raise PartError(_damage(error)) from error
        names = self._package.namelist()
        self._names = frozenset(names)
        # Programs do not agree on which of the two they show.
        if len(names) > len(self._names):
            raise PartError("two of its parts have one name")
        self._most = self._left = most
        self._elements = 0

    def read(self, name: str, elements: Elements) -> None:
        """Hand over the elements of a part.

        Raises:
            PartError: it is missing, damaged, declares a document type, or is beyond a limit.
        """
        if name not in self._names:
            raise PartError(f"no workbook that can be read (it has no part {name!r:.100})")
        info = self._package.getinfo(name)
        if info.compress_type not in _METHODS:
            raise PartError(f"{name}: packed by method {info.compress_type}")
        parser = self._parser(elements)
        fed = 0
        try:
            with self._package.open(info) as part:
                while piece := part.read(_PIECE):
                    self._left -= len(piece)
                    if self._left < 0:
                        raise PartError(f"unpacks to more than {self._most:,} bytes")
                    fed += len(piece)
                    parser.Parse(piece)
                    # Expat 2.5 starts again at a tag with every piece until the tag ends: a long
                    # one would cost its square (CVE-2023-52425).
                    if fed - parser.CurrentByteIndex > LONGEST_TAG:
                        raise PartError(f"{name}: a tag is longer than {LONGEST_TAG:,} bytes")
            parser.Parse(b"", True)
        except _BROKEN as error:
            raise PartError(f"{name}: {_damage(error)}") from error

    def relations(self, name: str) -> Relations:
        """Return the parts that a part names, or the package itself by the empty name.

        Raises:
            PartError: as for `read`.
        """
        folder, file = posixpath.split(name)
        relations = _Relations(folder)
        self.read(posixpath.join(folder, "_rels", f"{file}.rels"), relations)
        return relations.found

    def _parser(self, elements: Elements) -> expat.XMLParserType:
        """Return a parser that takes UTF-8 whatever a part says, and no declarations."""
        parser = expat.ParserCreate("UTF-8")
        parser.buffer_text = True
        depth = 0

        def start(name: str, attributes: Mapping[str, str]) -> None:
            nonlocal depth
            depth += 1
            self._elements += 1
            if depth > DEEPEST or self._elements > MOST_ELEMENTS:
                deep = f"more than {DEEPEST} elements stand within each other"
                many = f"more than {MOST_ELEMENTS:,} elements; verify the JSON results instead"
                raise PartError(deep if depth > DEEPEST else many)
            elements.start(name.rpartition(":")[2] if ":" in name else name, attributes)

        def end(name: str) -> None:
            nonlocal depth
            depth -= 1
            elements.end(name.rpartition(":")[2] if ":" in name else name)

        parser.StartElementHandler = start
        parser.EndElementHandler = end
        parser.CharacterDataHandler = elements.text
        # Entities that grow, and those that are files, can only be declared in a document type.
        parser.StartDoctypeDeclHandler = _refuse_doctype
        return parser


def _damage(error: Exception) -> str:
    return f"no workbook that can be read ({type(error).__name__})"


def _refuse_doctype(*_: object) -> None:
    raise PartError("a part declares a document type, which no workbook does")


class _Relations:
    """The relations of a part (ECMA-376 part 2, 6.5)."""

    def __init__(self, folder: str) -> None:
        self._folder = folder
        self.found: dict[str, tuple[str, str]] = {}

    def start(self, name: str, attributes: Mapping[str, str]) -> None:
        if name == "Relationship" and attributes.get("TargetMode") != "External":
            kind = attributes.get("Type", "").rpartition("/")[2]
            # A target with a slash in front counts from the root of the package.
            target = posixpath.join("/", self._folder, attributes.get("Target", ""))
            self.found[attributes.get("Id", "")] = kind, posixpath.normpath(target).lstrip("/")

    def text(self, text: str) -> None:
        pass

    def end(self, name: str) -> None:
        pass


class _ShortReads(io.RawIOBase):
    """A file of which nobody reads a long piece at once: zipfile reads its table in one."""

    def __init__(self, stream: BinaryIO, size: int) -> None:
        self._stream, self._size = stream, size

    def seekable(self) -> bool:
        return True

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        return self._stream.seek(offset, whence)

    def tell(self) -> int:
        return self._stream.tell()

    def read(self, size: int = -1) -> bytes:
        left = max(self._size - self._stream.tell(), 0)
        wanted = left if size < 0 else min(size, left)
        if wanted > _LARGEST_READ:
            raise PartError(f"its table of parts is longer than {_LARGEST_READ:,} bytes")
        return self._stream.read(wanted)
