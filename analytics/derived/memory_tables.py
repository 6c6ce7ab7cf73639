"""State gradients as tables, and back."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from analytics.analyses.memory.record import GroupGradients, MeanGradients, StateGradients

__all__ = ["from_tables", "to_tables"]

ALL = ""
"""Grouping and label of the means over all words."""

_BANDS = ("largest_low", "largest_high", "sum_low", "sum_high")


def to_tables(found: StateGradients) -> dict[str, pa.Table]:
    """Return `decay`, `gradients` and `spans`."""
    n_delays, n_units, n_embedding = found.mean.shape
    delays, units = np.meshgrid(found.delays, np.arange(n_units), indexing="ij")
    columns = found.mean.reshape(n_delays * n_units, n_embedding).T
    names = [f"embedding_{column}" for column in range(n_embedding)]
    return {
        "decay": pa.concat_tables(
            [_decay(found, found.delays, ALL, ALL)]
            + [_decay(group, found.delays, group.grouping, group.label) for group in found.groups]
        ),
        "gradients": pa.table(
            {"delay": delays.ravel(), "unit": units.ravel()}
            | dict(zip(names, np.ascontiguousarray(columns), strict=True))
        ),
        "spans": pa.table({"start": found.spans[:, 0].copy(), "stop": found.spans[:, 1].copy()}),
    }


def from_tables(tables: Mapping[str, pa.Table], facts: Mapping[str, Any]) -> StateGradients:
    """Return what `to_tables` was given, without the means of groups."""
    parameters = facts["parameters"]
    delays = np.array(parameters["delays"], dtype=np.int64)
    gradients, spans = tables["gradients"], tables["spans"]
    columns = [column.to_numpy() for column in gradients.columns[2:]]
    mean = np.stack(columns, axis=1).reshape(len(delays), -1, len(columns))
    every, *groups = _parts(tables["decay"], len(delays))
    unit_norm = np.linalg.norm(mean.astype(np.float64), axis=2)
    return StateGradients(
        **every[1] | {"mean": _frozen(mean), "unit_norm": _frozen(unit_norm)},
        state=parameters["state"],
        delays=_frozen(delays),
        groups=tuple(
            GroupGradients(**fields, grouping=grouping, label=label) for (grouping, label), fields in groups
        ),
        n_positions=int(facts["n_positions"]),
        n_counted=int(facts["n_counted"]),
        spans=_frozen(np.column_stack([spans[name].to_numpy() for name in ("start", "stop")])),
        positions=parameters["positions"],
        seed=int(parameters["seed"]),
        n_blocks=int(facts["n_blocks"]),
        dtype=str(facts["dtype"]),
    )


def _decay(means: MeanGradients, delays: NDArray[np.int64], grouping: str, label: str) -> pa.Table:
    n_delays, n_values = means.singular_values.shape
    bands = np.column_stack([means.largest_band, means.sum_band]).T
    return pa.table(
        {
            "grouping": [grouping] * n_delays,
            "label": [label] * n_delays,
            "delay": delays,
            "count": means.count,
            "mean_norm": means.mean_norm,
            "norm_of_mean": means.norm,
            **dict(zip(_BANDS, np.ascontiguousarray(bands), strict=True)),
            **{f"singular_value_{n + 1}": means.singular_values[:, n].copy() for n in range(n_values)},
        }
    )


def _parts(decay: pa.Table, n_delays: int) -> list[tuple[tuple[str, str], dict[str, Any]]]:
    """The rows of each group, as fields of a `MeanGradients`."""
    values = np.column_stack([c.to_numpy() for n, c in _named(decay) if n.startswith("singular_value_")])
    bands = np.column_stack([decay[name].to_numpy() for name in _BANDS])
    whole = {name: decay[name].to_numpy() for name in ("mean_norm", "count")}
    texts = {name: decay[name].to_pylist() for name in ("grouping", "label")}
    parts = []
    for first in range(0, len(decay), n_delays):
        rows = slice(first, first + n_delays)
        fields = {
            "mean": None,
            "unit_norm": None,
            "singular_values": _frozen(values[rows].copy()),
            "largest_band": _frozen(bands[rows, :2].copy()),
            "sum_band": _frozen(bands[rows, 2:].copy()),
            **{name: _frozen(column[rows].copy()) for name, column in whole.items()},
        }
        parts.append(((texts["grouping"][first], texts["label"][first]), fields))
    return parts


def _named(table: pa.Table) -> zip:
    return zip(table.column_names, table.columns, strict=True)


def _frozen(values: NDArray) -> NDArray:
    values.setflags(write=False)
    return values
