"""Built-in data sets: generated, packaged with a library, or downloaded."""
