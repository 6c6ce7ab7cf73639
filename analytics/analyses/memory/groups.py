"""Groups of positions by their word: one label a position for each grouping, all gone through in one pass."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from analytics.errors import ParameterError, ShapeError

__all__ = ["Groups", "as_groups"]


@dataclass(frozen=True, slots=True)
class Groups:
    """All groups of all groupings, numbered through."""

    names: tuple[tuple[str, str], ...]
    """Grouping and label of each group."""
    codes: NDArray[np.int32]
    """Number of the group that each position is in, -1 for none, shape (n_groupings, n_positions)."""

    def __len__(self) -> int:
        return len(self.names)


def as_groups(groups: Mapping[str, Any] | None, *, n_positions: int) -> Groups:
    """Check groupings at the door.

    Parameters
    ----------
    groups : mapping, optional
        By name of the grouping, one value for each position: labels (None and NaN: in no group), a pandas
        Categorical, or truth values (then one group of the grouping's name). A pair of whole numbers for each
        position and a list of labels is taken too, -1 being in no group. Under a key that is a pair of texts,
        truth values make one group, of that grouping and label; so the groups of a grouping may overlap.

    Examples
    --------
    >>> found = as_groups({"tag": ["N", None, "V"], "long": [True, False, False]}, n_positions=3)
    >>> found.names
    (('tag', 'N'), ('tag', 'V'), ('long', 'long'))
    >>> found.codes.tolist()
    [[0, -1, 1], [2, -1, -1]]
    """
    names: list[tuple[str, str]] = []
    rows = []
    for key, values in (groups or {}).items():
        grouping, label = key if isinstance(key, tuple) else (str(key), str(key))
        codes, labels = _coded(label, values)
        if codes.shape != (n_positions,):
            raise ShapeError(
                f"The grouping '{grouping}' must have one value for each of the {n_positions:,} positions. "
                f"Got shape {codes.shape}."
            )
        if len(codes) and (codes.min() < -1 or codes.max() >= len(labels)):
            raise ShapeError(
                f"The grouping '{grouping}' has {len(labels)} labels, so its numbers lie between -1 and "
                f"{len(labels) - 1}. Got {codes.min()} to {codes.max()}."
            )
        rows.append(np.where(codes >= 0, codes + len(names), -1).astype(np.int32))
        names += [(grouping, label) for label in labels]
    if len(set(names)) < len(names):
        twice = next(name for name in names if names.count(name) > 1)
        raise ParameterError(f"Each group has a name of its own. Got '{twice[0]}: {twice[1]}' twice.")
    return Groups(tuple(names), np.array(rows, np.int32).reshape(len(rows), n_positions))


def _coded(own_label: str, values: Any) -> tuple[NDArray[np.int64], list[str]]:
    if isinstance(values, tuple) and len(values) == 2:
        return np.asarray(values[0], dtype=np.int64), [str(label) for label in values[1]]
    if hasattr(values, "cat"):
        values = values.cat
    if hasattr(values, "codes") and hasattr(values, "categories"):
        return np.asarray(values.codes, dtype=np.int64), [str(label) for label in values.categories]
    array: ArrayLike = np.asarray(values)
    if array.dtype == bool:
        return np.where(array, 0, -1), [own_label]
    return _factorised(np.asarray(values, dtype=object))


def _factorised(values: NDArray) -> tuple[NDArray[np.int64], list[str]]:
    """Return labels in alphabetical order; None and NaN are none."""
    texts = [None if value is None or value != value else str(value) for value in values.ravel().tolist()]
    labels = sorted({text for text in texts if text is not None})
    places = {label: number for number, label in enumerate(labels)} | {None: -1}
    return np.array([places[text] for text in texts], dtype=np.int64).reshape(values.shape), labels
