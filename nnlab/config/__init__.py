"""The config: YAML in, a frozen experiment out, every fault with its place.

What reads configs is loaded when it is first asked for: listing the shipped ones, or printing the
schema, needs neither pydantic nor the vocabulary.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from nnlab.config.loader import Config, load_config, read_config
    from nnlab.config.schema.experiment import Experiment

__all__ = ["Config", "Experiment", "load_config", "read_config"]

_HOMES = {
    "Config": "nnlab.config.loader",
    "Experiment": "nnlab.config.schema.experiment",
    "load_config": "nnlab.config.loader",
    "read_config": "nnlab.config.loader",
}


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        message = f"module {__name__!r} has no attribute {name!r}"
        raise AttributeError(message)
    return getattr(import_module(_HOMES[name]), name)
