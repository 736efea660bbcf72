"""Tables, plots and verdicts of a comparison of variants."""
