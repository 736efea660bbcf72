"""Parquet files, read in a bounded amount of memory."""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from nnlab.data.containers.categorical import Categorical
from nnlab.data.containers.issues import DataIssues
from nnlab.data.containers.table import Table
from nnlab.data.readers.arrow import (
    check_column_names,
    column_kind,
    release_memory,
    to_categorical,
    to_numpy,
    translate_read_errors,
)

# Arrow holds some 3 MB of each column that it is reading. With 1 million rows, one column at a time
# is as fast as eight (0.5 s for 50 columns); only small row groups gain from several.
_READ_BYTES = 8 << 20
_BUFFER_BYTES = 1 << 20
_BATCH_ROWS = 1 << 16
# Each batch of texts has a separate list of its distinct ones.
_TEXT_BATCH_ROWS = 1 << 18


class ParquetTable(Table):
    """A Parquet file whose columns are read on demand."""

    def __init__(self, path: Path) -> None:
        import pyarrow.parquet as pq

        self._path = path
        with translate_read_errors(path):
            # Mapping and reading ahead would both count as memory, row group by row group.
            self._file = pq.ParquetFile(
                path, memory_map=False, pre_buffer=False, buffer_size=_BUFFER_BYTES
            )
            # pandas' name for an unnamed index: it numbers the rows and is not a feature.
            fields = [
                field
                for field in self._file.schema_arrow
                if not re.fullmatch(r"__index_level_\d+__", field.name)
            ]
        issues = DataIssues(str(path))
        check_column_names([field.name for field in fields], issues)
        issues.raise_if_any()
        kinds = {field.name: column_kind(field.type) for field in fields}
        super().__init__(str(path), kinds, self._file.metadata.num_rows)

    def fill(self, matrix: NDArray[np.floating[Any]], names: Sequence[str]) -> None:
        """Read one row group after the other, a few columns at a time."""
        start = 0
        for group in range(self._file.num_row_groups):
            rows = self._file.metadata.row_group(group).num_rows
            step = max(1, _READ_BYTES // (8 * max(rows, 1)))
            for first in range(0, len(names), step):
                self._fill_group(matrix, names[first : first + step], group, (start, first))
            start += rows
        release_memory()

    def _fill_group(
        self,
        matrix: NDArray[np.floating[Any]],
        names: Sequence[str],
        group: int,
        offset: tuple[int, int],
    ) -> None:
        """Write columns of a row group into the matrix, from a row and column on."""
        start, first = offset
        with translate_read_errors(self._path):
            for batch in self._file.iter_batches(_BATCH_ROWS, [group], list(names)):
                for position, name in enumerate(names, first):
                    matrix[start : start + len(batch), position] = to_numpy(batch.column(name))
                start += len(batch)

    def read_categorical(self, name: str) -> Categorical:
        """Read a column of text or bools in batches, as texts take more memory than codes."""
        with translate_read_errors(self._path):
            batches = self._file.iter_batches(_TEXT_BATCH_ROWS, columns=[name])
            return to_categorical(batch.column(0) for batch in batches)
