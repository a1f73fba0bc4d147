"""openpyxl loaded without what it loads only to know it when it sees it: NumPy and Pillow.

Where these are installed, loading them takes longer than loading openpyxl and writing the workbook
of a small dump; no number and no picture of ours is one of theirs.
"""

import sys
from importlib import import_module
from types import ModuleType
from typing import cast

_KNOWN_BY_OPENPYXL = ("numpy", "PIL")


def load_openpyxl() -> None:
    """Load openpyxl, which then takes no numbers of NumPy for as long as the process lasts.

    So it is for a process that is ours alone: who uses the package as a library may well write such
    numbers by openpyxl.
    """
    # What is None there cannot be imported (Python, "The module cache"), which its type leaves out.
    modules = cast("dict[str, ModuleType | None]", sys.modules)
    hidden = [name for name in _KNOWN_BY_OPENPYXL if name not in modules]
    modules.update(dict.fromkeys(hidden))
    try:
        import_module("openpyxl")
    finally:
        for name in hidden:
            del modules[name]
