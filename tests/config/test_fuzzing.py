"""Fuzz tests: thousands of mistyped configs are either valid or get errors with locations."""

from __future__ import annotations

import random
import re
import shutil
from collections.abc import Iterator
from copy import deepcopy
from pathlib import Path
from typing import Any

import pytest
import yaml

from nnlab.config.lint.check import check_config
from nnlab.config.yaml.builtin_configs import list_builtin_configs

CONFIG_FILES = [config.path for config in list_builtin_configs()]
FILE = "mistyped.yaml"
COUNT = 1_000  # of each kind

# Separated by two spaces or more.
SCALARS = re.split(
    r"\s{2,}",
    """null  true  false  0  -1  1  3.5  1e400  .nan  -.inf  ''  text  '64'  relu  adam  full  gpu:1
    from  mse  0x10  []  {}  *a  @x  |  >  '  "  {  [  ]  %  #x  2026-01-01  ../..  ~nobody/x.csv
    &a [*a]  !!int x  !tag 3  "\\0"  999999999999999999999999999999  - 3  a: b  [1, 2]  [a, {b: c}]
    {Dense: 3}  {Dense:3}  {1: 2, null: 3}  {from: x}  {<<: {a: 1}}  {Choice: [1, 2]}
    {Choice: [null, {x: 1}]}  {Int: {min_value: 1, max_value: 3}}
    {Repeat: {times: 2, layers: [Dense]}}
    {Float: {min_value: 1e-308, max_value: 1e308, step: 1e-300}}""",
)
VALUES: list[Any] = [
    *(None, True, False, 0, -1, 1, 3.5, 10**18, float("inf"), float("nan"), "", "text", "64"),
    *("relu", "adam", "mse", "Int", "balanced", "\0", "../..", "~nobody/x.csv", "a/b", "data.npz"),
    *([], {}, [1, 2], ["a", {"b": "c"}], {"Dense": 3}, {1: 2}, {"from": "x"}, {"output": "mse"}),
    {"Choice": []},
    {"Choice": [1, 2]},
    {"Choice": {"values": [None, "relu", {"x": 1}], "default": None}},
    {"Int": {"min_value": 1, "max_value": 3}},
    {"Int": {"min_value": 5, "max_value": 1}},
    {"Float": {"min_value": -1e308, "max_value": 1e308, "step": 1e-300}},
    {"Boolean": None},
    {"Repeat": {"times": {"Int": {"min_value": 0, "max_value": 3}}, "layers": [{"Dense": 3}]}},
]


def mutate_lines(lines: list[str], rng: random.Random) -> list[str]:
    """Change one to three lines of a file like typing errors do."""
    lines = list(lines)
    for _ in range(rng.choice([1, 1, 2, 3])):
        index = rng.randrange(len(lines))
        line = lines[index]
        indent = line[: len(line) - len(line.lstrip())]
        key = line.partition(":")[0]
        column = rng.randrange(len(line) + 1)
        character = rng.choice([*"{}[]:,'\"#&*!|>%@- \tzé", ""])
        lines[index : index + 1] = rng.choice(
            [
                [],
                [line, line],
                [" " * rng.randrange(4) + line],
                ["\t" + line],
                [line.lstrip()],
                [f"{key}: {rng.choice(SCALARS)}"],
                [f"{line.rpartition(':')[0]}: {rng.choice(SCALARS)}"],
                [line[:column] + character + line[column + 1 :]],
                [indent + rng.choice(lines).lstrip(), line],
            ]
        ) or [""]
    return lines


def paths(tree: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """Yield the path of every value in a tree."""
    yield path
    items = tree if isinstance(tree, list) else []
    for key, value in tree.items() if isinstance(tree, dict) else enumerate(items):
        yield from paths(value, (*path, key))


def value_at(tree: Any, path: tuple[Any, ...]) -> Any:
    for key in path:
        tree = tree[key]
    return tree


def mutate_tree(tree: Any, others: list[Any], rng: random.Random) -> Any:
    """Delete, replace, rename or move one to five values of a config."""
    tree = deepcopy(tree)
    for _ in range(rng.choice([1, 1, 2, 3, 5])):
        path = rng.choice([path for path in paths(tree) if path] or [()])
        if not path:
            break
        parent, key = value_at(tree, path[:-1]), path[-1]
        other = rng.choice(others)
        foreign = deepcopy(value_at(other, rng.choice(list(paths(other)))))
        action = rng.randrange(5)
        if action == 0:
            del parent[key]
        elif action == 1:
            parent[key] = deepcopy(rng.choice(VALUES))
        elif action == 2:
            parent[key] = foreign
        elif isinstance(parent, list):
            parent.insert(key, foreign)
        elif action == 3:
            name = str(key)
            cut = rng.randrange(len(name) + 1)
            renamed = [name[:cut] + name[cut + 1 :], f"{name[:cut]}x{name[cut:]}", name.upper(), 3]
            parent[rng.choice(renamed)] = parent.pop(key)
        else:
            parent[rng.choice([path[-1] for path in paths(other) if path])] = foreign
    return tree


def check_text(text: str) -> bool:
    """Check a config and the locations of its errors, and return whether it is valid."""
    Path(FILE).write_text(text, encoding="utf-8")
    checked = check_config(FILE)
    for diagnostic in (*checked.errors, *checked.warnings):
        assert diagnostic.message, text
        assert diagnostic.location is not None, (diagnostic, text)
        lines = Path(diagnostic.location.file).read_text(encoding="utf-8").split("\n")
        assert 1 <= diagnostic.location.line <= len(lines), (diagnostic, text)
        assert 1 <= diagnostic.location.column <= len(lines[diagnostic.location.line - 1]) + 1, (
            diagnostic,
            text,
        )
    return checked.is_valid


@pytest.fixture(autouse=True)
def _in_a_folder_of_configs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    for path in CONFIG_FILES:
        shutil.copy(path, tmp_path)


@pytest.mark.slow
def test_mistyped_files_are_valid_or_get_errors() -> None:
    rng = random.Random(20)  # noqa: S311 - not a secret
    texts = [path.read_text(encoding="utf-8").splitlines() for path in CONFIG_FILES]
    valid = [
        check_text("\n".join(mutate_lines(rng.choice(texts), rng)) + "\n") for _ in range(COUNT)
    ]
    assert 0 < sum(valid) < COUNT / 2


@pytest.mark.slow
def test_mutated_data_are_valid_or_get_errors() -> None:
    rng = random.Random(21)  # noqa: S311 - not a secret
    trees = [yaml.safe_load(path.read_text(encoding="utf-8")) for path in CONFIG_FILES]
    valid = []
    for _ in range(COUNT):
        tree = mutate_tree(rng.choice(trees), trees, rng)
        style = rng.choice([None, True, False])
        text = yaml.safe_dump(tree, sort_keys=False, default_flow_style=style)
        valid.append(check_text(text))
    assert 0 < sum(valid) < COUNT / 2
