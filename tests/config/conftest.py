"""What the tests of the config share: experiments made of a sound file and a few changes."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from nnlab.config import Experiment, load_config

BAD = Path(__file__).parent / "bad"

Make = Callable[..., Experiment]


@pytest.fixture
def stack() -> Make:
    """Makes the experiment of `bad/stack.yaml`, a Sequential model on iris, with some changes."""
    return lambda *assignments: load_config(BAD / "stack.yaml", assignments)


@pytest.fixture
def graph() -> Make:
    """Makes the experiment of `bad/graph.yaml`, a Functional model on wine, with some changes."""
    return lambda *assignments: load_config(BAD / "graph.yaml", assignments)
