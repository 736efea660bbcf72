"""Text output: tables, numbers, charts, diagnostics, the console."""
