"""The TensorFlow runtime: import, devices, signals, XLA cache."""
