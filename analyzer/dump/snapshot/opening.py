"""A file in, out what a snapshot says of itself: server, time, partitions, attributes."""

from datetime import UTC, datetime, timedelta

from msgspec import Struct

from analyzer.dump.snapshot.attribute_table import AttributeTable, read_attribute_table
from analyzer.dump.snapshot.structs import (
    FIRST_OBJECT,
    HEADER,
    MAGIC,
    MARKER,
    NO_TREE,
    NUMBER,
    TREE_NODE,
    UNFINISHED,
    View,
)
from analyzer.errors import ReadError

_DEEPEST = 1_000
_EPOCH = datetime(1601, 1, 1, tzinfo=UTC)


class Snapshot(Struct, frozen=True):
    """A snapshot whose header and attribute table could be read."""

    view: View
    file: str
    server: str
    """Domain controller it was taken from."""
    description: str
    """What the user wrote about it."""
    taken: datetime | None
    """Begin of the snapshot; None when the file tells no time."""
    count: int
    """Objects of all partitions as the header counts them."""
    end: int
    """Offset of the tables, where the objects end."""
    table: AttributeTable
    warnings: tuple[str, ...] = ()

    @property
    def schema_context(self) -> str:
        """DN of the schema partition; empty when it cannot be told."""
        return self.table.schema_context

    @property
    def configuration_context(self) -> str:
        """DN of the configuration partition, the parent of the schema partition."""
        return self.schema_context.partition(",")[2]

    def number_of(self, key: str) -> int:
        """Return the number of the attribute of that name in lower case.

        Raises:
            ReadError: the table has none.
        """
        for number, column in enumerate(self.table.columns):
            if column.key == key:
                return number
        raise ReadError(self.file, f"a snapshot whose attribute table does not name {key}")


def open_snapshot(view: View, file: str) -> Snapshot:
    """Read what a snapshot says of itself.

    Args:
        view: the whole file; nothing of it is copied but the attribute table.
        file: its name, for messages and sources.

    Raises:
        ReadError: it is no snapshot, or not enough of it is left to name its attributes.
    """
    _check_magic(view, file)
    _, marker, filetime, description, server, count, _, tables, tree = HEADER.unpack_from(view)
    table = _table(view, file, tables)
    warnings = []
    if marker != MARKER:
        warnings.append(f"an unknown version of snapshot ({marker:#010x}), read as the known one")
    # All objects stand before the table, so that a cut behind it costs none of them.
    if tree != NO_TREE and not _is_whole(view, tree, table.end):
        warnings.append("the file is cut or damaged behind its attribute table, behind all objects")
    return Snapshot(
        view=view,
        file=file,
        server=_shown(server),
        description=_shown(description),
        taken=_time(filetime),
        count=count,
        end=tables,
        table=table,
        warnings=tuple(warnings),
    )


def _check_magic(view: View, file: str) -> None:
    magic = view[: len(MAGIC)]
    if magic == UNFINISHED:
        raise ReadError(file, "a snapshot that AD Explorer did not finish; take it again")
    if magic != MAGIC:
        raise ReadError(file, "not an AD Explorer snapshot")
    if len(view) < FIRST_OBJECT:
        raise ReadError(file, f"a snapshot cut inside its header, after {len(view)} bytes")


def _table(view: View, file: str, at: int) -> AttributeTable:
    """Read the attribute table, without which no attribute of any object has a name."""
    if at > len(view) - NUMBER.size:
        reason = f"it has {len(view)} bytes, its attribute table begins at offset {at}"
        raise ReadError(file, f"a snapshot cut before its attribute table: {reason}")
    if at < FIRST_OBJECT:
        raise ReadError(file, f"a damaged snapshot: its attribute table begins at offset {at}")
    try:
        return read_attribute_table(view, at)
    except ValueError as error:
        raise ReadError(
            file, f"a snapshot cut or damaged in its attribute table: {error}"
        ) from error


def _shown(octets: bytes) -> str:
    """Return a text that NULs fill up; what no output can show becomes a replacement character."""
    text = octets.decode("utf-16-le", "replace").partition("\0")[0]
    return "".join(
        letter if letter.isprintable() else "\N{REPLACEMENT CHARACTER}" for letter in text
    )


def _time(filetime: int) -> datetime | None:
    try:
        return _EPOCH + timedelta(microseconds=filetime // 10) if filetime else None
    except OverflowError:
        return None


def _is_whole(view: View, tree: int, least: int) -> bool:
    """Tell whether the last branch of the tree, with which the file ends, is there."""
    at = tree
    for _ in range(_DEEPEST):
        if not least <= at <= len(view) - TREE_NODE.size:
            return False
        _, nodes, leaves = TREE_NODE.unpack_from(view, at)
        children = at + TREE_NODE.size
        if len(view) - children < 4 * nodes + 8 * leaves:
            return False
        if not nodes:
            return True
        # Offsets count from the node itself; a loop of them ends at the depth above.
        (offset,) = NUMBER.unpack_from(view, children + 4 * (nodes - 1))
        at += offset
    return False
