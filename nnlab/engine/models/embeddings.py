"""Whether each Embedding has room for all codes that its column can hold."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from nnlab.config import Experiment
from nnlab.config.schema.model import FunctionalModel
from nnlab.config.vocabulary.layers import Layer
from nnlab.config.yaml.document import Path, format_path
from nnlab.data.containers.prepared import InputSpec
from nnlab.engine.models.inputs import ResolvedInput
from nnlab.errors import Diagnostic


def check_embeddings(
    experiment: Experiment, resolve_inputs: Mapping[str, ResolvedInput]
) -> Iterator[Diagnostic]:
    """Embeddings that a category's code would fall out of; Keras says so only in the midst of it.

    Args:
        experiment: The experiment.
        resolve_inputs: The model's inputs by name.

    Yields:
        A fault for each such layer.
    """
    for path, layer, spec in _embeddings(experiment, resolve_inputs):
        input_dim = getattr(layer, "input_dim", 0)
        for column in spec.columns:
            codes = len(column.categories) + 1
            if column.encoding == "integer" and input_dim < codes:
                message = (
                    f"Column `{column.name}` has {codes - 1} categories, and code 0 stands for any "
                    f"other. Received: input_dim={input_dim}."
                )
                at = format_path(("model", *path, "input_dim"))
                yield Diagnostic(message, at, hint=f"Set input_dim: {codes}, or more.")


def _embeddings(
    experiment: Experiment, resolve_inputs: Mapping[str, ResolvedInput]
) -> Iterator[tuple[Path, Layer, InputSpec]]:
    model = experiment.model
    for path, layer in model.named_layers():
        if layer.display_name() != "Embedding":
            continue
        if isinstance(model, FunctionalModel):
            name = str(path[1])
            while name in model.layers:
                name = model.layers[name].sources[0]
            yield path, layer, resolve_inputs[name].spec
        else:
            yield path, layer, next(iter(resolve_inputs.values())).spec
