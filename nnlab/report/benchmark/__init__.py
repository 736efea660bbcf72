"""Tables and verdict of a benchmark of devices."""
