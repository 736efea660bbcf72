"""Values, names and sentences as text."""

from __future__ import annotations

import math
import re
from collections.abc import Iterable
from typing import Any

from nnlab.runs.records.trial import Value


def format_yaml_value(value: Any) -> str:
    """Format a scalar, list or mapping of a config as YAML on one line."""
    import yaml

    if isinstance(value, str):
        return value
    text = yaml.safe_dump(value, default_flow_style=True, sort_keys=False, width=math.inf)
    text = text.removesuffix("\n").removesuffix("\n...")
    is_single_key = isinstance(value, dict) and len(value) == 1
    return text[1:-1] if is_single_key else text


def format_hyperparameter(value: Value) -> str:
    """Format the value of a hyperparameter, floats with four significant digits."""
    if isinstance(value, bool):
        return "true" if value else "false"
    return f"{value:.4g}" if isinstance(value, float) else str(value)


def wrap_name(text: str, width: float) -> str:
    r"""Wrap a name that has several parts, after commas only.

    Example:
        >>> wrap_name("units=64,optimizer=SGD,scaling=none", 24)
        'units=64,optimizer=SGD,\nscaling=none'
    """
    lines = [""]
    for part in re.split(r"(?<=,)", text):
        if lines[-1] and len(lines[-1]) + len(part) > width:
            lines.append("")
        lines[-1] += part
    return "\n".join(lines)


def format_sentence(clause: str, names: Iterable[str] = ()) -> str:
    """Capitalize a clause, unless it starts with one of the names, and append a full stop."""
    if not clause:
        return ""
    is_name = any(clause == name or clause.startswith(f"{name} ") for name in names)
    return f"{clause if is_name else clause[:1].upper() + clause[1:]}."
