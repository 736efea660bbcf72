"""A comparison as YAML that stands by itself: running it repeats the comparison."""

from __future__ import annotations

from copy import deepcopy
from typing import Any

from nnlab.config.dumping import tree_yaml
from nnlab.config.variants import Comparison

BASE = "base.yaml"


def comparison_files(comparison: Comparison) -> dict[str, str]:
    """Write a comparison as files that read back as it, wherever their folder lies.

    Args:
        comparison: The comparison.

    Returns:
        Texts by the file's name: `comparison.yaml` first, then the base and whole configs.
    """
    texts: dict[str, str] = {}
    variants: dict[str, Any] = {}
    if comparison.base is not None:
        texts[BASE] = tree_yaml(comparison.base.tree)
    for variant in comparison.variants:
        # Each its own copy: YAML would write what two share as an anchor and an alias.
        variants[variant.name] = deepcopy(variant.changes)
        if variant.file is not None:
            # No variant can be called so, nor is the base.
            file = f"{variant.name}.config.yaml"
            variants[variant.name] = file
            texts[file] = tree_yaml(variant.config.document.tree)
    tree = {
        "name": comparison.name,
        **({"base": BASE} if comparison.base is not None else {}),
        "seeds": list(comparison.seeds),
        "metric": comparison.metric,
        "baseline": comparison.baseline,
        "variants": variants,
    }
    return {"comparison.yaml": tree_yaml(tree), **texts}
