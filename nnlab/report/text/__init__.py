"""Tables, numbers, charts, diagnostics and the console: the text output."""
