"""Values of a config, and of a trial, as people write them."""

from __future__ import annotations

import math
from typing import Any

from nnlab.runs.trial import Value


def plain_text(value: Any) -> str:
    """A value of a config on one line, as YAML writes it.

    Args:
        value: A scalar, a list or a mapping.

    Returns:
        Its text.

    Example:
        >>> plain_text({"Dense": {"units": 16, "use_bias": False}}), plain_text([1, "a"])
        ('Dense: {units: 16, use_bias: false}', '[1, a]')
    """
    import yaml

    if isinstance(value, str):
        return value
    text = yaml.safe_dump(value, default_flow_style=True, sort_keys=False, width=math.inf)
    text = text.removesuffix("\n").removesuffix("\n...")
    is_word = isinstance(value, dict) and len(value) == 1
    return text[1:-1] if is_word else text


def value_text(value: Value) -> str:
    """The value of a hyperparameter as people write it, four figures of a number.

    Args:
        value: The value.

    Example:
        >>> value_text(0.00123456), value_text(True), value_text(128), value_text("relu")
        ('0.001235', 'true', '128', 'relu')
    """
    if isinstance(value, bool):
        return "true" if value else "false"
    return f"{value:.4g}" if isinstance(value, float) else str(value)
