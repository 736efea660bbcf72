"""The built-in configs and comparisons: their names, purposes and files."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

from nnlab.errors import RequestError
from nnlab.text import did_you_mean

COMPARISON_FOLDER = "compare"
DEFAULT_CONFIG = "mnist_5k"
SCHEMA_FILE = "nnlab.schema.json"


@dataclass(frozen=True)
class BuiltinConfig:
    """A config or a comparison that comes with nnlab.

    Args:
        name: The file's name without `.yaml`; for a comparison after `compare/`.
        purpose: The first line of the file's header.
        path: The file.
    """

    name: str
    purpose: str
    path: Path


def builtin_folder() -> Path:
    """Return the folder of the built-in configs, of an installed package or of a checkout."""
    package = Path(__file__).resolve().parents[2]
    installed = package / "configs"
    return installed if installed.is_dir() else package.parent / "configs"


def read_schema() -> str:
    """Return the text of the JSON Schema file that comes with the built-in configs."""
    return (builtin_folder() / SCHEMA_FILE).read_text(encoding="utf-8")


def list_builtin_configs() -> list[BuiltinConfig]:
    """List the built-in configs by name.

    Returns:
        The configs, without the comparisons.

    Example:
        >>> [config.name for config in list_builtin_configs()][:2]
        ['activations', 'batch_normalization']
    """
    return [
        BuiltinConfig(path.stem, _purpose(path), path)
        for path in sorted(builtin_folder().glob("*.yaml"))
    ]


def list_builtin_comparisons() -> list[BuiltinConfig]:
    """List the built-in comparisons by name."""
    return [
        BuiltinConfig(f"{COMPARISON_FOLDER}/{path.stem}", _purpose(path), path)
        for path in sorted((builtin_folder() / COMPARISON_FOLDER).glob("*.yaml"))
    ]


def _purpose(path: Path) -> str:
    """Return the first line of a config's header, after the line for editors."""
    for line in path.read_text(encoding="utf-8").splitlines():
        text = line.removeprefix("#").strip()
        if line.startswith("#") and text and not text.startswith("yaml-language-server"):
            return text
    return ""


def find_builtin_config(name: str) -> Path:
    """Return the file of a built-in config.

    Args:
        name: The config's name.

    Returns:
        The file.

    Raises:
        RequestError: No built-in config has this name.

    Example:
        >>> find_builtin_config("mnist_5k").name
        'mnist_5k.yaml'
    """
    configs = {config.name: config.path for config in list_builtin_configs()}
    if name in configs:
        return configs[name]
    short_name = name.removeprefix(f"{COMPARISON_FOLDER}/")
    if short_name in {config.path.stem for config in list_builtin_comparisons()}:
        message = f"Expected a config. Received: {name!r}, a comparison."
        raise RequestError(f"{message} Run it with: nnlab compare variants {short_name}")
    hint = did_you_mean(name, configs, "built-in configs")
    message = f"No file or built-in config is named {name!r}. {hint}"
    raise RequestError(f"{message} `nnlab init` lists the built-in configs.")


def find_builtin_comparison(name: str) -> Path:
    """Return the file of a built-in comparison; its name may omit `compare/`."""
    comparisons = {config.path.stem: config.path for config in list_builtin_comparisons()}
    short_name = name.removeprefix(f"{COMPARISON_FOLDER}/")
    if short_name in comparisons:
        return comparisons[short_name]
    if name in {config.name for config in list_builtin_configs()}:
        message = f"Expected a comparison. Received: {name!r}, a config."
        raise RequestError(f"{message} Train it with: nnlab train {name}")
    hint = did_you_mean(short_name, comparisons, "built-in comparisons")
    message = f"No file or built-in comparison is named {name!r}. {hint}"
    raise RequestError(f"{message} `nnlab init` lists the built-in comparisons.")


def find_builtin_file(name: str) -> Path:
    """Return the file of a built-in config or comparison; a config wins if both have the name."""
    configs = {config.name: config.path for config in list_builtin_configs()}
    comparisons = {config.name: config.path for config in list_builtin_comparisons()}
    short_names = {path.stem: path for path in comparisons.values()}
    paths = short_names | configs | comparisons
    return paths[name] if name in paths else find_builtin_config(name)


def extends_chain(path: Path) -> list[Path]:
    """Return a built-in config and the configs that it extends, directly or not."""
    base = re.search(r"^extends:\s*(\S+)", path.read_text(encoding="utf-8"), flags=re.MULTILINE)
    return [path, *(extends_chain(path.parent / base[1]) if base else [])]
