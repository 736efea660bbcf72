"""Searching the space that a config marks: what proposes trials, and what runs them."""
