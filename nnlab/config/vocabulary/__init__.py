"""The vocabulary: every Keras word that a config may use, family by family."""
