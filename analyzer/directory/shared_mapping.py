"""Mappings of thousands of objects in, what they have in common held once out.

An object has some ten of the hundred attributes that its class may have; the others say the same of
every object of an input. A dictionary of all of them takes five kilobytes for each object, twice.
"""

from collections.abc import Callable, Iterator, Mapping
from typing import Any, Generic, NamedTuple, TypeVar

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


class Shape(NamedTuple):
    """What mappings have in common, and the keys by which each has its own value instead."""

    common: Common[Any]
    own: tuple[str, ...]


class SharedMapping(Mapping[str, V]):
    """A mapping in the order of what it has in common with others."""

    __slots__ = ("_common", "_function", "_own", "_values")

    def __init__(
        self,
        common: Common[V],
        own: Mapping[str, Any],
        function: Callable[[Any], V] | None = None,
    ) -> None:
        """Take what is common, and what is not by keys that are there too.

        `function` makes its own values of what is given, whenever one is asked for.
        """
        self._common, self._own, self._function = common, own, function
        self._values = common.values

    def __getitem__(self, key: str) -> V:
        """Return its own value, else the common one."""
        if key not in self._own:
            return self._values[key]
        own: V = self._own[key]
        return own if self._function is None else self._function(own)

    def get(self, key: str, default: Any = None) -> Any:
        """Return what there is by a key; that of the base class fails and catches for it."""
        return self[key] if key in self._own else self._values.get(key, default)

    def __contains__(self, key: object) -> bool:
        """Tell whether there is such a key."""
        return key in self._values

    @property
    def own(self) -> Mapping[str, V]:
        """Its own values."""
        if self._function is None:
            return self._own
        return {key: self._function(value) for key, value in self._own.items()}

    @property
    def shape(self) -> Shape:
        """Return what decides all values but its own: the same for equal shapes."""
        return Shape(self._common, tuple(self._own))

    def as_dict(self, function: Callable[[V], Any] | None = None) -> dict[str, Any]:
        """Return the dictionary that it stands for.

        With a function, in the place of the common values what it makes of them, once for all.
        """
        common = self._common if function is None else self._common.image(function)
        return {**common.values, **self.own}

    def __iter__(self) -> Iterator[str]:
        """Yield the keys."""
        return iter(self._common.values)

    def __len__(self) -> int:
        """Return the number of keys."""
        return len(self._common.values)

    def image(self, function: Callable[[V], W]) -> "SharedMapping[W]":
        """Return the same with a function applied to each value.

        To the common ones once, to its own whenever they are asked for: kept, they would take as
        much again as the mapping itself.
        """
        return SharedMapping(self._common.image(function), self.own, function)

    def __repr__(self) -> str:
        """Show it as the dictionary that it stands for."""
        return f"{self.as_dict()}"
