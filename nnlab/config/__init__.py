"""The config: read YAML into a frozen experiment, with the location of every error.

The names below are imported lazily: listing the built-in configs and printing the JSON Schema need
neither pydantic nor the vocabulary.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from nnlab.config.loader import Config, load_config, read_config
    from nnlab.config.schema.experiment import Experiment

__all__ = ["Config", "Experiment", "load_config", "read_config"]

_MODULES = {
    "Config": "nnlab.config.loader",
    "Experiment": "nnlab.config.schema.experiment",
    "load_config": "nnlab.config.loader",
    "read_config": "nnlab.config.loader",
}


def __getattr__(name: str) -> Any:
    if name not in _MODULES:
        message = f"module {__name__!r} has no attribute {name!r}"
        raise AttributeError(message)
    return getattr(import_module(_MODULES[name]), name)
