"""Checking a config without using it: its faults, and advice where it has none."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from nnlab.config.advice import advice
from nnlab.config.loading import located, read_config
from nnlab.errors import ConfigError, Fault


@dataclass(frozen=True)
class Check:
    """What a check of one config found.

    Args:
        file: The config, as the user named it.
        faults: What is wrong; a config with any cannot be used.
        advice: What is legal and yet unwise.
        open_values: How many search markers it holds.
        sources: Text of each file that took part, for showing lines.
    """

    file: str
    faults: tuple[Fault, ...] = ()
    advice: tuple[Fault, ...] = ()
    open_values: int = 0
    sources: Mapping[str, str] = field(default_factory=dict)

    @property
    def is_valid(self) -> bool:
        """Whether the config can be used."""
        return not self.faults

    @property
    def remark(self) -> str:
        """What a user should know of a config that is valid."""
        count = self.open_values
        return f"; {count} open value{'s' * (count > 1)}: search with `nnlab tune`" if count else ""

    def to_dict(self) -> dict[str, Any]:
        """The check as JSON can carry it."""
        return {
            "file": self.file,
            "valid": self.is_valid,
            "open_values": self.open_values,
            "errors": [_row(fault) for fault in self.faults],
            "warnings": [_row(fault) for fault in self.advice],
        }


def _row(fault: Fault) -> dict[str, Any]:
    where = asdict(fault.where) if fault.where else {"file": None, "line": 0, "column": 0}
    return {**where, "path": fault.path, "message": fault.message, "remedy": fault.remedy}


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
        return Check(str(file), faults=error.faults, sources=source_texts(error.faults))
    warnings = located(config.resolved, advice(config.experiment))
    return Check(str(file), (), warnings, len(config.space), config.document.sources)


def source_texts(faults: Sequence[Fault]) -> dict[str, str]:
    """The text of the files that faults point into.

    Args:
        faults: Faults with places.
    """
    files = {fault.where.file for fault in faults if fault.where and fault.where.line}
    return {file: Path(file).read_text(encoding="utf-8-sig") for file in files}
