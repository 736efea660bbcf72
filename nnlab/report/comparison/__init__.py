"""Tables, plots and verdict of a comparison of variants."""
