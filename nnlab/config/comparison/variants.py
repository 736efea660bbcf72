"""A comparison and its variants, each a concrete config, and how a comparison is written."""

from __future__ import annotations

from copy import deepcopy
from dataclasses import dataclass
from typing import Any

from nnlab.config.loader import Config
from nnlab.config.schema.comparison import Changes
from nnlab.config.schema.experiment import Experiment, to_valid_name
from nnlab.config.yaml.document import Document
from nnlab.config.yaml.dump import dump_yaml

_BASE_FILE = "base.yaml"


@dataclass(frozen=True)
class Variant:
    """A config that is compared.

    Args:
        name: Its name in the comparison.
        changes: Its changes by dotted key, to the base or to the config of its file.
        file: The file of its config. None: it changes the base.
        config: The config with the changes.
    """

    name: str
    changes: Changes
    file: str | None
    config: Config

    def experiment(self, comparison: str, seed: int) -> Experiment:
        """Return the experiment of one run, named after the comparison and the variant."""
        name = to_valid_name(f"{comparison}-{self.name}", comparison)
        changes = {"name": name, "seed": seed, "tune": None}
        return self.config.experiment.model_copy(update=changes)


@dataclass(frozen=True)
class Comparison:
    """A valid comparison.

    Args:
        file: Its file, as the user named it.
        name: The name of its folder.
        metric: The metric that is compared, such as `test_accuracy`.
        baseline: The variant that the others are tested against.
        seeds: The seeds with which each variant is trained.
        variants: The variants, two or more.
        base: The base, after `extends`. None: each variant has a separate file.
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
        """The number of trainings."""
        return len(self.variants) * len(self.seeds)


def dump_comparison(comparison: Comparison) -> dict[str, str]:
    """Return the texts of the files that define a comparison, by name, in any folder.

    `comparison.yaml` comes first, then the base and the configs of variants with a separate file.
    """
    texts: dict[str, str] = {}
    variants: dict[str, Any] = {}
    if comparison.base is not None:
        texts[_BASE_FILE] = dump_yaml(comparison.base.tree)
    for variant in comparison.variants:
        # A copy: YAML would write shared values as an anchor and an alias.
        variants[variant.name] = deepcopy(variant.changes)
        if variant.file is not None:
            # The names of variants cannot end like this, nor does the base.
            file = f"{variant.name}.config.yaml"
            variants[variant.name] = file
            texts[file] = dump_yaml(variant.config.document.tree)
    tree = {
        "name": comparison.name,
        **({"base": _BASE_FILE} if comparison.base is not None else {}),
        "seeds": list(comparison.seeds),
        "metric": comparison.metric,
        "baseline": comparison.baseline,
        "variants": variants,
    }
    return {"comparison.yaml": dump_yaml(tree), **texts}
