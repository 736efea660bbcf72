"""Quality of random search: the best trial of Keras Tuner's script and of nnlab, by seed.

python -m benchmarks.search.quality --seeds 10 --trials 20

Both sample from the same space. Each seed splits the rows differently, also between the two, so the
best validation accuracies are two independent samples, compared by Welch's test.
"""

from __future__ import annotations

import argparse
import statistics
import tempfile
from pathlib import Path

from scipy.stats import ttest_ind

from benchmarks.bench import Bench, make_bench
from nnlab.report.text.table import Cell, Column, Table, print_tables


def main() -> None:
    """Search with each seed and print a table."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--seeds", type=int, default=10)
    parser.add_argument("--trials", type=int, default=20)
    args = parser.parse_args()
    by_hand, nnlab, rows = [], [], []
    with make_bench(None, quick=False) as (bench, _):
        for seed in range(1, args.seeds + 1):
            by_hand.append(_by_hand(bench, seed, args.trials))
            nnlab.append(_nnlab(bench, seed, args.trials))
            rows.append((Cell(str(seed)), Cell(f"{by_hand[-1]:.4f}"), Cell(f"{nnlab[-1]:.4f}")))
            print(f"seed {seed}: by hand {by_hand[-1]:.4f}, nnlab {nnlab[-1]:.4f}", flush=True)
    for name, of in (("mean", statistics.fmean), ("deviation", statistics.stdev)):
        rows.append((Cell(name), Cell(f"{of(by_hand):.4f}"), Cell(f"{of(nnlab):.4f}")))
    columns = (Column("seed"), Column("script by hand", right=True), Column("nnlab", right=True))
    title = f"Best validation accuracy of {args.trials} random trials"
    print_tables(Table(title, columns, tuple(rows)))
    test = ttest_ind(nnlab, by_hand, equal_var=False)
    low, high = test.confidence_interval(0.95)
    print(f"nnlab - by hand: 95 % interval {low:+.4f} to {high:+.4f}, p = {test.pvalue:.2f}")


def _by_hand(bench: Bench, seed: int, trials: int) -> float:
    with tempfile.TemporaryDirectory() as folder:
        options = ("--seed", str(seed), "--trials", str(trials), "--folder", folder)
        result = bench.python("-m", "benchmarks.search.by_hand", *options, cwd="search")
    return float(result.last_json()["best"])


def _nnlab(bench: Bench, seed: int, trials: int) -> float:
    with tempfile.TemporaryDirectory() as folder:
        options = ("--seed", str(seed), "--trials", str(trials), "--no-retrain", "--json")
        runs = ("--runs-dir", str(Path(folder)))
        arguments = ("-m", "nnlab", "tune", "config.yaml", *options, *runs)
        result = bench.python(*arguments, cwd="search")
    return float(result.json()["best"]["score"])


if __name__ == "__main__":
    main()
