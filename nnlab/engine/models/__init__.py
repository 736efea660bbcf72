"""From a config to a Keras model with its preprocessing: build, compile, export, predict."""
