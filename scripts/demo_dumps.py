"""The forest of the samples in, the two dumps of the demonstration out: writes them as data.

    PYTHONPATH=samples python scripts/demo_dumps.py

Between the two lies a year in which an open relay was closed, another one opened, one server was
renamed and one taken away.
"""

from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path

from generator.ldif_writers import ldifde
from generator.organization import organization
from generator.tree import CONFIGURATION, Item, Value
from generator.virtual_servers import grant

TARGET = Path(__file__).parents[1] / "analyzer" / "demonstration"
_SERVICES = f"CN=Services,{CONFIGURATION}"
_GROUPS = f"CN=Administrative Groups,CN=Contoso Org,CN=Microsoft Exchange,{_SERVICES}"
_FIRST = f"CN=Servers,CN=First Administrative Group,{_GROUPS}"
_TIMES = ("whenCreated", "whenChanged")
_LATER = 20
"""Years by which the samples are older than the demonstration."""
_CHANGES: dict[str, dict[str, Value]] = {
    "CN=1,CN=SMTP,CN=Protocols,CN=EX01,": {"msExchSmtpRelayIpList": grant("203.0.113.0/24")},
    "CN=3,CN=SMTP,CN=Protocols,CN=EX01,": {"adminDisplayName": "Clients of the branches"},
    "CN=2,CN=SMTP,CN=Protocols,CN=EX02,": {
        "msExchSmtpRelayIpList": grant("192.168.10.40", "192.168.10.41")
    },
    "CN=3,CN=SMTP,CN=Protocols,CN=ZRH-EX2,": {"msExchSmtpMaxHopCount": "20"},
}
_REMOVED = f"CN=OLD01,{_FIRST}"
_RENAMED = ("CN=SALES-OLD,", "CN=SALES-GW2,")


def make_dumps() -> dict[str, bytes]:
    """Return the dumps by their names."""
    wanted = (CONFIGURATION, _SERVICES)
    before = tuple(
        _later(item, _LATER)
        for item in organization()
        if item.dn in wanted or item.dn.endswith(f",{_SERVICES}")
    )
    now = (_renamed(_changed(item)) for item in before if not _is_removed(item.dn))
    return {"last-year.ldf": _written(before), "this-year.ldf": _written(now)}


def _written(items: Iterable[Item]) -> bytes:
    return ldifde(items, unicode=True).encode("utf-16-le", "\r\n", mark=b"\xff\xfe")


def _later(item: Item, years: int, names: tuple[str, ...] = _TIMES) -> Item:
    later = {
        name: tuple(f"{int(text[:4]) + years}{text[4:]}" for text in map(str, values))
        for name, values in item.attributes.items()
        if name in names
    }
    return replace(item, attributes={**item.attributes, **later})


def _is_removed(dn: str) -> bool:
    return dn == _REMOVED or dn.endswith(f",{_REMOVED}")


def _changed(item: Item) -> Item:
    for start, values in _CHANGES.items():
        if item.dn.startswith(start):
            new = {name: (value,) for name, value in values.items()}
            return _later(replace(item, attributes={**item.attributes, **new}), 1, _TIMES[1:])
    return item


def _renamed(item: Item) -> Item:
    """Return an object under the new name of its server, and naming no server that is gone."""

    def text(value: Value) -> Value:
        return value.replace(*_RENAMED) if isinstance(value, str) else value

    attributes = {
        name: tuple(text(value) for value in values if not _is_removed(str(value)))
        for name, values in item.attributes.items()
    }
    if item.dn.startswith(_RENAMED[0]):
        attributes |= dict.fromkeys(("cn", "name"), (_RENAMED[1][3:-1],))
    return replace(item, dn=str(text(item.dn)), attributes=attributes)


if __name__ == "__main__":
    for name, data in make_dumps().items():
        (TARGET / name).write_bytes(data)
