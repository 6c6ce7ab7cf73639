"""Where each unit's values lie inside a state's Parquet file.

A state's file is ordinary Parquet, written so that its parts form a regular grid: row groups of a fixed
number of positions (the last may be shorter), in each group one page for each unit, uncompressed and
without nulls, so that a page is a short header followed by the values themselves, little-endian::

    PAR1 | header values | header values | ... unit n-1 | group 1: header values | ... | footer PAR1
           group 0 unit 0  group 0 unit 1

Whoever knows the numbers below reads any unit at any position with one positional read.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any

import numpy as np

__all__ = ["MAGIC", "TileLayout"]

MAGIC = b"PAR1"
"""First and last four bytes of every Parquet file."""


@dataclass(frozen=True, slots=True)
class TileLayout:
    """The grid of one state's file. All offsets and sizes in bytes.

    Examples
    --------
    >>> layout = TileLayout(n_positions=5, n_units=2, itemsize=2, rows_per_group=4,
    ...                     header_bytes=10, last_header_bytes=9)
    >>> layout.n_groups, layout.rows_in(1), layout.chunk_bytes(0)
    (2, 1, 18)
    >>> layout.values_offset(1, 1)    # 4 + 2 * 18 + 11 + 9
    60
    >>> layout.end
    62
    """

    n_positions: int
    n_units: int
    itemsize: int
    rows_per_group: int
    header_bytes: int
    """Length of the page header in a full group."""
    last_header_bytes: int
    """Length of the page header in the last group."""

    @property
    def n_groups(self) -> int:
        """Number of row groups."""
        return -(-self.n_positions // self.rows_per_group)

    @property
    def group_bytes(self) -> int:
        """From one full group to the next."""
        return self.n_units * (self.header_bytes + self.rows_per_group * self.itemsize)

    @property
    def end(self) -> int:
        """Where the footer begins."""
        last = self.n_groups - 1
        return self.chunk_offset(last, 0) + self.n_units * self.chunk_bytes(last)

    def rows_in(self, group: int) -> int:
        """Positions in a group."""
        return min(self.rows_per_group, self.n_positions - group * self.rows_per_group)

    def header_bytes_in(self, group: int) -> int:
        """Length of the page headers of a group."""
        return self.last_header_bytes if group == self.n_groups - 1 else self.header_bytes

    def chunk_bytes(self, group: int) -> int:
        """Header and values of one unit in a group."""
        return self.header_bytes_in(group) + self.rows_in(group) * self.itemsize

    def chunk_offset(self, group: int, unit: int) -> int:
        """Where the page of a unit begins."""
        return len(MAGIC) + group * self.group_bytes + unit * self.chunk_bytes(group)

    def values_offset(self, group: int, unit: int) -> int:
        """Where the values of a unit begin."""
        return self.chunk_offset(group, unit) + self.header_bytes_in(group)

    def to_json(self) -> dict[str, int]:
        """The layout as the manifest holds it, with two numbers more for readers in other languages."""
        return asdict(self) | {
            "first_values_offset": self.values_offset(0, 0),
            "full_chunk_bytes": self.header_bytes + self.rows_per_group * self.itemsize,
        }

    @classmethod
    def from_json(
        cls, facts: dict[str, Any] | None, *, shape: tuple[int, int], dtype: np.dtype
    ) -> TileLayout | None:
        """The layout a manifest states, or None when there is none or it contradicts the shape."""
        if not isinstance(facts, dict):
            return None
        try:
            layout = cls(**{field: int(facts[field]) for field in cls.__slots__})
        except (KeyError, TypeError, ValueError):
            return None
        agrees = (layout.n_positions, layout.n_units, layout.itemsize) == (*shape, dtype.itemsize)
        sound = layout.rows_per_group > 0 and layout.header_bytes > 0 and layout.last_header_bytes > 0
        return layout if agrees and sound else None
