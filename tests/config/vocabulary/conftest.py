"""What the tests of the vocabulary share."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from pydantic import ValidationError

from nnlab.config.vocabulary.component import Component

ProblemsOf = Callable[[type[Component], object], dict[tuple[str | int, ...], str]]


@pytest.fixture
def problems_of() -> ProblemsOf:
    """Reads a value that is wrong and gives what is wrong with it: place to message and remedy."""

    def read(family: type[Component], value: object) -> dict[tuple[str | int, ...], str]:
        with pytest.raises(ValidationError) as caught:
            family.parse(value)
        return {
            error["loc"]: " ".join(filter(None, [error["msg"], error.get("ctx", {}).get("hint")]))
            for error in caught.value.errors()
        }

    return read
