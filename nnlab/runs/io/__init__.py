"""Files of a run folder: layout, atomic writes, JSON records, locks."""
