"""The pages tell the truth: their YAML is valid and builds, their tables are those of the code."""

from __future__ import annotations

import csv
import re
import subprocess
import sys
from dataclasses import dataclass, fields
from pathlib import Path

import pytest

from docs.refresh_config import PAGE, TABLES, TUNE_PAGE, refreshed
from nnlab.config import load_config, read_config
from nnlab.config.lint.check import check_config
from nnlab.runs import RunRecord

ROOT = Path(__file__).parent.parent
README = ROOT / "README.md"


@dataclass(frozen=True)
class Block:
    """A block of code of a page."""

    name: str
    text: str

    @property
    def keys(self) -> set[str]:
        """The keys at its top, if it is YAML."""
        return set(re.findall(r"^(\w+):", self.text, flags=re.MULTILINE))

    @property
    def is_whole(self) -> bool:
        """Whether it is a config of its own, not a part of one."""
        return {"name", "data", "model", "training"} <= self.keys or "extends" in self.keys


def blocks(page: Path, language: str) -> list[Block]:
    """The blocks of code in one language, named by their lines."""
    text = page.read_text(encoding="utf-8")
    found = re.finditer(rf"^```{language}\n(.*?)^```$", text, flags=re.MULTILINE | re.DOTALL)
    return [Block(f"{page.name}:{text[: m.start()].count(chr(10)) + 2}", m[1]) for m in found]


BASE, *PARTS = blocks(PAGE, "yaml")
EXAMPLES = [BASE, *PARTS, *blocks(README, "yaml")]
CLOSED = [example for example in EXAMPLES if "Choice" not in example.text]


@pytest.fixture
def homes(tmp_path: Path) -> Path:
    """The page's first config, and the table that it speaks of."""
    path = tmp_path / "homes.yaml"
    path.write_text(BASE.text, encoding="utf-8")
    write_homes(tmp_path / "homes.csv", rows=60)
    return path


def write_homes(path: Path, rows: int) -> None:
    columns = ["area", "rooms", "zone", "heating", "district", "reliability"]
    columns += ["kind", "sold", "price"]
    zones, heatings, kinds = ("north", "south", "east", "west"), ("gas", "oil"), ("a", "b", "c")
    with path.open("w", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(columns)
        for row in range(rows):
            area = 50 + row * 37 % 101 if row % 9 else ""
            numbers = [area, 1 + row % 5, zones[row % 4], heatings[row % 2], 10 + row % 3]
            answers = [kinds[row % 3], row % 7 < 3, 100 + row * 13 % 50]
            writer.writerow([*numbers, 0.5 + row % 2, *answers])


def config_of(example: Block, homes: Path) -> Path:
    """An example as a file; a part of one laid over the page's first config."""
    path = homes.with_name("example.yaml")
    head = "" if example.is_whole else f"extends: {homes.name}\n"
    path.write_text(head + example.text, encoding="utf-8")
    return path


@pytest.mark.parametrize("example", EXAMPLES, ids=lambda example: example.name)
def test_example_is_valid_and_wise(example: Block, homes: Path) -> None:
    check = check_config(config_of(example, homes))
    assert [str(fault) for fault in (*check.diagnostics, *check.advice)] == []


@pytest.mark.parametrize("example", CLOSED, ids=lambda example: example.name)
def test_example_fits_its_data_and_builds(example: Block, homes: Path) -> None:
    from nnlab.data import prepare
    from nnlab.engine.models.builder import build_model
    from nnlab.engine.models.compilation import compile_model

    experiment = load_config(config_of(example, homes))
    model = build_model(experiment, prepare(experiment).inputs)
    compile_model(model, experiment)
    assert model.count_params() > 0


def test_example_of_a_search_space_is_checked_alone(homes: Path) -> None:
    (space,) = (example for example in EXAMPLES if example not in CLOSED)
    assert check_config(config_of(space, homes)).open_values == 7


@pytest.mark.parametrize("page", [PAGE, TUNE_PAGE], ids=lambda page: str(page.name))
def test_tables_are_those_of_the_code(page: Path) -> None:
    text = page.read_text(encoding="utf-8")
    assert text == refreshed(text), "run `make readme`"


def test_every_table_is_on_a_page() -> None:
    pages = "".join(page.read_text(encoding="utf-8") for page in (PAGE, TUNE_PAGE))
    assert sorted(re.findall(r"<!-- table: (\w+) -->", pages)) == sorted(TABLES)


def test_the_space_of_the_page_has_the_names_that_it_tells(tmp_path: Path) -> None:
    (space,) = blocks(TUNE_PAGE, "yaml")
    path = tmp_path / "space.yaml"
    base = "data: {dataset: moons, validation_split: 0.2}\ntraining: {loss: bce, epochs: 1}\n"
    (tmp_path / "base.yaml").write_text(base, encoding="utf-8")
    path.write_text(f"extends: base.yaml\n{space.text}", encoding="utf-8")
    names = {one.name for one in read_config(path).hyperparameters}
    told = re.findall(r"^    ((?:model|training)\.\S+)", TUNE_PAGE.read_text(), flags=re.MULTILINE)
    assert len(told) == 7
    assert set(told) <= names


def test_every_key_of_the_record_is_explained() -> None:
    page = PAGE.read_text(encoding="utf-8")
    table = page.split("| key in record.json |", 1)[1].split("\n\n", 1)[0]
    cells = [row.split("|")[1] for row in table.splitlines()[2:]]
    keys = [key for cell in cells for key in re.findall(r"`(\w+)`", cell)]
    assert sorted(keys) == sorted(field.name for field in fields(RunRecord))


@pytest.mark.parametrize("page", [PAGE, README, TUNE_PAGE], ids=lambda page: str(page.name))
def test_links_lead_somewhere(page: Path) -> None:
    text = page.read_text(encoding="utf-8")
    titles = re.findall(r"^#+ (.+)$", text, flags=re.MULTILINE)
    anchors = {re.sub(r"[^\w -]", "", title).lower().replace(" ", "-") for title in titles}
    links = re.findall(r"\]\(([^)]+)\)", text)
    broken = [
        link
        for link in links
        if not link.startswith("https://")
        and (
            link[1:] not in anchors
            if link[0] == "#"
            else not (page.parent / link.partition("#")[0]).exists()
        )
    ]
    assert links
    assert broken == []


@pytest.mark.slow
def test_saved_model_is_used_as_the_page_shows(homes: Path) -> None:
    (code,) = blocks(PAGE, "python")
    options = ["--set", "training.epochs=1", "--set", "tensorboard=false"]
    command = [sys.executable, "-m", "nnlab", "train", homes.name, *options]
    subprocess.run(command, cwd=homes.parent, check=True, capture_output=True, timeout=120)
    (run,) = (homes.parent / "runs").iterdir()
    write_homes(run / "new_homes.csv", rows=5)
    program = f"{code.text}\nprint(prices.shape)"
    using = subprocess.run(
        [sys.executable, "-c", program],
        cwd=run,
        check=False,
        capture_output=True,
        text=True,
        timeout=120,
    )
    assert using.stdout.endswith("(5, 1)\n"), using.stderr
