"""Rows in memory and on disk, before and after preparation."""
