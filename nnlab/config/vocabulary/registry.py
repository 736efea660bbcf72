"""The classes of a family by name, each imported when it is first looked up.

Building all classes takes longer than the rest of reading a config, and a config names few.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from importlib import import_module
from typing import Any, Generic, TypeVar

T = TypeVar("T", bound=type)


class Registry(Mapping[str, T], Generic[T]):
    """Map the names of a family to its classes; import their files on demand.

    `files` maps each file of the vocabulary to its class names and short aliases (`mse`), separated
    by spaces, in listing order. Other spellings, such as `he_normal`, follow from the class name.
    """

    def __init__(self, files: Mapping[str, str]) -> None:
        self._classes: dict[str, T] = {}
        self._modules = [f"{__package__}.{file}" for file in files]
        self._module_of = {
            _normalize(name): module
            for module, names in zip(self._modules, files.values(), strict=True)
            for name in names.split()
        }

    def register(self, name: str, component: T) -> None:
        """Add an imported class under one of its names."""
        self._classes[name] = component

    def __getitem__(self, name: Any) -> T:
        """Return the class with this name or alias; import its file first if needed."""
        if name not in self._classes and isinstance(name, str):
            module = self._module_of.get(_normalize(name))
            if module is not None:
                import_module(module)
        return self._classes[name]

    def __iter__(self) -> Iterator[str]:
        """Iterate over all names in the order of the files, however they were imported."""
        for module in self._modules:
            import_module(module)
        order = {module: position for position, module in enumerate(self._modules)}
        return iter(
            sorted(
                self._classes,
                key=lambda name: order.get(self._classes[name].__module__, len(order)),
            )
        )

    def __len__(self) -> int:
        """Return the number of names."""
        return len(list(iter(self)))


def _normalize(name: str) -> str:
    """Return the form that all spellings of a name share."""
    return name.replace("_", "").lower()
