"""The vocabulary: the Keras classes that a config can use, by family."""
