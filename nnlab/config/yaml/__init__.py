"""YAML files to documents with locations: parsing, `extends`, overrides, dumping."""
