"""Choosing the reader of a state by how its file is laid out."""

from __future__ import annotations

from analytics.store.files import OpenFile, OpenFolder
from analytics.store.manifest import StateFacts
from analytics.store.parquet_states import ParquetStates
from analytics.store.states import RecordedStates, TileStates
from analytics.store.tables import Sequences

__all__ = ["open_state"]


def open_state(
    folder: OpenFolder,
    state: StateFacts,
    *,
    rows: OpenFile | None,
    rows_offset: int = 0,
    sequences: Sequences,
) -> RecordedStates:
    """Open a state of a recording; `rows` is its row-major copy, `rows_offset` where its values begin."""
    facts = {
        "name": state.name,
        "shape": state.shape,
        "unit_shape": state.unit_shape,
        "dtype": state.dtype,
        "rows": rows,
        "rows_offset": rows_offset,
        "sequences": sequences,
    }
    if state.layout is None:
        return ParquetStates(folder, state.file, **facts)
    file = folder.open(state.file)
    if file.size < state.layout.end:
        raise file.too_short()
    return TileStates(file, state.layout, **facts)
