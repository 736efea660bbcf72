"""Where the best trial lies at the end of a range that was searched: better may lie beyond."""

from __future__ import annotations

import math
from collections.abc import Mapping

from nnlab.config.hyperparameters import Hyperparameter
from nnlab.report.values import value_text
from nnlab.runs.search import SearchRecord
from nnlab.runs.trial import Value

# So near to an end of the range, as a part of it, counts as the end.
_NEAR = 0.02
_FEWEST = 3


def edges(record: SearchRecord) -> str:
    """The values of the best trial that stand at an end of their ranges.

    Args:
        record: The search.

    Returns:
        The values by their names, as the config has them, with which end it is; empty where there
        are none. An end at 0 is passed over: hardly anything lies beyond.

    Example:
        >>> units = {"name": "a.units", "kind": "int", "default": 8, "min_value": 8}
        >>> space = (units | {"max_value": 64, "step": 8},)
        >>> edges(SearchRecord("a-tune", "a", space=space, best={"values": {"a.units": 64}}))
        'a.units=64 is the greatest'
    """
    values: Mapping[str, Value] = (record.best or {}).get("values", {})
    space = [Hyperparameter.from_dict(one) for one in record.space]
    ends = ((one.name, values.get(one.name), _end(one, values.get(one.name))) for one in space)
    return ", ".join(
        f"{name}={value_text(value)} is the {end}"
        for name, value, end in ends
        if value is not None and end
    )


def _end(one: Hyperparameter, value: Value | None) -> str:
    low, high = one.min_value, one.max_value
    if low is None or high is None or value is None or isinstance(value, str):
        return ""
    if one.size is not None and one.size < _FEWEST:
        return ""
    if one.step is not None:
        points = list(one.points())
        place = {points[0]: 0.0, points[-1]: 1.0}.get(value, 0.5)
    elif one.sampling == "linear":
        place = (value - low) / (high - low)
    else:
        place = math.log(value / low) / math.log(high / low)
    if place >= 1 - _NEAR:
        return "greatest"
    return "least" if place <= _NEAR and low > 0 else ""
