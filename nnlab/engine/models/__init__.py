"""Keras models with their preprocessing: build, compile, export, predict."""
