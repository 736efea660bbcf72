"""The records of runs, trials, searches, comparisons and benchmarks."""
