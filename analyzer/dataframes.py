"""Objects in, pandas DataFrames out; the one module that imports pandas, and late.

A table of objects has one row per object in the order of the inputs, the DN as index (named `dn`),
columns that say who the object is and where it stands, and one column per attribute of its class,
spelled as in the schema. Column types by attribute syntax:

    Boolean                                   boolean
    Integer, large integer                    Int64
    text, DN, time (ISO 8601, UTC)            string
    octet string, GUID, address list,
    security descriptor                       string, lower-case hexadecimal digits
    any multi-valued attribute                object, a list of str in each cell
    secret                                    string, `set` or `not set`, never the value

A cell whose state is not `set` is missing (`<NA>`, None in list columns); the table of states and
the long table of settings tell why. Tables without rows have the same columns and types.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import partial
from operator import attrgetter
from typing import TYPE_CHECKING, Any, NamedTuple

from analyzer.directory.attributes import AttributeType, Syntax
from analyzer.directory.kinds import KindOfObject
from analyzer.directory.values import State
from analyzer.inventory import DirectoryObject

if TYPE_CHECKING:
    from pandas import DataFrame as DataFrame  # for the annotations of other modules, too

# Nullable types, so that "not set" turns into neither 0 nor the text "nan".
_DTYPES = {Syntax.BOOLEAN: "boolean", Syntax.INTEGER: "Int64", Syntax.LARGE_INTEGER: "Int64"}


class FrameColumn(NamedTuple):
    """One column of a table: its pandas type, and how a row gets its cell."""

    dtype: str
    cell: Callable[[Any], object]


COLUMNS: Mapping[str, FrameColumn] = {
    "kind": FrameColumn("string", attrgetter("kind.key")),
    "organization": FrameColumn("string", attrgetter("organization")),
    "administrative_group": FrameColumn("string", attrgetter("administrative_group")),
    "routing_group": FrameColumn("string", attrgetter("names.routing_group")),
    "server": FrameColumn("string", attrgetter("server")),
    "number": FrameColumn("Int64", attrgetter("number")),
    "name": FrameColumn("string", attrgetter("name")),
    "exchange_version": FrameColumn("string", attrgetter("exchange_version")),
}
"""The columns of identity that a row of the table of kinds may name."""

_PLACE = {
    "file": FrameColumn("string", attrgetter("entry.source.file")),
    "line": FrameColumn("Int64", attrgetter("entry.source.line")),
}
_SETTING: Mapping[str, FrameColumn] = {
    "dn": FrameColumn("string", lambda pair: pair[0].dn),
    "kind": FrameColumn("string", lambda pair: pair[0].kind.key),
    "attribute": FrameColumn("string", lambda pair: pair[1].attribute.name),
    "state": FrameColumn("string", lambda pair: pair[1].state.value),
    "value": FrameColumn("object", lambda pair: pair[1].value),
    "text": FrameColumn("string", lambda pair: pair[1].text),
    "file": FrameColumn("string", lambda pair: pair[0].entry.source.file),
    "line": FrameColumn("Int64", lambda pair: pair[1].line),
}
"""Columns of the long table, whose rows are pairs of an object and one of its settings."""


def frame_of_objects(
    objects: Sequence[DirectoryObject], kinds: Sequence[KindOfObject]
) -> "DataFrame":
    """Return a table of objects; the first of their kinds says by what they are identified."""
    columns = _identity(kinds[0])
    for attribute in (attribute for kind in kinds for attribute in kind.attributes):
        # Kinds share attributes; a column stands where the first of them has it.
        columns.setdefault(
            attribute.name, FrameColumn(_dtype(attribute), partial(_cell, attribute))
        )
    return make_frame(objects, columns, index="dn")


def frame_of_states(objects: Sequence[DirectoryObject], kind: KindOfObject) -> "DataFrame":
    """Return the state of each cell of `frame_of_objects`, in a table of the same shape.

    A column of identity is `set` or, where nothing is known, `not_set`.
    """
    columns = {
        name: FrameColumn("string", partial(_known, column))
        for name, column in _identity(kind).items()
    }
    for attribute in kind.attributes:
        columns[attribute.name] = FrameColumn("string", partial(_state, attribute.name))
    return make_frame(objects, columns, index="dn")


def frame_of_settings(objects: Iterable[DirectoryObject]) -> "DataFrame":
    """Return one row per setting: who has it, its state, its value, and where that stands."""
    return make_frame(
        [(obj, setting) for obj in objects for setting in obj.settings.values()], _SETTING
    )


def make_frame(
    rows: Sequence[object], columns: Mapping[str, FrameColumn], index: str = ""
) -> "DataFrame":
    """Return a table of these rows; a tuple becomes a list, as cells of pandas are by custom.

    `index` names the attribute of a row that becomes the index; without it rows are numbered.
    """
    import pandas as pd

    labels = None
    if index:
        labels = pd.Index([getattr(row, index) for row in rows], dtype="string", name=index)
    cells = {name: [_as_cell(column.cell(row)) for row in rows] for name, column in columns.items()}
    # By way of "object": from the cells pandas would guess a type, and from no cells another.
    frame = pd.DataFrame(cells, index=labels, dtype="object")
    return frame.astype({name: column.dtype for name, column in columns.items()})


def frame_of_rows(
    rows: Sequence[Sequence[object]], columns: Mapping[str, str], index: str = ""
) -> "DataFrame":
    """Return a table of rows with one cell per column; `columns` maps names to pandas types."""
    import pandas as pd

    frame = pd.DataFrame(rows, columns=list(columns), dtype="object").astype(dict(columns))
    return frame.set_index(index) if index else frame


def _identity(kind: KindOfObject) -> dict[str, FrameColumn]:
    return {name: COLUMNS[name] for name in kind.identity} | _PLACE


def _dtype(attribute: AttributeType) -> str:
    return "object" if attribute.multi else _DTYPES.get(attribute.syntax, "string")


def _cell(attribute: AttributeType, obj: DirectoryObject) -> object:
    setting = obj.settings.get(attribute.name)
    if setting is None or setting.state is State.NOT_EXPORTED:
        return None
    if attribute.secret:
        return "not set" if setting.state is State.NOT_SET else "set"
    return setting.value


def _state(name: str, obj: DirectoryObject) -> str:
    return obj.settings[name].state.value


def _known(column: FrameColumn, obj: DirectoryObject) -> str:
    return (State.NOT_SET if column.cell(obj) is None else State.SET).value


def _as_cell(value: object) -> object:
    return list(value) if isinstance(value, tuple) else value
