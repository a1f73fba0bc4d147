"""The forest of the samples in, the same a year later out, as dumps of several tools."""

import sys
from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from pathlib import Path

import analyzer
from analyzer.catalogue import Catalogue
from analyzer.results.records import Results

sys.path.insert(0, str(Path(__file__).parents[2] / "samples"))
from generator.csv_writers import csvde
from generator.ldif_writers import ldifde
from generator.organization import organization
from generator.tree import Item, Value

Items = tuple[Item, ...]
CONFIGURATION = "CN=Configuration,DC=contoso,DC=com"
ORGANIZATION = f"CN=Contoso Org,CN=Microsoft Exchange,CN=Services,{CONFIGURATION}"
SERVERS = f"CN=Servers,CN=First Administrative Group,CN=Administrative Groups,{ORGANIZATION}"


def forest() -> Items:
    """Return all objects of the partition."""
    return organization()


def virtual_server(number: int, server: str = "EX01") -> str:
    """Return the DN of a virtual server of the first administrative group."""
    return f"CN={number},CN=SMTP,CN=Protocols,CN={server},{SERVERS}"


def changed(items: Items, dn: str, **values: Value | None) -> Items:
    """Return the objects with other values in the one of that DN; None takes one away."""
    assert any(item.dn == dn for item in items)
    return tuple(_changed(item, values) if item.dn == dn else item for item in items)


def _changed(item: Item, values: dict[str, Value | None]) -> Item:
    attributes = {**item.attributes, **{name: (value,) for name, value in values.items()}}
    return replace(
        item, attributes={name: held for name, held in attributes.items() if held != (None,)}
    )


def moved(items: Items, old: str, new: str) -> Items:
    """Return the objects with another DN for one of them, and for what stands below it."""

    def text(value: Value) -> Value:
        is_there = isinstance(value, str) and (value == old or value.endswith(f",{old}"))
        return value.removesuffix(old) + new if isinstance(value, str) and is_there else value

    name = new.partition(",")[0].removeprefix("CN=")
    return tuple(
        replace(
            item,
            dn=str(text(item.dn)),
            attributes={
                key: (name,) if item.dn == old and key in ("cn", "name") else tuple(map(text, held))
                for key, held in item.attributes.items()
            },
        )
        for item in items
    )


def without(items: Items, dn: str) -> Items:
    """Return the objects without one of them and what stands below it."""
    return tuple(item for item in items if item.dn != dn and not item.dn.endswith(f",{dn}"))


def below(items: Items, dn: str) -> Items:
    """Return what an export that begins at a DN gives."""
    return tuple(item for item in items if item.dn == dn or item.dn.endswith(f",{dn}"))


def audit(
    folder: Path,
    items: Items,
    *,
    write: Callable[[Path, Items], Path] | None = None,
    catalogue: Catalogue | None = None,
    **options: str,
) -> Results:
    """Return the results of a dump of some objects, by default one of ldifde."""
    path = (write or as_ldifde)(folder, items)
    return analyzer.audit(analyzer.read_dump(path), catalogue=catalogue, **options)


def as_ldifde(folder: Path, items: Items) -> Path:
    """Write a dump as ldifde does."""
    return _write(folder, "dump.ldf", ldifde(items).encode("cp1252", "\r\n"))


def as_ldifde_without_octets(folder: Path, items: Items) -> Path:
    """Write a dump as ldifde -n does: without objectGUID."""
    return _write(folder, "dump-n.ldf", ldifde(items, binary=False).encode("cp1252", "\r\n"))


def as_csvde(folder: Path, items: Items) -> Path:
    """Write a dump as csvde does."""
    return _write(folder, "dump.csv", csvde(items).encode("cp1252", "\r\n", errors="replace"))


def only(*names: str) -> Callable[[Path, Items], Path]:
    """Return what writes a dump as ldifde -l does."""
    return lambda folder, items: _write(
        folder, "limited.ldf", ldifde(items, only=names).encode("cp1252", "\r\n")
    )


def _write(folder: Path, name: str, data: bytes) -> Path:
    folder.mkdir(exist_ok=True)
    path = folder / name
    path.write_bytes(data)
    return path


def changes_of(results: Results) -> dict[str, list[str]]:
    """Return rule and object of the findings that are not unchanged, by their change."""
    found: dict[str, list[str]] = {}
    for finding in results.findings:
        if finding.change != "unchanged":
            found.setdefault(finding.change, []).append(_named(finding.rule, finding.dn))
    for word, gone in (("resolved", results.resolved), ("gone", results.not_comparable)):
        if gone:
            found[word] = [_named(finding.rule, finding.dn) for finding in gone]
    return {word: sorted(names) for word, names in found.items()}


def _named(rule: str, dn: str) -> str:
    parts = dn.split(",")
    return f"{rule} {parts[0]} {parts[3]}" if parts[1] == "CN=SMTP" else f"{rule} {parts[0]}"


def reasons(results: Results) -> set[str]:
    """Return why findings of the baseline cannot be compared."""
    return {finding.why for finding in results.not_comparable}


def listed(values: Iterable[str]) -> Sequence[str]:
    """Return values in order."""
    return sorted(values)
