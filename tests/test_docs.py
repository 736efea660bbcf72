"""The pages of docs/: their YAML is valid and builds, their tables are those of the code."""

from __future__ import annotations

import csv
import re
import subprocess
import sys
from dataclasses import dataclass, fields
from pathlib import Path

import pytest

from docs.scripts.tables import DOCS, PAGES, TABLES, nouns, updated
from nnlab.config import load_config, read_config
from nnlab.config.lint.check import check_config
from nnlab.config.vocabulary.component import Component
from nnlab.config.vocabulary.layers import Layer
from nnlab.config.vocabulary.losses import Loss
from nnlab.config.vocabulary.metrics import Metric
from nnlab.config.vocabulary.optimizers import Optimizer
from nnlab.runs import RunRecord

ROOT = Path(__file__).parent.parent
README = ROOT / "README.md"
ALL_PAGES = [README, *sorted(DOCS.glob("*.md"))]


@dataclass(frozen=True)
class Block:
    """A code block of a page."""

    name: str
    text: str

    @property
    def keys(self) -> set[str]:
        """The top-level keys of a YAML block."""
        return set(re.findall(r"^(\w+):", self.text, flags=re.MULTILINE))

    @property
    def is_whole(self) -> bool:
        """Whether it is a complete config, not a part of one."""
        return {"name", "data", "model", "training"} <= self.keys or "extends" in self.keys


def blocks(page: Path, language: str) -> list[Block]:
    """Return the code blocks in one language, named by their lines."""
    text = page.read_text(encoding="utf-8")
    found = re.finditer(rf"^```{language}\n(.*?)^```$", text, flags=re.MULTILINE | re.DOTALL)
    return [Block(f"{page.name}:{text[: m.start()].count(chr(10)) + 2}", m[1]) for m in found]


CONFIG, DATA, MODEL, TRAINING, TUNE = PAGES
BASE, *PARTS = [block for page in (CONFIG, DATA, MODEL, TRAINING) for block in blocks(page, "yaml")]
SPACE, NAMED_SPACE = blocks(TUNE, "yaml")
CONCRETE = [BASE, *PARTS, *blocks(README, "yaml")]
EXAMPLES = [*CONCRETE, SPACE]


@pytest.fixture
def homes(tmp_path: Path) -> Path:
    """Return the first config of docs/config.md, after writing the table that it reads."""
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
    """Write an example to a file; a part of a config is merged over the first config."""
    path = homes.with_name("example.yaml")
    head = "" if example.is_whole else f"extends: {homes.name}\n"
    path.write_text(head + example.text, encoding="utf-8")
    return path


@pytest.mark.parametrize("example", EXAMPLES, ids=lambda example: example.name)
def test_example_is_valid_without_warnings(example: Block, homes: Path) -> None:
    check = check_config(config_of(example, homes))
    assert [str(diagnostic) for diagnostic in (*check.errors, *check.warnings)] == []


@pytest.mark.parametrize("example", CONCRETE, ids=lambda example: example.name)
def test_example_fits_its_data_and_builds(example: Block, homes: Path) -> None:
    from nnlab.data import prepare
    from nnlab.engine.models.builder import build_model
    from nnlab.engine.models.compilation import compile_model

    experiment = load_config(config_of(example, homes))
    model = build_model(experiment, prepare(experiment).inputs)
    compile_model(model, experiment)
    assert model.count_params() > 0


def test_example_of_a_search_space_has_its_markers(homes: Path) -> None:
    assert check_config(config_of(SPACE, homes)).search_markers == 7


@pytest.mark.slow
@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.name))
def test_tables_are_those_of_the_code(page: Path) -> None:
    text = page.read_text(encoding="utf-8")
    assert text == updated(text), "run `make readme`"


def test_every_table_is_on_a_page() -> None:
    pages = "".join(page.read_text(encoding="utf-8") for page in PAGES)
    assert sorted(re.findall(r"<!-- table: (\w+) -->", pages)) == sorted(TABLES)


def test_search_space_has_the_names_that_the_page_lists(tmp_path: Path) -> None:
    path = tmp_path / "space.yaml"
    base = "data: {dataset: moons, validation_split: 0.2}\ntraining: {loss: bce, epochs: 1}\n"
    (tmp_path / "base.yaml").write_text(base, encoding="utf-8")
    path.write_text(f"extends: base.yaml\n{NAMED_SPACE.text}", encoding="utf-8")
    names = {hyperparameter.name for hyperparameter in read_config(path).hyperparameters}
    listed = re.findall(r"^    ((?:model|training)\.\S+)", TUNE.read_text(), flags=re.MULTILINE)
    assert len(listed) == 7
    assert set(listed) <= names


def test_every_key_of_the_record_is_documented() -> None:
    page = (DOCS / "runs.md").read_text(encoding="utf-8")
    table = page.split("| key in record.json |", 1)[1].split("\n\n", 1)[0]
    cells = [row.split("|")[1] for row in table.splitlines()[2:]]
    keys = [key for cell in cells for key in re.findall(r"`(\w+)`", cell)]
    assert sorted(keys) == sorted(field.name for field in fields(RunRecord))


def anchors(page: Path) -> set[str]:
    """Return the anchors of a page's headings."""
    titles = re.findall(r"^#+ (.+)$", page.read_text(encoding="utf-8"), flags=re.MULTILINE)
    return {re.sub(r"[^\w -]", "", title).lower().replace(" ", "-") for title in titles}


def test_links_have_targets() -> None:
    broken = []
    for page in ALL_PAGES:
        for link in re.findall(r"\]\(([^)]+)\)", page.read_text(encoding="utf-8")):
            file, _, anchor = link.partition("#")
            target = page.parent / file if file else page
            if link.startswith("https://"):
                continue
            if not target.exists() or (anchor and anchor not in anchors(target)):
                broken.append(f"{page.name}: {link}")
    assert broken == []


def test_index_lists_every_page() -> None:
    index = (DOCS / "index.md").read_text(encoding="utf-8")
    missing = [page.name for page in DOCS.glob("*.md") if f"({page.name})" not in index]
    assert missing == ["index.md"]


@pytest.mark.slow
def test_saved_model_takes_raw_rows_as_the_page_shows(homes: Path) -> None:
    (code,) = blocks(DATA, "python")
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


@pytest.mark.parametrize("family", [Layer, Optimizer, Loss, Metric])
def test_readme_counts_the_classes_of_a_family(family: type[Component]) -> None:
    counted = re.findall(rf"(\d+) {nouns(family)}\b", README.read_text(encoding="utf-8"))
    assert list(map(int, counted)) == [len(family.members)]
