"""A resolved config as YAML: training it repeats the experiment."""

from __future__ import annotations

from typing import Any

from nnlab.config.schema.experiment import Experiment

_WIDTH = 120


def config_yaml(experiment: Experiment) -> str:
    """Write an experiment as the YAML that reads back as it.

    Args:
        experiment: The experiment, as `load_config` resolved it.

    Returns:
        YAML with a line for each layer and section; keys at their defaults may be left out.

    Example:
        >>> experiment = Experiment.model_validate({
        ...     "data": {"dataset": "xor"},
        ...     "model": {"layers": [{"Dense": {"units": 1, "activation": "sigmoid"}}]},
        ...     "training": {"optimizer": {"SGD": 0.5}, "loss": "bce", "epochs": 9},
        ... })
        >>> print(config_yaml(experiment).split("training:")[0].rstrip())
        name: experiment
        seed: 0
        data: {dataset: xor, encoding: one_hot, missing: error, scaling: none, stratify: true}
        model:
          layers:
          - Dense: {units: 1, activation: sigmoid}
    """
    return tree_yaml(experiment.to_tree())


def tree_yaml(tree: Any) -> str:
    """Write plain data as YAML, what holds nothing but plain values on one line.

    Args:
        tree: Mappings, lists and scalars.

    Returns:
        The text, keys in their order.
    """
    import yaml

    # None: what holds nothing but plain values stands on one line.
    return yaml.safe_dump(
        tree,
        sort_keys=False,
        default_flow_style=None,
        allow_unicode=True,
        width=_WIDTH,
    )
