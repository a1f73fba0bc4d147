"""The rules as data: TOML files, one per kind of object, and the loader that checks them."""

from analyzer.catalogue.loader import check_folder, load_catalogue
from analyzer.catalogue.rule import Catalogue, Clause, Default, Outcome, Rule

__all__ = [
    "Catalogue",
    "Clause",
    "Default",
    "Outcome",
    "Rule",
    "check_folder",
    "load_catalogue",
]
