"""Worker processes that train in parallel."""
