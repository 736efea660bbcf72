"""Checking a config without using it: its faults, and advice where it has none."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from nnlab.config.advice import advice
from nnlab.config.defaults import idle_defaults
from nnlab.config.loading import Config, in_file_order, located, read_config
from nnlab.errors import ConfigError, Fault


@dataclass(frozen=True)
class Check:
    """What a check of one config found.

    Args:
        file: The config, as the user named it.
        faults: What is wrong; a config with any cannot be used.
        advice: What is legal and yet unwise.
        open_values: How many search markers it holds.
    """

    file: str
    faults: tuple[Fault, ...] = ()
    advice: tuple[Fault, ...] = ()
    open_values: int = 0

    @property
    def is_valid(self) -> bool:
        """Whether the config can be used."""
        return not self.faults

    @property
    def remark(self) -> str:
        """What a user should know of a config that is valid."""
        count = self.open_values
        return (
            f"; {count} open value{'s' * (count > 1)}, to be chosen before it trains"
            if count
            else ""
        )


def check_config(file: str | Path, overrides: Sequence[str] = ()) -> Check:
    """Check a config.

    Args:
        file: The YAML file.
        overrides: `KEY=VALUE`, as `--set` takes them.

    Returns:
        What was found.

    Example:
        >>> check_config("configs/mnist_5k.yaml").is_valid
        True
    """
    try:
        config = read_config(file, overrides)
    except ConfigError as error:
        return Check(str(file), faults=error.faults)
    return Check(str(file), (), warnings_of(config), len(config.space))


def warnings_of(config: Config) -> tuple[Fault, ...]:
    """What is legal in a config and yet unwise, in the order of the file.

    Args:
        config: A sound config.
    """
    unwise = located(config.resolved, advice(config.experiment))
    return in_file_order([*unwise, *located(config.document, idle_defaults(config.document.tree))])
