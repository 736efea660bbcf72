"""The model that a run leaves behind: it takes raw rows, and Keras alone can load it."""

from __future__ import annotations

import json
import shutil
import zipfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import keras

from nnlab.data.prepared import InputSpec
from nnlab.engine.inputs import model_inputs
from nnlab.engine.model import dtype_policy
from nnlab.engine.preprocessing import RawColumns, needs_preprocessing
from nnlab.runs.atomic import replacing

_METADATA = "metadata.json"


def exported(model: keras.Model, inputs: Mapping[str, InputSpec]) -> keras.Model:
    """The trained model as others use it: it takes raw rows.

    Args:
        model: The trained model.
        inputs: What each input of the data is.

    Returns:
        The model itself, where raw rows are what it takes: arrays, and tables of numbers without
        missing ones. Else a model around it with one input for each raw column, [rows, 1], by the
        column's name: text, or numbers with NaN where one is missing. It shares the trained weights
        and is compiled with a copy of the optimizer.
    """
    if not needs_preprocessing(inputs):
        return model
    with dtype_policy("float32"):
        raw = RawColumns([column for spec in inputs.values() for column in spec.columns])
        features = {name: raw.features(spec) for name, spec in inputs.items()}
        outputs = model(model_inputs(model, features))
        if isinstance(outputs, dict):
            # Losses and metrics are known by the names of the layers that make the outputs.
            outputs = {
                name: keras.layers.Identity(name=name)(tensor) for name, tensor in outputs.items()
            }
        whole = keras.Model(raw.inputs, outputs, name=model.name)
    _compile_like(whole, model)
    return whole


def save_model(model: keras.Model, path: Path) -> None:
    """Save a model, its optimizer's state included, whole or not at all.

    Equal models give equal bytes: the file does not tell when it was written.

    Args:
        model: The model.
        path: The file, ending in `.keras`.

    Raises:
        OSError: The disk refuses.
    """
    with replacing(path) as beside:
        dated = beside.with_suffix(f".dated{beside.suffix}")
        try:
            model.save(dated)
            _write_undated(dated, beside)
        finally:
            dated.unlink(missing_ok=True)


def _compile_like(model: keras.Model, trained: keras.Model) -> None:
    config: dict[str, Any] | None = trained.get_compile_config() if trained.compiled else None
    if config is None:
        return
    # XLA knows no text.
    model.compile_from_config(config | {"jit_compile": False})
    for variable, value in zip(model.optimizer.variables, trained.optimizer.variables, strict=True):
        variable.assign(value)


def _write_undated(source: Path, target: Path) -> None:
    with zipfile.ZipFile(source) as dated, zipfile.ZipFile(target, "w") as undated:
        for entry in dated.infolist():
            with undated.open(zipfile.ZipInfo(entry.filename), "w", force_zip64=True) as written:
                if entry.filename == _METADATA:
                    metadata = json.loads(dated.read(entry))
                    metadata.pop("date_saved", None)
                    written.write(json.dumps(metadata).encode())
                else:
                    with dated.open(entry) as read:
                        shutil.copyfileobj(read, written)
