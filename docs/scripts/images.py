"""Draw the images of README.md: a terminal, a report, decision regions over training.

    make readme

The report needs Chromium; without it, docs/images/report.png is not changed.
"""

from __future__ import annotations

import io
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

from PIL import Image
from rich.console import Console
from rich.terminal_theme import MONOKAI
from rich.text import Text

if TYPE_CHECKING:
    from collections.abc import Sequence

IMAGES = Path(__file__).parents[1] / "images"
EPOCHS = (1, 10, 50, 200)
MOONS = """
name: moons
seed: 1
data: {dataset: {moons: {n_samples: 400, noise: 0.2}}, test_split: 0.25}
model:
  layers:
    - Dense: {units: 16, activation: tanh}
    - Dense: {units: 16, activation: tanh}
    - Dense: {units: 1, activation: sigmoid}
training:
  optimizer: {Adam: {learning_rate: 0.02}}
  loss: binary_crossentropy
  metrics: [accuracy]
  epochs: 200
  checkpoint: {save_best_only: false}
"""

_WIDTH = 92
_REPORT_SIZE = (900, 1180)
_REGION_WIDTH = 440
_COLORS = 64


def nnlab(*arguments: str, folder: Path, color: bool = False) -> str:
    """Run `nnlab` and return both its outputs."""
    environment = os.environ | {"COLUMNS": str(_WIDTH), "PYTHONUNBUFFERED": "1"}
    environment |= {"FORCE_COLOR": "1"} if color else {}
    command = [sys.executable, "-m", "nnlab", *arguments]
    return subprocess.run(
        command,
        cwd=folder,
        env=environment,
        check=True,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    ).stdout


def draw_terminal(folder: Path) -> None:
    """Draw the output of a training as an SVG."""
    printed = nnlab("train", "mnist_5k", folder=folder, color=True).rstrip().splitlines()
    epochs = [number for number, line in enumerate(printed) if line.startswith("epoch")]
    lines = [*printed[: epochs[2]], "...", *printed[epochs[-1] :]]
    console = Console(record=True, width=_WIDTH, file=io.StringIO(), force_terminal=True)
    console.print(Text("$ nnlab train mnist_5k", style="bold"))
    for line in lines:
        console.print(Text.from_ansi(line), overflow="crop", no_wrap=True)
    svg = console.export_svg(title="nnlab", theme=MONOKAI, unique_id="train")
    svg = re.sub(r"\s*@font-face \{.*?\}\n", "", svg, flags=re.DOTALL)  # loads fonts from the web
    (IMAGES / "train.svg").write_text(svg, encoding="utf-8")


def draw_report(folder: Path) -> None:
    """Draw the top of a run's report in a browser."""
    chromium = shutil.which("chromium")
    if chromium is None:
        sys.stdout.write("docs/images/report.png is not changed: chromium is not installed.\n")
        return
    nnlab("report", "last", "--out", "report.html", folder=folder)
    width, height = _REPORT_SIZE
    options = ["--headless=new", "--no-sandbox", "--disable-gpu", "--hide-scrollbars"]
    options += [f"--window-size={width},{height}", f"--user-data-dir={folder / 'chromium'}"]
    options += [f"--screenshot={folder / 'report.png'}", (folder / "report.html").as_uri()]
    subprocess.run([chromium, *options], check=True, capture_output=True, timeout=120)
    save([folder / "report.png"], IMAGES / "report.png", width)


def draw_regions(folder: Path) -> None:
    """Draw the decision regions after several numbers of epochs, side by side."""
    (folder / "moons.yaml").write_text(MOONS, encoding="utf-8")
    plots = []
    for epochs in EPOCHS:
        changes = ["--set", f"training.epochs={epochs}", "--set", f"name=after_{epochs}_epochs"]
        printed = nnlab("train", "moons.yaml", *changes, "--json", folder=folder)
        run = json.loads(printed[printed.index("\n{") :])
        plots.append(folder / "runs" / run["id"] / "plots" / "decision_regions.png")
    save(plots, IMAGES / "regions.png", _REGION_WIDTH)


def save(files: Sequence[Path], path: Path, width: int) -> None:
    """Write images side by side as one small PNG, each scaled to a width in pixels."""
    images = [Image.open(file).convert("RGB") for file in files]
    scaled = [image.resize((width, round(image.height * width / image.width))) for image in images]
    joined = Image.new("RGB", (width * len(scaled), max(image.height for image in scaled)), "white")
    for position, image in enumerate(scaled):
        joined.paste(image, (position * width, 0))
    joined.quantize(_COLORS).save(path, optimize=True)


def main() -> None:
    """Draw all images."""
    IMAGES.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        draw_terminal(folder)
        draw_report(folder)
        draw_regions(folder)


if __name__ == "__main__":
    main()
