"""Apply `model.defaults`: arguments for every layer of a type that does not set them itself."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from nnlab.config.diagnostics import Issue, IssueCollector, format_value
from nnlab.config.vocabulary.layers import Layer
from nnlab.config.yaml.document import Document, Path

_DEFAULTS: Path = ("model", "defaults")

LayerDefaults = Mapping[type[Layer], tuple[str, Any]]
"""The arguments of each layer type, with the name under which they were written."""


def apply_defaults(document: Document) -> tuple[Document, list[Issue]]:
    """Return the document with `model.defaults` merged into its layers, and the issues."""
    model = document.tree.get("model") if isinstance(document.tree, Mapping) else None
    if not isinstance(model, Mapping) or "defaults" not in model:
        return document, []
    written = model["defaults"]
    rest = {key: value for key, value in model.items() if key != "defaults"}
    if not isinstance(written, Mapping):
        received = f"defaults={format_value(written)}"
        message = f"Expected layer types with their arguments. Received: {received}."
        hint = "Write `defaults: {Dense: {activation: relu}}`."
        without_defaults = document.with_tree({**document.tree, "model": rest}, {})
        return without_defaults, [Issue(_DEFAULTS, message, hint)]
    defaults, issues = _read_defaults(written)
    moves: dict[Path, Path] = {}

    def fill(layer: Any, key: str | int) -> Any:
        return _fill_layer(layer, ("model", "layers", key), defaults, moves)

    layers = model.get("layers")
    if isinstance(layers, list):
        layers = [fill(layer, position) for position, layer in enumerate(layers)]
    elif isinstance(layers, Mapping):
        layers = {name: fill(node, name) for name, node in layers.items()}
    filled = {**rest, "layers": layers} if "layers" in model else rest
    return document.with_tree({**document.tree, "model": filled}, moves), issues


def _read_defaults(written: Mapping[str, Any]) -> tuple[LayerDefaults, list[Issue]]:
    defaults: dict[type[Layer], tuple[str, Any]] = {}
    issues: list[Issue] = []
    for name, arguments in written.items():
        issues += _entry_issues(name, arguments)
        layer_type = Layer.lookup(name)
        if layer_type is None:
            continue
        if layer_type in defaults:
            first = defaults[layer_type][0]
            message = (
                f"Duplicate defaults for {layer_type.display_name()}: as `{first}` and as `{name}`."
            )
            issues.append(Issue((*_DEFAULTS, name), message, "Keep one of them.", at_key=True))
        else:
            defaults[layer_type] = (name, arguments)
    return defaults, issues


def _entry_issues(name: Any, arguments: Any) -> list[Issue]:
    """Return the issues of the defaults of one layer type, which may omit required arguments."""
    layer_type = Layer.lookup(name)
    if layer_type is None:
        message = f"Expected a layer. Received: `{name}`."
        return [Issue((*_DEFAULTS, name), message, Layer.hint(str(name)), at_key=True)]
    collector = IssueCollector()
    with collector.collect():
        layer_type.from_arguments(arguments, (*_DEFAULTS, name))
    if isinstance(arguments, Mapping) and "name" in arguments:
        message = "A name identifies one layer: it cannot be a default."
        collector.add(Issue((*_DEFAULTS, name, "name"), message, "Remove it.", at_key=True))
    required = {field for field, info in layer_type.model_fields.items() if info.is_required()}
    omitted = required - set(_as_mapping(layer_type, arguments))
    return [
        issue
        for issue in collector.issues()
        if not (issue.path[-1] in omitted and len(issue.path) == len(_DEFAULTS) + 2)
    ]


def _as_mapping(layer_type: type[Layer], arguments: Any) -> dict[str, Any]:
    """Return a layer's arguments by name, also if YAML has only the first argument's value."""
    if isinstance(arguments, Mapping):
        return dict(arguments)
    first = layer_type.first_argument()
    return {} if arguments is None or first is None else {first: arguments}


def _fill_layer(layer: Any, path: Path, defaults: LayerDefaults, moves: dict[Path, Path]) -> Any:
    """Return a layer with its defaults, and note in `moves` where each was written."""
    names = [layer] if isinstance(layer, str) else list(layer) if isinstance(layer, Mapping) else []
    for name in names:
        layer_type = Layer.lookup(name)
        if layer_type is None or layer_type not in defaults:
            continue
        written_name, written = defaults[layer_type]
        inherited = {
            key: value for key, value in _as_mapping(layer_type, written).items() if key != "name"
        }
        own = _as_mapping(layer_type, None if isinstance(layer, str) else layer[name])
        for key in inherited.keys() - own.keys():
            source = (*_DEFAULTS, written_name)
            moves[(*path, name, key)] = (*source, key) if isinstance(written, Mapping) else source
        filled = {name: {**inherited, **own}}
        return filled if isinstance(layer, str) else {**layer, **filled}
    return layer


def find_unused_defaults(tree: Any) -> list[Issue]:
    """Return a warning for each layer type in `model.defaults` that the model does not have."""
    model = tree.get("model") or {}
    layers = model.get("layers") or ()
    used = set(_layer_types(list(layers.values()) if isinstance(layers, Mapping) else layers))
    return [
        Issue(
            (*_DEFAULTS, name),
            f"The model has no {layer_type.display_name()} layer: these defaults are unused.",
            "Remove them, or name a layer of the model.",
            at_key=True,
        )
        for name in model.get("defaults") or {}
        if (layer_type := Layer.lookup(name)) is not None and layer_type not in used
    ]


def _layer_types(layers: Any) -> Iterator[type[Layer]]:
    """Yield the types of the layers, including those inside search markers."""
    for layer in layers if isinstance(layers, list) else ():
        for name in [layer] if isinstance(layer, str) else layer or ():
            layer_type = Layer.lookup(name)
            if layer_type is not None:
                yield layer_type
            elif name in ("Choice", "Repeat"):
                arguments = layer[name]
                if isinstance(arguments, Mapping):
                    arguments = arguments.get("values", arguments.get("layers"))
                yield from _layer_types(arguments)
