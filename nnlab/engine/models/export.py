"""Export a trained model that takes raw rows and that Keras alone can load."""

from __future__ import annotations

import json
import re
import shutil
import zipfile
from collections.abc import Mapping
from pathlib import Path

import keras

from nnlab.data.containers.prepared import InputSpec
from nnlab.engine.models.builder import dtype_policy
from nnlab.engine.models.inputs import model_inputs
from nnlab.engine.models.preprocessing import build_preprocessing, needs_preprocessing
from nnlab.runs.io.atomic import atomic_replace

# Its quotes are not escaped: it cannot match within a JSON string.
_SHARED_ID = re.compile(r'"shared_object_id": (\d+)')


def export_model(model: keras.Model, inputs: Mapping[str, InputSpec]) -> keras.Model:
    """Return a model that takes raw rows, with the trained model's weights and optimizer.

    Args:
        model: The trained model.
        inputs: The specs of the data's inputs by name.

    Returns:
        The model itself if it takes raw rows: arrays, or tables of numbers without missing values.
        Otherwise a model with an input [batch, 1] for each raw column, by the column's name: text,
        or numbers with NaN for missing values.
    """
    if not needs_preprocessing(inputs):
        return model
    with dtype_policy("float32"):
        network = _copy_uncompiled(model, f"{model.name}_network")
        raw, features = build_preprocessing(inputs, taken=[network.name, *_output_names(model)])
        outputs = network(model_inputs(model, features))
        if isinstance(outputs, dict):
            # Keras matches losses and metrics with outputs by the names of the output layers.
            outputs = {
                name: keras.layers.Identity(name=name)(tensor) for name, tensor in outputs.items()
            }
        exported = keras.Model(raw, outputs, name=model.name)
    if model.compiled and (config := model.get_compile_config()) is not None:
        arguments = keras.saving.deserialize_keras_object(config)
        # XLA does not support strings.
        exported.compile(**arguments | {"optimizer": model.optimizer, "jit_compile": False})
    return exported


def export_without_optimizer(model: keras.Model, inputs: Mapping[str, InputSpec]) -> keras.Model:
    """Return what `export_model` returns, not compiled: without the optimizer's state.

    Args:
        model: The trained model.
        inputs: The specs of the data's inputs by name.

    Returns:
        The model, which shares the trained weights.
    """
    return export_model(_copy_uncompiled(model, model.name), inputs)


def save_model(model: keras.Model, path: Path) -> None:
    """Save a model with its optimizer atomically to a `.keras` file; equal models, equal bytes."""
    with atomic_replace(path) as temporary:
        saved = temporary.with_suffix(f".saved{temporary.suffix}")
        try:
            model.save(saved)
            _make_reproducible(saved, temporary)
        finally:
            saved.unlink(missing_ok=True)


def _copy_uncompiled(model: keras.Model, name: str) -> keras.Model:
    """Return a model of the same layers without the optimizer, which Keras would save twice."""
    names = _output_names(model)
    outputs = {name: model.get_layer(name).output for name in names} or model.outputs[0]
    inputs = {tensor.name: tensor for tensor in model.inputs}
    return keras.Model(inputs if len(inputs) > 1 else model.inputs[0], outputs, name=name)


def _output_names(model: keras.Model) -> list[str]:
    """Return the names of the outputs if there are several, or an empty list."""
    return list(model.output_names) if len(model.outputs) > 1 else []


def _make_reproducible(source: Path, target: Path) -> None:
    """Copy a saved model without dates and memory addresses, which differ between saves."""
    with zipfile.ZipFile(source) as saved, zipfile.ZipFile(target, "w") as rewritten:
        for name in saved.namelist():
            # A ZipInfo created from a name has a fixed date in 1980.
            with rewritten.open(zipfile.ZipInfo(name), "w", force_zip64=True) as written:
                if name in _REWRITES:
                    written.write(_REWRITES[name](saved.read(name).decode()).encode())
                else:
                    with saved.open(name) as read:
                        shutil.copyfileobj(read, written)


def _remove_date(metadata: str) -> str:
    values = json.loads(metadata)
    values.pop("date_saved", None)
    return json.dumps(values)


def _number_shared_objects(config: str) -> str:
    """Replace ids of objects that layers share, which are memory addresses, with numbers."""
    ids = dict.fromkeys(_SHARED_ID.findall(config))
    numbers = {shared_id: number for number, shared_id in enumerate(ids, 1)}
    return _SHARED_ID.sub(lambda match: f'"shared_object_id": {numbers[match[1]]}', config)


_REWRITES = {"metadata.json": _remove_date, "config.json": _number_shared_objects}
