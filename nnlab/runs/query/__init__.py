"""Find, list, filter and remove runs."""
