"""Tables of runs: listings, one run, runs side by side, reproductions."""
