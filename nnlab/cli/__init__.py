"""The command line: one command a file; each parses, calls once, and prints."""
