"""Write configs as YAML that reads back as the same config."""

from __future__ import annotations

from typing import Any

from nnlab.config.schema.experiment import Experiment

_WIDTH = 120


def dump_config(experiment: Experiment) -> str:
    """Return an experiment as YAML."""
    return dump_yaml(experiment.to_tree())


def dump_yaml(tree: Any) -> str:
    """Return plain data as YAML; collections of scalars are written on one line."""
    import yaml

    return yaml.safe_dump(
        tree,
        sort_keys=False,
        default_flow_style=None,  # flow style for collections of scalars only
        allow_unicode=True,
        width=_WIDTH,
    )
