"""The words of a family by name, each loaded when it is first asked for.

To build all words takes longer than all else that reading a config does, and a config names few.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from nnlab.config.vocabulary.component import Word


class Lexicon(Mapping[str, "type[Word]"]):
    """The words of a family by name; one by one they are loaded, or all of them to list them.

    Args:
        package: The package that the words' files stand in.
        files: For each file, in the order of a list, the names of its words. A name tells of its
            other spellings, as `HeNormal` of `he_normal`; shorter ones, `mse`, stand beside it.
    """

    def __init__(self, package: str, files: Mapping[str, str]) -> None:
        self._words: dict[str, type[Word]] = {}
        self._modules = [f"{package}.{file}" for file in files]
        self._module_of = {
            _bare(name): module
            for module, names in zip(self._modules, files.values(), strict=True)
            for name in names.split()
        }

    def enter(self, name: str, word: type[Word]) -> None:
        """Take in a word that has been loaded, under one of its names."""
        self._words[name] = word

    def __getitem__(self, name: Any) -> type[Word]:
        """The word that answers to a name; its file is loaded first where it was not."""
        if name not in self._words and isinstance(name, str):
            module = self._module_of.get(_bare(name))
            if module is not None:
                import_module(module)
        return self._words[name]

    def __iter__(self) -> Iterator[str]:
        """The names of all words, in the order of the files, whatever was loaded first."""
        for module in self._modules:
            import_module(module)
        order = {module: at for at, module in enumerate(self._modules)}
        last = len(order)
        return iter(
            sorted(self._words, key=lambda name: order.get(self._words[name].__module__, last))
        )

    def __len__(self) -> int:
        """How many names there are."""
        return len(list(iter(self)))


def _bare(name: str) -> str:
    """A name without what its spellings differ in."""
    return name.replace("_", "").lower()
