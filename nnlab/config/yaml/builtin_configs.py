"""The configs that travel with nnlab: their names, what each is for, and where the files lie."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

from nnlab.errors import RequestError
from nnlab.text import did_you_mean

COMPARISONS = "compare"
DEFAULT_CONFIG = "mnist_5k"
SCHEMA_FILE = "nnlab.schema.json"


@dataclass(frozen=True)
class BuiltinConfig:
    """A config that comes with nnlab.

    Args:
        name: Its name, the file's without `.yaml`.
        purpose: The first line of its header.
        path: The file.
    """

    name: str
    purpose: str
    path: Path


def builtin_folder() -> Path:
    """Where the shipped configs lie: inside an installed package, beside it in a checkout."""
    package = Path(__file__).resolve().parents[2]
    inside = package / "configs"
    return inside if inside.is_dir() else package.parent / "configs"


def schema_text() -> str:
    """The JSON Schema of a config, as it travels beside the shipped configs.

    Returns:
        JSON, what `nnlab.config.json_schema` makes of the vocabulary.

    Example:
        >>> schema_text().splitlines()[1]
        '  "$schema": "https://json-schema.org/draft/2020-12/schema",'
    """
    return (builtin_folder() / SCHEMA_FILE).read_text(encoding="utf-8")


def list_builtin_configs() -> list[BuiltinConfig]:
    """All shipped configs, by name."""
    return [
        BuiltinConfig(path.stem, _purpose(path), path)
        for path in sorted(builtin_folder().glob("*.yaml"))
    ]


def list_builtin_comparisons() -> list[BuiltinConfig]:
    """All shipped comparisons, by name: `compare/` and the file's without `.yaml`."""
    return [
        BuiltinConfig(f"{COMPARISONS}/{path.stem}", _purpose(path), path)
        for path in sorted((builtin_folder() / COMPARISONS).glob("*.yaml"))
    ]


def find_builtin_comparison(name: str) -> Path:
    """The file of a shipped comparison.

    Args:
        name: Its name, with or without `compare/`.

    Returns:
        The file.

    Raises:
        RequestError: There is neither such a file here nor a shipped comparison of that name.

    Example:
        >>> find_builtin_comparison("initializers").name
        'initializers.yaml'
    """
    shipped = {config.path.stem: config.path for config in list_builtin_comparisons()}
    plain = name.removeprefix(f"{COMPARISONS}/")
    if plain in shipped:
        return shipped[plain]
    if name in {config.name for config in list_builtin_configs()}:
        message = f"Expected a comparison. Received: {name!r}, a config."
        raise RequestError(f"{message} Train it with: nnlab train {name}")
    hint = did_you_mean(plain, shipped, "shipped comparisons")
    message = f"There is no file and no shipped comparison called {name!r}. {hint}"
    raise RequestError(f"{message} `nnlab init` lists the shipped comparisons.")


def find_builtin_config(name: str) -> Path:
    """The file of a shipped config.

    Args:
        name: Its name.

    Returns:
        The file.

    Raises:
        RequestError: There is neither such a file here nor a shipped config of that name.

    Example:
        >>> find_builtin_config("mnist_5k").name
        'mnist_5k.yaml'
    """
    shipped = {config.name: config.path for config in list_builtin_configs()}
    if name in shipped:
        return shipped[name]
    plain = name.removeprefix(f"{COMPARISONS}/")
    if plain in {config.path.stem for config in list_builtin_comparisons()}:
        message = f"Expected a config. Received: {name!r}, a comparison."
        raise RequestError(f"{message} Run it with: nnlab compare variants {plain}")
    hint = did_you_mean(name, shipped, "shipped configs")
    message = f"There is no file and no shipped config called {name!r}. {hint}"
    raise RequestError(f"{message} `nnlab init` lists the shipped configs.")


def file_of(name: str) -> Path:
    """The file of a shipped config or comparison.

    Args:
        name: A config's name, or a comparison's; where both have it, the latter needs `compare/`
            before it.

    Returns:
        The file.

    Raises:
        RequestError: Nothing of that name is shipped.
    """
    configs = {config.name: config.path for config in list_builtin_configs()}
    comparisons = {config.name: config.path for config in list_builtin_comparisons()}
    short = {path.stem: path for path in comparisons.values()}
    known = short | configs | comparisons
    return known[name] if name in known else find_builtin_config(name)


def with_bases(path: Path) -> list[Path]:
    """A shipped config and those that it extends, directly or not.

    Args:
        path: Its file.

    Returns:
        Files, the config first.

    Example:
        >>> [file.name for file in with_bases(find_builtin_config("vanishing_gradients_cured"))]
        ['vanishing_gradients_cured.yaml', 'vanishing_gradients.yaml']
    """
    named = re.search(r"^extends:\s*(\S+)", path.read_text(encoding="utf-8"), flags=re.MULTILINE)
    return [path, *(with_bases(path.parent / named[1]) if named else [])]


def _purpose(path: Path) -> str:
    """The first line of a config's header that speaks to a person."""
    for line in path.read_text(encoding="utf-8").splitlines():
        text = line.removeprefix("#").strip()
        if line.startswith("#") and text and not text.startswith("yaml-language-server"):
            return text
    return ""
