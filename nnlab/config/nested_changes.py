"""Changes of a variant that are nested where they should be dotted: every beginner writes them so.

`{training: {epochs: 3}}` puts a section of one key in the place of the whole, and what is told of
that, `Key optimizer is missing`, helps nobody.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from nnlab.config.document import Document, Path, dotted
from nnlab.config.hints import shown
from nnlab.errors import Fault, Location

_NAMED = 3


@dataclass(frozen=True)
class NestedChange:
    """A section that a change replaces by less than it was.

    Args:
        section: The section's key.
        value: What takes its place.
        where: Where the change stands.
        at: Its path in the comparison file, dotted.
    """

    section: str
    value: Mapping[Any, Any]
    where: Location | None
    at: str

    def instead_of(self, faults: Sequence[Fault]) -> list[Fault]:
        """The faults of a config with this change: what the change leaves out is one fault.

        Args:
            faults: As they are told of the config.

        Returns:
            This one first, and those that are not about what is left out; the same as before where
            nothing that is left out is missed.
        """
        missed = [fault for fault in faults if self._is_left_out(fault.path)]
        if not missed:
            return list(faults)
        changes = [
            f"`{dotted((self.section, *path))}: {shown(value)}`"
            for path, value in _leaves(self.value)
        ]
        more = ", …" if len(changes) > _NAMED else ""
        written = f"{', '.join(changes[:_NAMED])}{more}"
        message = f"A change replaces the whole of `{self.section}`."
        own = Fault(message, self.at, self.where, f"Write {written}.")
        return [own, *(fault for fault in faults if fault not in missed)]

    def _is_left_out(self, path: str) -> bool:
        section, _, rest = path.partition(".")
        keys = {str(key) for key in self.value}
        return section == self.section and rest.partition(".")[0] not in keys


def nested_change(
    document: Document, key: Any, value: Any, at: Path, where: Location | None
) -> NestedChange | None:
    """A change that replaces a section of a config by less than it was; None for any other.

    Args:
        document: The config before the change.
        key: The change's key.
        value: Its value.
        at: Its path in the comparison file.
        where: Its place there.

    Example:
        >>> base = Document({"training": {"loss": "mse", "epochs": 9}})
        >>> change = nested_change(base, "training", {"epochs": 3}, (), None)
        >>> fault = Fault("Key `loss` is missing.", "training.loss")
        >>> change.instead_of([fault])[0].remedy
        'Write `training.epochs: 3`.'
    """
    old = document.tree.get(key) if isinstance(document.tree, Mapping) else None
    if not (isinstance(old, Mapping) and isinstance(value, Mapping) and value):
        return None
    return NestedChange(str(key), value, where, dotted(at)) if old.keys() - value.keys() else None


def _leaves(tree: Mapping[Any, Any], path: Path = ()) -> Iterator[tuple[Path, Any]]:
    """The values that a change means, each with its path: those that are no mappings."""
    for key, value in tree.items():
        if isinstance(value, Mapping) and value:
            yield from _leaves(value, (*path, key))
        else:
            yield (*path, key), value
