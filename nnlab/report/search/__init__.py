"""Tables, files and suggested commands of a search."""
