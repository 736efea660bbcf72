"""Fixtures of the vocabulary tests."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from pydantic import ValidationError

from nnlab.config.vocabulary.component import Component

IssuesOf = Callable[[type[Component], object], dict[tuple[str | int, ...], str]]


@pytest.fixture
def issues_of() -> IssuesOf:
    """Return a function that parses an invalid value and maps paths to message and hint."""

    def parse(family: type[Component], value: object) -> dict[tuple[str | int, ...], str]:
        with pytest.raises(ValidationError) as caught:
            family.parse(value)
        return {
            error["loc"]: " ".join(filter(None, [error["msg"], error.get("ctx", {}).get("hint")]))
            for error in caught.value.errors()
        }

    return parse
