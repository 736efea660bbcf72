"""`model.defaults`: arguments that every layer of a type gets where it does not set them itself."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from nnlab.config.diagnostics.issues import Issue, IssueCollector, shown
from nnlab.config.vocabulary.layers import Layer
from nnlab.config.yaml.document import Document, Path

_AT: Path = ("model", "defaults")


def apply_defaults(document: Document) -> tuple[Document, list[Issue]]:
    """The document with `model.defaults` put into the layers and taken out of `model`.

    Args:
        document: A config without search markers.

    Returns:
        The document; what is wrong with the defaults themselves, with paths from the top.

    Example:
        >>> model = {"defaults": {"Dense": {"activation": "relu"}}, "layers": [{"Dense": 3}]}
        >>> apply_defaults(Document({"model": model}))[0].tree
        {'model': {'layers': [{'Dense': {'activation': 'relu', 'units': 3}}]}}
    """
    model = document.tree.get("model") if isinstance(document.tree, Mapping) else None
    if not isinstance(model, Mapping) or "defaults" not in model:
        return document, []
    defaults = model["defaults"]
    if not isinstance(defaults, Mapping):
        message = (
            f"Expected layer types with their arguments. Received: defaults={shown(defaults)}."
        )
        return _without(document), [
            Issue(_AT, message, "Write `defaults: {Dense: {activation: relu}}`.")
        ]
    issues: list[Issue] = []
    sound: dict[type[Layer], tuple[str, Any]] = {}
    for name, arguments in defaults.items():
        issues += _own_issues(name, arguments)
        word = Layer.lookup(name)
        if word is None:
            continue
        if word in sound:
            message = (
                f"{word.display_name()} has defaults twice: as `{sound[word][0]}` and as `{name}`."
            )
            issues.append(Issue((*_AT, name), message, "Keep one of them.", at_key=True))
        else:
            sound[word] = (name, arguments)
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
    return document.moved(spread, moves), issues


def _without(document: Document) -> Document:
    model = {key: value for key, value in document.tree["model"].items() if key != "defaults"}
    return document.moved({**document.tree, "model": model}, {})


def _own_issues(name: Any, arguments: Any) -> list[Issue]:
    """Faults of one entry; an argument that is missing is no fault here."""
    word = Layer.lookup(name)
    if word is None:
        message = f"Expected a layer. Received: `{name}`."
        return [Issue((*_AT, name), message, Layer.hint(str(name)), at_key=True)]
    collector = IssueCollector()
    with collector.collect():
        word.from_arguments(arguments, (*_AT, name))
    if isinstance(arguments, Mapping) and "name" in arguments:
        message = "A name belongs to one layer, not to all of a type."
        collector.add(Issue((*_AT, name, "name"), message, "Remove it.", at_key=True))
    required = {field for field, info in word.model_fields.items() if info.is_required()}
    given = _by_name(word, arguments)
    return [
        issue
        for issue in collector.issues()
        if not (issue.path[-1] in required - set(given) and len(issue.path) == len(_AT) + 2)
    ]


def _by_name(word: type[Layer], arguments: Any) -> dict[str, Any]:
    """Arguments as a mapping, whatever form they have in YAML."""
    if isinstance(arguments, Mapping):
        return dict(arguments)
    first = word.first_argument()
    return {} if arguments is None or first is None else {first: arguments}


def _spread(
    layer: Any,
    at: Path,
    defaults: Mapping[type[Layer], tuple[str, Any]],
    moves: dict[Path, Path],
) -> Any:
    names = [layer] if isinstance(layer, str) else list(layer) if isinstance(layer, Mapping) else []
    for name in names:
        word = Layer.lookup(name)
        if word is None or word not in defaults:
            continue
        written, given = defaults[word]
        inherited = {key: item for key, item in _by_name(word, given).items() if key != "name"}
        own = _by_name(word, None if isinstance(layer, str) else layer[name])
        for key in inherited.keys() - own.keys():
            source = (*_AT, written, key) if isinstance(given, Mapping) else (*_AT, written)
            moves[(*at, name, key)] = source
        filled = {name: {**inherited, **own}}
        return filled if isinstance(layer, str) else {**layer, **filled}
    return layer


def idle_defaults(tree: Any) -> list[Issue]:
    """Defaults for layers that the model does not have.

    Args:
        tree: A whole config, search markers in place.

    Returns:
        A warning for each, with its path from the top.

    Example:
        >>> model = {"defaults": {"Dropout": 0.2}, "layers": ["Flatten"]}
        >>> idle_defaults({"model": model})[0].message
        'The model has no Dropout layer: these defaults do nothing.'
    """
    model = tree.get("model") or {}
    layers = model.get("layers") or ()
    there = set(_words_in(list(layers.values()) if isinstance(layers, Mapping) else layers))
    return [
        Issue(
            (*_AT, name),
            f"The model has no {word.display_name()} layer: these defaults do nothing.",
            "Remove them, or name a layer that it has.",
            at_key=True,
        )
        for name in model.get("defaults") or {}
        if (word := Layer.lookup(name)) is not None and word not in there
    ]


def _words_in(layers: Any) -> Iterator[type[Layer]]:
    """The types of some layers, those inside search markers too."""
    for layer in layers if isinstance(layers, list) else ():
        for name in [layer] if isinstance(layer, str) else layer or ():
            word = Layer.lookup(name)
            if word is not None:
                yield word
            elif name in ("Choice", "Repeat"):
                inside = layer[name]
                named = isinstance(inside, Mapping)
                yield from _words_in(
                    inside.get("values", inside.get("layers")) if named else inside
                )
