"""The sections of a config as typed models, and the checks across them."""
