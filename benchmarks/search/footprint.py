"""Memory and disk usage of a search, from the first trial to the last.

python -m benchmarks.search.footprint --trials 60

Memory is the proportional set size (PSS) of all its processes, which counts shared memory once: the
maximum for every ten finished trials.
"""

from __future__ import annotations

import argparse
import contextlib
import subprocess
import sys
import tempfile
import time
from collections import defaultdict
from pathlib import Path

_CONFIG = Path(__file__).with_name("config.yaml")
_INTERVAL_S = 0.05
_TEN = 10
_MEGABYTE = 1e6


def main() -> None:
    """Monitor a search; print a line for every ten trials, and the size of the search on disk."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--trials", type=int, default=60)
    args = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        runs = Path(folder)
        options = ["--trials", str(args.trials), "--runs-dir", str(runs)]
        search = subprocess.Popen(
            [sys.executable, "-m", "nnlab", "tune", str(_CONFIG), *options],
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        highest: dict[int, int] = defaultdict(int)
        while search.poll() is None:
            finished = len(list(runs.glob("*/trials/*/tensorboard")))
            # Excludes the retraining of the best config and its plots.
            if 0 < finished < args.trials:
                tens = finished // _TEN * _TEN
                highest[tens] = max(highest[tens], _memory(search.pid))
            time.sleep(_INTERVAL_S)
        for tens, kilobytes in sorted(highest.items()):
            print(f"{tens:>3} trials finished: {kilobytes / 1000:6.0f} MB")
        first, *_, last = (highest[tens] for tens in sorted(highest) if tens >= _TEN)
        print(f"from trial {_TEN} to trial {args.trials}: {last / first - 1:+.1%}")
        sizes = [path.lstat().st_size for path in runs.rglob("*")]
        blocks = [path.lstat().st_blocks * 512 for path in runs.rglob("*")]
        size, taken = sum(sizes) / _MEGABYTE, sum(blocks) / _MEGABYTE
        print(f"on disk: {size:.2f} MB in {len(sizes)} files and folders, {taken:.2f} MB in blocks")


def _memory(parent: int) -> int:
    """Return the kilobytes of a process and its children."""
    children = ""
    with contextlib.suppress(OSError):
        children = Path(f"/proc/{parent}/task/{parent}/children").read_text()
    return sum(_pss(pid) for pid in [parent, *map(int, children.split())])


def _pss(pid: int) -> int:
    with contextlib.suppress(OSError):
        for line in Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines():
            if line.startswith("Pss:"):
                return int(line.split()[1])
    return 0


if __name__ == "__main__":
    main()
