"""YAML files to documents with positions: parsing, `extends`, overrides, dumping."""
