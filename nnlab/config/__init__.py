"""The config: YAML in, a frozen experiment out, every fault with its place."""

from __future__ import annotations

from nnlab.config.experiment import Experiment
from nnlab.config.loading import Config, load_config, read_config

__all__ = ["Config", "Experiment", "load_config", "read_config"]
