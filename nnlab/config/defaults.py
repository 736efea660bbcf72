"""`model.defaults`: arguments that every layer of a type gets where it does not set them itself."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from nnlab.config.document import Document, Path
from nnlab.config.problems import Collector, Problem, did_you_mean
from nnlab.config.words.layers import Layer

_AT: Path = ("model", "defaults")


def spread_defaults(document: Document) -> tuple[Document, list[Problem]]:
    """The document with `model.defaults` put into the layers and taken out of `model`.

    Args:
        document: A config without search markers.

    Returns:
        The document; what is wrong with the defaults themselves, with paths from the top.

    Example:
        >>> model = {"defaults": {"Dense": {"activation": "relu"}}, "layers": [{"Dense": 3}]}
        >>> spread_defaults(Document({"model": model}))[0].tree
        {'model': {'layers': [{'Dense': {'activation': 'relu', 'units': 3}}]}}
    """
    model = document.tree.get("model") if isinstance(document.tree, Mapping) else None
    if not isinstance(model, Mapping) or "defaults" not in model:
        return document, []
    defaults = model["defaults"]
    if not isinstance(defaults, Mapping):
        message = f"Expected layer types with their arguments. Received: defaults={defaults!r}."
        return _without(document), [
            Problem(_AT, message, "Write `defaults: {Dense: {activation: relu}}`.")
        ]
    problems: list[Problem] = []
    for name, arguments in defaults.items():
        problems += _own_problems(name, arguments)
    sound = {
        word: (name, args)
        for name, args in defaults.items()
        if (word := Layer.lookup(name)) and isinstance(args, Mapping)
    }
    moves: dict[Path, Path] = {}
    layers = model.get("layers")
    if isinstance(layers, list):
        layers = [
            _spread(layer, ("model", "layers", at), sound, moves) for at, layer in enumerate(layers)
        ]
    elif isinstance(layers, Mapping):
        layers = {
            at: _spread(node, ("model", "layers", at), sound, moves) for at, node in layers.items()
        }
    rest = {key: value for key, value in model.items() if key != "defaults"}
    spread = {**document.tree, "model": {**rest, "layers": layers} if "layers" in model else rest}
    return document.moved(spread, moves), problems


def _without(document: Document) -> Document:
    model = {key: value for key, value in document.tree["model"].items() if key != "defaults"}
    return document.moved({**document.tree, "model": model}, {})


def _own_problems(name: Any, arguments: Any) -> list[Problem]:
    """Faults of one entry; an argument that is missing is no fault here."""
    word = Layer.lookup(name)
    if word is None:
        remedy = did_you_mean(str(name), Layer.members, "layers")
        return [
            Problem((*_AT, name), f"Expected a layer. Received: `{name}`.", remedy, at_key=True)
        ]
    if not isinstance(arguments, Mapping):
        message = f"Expected arguments of {name} by name. Received: {arguments!r}."
        return [Problem((*_AT, name), message, f"Write `{name}: {{{word.first_argument()}: …}}`.")]
    collector = Collector()
    with collector.reading(*_AT, name):
        word.from_arguments(arguments)
    required = {field for field, info in word.model_fields.items() if info.is_required()}
    return [
        problem
        for problem in collector.problems()
        if not (problem.path[-1] in required - set(arguments) and len(problem.path) == len(_AT) + 2)
    ]


def _spread(
    layer: Any,
    at: Path,
    defaults: Mapping[type[Layer], tuple[str, Mapping[str, Any]]],
    moves: dict[Path, Path],
) -> Any:
    names = [layer] if isinstance(layer, str) else list(layer) if isinstance(layer, Mapping) else []
    for name in names:
        word = Layer.lookup(name)
        if word is None or word not in defaults:
            continue
        written, inherited = defaults[word]
        arguments = None if isinstance(layer, str) else layer[name]
        if not isinstance(arguments, Mapping):
            arguments = {} if arguments is None else {word.first_argument(): arguments}
        for key in inherited:
            if key not in arguments:
                moves[(*at, name, key)] = (*_AT, written, key)
        filled = {name: {**inherited, **arguments}}
        return filled if isinstance(layer, str) else {**layer, **filled}
    return layer
