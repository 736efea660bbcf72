"""Search spaces: markers, hyperparameters, and filling a space with values."""
