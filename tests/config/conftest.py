"""Fixtures of the config tests: experiments from a valid file and some assignments."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from nnlab.config import Experiment, load_config

BAD = Path(__file__).parent / "bad"

MakeExperiment = Callable[..., Experiment]


@pytest.fixture
def stack() -> MakeExperiment:
    """Return a loader of `bad/stack.yaml`, a Sequential model on iris, with assignments."""
    return lambda *assignments: load_config(BAD / "stack.yaml", assignments)


@pytest.fixture
def graph() -> MakeExperiment:
    """Return a loader of `bad/graph.yaml`, a Functional model on wine, with assignments."""
    return lambda *assignments: load_config(BAD / "graph.yaml", assignments)
