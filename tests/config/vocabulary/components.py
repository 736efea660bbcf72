"""The classes of the vocabulary that exist in Keras, and a collector of failures over them."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from nnlab.config.vocabulary import FAMILIES
from nnlab.config.vocabulary.component import Component
from nnlab.config.vocabulary.datasets import Dataset

KERAS_FAMILIES = [family for family in FAMILIES if family is not Dataset]

# Members of the vocabulary that are a string in Keras, not a class.
KERAS_STRINGS = {("Metric", "accuracy"), ("Loss", "crossentropy")}


def family_name(family: type[Component]) -> str:
    """Return the name of a family, as a test id."""
    return family.__name__


def components_of(family: type[Component]) -> list[type[Component]]:
    """Return the members of a family."""
    return list(family.members.values())


def keras_components_of(family: type[Component]) -> list[type[Component]]:
    """Return the members of a family that are classes in Keras."""
    return [
        component
        for component in components_of(family)
        if (family.__name__, component.display_name()) not in KERAS_STRINGS
    ]


class Failures:
    """Collects the failures of a loop over components.

    Example:
        >>> failures = Failures()
        >>> with failures.collect("Dense.units"):
        ...     assert False, "wrong default"
        >>> failures.messages
        ['Dense.units: wrong default']
    """

    def __init__(self) -> None:
        self.messages: list[str] = []

    @contextmanager
    def collect(self, name: str) -> Iterator[None]:
        """Record an exception of the block under a name."""
        try:
            yield
        except Exception as error:  # noqa: BLE001 - `check` reports it
            self.messages.append(f"{name}: {error}")

    def check(self) -> None:
        """Fail if there were failures."""
        assert not self.messages, "\n".join(self.messages)
