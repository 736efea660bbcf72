"""The model that a run leaves behind: it takes raw rows, and Keras alone can load it."""

from __future__ import annotations

import json
import re
import shutil
import zipfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import keras

from nnlab.data.containers.prepared import InputSpec
from nnlab.engine.models.builder import dtype_policy
from nnlab.engine.models.inputs import model_inputs
from nnlab.engine.models.preprocessing import needs_preprocessing, build_preprocessing
from nnlab.runs.io.atomic import atomic_replace

# Unescaped quotes: this stands in no string of the JSON.
_SHARED = re.compile(r'"shared_object_id": (\d+)')


def export_without_optimizer(model: keras.Model, inputs: Mapping[str, InputSpec]) -> keras.Model:
    """The trained model as others use it, without what only more training needs.

    Args:
        model: The trained model.
        inputs: What each input of the data is.

    Returns:
        What `export_model` gives, not compiled. It shares the weights.
    """
    bare = _uncompiled(model, model.name)
    return export_model(bare, inputs)


def export_model(model: keras.Model, inputs: Mapping[str, InputSpec]) -> keras.Model:
    """The trained model as others use it: it takes raw rows.

    Args:
        model: The trained model.
        inputs: What each input of the data is.

    Returns:
        The model itself, where raw rows are what it takes: arrays, and tables of numbers without
        missing ones. Else a model around it with one input for each raw column, [rows, 1], by the
        column's name: text, or numbers with NaN where one is missing. It shares the weights and
        the optimizer.
    """
    if not needs_preprocessing(inputs):
        return model
    with dtype_policy("float32"):
        network = _uncompiled(model, f"{model.name}_network")
        raw, features = build_preprocessing(inputs, taken=[network.name, *_output_names(model)])
        outputs = network(model_inputs(model, features))
        if isinstance(outputs, dict):
            # Losses and metrics go by the names of the layers that make the outputs.
            outputs = {
                name: keras.layers.Identity(name=name)(tensor) for name, tensor in outputs.items()
            }
        whole = keras.Model(raw, outputs, name=model.name)
    _compile_like(whole, model)
    return whole


def save_model(model: keras.Model, path: Path) -> None:
    """Save a model, its optimizer's state included, whole or not at all.

    Equal models give equal bytes.

    Args:
        model: The model.
        path: The file, ending in `.keras`.

    Raises:
        OSError: The disk refuses.
    """
    with atomic_replace(path) as beside:
        saved = beside.with_suffix(f".saved{beside.suffix}")
        try:
            model.save(saved)
            _rewrite(saved, beside)
        finally:
            saved.unlink(missing_ok=True)


def _uncompiled(model: keras.Model, name: str) -> keras.Model:
    """The same layers as a part of another model: Keras would save a second optimizer with it."""
    names = _output_names(model)
    outputs = {name: model.get_layer(name).output for name in names} or model.outputs[0]
    inputs = {tensor.name: tensor for tensor in model.inputs}
    return keras.Model(inputs if len(inputs) > 1 else model.inputs[0], outputs, name=name)


def _output_names(model: keras.Model) -> list[str]:
    """The names of a model's outputs, where it has several."""
    return list(model.output_names) if len(model.outputs) > 1 else []


def _compile_like(model: keras.Model, trained: keras.Model) -> None:
    config: dict[str, Any] | None = trained.get_compile_config() if trained.compiled else None
    if config is None:
        return
    learning = keras.saving.deserialize_keras_object(config)
    # XLA knows no text.
    model.compile(**learning | {"optimizer": trained.optimizer, "jit_compile": False})


def _rewrite(source: Path, target: Path) -> None:
    """Copy a saved model without what differs from one writing to the next: dates, addresses."""
    with zipfile.ZipFile(source) as saved, zipfile.ZipFile(target, "w") as rewritten:
        for name in saved.namelist():
            # A ZipInfo of a name alone is dated 1980.
            with rewritten.open(zipfile.ZipInfo(name), "w", force_zip64=True) as written:
                if name in _REWRITTEN:
                    written.write(_REWRITTEN[name](saved.read(name).decode()).encode())
                else:
                    with saved.open(name) as read:
                        shutil.copyfileobj(read, written)


def _without_date(metadata: str) -> str:
    kept = json.loads(metadata)
    kept.pop("date_saved", None)
    return json.dumps(kept)


def _with_counted_ids(config: str) -> str:
    """Keras marks objects that several layers share by their place in memory: count them."""
    places = dict.fromkeys(_SHARED.findall(config))
    numbers = {place: number for number, place in enumerate(places, 1)}
    return _SHARED.sub(lambda found: f'"shared_object_id": {numbers[found[1]]}', config)


_REWRITTEN = {"metadata.json": _without_date, "config.json": _with_counted_ids}
