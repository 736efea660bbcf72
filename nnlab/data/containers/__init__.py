"""Containers for rows in memory and on disk, before and after preparation."""
