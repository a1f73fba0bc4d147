"""Objects in, CSV in the manner of one tool out: its columns, joints, quotes, losses."""

import uuid
from collections.abc import Iterable, Sequence

from generator.page import Page
from generator.tree import Item, Value

_LOST_LIST = "Microsoft.ActiveDirectory.Management.ADPropertyValueCollection"
_MULTI_VALUED = {
    *("msExchServerBindings", "msExchSecureBindings", "networkAddress", "dSCorePropagationData"),
    "msExchBridgeheadedLocalConnectorsDNBL",
}


def csvde(
    items: Sequence[Item], *, doubled: bool = True, separator: str = ",", binary: bool = True
) -> Page:
    """Write as Windows csvde does: columns by first occurrence, leaf class, `;` between values.

    Args:
        items: the objects.
        doubled: whether a backslash inside a value is written twice.
        separator: `;` for a file that a spreadsheet program saved again.
        binary: False as with `-n`, which leaves out octet strings.
    """
    page = Page()
    columns = _first_occurrence(items, binary=binary)
    page.write(separator.join(["DN", *columns]))
    for item in items:
        cells = [_csvde_cell(item, name, doubled=doubled) for name in columns]
        _row(page, item.dn, [_quote(cell, separator) for cell in (item.dn, *cells)], separator)
    return page


def studio(items: Sequence[Item], columns: Sequence[str], binary: str) -> Page:
    """Write as Apache Directory Studio does: chosen columns, `|` between values, all quoted.

    Args:
        items: the objects.
        columns: the attributes that the user picked.
        binary: codec of the file; octets that it cannot hold become the word BINARY.
    """
    page = Page()
    page.write(",".join(["dn", *columns]))
    for item in items:
        cells = [_studio_cell(item.attributes.get(name), binary) for name in columns]
        _row(page, item.dn, [_always_quoted(item.dn), *cells], ",")
    return page


def powershell(
    items: Sequence[Item], columns: Sequence[str], *, type_line: bool, joined: bool = False
) -> Page:
    """Write as `Get-ADObject | Export-Csv` does: scalars only, the rest by the name of its type.

    Args:
        items: the objects.
        columns: properties in the order of the columns.
        type_line: the `#TYPE` line of Windows PowerShell 5.
        joined: values joined with `;`, as a careful exporter does by a calculated property.
    """
    page = Page()
    if type_line:
        page.write("#TYPE Microsoft.ActiveDirectory.Management.ADObject")
    page.write(",".join(f'"{name}"' for name in columns))
    for item in items:
        _row(page, item.dn, [_powershell_cell(item, name, joined) for name in columns], ",")
    return page


def _row(page: Page, dn: str, cells: Iterable[str], separator: str) -> None:
    page.begin(dn)
    page.write(separator.join(cells))
    page.end(dn)


def _first_occurrence(items: Iterable[Item], *, binary: bool) -> list[str]:
    columns: dict[str, None] = {}
    for item in items:
        for name, values in item.attributes.items():
            if binary or not any(isinstance(value, bytes) for value in values):
                columns.setdefault(name)
    return list(columns)


def _csvde_cell(item: Item, name: str, *, doubled: bool) -> str:
    values = item.attributes.get(name, ())
    if name == "objectClass":
        values = values[-1:]
    return ";".join(_csvde_value(value, doubled=doubled) for value in values)


def _csvde_value(value: Value, *, doubled: bool) -> str:
    if isinstance(value, bytes):
        return f"X'{value.hex()}'"
    return (value.replace("\\", "\\\\") if doubled else value).replace(";", "\\;")


def _quote(cell: str, separator: str) -> str:
    return _always_quoted(cell) if set(cell) & {separator, '"', "\n"} else cell


def _always_quoted(cell: str) -> str:
    return '"' + cell.replace('"', '""') + '"'


def _studio_cell(values: Sequence[Value] | None, codec: str) -> str:
    if values is None:
        return ""
    text = "|".join(_studio_value(value, codec) for value in values)
    return _always_quoted(f"'{text}" if text.startswith("=") else text)


def _studio_value(value: Value, codec: str) -> str:
    if isinstance(value, str):
        return value
    text = value.decode("utf-8", "replace")
    try:
        text.encode(codec)
    except UnicodeEncodeError:
        return "BINARY"
    return text


def _powershell_cell(item: Item, name: str, joined: bool) -> str:
    if name == "nTSecurityDescriptor":
        return _always_quoted("System.DirectoryServices.ActiveDirectorySecurity")
    values = item.attributes.get({"CN": "cn"}.get(name, name[:1].lower() + name[1:]))
    if values is None:
        return ""
    if name in _MULTI_VALUED:
        texts = (value for value in values if isinstance(value, str))
        return _always_quoted(";".join(texts) if joined else _LOST_LIST)
    return _always_quoted(_powershell_text(name, values[-1]))


def _powershell_text(name: str, value: Value) -> str:
    if isinstance(value, bytes):
        return str(uuid.UUID(bytes_le=value)) if name == "ObjectGUID" else "System.Byte[]"
    if name.startswith("when"):
        year, month, day, hour, minute, second = _time(value)
        half = "AM" if hour < 12 else "PM"
        return f"{month}/{day}/{year} {hour % 12 or 12}:{minute:02}:{second:02} {half}"
    return {"TRUE": "True", "FALSE": "False"}.get(value, value)


def _time(text: str) -> tuple[int, ...]:
    return (int(text[:4]), *(int(text[at : at + 2]) for at in range(4, 14, 2)))
