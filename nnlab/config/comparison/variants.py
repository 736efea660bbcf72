"""A comparison that was read: its variants, each a config that can be trained."""

from __future__ import annotations

from copy import deepcopy
from dataclasses import dataclass
from typing import Any

from nnlab.config.loader import Config
from nnlab.config.schema.comparison import Changes
from nnlab.config.schema.experiment import Experiment, as_name
from nnlab.config.yaml.document import Document
from nnlab.config.yaml.dump import tree_yaml


@dataclass(frozen=True)
class Variant:
    """One side of a comparison: a config that can be trained.

    Args:
        name: What the comparison calls it.
        changes: What it changes, by dotted key: in the base, or in the whole config of its own.
        file: The whole config's file; None for changes of the base.
        config: The config that comes of it.
    """

    name: str
    changes: Changes
    file: str | None
    config: Config

    def experiment(self, comparison: str, seed: int) -> Experiment:
        """The variant as it is trained with one seed.

        Args:
            comparison: The comparison's name; the experiment is called by both.
            seed: The seed.
        """
        name = as_name(f"{comparison}-{self.name}", comparison)
        changes = {"name": name, "seed": seed, "tune": None}
        return self.config.experiment.model_copy(update=changes)


@dataclass(frozen=True)
class Comparison:
    """A comparison that was read and found sound.

    Args:
        file: Its file, as the user named it.
        name: What its folder is called.
        metric: The figure that is compared, `test_accuracy`.
        baseline: The variant that the others are tested against.
        seeds: Each variant is trained with each of them.
        variants: Two or more.
        base: The base's data, with all that it extends; None where no variant changes a base.
    """

    file: str
    name: str
    metric: str
    baseline: str
    seeds: tuple[int, ...]
    variants: tuple[Variant, ...]
    base: Document | None

    @property
    def runs(self) -> int:
        """How many trainings it takes."""
        return len(self.variants) * len(self.seeds)


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
