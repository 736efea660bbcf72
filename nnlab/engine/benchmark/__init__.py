"""The benchmark of devices: measured points, the sweep, the runner."""
