"""The library as it is imported: public names, and that no name hides a module."""

import importlib
import pkgutil
import sys
from pathlib import Path

import analyzer

SAMPLE = Path(__file__).parents[1] / "samples" / "contoso-2003.ldf"


def test_every_public_name_is_there_and_listed():
    assert dir(analyzer) == analyzer.__all__
    assert all(getattr(analyzer, name) is not None for name in analyzer.__all__)


def test_no_name_hides_the_module_of_the_same_name():
    found = pkgutil.walk_packages(analyzer.__path__, "analyzer.")
    names = [module.name for module in found if not module.name.endswith("__main__")]
    for name in names:
        importlib.import_module(name)
    for name in names:
        package, _, last = name.rpartition(".")
        assert getattr(sys.modules[package], last) is sys.modules[name], name


def test_an_audit_lets_go_of_the_entries_and_they_can_be_had_again() -> None:
    dump = analyzer.read_dump(SAMPLE)
    before = dump.readings
    analyzer.audit(dump)
    assert "readings" not in vars(dump)
    assert not any(each.entry.fields for each in dump.inventory.objects)
    assert dump.readings == before
