"""Check that each Embedding is large enough for the categories of its columns."""

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
    experiment: Experiment, inputs: Mapping[str, ResolvedInput]
) -> Iterator[Diagnostic]:
    """Yield an error for each Embedding that is too small; Keras only fails during training."""
    for path, layer, spec in _embeddings(experiment, inputs):
        input_dim = getattr(layer, "input_dim", 0)
        for column in spec.columns:
            codes = len(column.categories) + 1
            if column.encoding == "integer" and input_dim < codes:
                message = (
                    f"Column `{column.name}` has {codes - 1} categories, plus code 0 for unknown "
                    f"ones. Received: input_dim={input_dim}."
                )
                location = format_path(("model", *path, "input_dim"))
                yield Diagnostic(message, location, hint=f"Set input_dim to {codes} or more.")


def _embeddings(
    experiment: Experiment, inputs: Mapping[str, ResolvedInput]
) -> Iterator[tuple[Path, Layer, InputSpec]]:
    """Yield the path of each Embedding, the layer, and the spec of the input that feeds it."""
    model = experiment.model
    for path, layer in model.named_layers():
        if layer.display_name() != "Embedding":
            continue
        if isinstance(model, FunctionalModel):
            name = str(path[1])
            while name in model.layers:
                name = model.layers[name].sources[0]
            yield path, layer, inputs[name].spec
        else:
            yield path, layer, next(iter(inputs.values())).spec
