"""Tests of the built-in configs: listing, finding, and what they extend."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from nnlab.config.yaml.builtin_configs import (
    DEFAULT_CONFIG,
    builtin_folder,
    extends_chain,
    find_builtin_comparison,
    find_builtin_config,
    find_builtin_file,
    list_builtin_comparisons,
    list_builtin_configs,
    read_schema,
)
from nnlab.errors import RequestError

ROOT = Path(__file__).parents[3]


def test_every_config_is_listed_with_its_purpose() -> None:
    listed = list_builtin_configs()
    assert [config.name for config in listed] == sorted(
        path.stem for path in (ROOT / "configs").glob("*.yaml")
    )
    for config in listed:
        assert config.path.is_file()
        assert config.purpose[0].isupper()
        assert config.purpose.endswith(".")


def test_the_default_config_is_built_in() -> None:
    assert find_builtin_config(DEFAULT_CONFIG) == ROOT / "configs" / "mnist_5k.yaml"


def test_an_unknown_name_is_refused_with_a_suggestion() -> None:
    with pytest.raises(RequestError, match=r"'mnits'.* Did you mean `mnist`\?"):
        find_builtin_config("mnits")
    with pytest.raises(RequestError, match="The built-in configs are: activations, "):
        find_builtin_config("qqqq")


def test_the_name_of_a_comparison_may_omit_its_folder() -> None:
    file = ROOT / "configs" / "compare" / "dropout.yaml"
    assert find_builtin_comparison("dropout") == find_builtin_comparison("compare/dropout") == file
    assert (find_builtin_file("compare/dropout"), find_builtin_file("dropout")) == (
        file,
        find_builtin_config("dropout"),
    )
    assert "compare/dropout" in [config.name for config in list_builtin_comparisons()]
    with pytest.raises(RequestError, match=r"comparison .*'dropuot'.* Did you mean `dropout`"):
        find_builtin_comparison("dropuot")


@pytest.mark.parametrize(
    ("name", "files"),
    [
        ("mnist", ["mnist.yaml"]),
        (
            "vanishing_gradients_cured",
            ["vanishing_gradients_cured.yaml", "vanishing_gradients.yaml"],
        ),
        (
            "exploding_gradients_clipped",
            ["exploding_gradients_clipped.yaml", "exploding_gradients.yaml"],
        ),
    ],
)
def test_extends_chain_of_built_in_configs(name: str, files: list[str]) -> None:
    assert [path.name for path in extends_chain(find_builtin_config(name))] == files


def test_extends_chain_follows_all_bases(tmp_path: Path) -> None:
    for name, text in {
        "a": "seed: 1\n",
        "b": "extends: a.yaml\n",
        "c": "extends: b.yaml # why\n",
    }.items():
        (tmp_path / f"{name}.yaml").write_text(text)
    assert [path.stem for path in extends_chain(tmp_path / "c.yaml")] == ["c", "b", "a"]


@pytest.mark.slow
def test_init_also_writes_the_bases(tmp_path: Path) -> None:
    def nnlab(*arguments: str) -> subprocess.CompletedProcess[str]:
        command = [sys.executable, "-m", "nnlab", *arguments]
        return subprocess.run(command, cwd=tmp_path, check=False, capture_output=True, text=True)

    (tmp_path / "vanishing_gradients.yaml").write_text("name: mine\n")
    refused = nnlab("init", "vanishing_gradients_cured")
    assert refused.returncode == 2
    assert "vanishing_gradients.yaml" in refused.stderr
    assert (tmp_path / "vanishing_gradients.yaml").read_text() == "name: mine\n"
    assert nnlab("init", "vanishing_gradients_cured", "--force").returncode == 0
    assert sorted(path.name for path in tmp_path.iterdir()) == [
        "nnlab.schema.json",
        "vanishing_gradients.yaml",
        "vanishing_gradients_cured.yaml",
    ]
    assert nnlab("validate", "vanishing_gradients_cured.yaml").returncode == 0


def test_init_writes_a_comparison_and_a_config_of_the_same_name(tmp_path: Path) -> None:
    def init(name: str) -> str:
        command = [sys.executable, "-m", "nnlab", "init", name]
        finished = subprocess.run(command, cwd=tmp_path, check=True, capture_output=True, text=True)
        return finished.stdout

    assert init("dropout").endswith("nnlab train dropout.yaml\n")
    assert init("compare/dropout").endswith("nnlab compare variants compare/dropout.yaml\n")
    assert sorted(str(path.relative_to(tmp_path)) for path in tmp_path.rglob("*.*")) == [
        "compare/dropout.yaml",
        "dropout.yaml",
        "nnlab.schema.json",
    ]


def test_reading_the_schema_does_not_import_the_vocabulary() -> None:
    code = (
        "import sys; from nnlab.config.yaml.builtin_configs import read_schema; read_schema(); "
        "heavy = ('pydantic', 'nnlab.config.vocabulary'); "
        "print([m for m in sys.modules if m.startswith(heavy)])"
    )
    finished = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, check=True, capture_output=True
    )
    assert finished.stdout.strip() == b"[]"
    assert read_schema() == (builtin_folder() / "nnlab.schema.json").read_text(encoding="utf-8")


def test_a_name_of_the_other_kind_is_refused_with_its_command() -> None:
    with pytest.raises(RequestError, match=r"a comparison\. Run it with: nnlab compare"):
        find_builtin_config("compare/initializers")
    with pytest.raises(RequestError, match=r"a config\. Train it with: nnlab train mnist_5k"):
        find_builtin_comparison("mnist_5k")


def test_find_builtin_file_prefers_configs_over_comparisons() -> None:
    assert find_builtin_file("initializers") == find_builtin_comparison("initializers")
    assert find_builtin_file("losses") == find_builtin_config("losses")
    assert find_builtin_file("compare/losses") == find_builtin_comparison("losses")
