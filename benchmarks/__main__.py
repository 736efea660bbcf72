"""Measure the workloads, print a table, write JSON.

A full run updates docs/performance.json and the pages with its tables; with `--only` or `--quick`,
only benchmarks/results.json is written.
"""

from __future__ import annotations

import argparse
import datetime as dt
import sys
from pathlib import Path

from benchmarks.bench import BenchmarkError, make_bench
from benchmarks.machine import describe_machine
from benchmarks.results import RESULTS, Results, write_pages
from benchmarks.rows import Row
from benchmarks.tables import main_rows, sweep_rows, terminal_table
from benchmarks.workloads import WORKLOADS
from nnlab.report.text.table import print_tables

_PARTIAL_RESULTS = Path(__file__).with_name("results.json")


def main() -> None:
    """Measure, print and write, as the command line says."""
    args = _arguments()
    if args.pages:
        write_pages(Results.read(RESULTS))
        return
    try:
        results = _measure(args.only, args.mnist, quick=args.quick)
    except BenchmarkError as error:
        sys.exit(str(error))
    except KeyboardInterrupt:
        sys.exit("Interrupted: nothing was written.")
    tables = [terminal_table(results.description(), main_rows(results.rows))]
    if swept := sweep_rows(results.rows):
        tables.append(terminal_table("engine: auto against engine: keras", swept))
    print_tables(tables)
    is_complete = not (args.only or args.quick)
    results.write(RESULTS if is_complete else _PARTIAL_RESULTS)
    if is_complete:
        write_pages(results)


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    keys = sorted({workload.key for workload in WORKLOADS})
    parser.add_argument(
        "--only",
        action="append",
        choices=keys,
        metavar="KEY",
        help=f"Measure one workload: {', '.join(keys)}.",
    )
    parser.add_argument("--quick", action="store_true", help="Measure one round with few epochs.")
    parser.add_argument(
        "--mnist",
        type=Path,
        metavar="FILE",
        help="Path to mnist.npz, if it is not in Keras' cache.",
    )
    parser.add_argument(
        "--pages", action="store_true", help="Update the pages from the JSON, without measuring."
    )
    return parser.parse_args()


def _measure(only: list[str] | None, mnist: Path | None, *, quick: bool) -> Results:
    rows: list[Row] = []
    with make_bench(mnist, quick=quick) as (bench, digits):
        # Warm the file cache: the first process that reads a file is slower.
        bench.train("start/config.yaml")
        for workload in WORKLOADS:
            if only and workload.key not in only:
                continue
            for row in workload.measure(bench):
                rows.append(row)
                print(row, file=sys.stderr, flush=True)
    today = dt.datetime.now(tz=dt.UTC).date().isoformat()
    return Results(describe_machine(), digits, today, tuple(rows))


if __name__ == "__main__":
    main()
