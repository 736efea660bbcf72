"""What a comparison file plans: each variant's name and changes, before any of it is read."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from nnlab.config.document import Path
from nnlab.config.grid import combinations
from nnlab.config.hints import names_text

_NAMED = 3


@dataclass(frozen=True)
class VariantPlan:
    """A variant as the file has it.

    Args:
        name: Its name, the grid's part included.
        file: The whole config that it is; None for the base.
        changes: Dotted keys and where in the comparison file their values stand, to be applied in
            this order.
        at: Where the variant itself stands in the file.
    """

    name: str
    file: str | None
    changes: tuple[tuple[Any, Path], ...]
    at: Path


def variant_plans(tree: Mapping[str, Any]) -> Iterator[VariantPlan]:
    """The variants of a comparison file, in its order; each combination of a grid is one.

    Args:
        tree: What the file holds.

    Yields:
        The plans, without those whose form is wrong.

    Example:
        >>> grid = {"training.epochs": [1, 2]}
        >>> [plan.name for plan in variant_plans({"variants": {"a": {}, "b": None}, "grid": grid})]
        ['a,epochs=1', 'a,epochs=2', 'b,epochs=1', 'b,epochs=2']
    """
    common = [(key, ("changes", key)) for key in _mapping(tree, "changes")]
    grid = {
        key: values
        for key, values in _mapping(tree, "grid").items()
        if isinstance(key, str) and isinstance(values, list) and values
    }
    for name, said in (_mapping(tree, "variants") or {"": None}).items():
        if not isinstance(said, Mapping | str | None):
            continue
        at: Path = ("variants", name)
        own = [(key, (*at, key)) for key in said] if isinstance(said, Mapping) else []
        for label, positions in combinations(grid):
            chosen = [
                (key, ("grid", key, position))
                for key, position in zip(grid, positions, strict=True)
            ]
            called = ",".join(filter(None, [str(name), label]))
            if called:
                file = said if isinstance(said, str) else None
                yield VariantPlan(called, file, (*common, *own, *chosen), at if name else ("grid",))


def listed(some: Sequence[VariantPlan], plans: Sequence[VariantPlan]) -> str:
    """Some variants by name, the first few of many.

    Args:
        some: Those to name; where all that the grid makes of one are among them, it is named alone.
        plans: All variants.

    Example:
        >>> plans = list(variant_plans({"grid": {"training.epochs": [1, 2, 3, 4, 5]}}))
        >>> listed(plans[:1], plans), listed(plans[:4], plans)
        ('variant `epochs=1`', 'variants `epochs=1`, `epochs=2`, `epochs=3` and 1 more')
    """
    whole = {plan.at for plan in plans} - {plan.at for plan in plans if plan not in some}
    names = list(
        dict.fromkeys(str(plan.at[-1]) if plan.at in whole else plan.name for plan in some)
    )
    quoted = names_text([f"`{name}`" for name in names], _NAMED)
    return f"variant{'s' * (len(names) > 1)} {quoted}"


def _mapping(tree: Mapping[str, Any], key: str) -> Mapping[Any, Any]:
    value = tree.get(key)
    return value if isinstance(value, Mapping) else {}
