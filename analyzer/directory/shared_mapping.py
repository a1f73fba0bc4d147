"""Mappings of thousands of objects in, what they have in common held once out.

An object has some ten of the hundred attributes that its class may have; the others say the same of
every object of an input. A dictionary of all of them takes five kilobytes for each object, twice.
"""

from collections.abc import Callable, Iterator, Mapping
from typing import Any, Generic, TypeVar

V = TypeVar("V")
W = TypeVar("W")


class Common(Generic[V]):
    """What many mappings have in common: every key, and the value where no mapping has its own."""

    __slots__ = ("_images", "values")

    def __init__(self, values: Mapping[str, V]) -> None:
        """Take the values, which must not change."""
        self.values = values
        self._images: dict[Callable[[Any], Any], Common[Any]] = {}

    def image(self, function: Callable[[V], W]) -> "Common[W]":
        """Return the same with a function applied to each value, made once."""
        if function not in self._images:
            applied = {key: function(value) for key, value in self.values.items()}
            self._images[function] = Common(applied)
        return self._images[function]


class SharedMapping(Mapping[str, V]):
    """A mapping in the order of what it has in common with others."""

    __slots__ = ("_common", "_own")

    def __init__(self, common: Common[V], own: Mapping[str, V]) -> None:
        """Take what is common, and what is not by keys that are there too."""
        self._common, self._own = common, own

    def __getitem__(self, key: str) -> V:
        """Return its own value, else the common one."""
        own = self._own
        return own[key] if key in own else self._common.values[key]

    def __iter__(self) -> Iterator[str]:
        """Yield the keys."""
        return iter(self._common.values)

    def __len__(self) -> int:
        """Return the number of keys."""
        return len(self._common.values)

    def image(self, function: Callable[[V], W]) -> "SharedMapping[W]":
        """Return the same with a function applied to each value, the common ones once."""
        own = {key: function(value) for key, value in self._own.items()}
        return SharedMapping(self._common.image(function), own)

    def __repr__(self) -> str:
        """Show it as the dictionary that it stands for."""
        return f"{dict(self)}"
