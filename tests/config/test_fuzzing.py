"""Thousands of configs that somebody might have mistyped: each is valid or told what is wrong."""

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

SHIPPED = [config.path for config in list_builtin_configs()]
FILE = "mistyped.yaml"
CONFIGS = 1_000  # of each kind

# Parted by two spaces or more.
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


def mistyped_lines(lines: list[str], chance: random.Random) -> list[str]:
    """The lines of a file, one to three of them changed as slips of the hand do."""
    lines = list(lines)
    for _ in range(chance.choice([1, 1, 2, 3])):
        at = chance.randrange(len(lines))
        line = lines[at]
        indent = line[: len(line) - len(line.lstrip())]
        key = line.partition(":")[0]
        letter = chance.randrange(len(line) + 1)
        sign = chance.choice([*"{}[]:,'\"#&*!|>%@- \tzé", ""])
        lines[at : at + 1] = chance.choice(
            [
                [],
                [line, line],
                [" " * chance.randrange(4) + line],
                ["\t" + line],
                [line.lstrip()],
                [f"{key}: {chance.choice(SCALARS)}"],
                [f"{line.rpartition(':')[0]}: {chance.choice(SCALARS)}"],
                [line[:letter] + sign + line[letter + 1 :]],
                [indent + chance.choice(lines).lstrip(), line],
            ]
        ) or [""]
    return lines


def paths(tree: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """The path of every value in a tree."""
    yield path
    items = tree if isinstance(tree, list) else []
    for key, value in tree.items() if isinstance(tree, dict) else enumerate(items):
        yield from paths(value, (*path, key))


def value_at(tree: Any, path: tuple[Any, ...]) -> Any:
    for key in path:
        tree = tree[key]
    return tree


def misbuilt(tree: Any, others: list[Any], chance: random.Random) -> Any:
    """A config's data, one to five of its values gone, replaced, renamed, or put elsewhere."""
    tree = deepcopy(tree)
    for _ in range(chance.choice([1, 1, 2, 3, 5])):
        path = chance.choice([path for path in paths(tree) if path] or [()])
        if not path:
            break
        parent, key = value_at(tree, path[:-1]), path[-1]
        other = chance.choice(others)
        stray = deepcopy(value_at(other, chance.choice(list(paths(other)))))
        action = chance.randrange(5)
        if action == 0:
            del parent[key]
        elif action == 1:
            parent[key] = deepcopy(chance.choice(VALUES))
        elif action == 2:
            parent[key] = stray
        elif isinstance(parent, list):
            parent.insert(key, stray)
        elif action == 3:
            name = str(key)
            cut = chance.randrange(len(name) + 1)
            renamed = [name[:cut] + name[cut + 1 :], f"{name[:cut]}x{name[cut:]}", name.upper(), 3]
            parent[chance.choice(renamed)] = parent.pop(key)
        else:
            parent[chance.choice([path[-1] for path in paths(other) if path])] = stray
    return tree


def must_be_valid_or_told(text: str) -> bool:
    """Check a config; whether it is valid."""
    Path(FILE).write_text(text, encoding="utf-8")
    checked = check_config(FILE)
    for diagnostic in (*checked.diagnostics, *checked.advice):
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
def _in_a_folder_of_shipped_configs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    for path in SHIPPED:
        shutil.copy(path, tmp_path)


def test_mistyped_files_are_valid_or_told() -> None:
    chance = random.Random(20)  # noqa: S311 - no secret
    texts = [path.read_text(encoding="utf-8").splitlines() for path in SHIPPED]
    valid = [
        must_be_valid_or_told("\n".join(mistyped_lines(chance.choice(texts), chance)) + "\n")
        for _ in range(CONFIGS)
    ]
    assert 0 < sum(valid) < CONFIGS / 2


def test_misbuilt_data_are_valid_or_told() -> None:
    chance = random.Random(21)  # noqa: S311 - no secret
    trees = [yaml.safe_load(path.read_text(encoding="utf-8")) for path in SHIPPED]
    valid = []
    for _ in range(CONFIGS):
        tree = misbuilt(chance.choice(trees), trees, chance)
        style = chance.choice([None, True, False])
        text = yaml.safe_dump(tree, sort_keys=False, default_flow_style=style)
        valid.append(must_be_valid_or_told(text))
    assert 0 < sum(valid) < CONFIGS / 2
